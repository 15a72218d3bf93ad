"""Which standard field of Braze an attribute's name means, and which names people take for one another.

Only whole names count, never parts: `birthday` means `dob`, while `birthday_discount` and `favorite_city` mean
themselves. A name is listed if hardly anybody would use it for something else.

Sources: braze.com/docs/api/objects_filters/user_attributes_object (the fields); docs.amperity.com, "Braze", "Customer
profiles" (what customer tables call them: given_name, surname, birthdate, city).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from tui_app.core.fields import IDENTIFIER_NAMES, STANDARD_FIELDS

_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "first_name": ("given name", "forename", "fname"),
    "last_name": ("surname", "family name", "lname"),
    "email": ("email address", "email addr"),
    "phone": (
        "phone number", "phone no", "phone num", "telephone", "telephone number", "tel", "tel no", "msisdn",
        "mobile", "mobile number", "mobile no", "mobile phone", "mobile phone number",
        "cell", "cell number", "cell phone", "cell phone number",
    ),
    "dob": ("birthday", "birthdate", "date of birth", "bday"),
    "gender": ("sex", "gender code"),
    "country": (
        "country code", "country name", "country iso", "country iso code", "iso country", "iso country code",
        "nation", "country of residence", "residence country",
    ),
    "home_city": ("city", "city name", "home town", "town", "city of residence", "residence city"),
    "language": ("lang", "language code", "lang code", "iso language", "preferred language", "language preference"),
    "time_zone": ("tz", "time zone name", "time zone id", "tz name", "iana time zone"),
    "image_url": (
        "avatar url", "avatar image url", "profile image url", "profile picture url", "profile pic url",
        "profile photo url",
    ),
    "email_subscribe": ("email subscription status", "email subscription state"),
    "push_subscribe": ("push subscription status", "push subscription state"),
    "push_tokens": ("push token",),
}  # fmt: skip
"""Standard field → further names of it, in words. Left out on purpose: what is only part of a field (`birth_year`),
what belongs to another purpose (`billing_city`, `home_phone`, `email_subscription`), what holds more (`locale`, which
has a country too) and what may be something else altogether (`avatar`, `location`)."""

_NOT_BETWEEN_DIGITS = re.compile(r"(?<![0-9])_|_(?![0-9])")


def near_form(name: str) -> str:
    """What remains of a name without case, spaces, hyphens and underscores: equal for names that only look different.

    Digits stay apart, so that `score_1_0` is not `score_10`.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    words = "".join(" " if _is_separator(character) else character for character in folded).split()
    return _NOT_BETWEEN_DIGITS.sub("", "_".join(words))


def standard_field_meant(name: str) -> str | None:
    """The standard field that a name means, the field's own name in any spelling included; None for any other name."""
    return _FIELDS_MEANT.get(_without_dots(name))


def identifier_meant(name: str) -> str | None:
    """The identifier that a name means, such as `external_id` for `externalId`; None for any other name."""
    return _IDENTIFIERS_MEANT.get(_without_dots(name))


def _is_separator(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in {"Pc", "Pd"}


def _without_dots(name: str) -> str:
    return near_form(name.replace(".", ""))


_FIELDS_MEANT: Mapping[str, str] = {
    near_form(meaning): field for field in STANDARD_FIELDS for meaning in (field, *_SYNONYMS.get(field, ()))
}
_IDENTIFIERS_MEANT: Mapping[str, str] = {near_form(name): name for name in sorted(IDENTIFIER_NAMES)}
