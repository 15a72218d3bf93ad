"""How messages show what a file holds: short, harmless on a terminal, with the nearest known name."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable

from tui_app.core.nearest import nearest_name
from tui_app.core.secret import without_secrets

_MAX_SHOWN_CHARACTERS = 60
_MAX_PATH_CHARACTERS = 300
_MAX_SHOWN_DIGITS = 20
_MAX_LISTED_NAMES = 12
_MAX_COMPARED_NAMES = 2000

_INVISIBLE_CATEGORIES = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
_JOINERS = "\u200c\u200d"
"""Invisible, but part of how Persian, Indic scripts and emoji are spelled."""


def has_invisible(text: str) -> bool:
    """True if a character steers the terminal, the writing direction or the line instead of being read."""
    return any(
        unicodedata.category(character) in _INVISIBLE_CATEGORIES and character not in _JOINERS for character in text
    )


def quoted_path(path: str) -> str:
    """Like `quoted`, but long enough for what a path ends with."""
    return _quoted(path, _MAX_PATH_CHARACTERS)


def quoted(text: str) -> str:
    """`text` in quotes, cut where it is long; what a terminal would not print stands as its code point.

    What looks like a key or a password is struck out: somebody may have pasted it into the wrong line.
    """
    return _quoted(without_secrets(text), _MAX_SHOWN_CHARACTERS)


def _quoted(text: str, max_characters: int) -> str:
    cut = text[:max_characters]
    visible = "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in cut)
    return f'"{visible}…"' if len(text) > len(cut) else f'"{visible}"'


def shown(value: object) -> str:
    """A scalar of a TOML file, for a message."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    # Python refuses to print integers of thousands of digits, and nobody would read them.
    if isinstance(value, int) and abs(value) >= 10**_MAX_SHOWN_DIGITS:
        return f"a number of more than {_MAX_SHOWN_DIGITS} digits"
    return str(value).removesuffix(".0")


def kind_of(value: object) -> str:
    """What kind of TOML value this is, with its article."""
    names = {
        str: "text",
        bool: "a boolean",
        int: "a whole number",
        float: "a number with a decimal point",
        list: "a list",
        dict: "a table",
    }
    return names.get(type(value), "a date or time")


def listed(names: Iterable[str]) -> str:
    """Names in quotes with commas, cut where they are many."""
    everything = [quoted(name) for name in names]
    more = len(everything) - _MAX_LISTED_NAMES
    return ", ".join(everything[:_MAX_LISTED_NAMES]) + (f" and {more} more" if more > 0 else "")


def nearest_hint(name: str, known: Collection[str]) -> str:
    """A sentence with the nearest of the known names, or with all of them, to stand after a full stop."""
    if not known:
        return " There is none yet."
    if len(known) > _MAX_COMPARED_NAMES:
        return f" There are {len(known):,} others."
    return nearest_sentence(name, known) or f" Known: {listed(sorted(known))}."


def nearest_sentence(name: str, known: Collection[str]) -> str:
    """A sentence with the nearest of the known names; empty if none is similar."""
    nearest = nearest_name(name, known)
    return f" Nearest: {quoted(nearest)}." if nearest is not None else ""
