"""Long lists of known words as expressions: countries, languages and time zones, each with its canonical form.

A list is one constant map inside the expression, so that it runs on any connection without tables of our own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Literal

import ibis.expr.types as ir

from tui_app.core.countries import EVERYDAY_COUNTRY_NAMES
from tui_app.core.languages import LANGUAGE_CODES
from tui_app.core.time_zones import RAILS_TIME_ZONES
from tui_app.engine import duckdb_functions as duck

_SEPARATOR = "\n"
_NOT_A_ZONE = "Factory"
"""What the time zone database calls a machine that nobody has set up."""


def canonical(text: ir.StringValue, table: Literal["country", "language", "time_zone"]) -> ir.StringValue:
    """The canonical form of each text in a list, found in any case; NULL if the list does not have it."""
    words = {"country": country_codes, "language": language_codes, "time_zone": time_zone_names}[table]()
    # Two long texts that DuckDB splits once: a literal per word would make the statement slow to write and to parse.
    forms = duck.make_map(
        duck.string_split(_SEPARATOR.join(words), _SEPARATOR),
        duck.string_split(_SEPARATOR.join(words.values()), _SEPARATOR),
    )
    return duck.map_value(forms, text.lower())


@lru_cache(maxsize=1)
def country_codes() -> Mapping[str, str]:
    """Every code and name of a country in lower case → its alpha-2 code.

    Source: ISO 3166-1 as published by Debian's iso-codes (pycountry).
    """
    import pycountry

    codes = {}
    for country in pycountry.countries:
        names = (getattr(country, key, None) for key in ("alpha_2", "alpha_3", "name", "common_name", "official_name"))
        codes.update({name.lower(): country.alpha_2 for name in names if name})
    return {**EVERYDAY_COUNTRY_NAMES, **codes}


@lru_cache(maxsize=1)
def language_codes() -> Mapping[str, str]:
    """Every language code that Braze keeps → itself."""
    return {code: code for code in LANGUAGE_CODES}


@lru_cache(maxsize=1)
def time_zone_names() -> Mapping[str, str]:
    """Every name of a time zone in lower case → the name as it is spelt.

    Source: the IANA time zone database as published by tzdata, which is pinned with the program and so gives the
    same plan on every machine; and Rails' names.
    """
    iana = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    names = (*RAILS_TIME_ZONES, *(name for name in iana if name != _NOT_A_ZONE))
    return {name.lower(): name for name in names}
