"""The nearest known name, as a sentence of an error."""

from __future__ import annotations

from collections.abc import Iterable

from tui_app.core.nearest import nearest_name


def nearest_sentence(name: str, known: Iterable[str]) -> str:
    """A sentence to append to an error, with a space before it; empty if nothing is similar."""
    similar = nearest_name(name, known)
    return "" if similar is None else f' Nearest: "{similar}".'
