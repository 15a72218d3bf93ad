"""Names and texts as SQL, so that neither can be read as anything else."""

from __future__ import annotations

from collections.abc import Iterable


def sql_name(name: str) -> str:
    """A quoted identifier."""
    return '"' + name.replace('"', '""') + '"'


def sql_literal(text: str) -> str:
    """A string literal."""
    return "'" + text.replace("'", "''") + "'"


def sql_list(texts: Iterable[str]) -> str:
    """A list of string literals."""
    return "[" + ", ".join(sql_literal(text) for text in texts) + "]"
