"""Cells for spreadsheets: a value from data is never run as a formula."""

from __future__ import annotations

import re

from tui_app.core.visible import visible

_NUMBER = re.compile(r"-?[0-9.]+([eE][-+]?[0-9]+)?")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""Source: owasp.org/www-community/attacks/CSV_Injection."""


def harmless_cell(text: str) -> str:
    """`text` on one line and without controls; what a spreadsheet would run as a formula begins with an apostrophe."""
    is_formula = text.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(text)
    return visible(f"'{text}" if is_formula else text)
