"""The known name that a mistyped one most likely means."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process

_LIKENESS = 60
"""0..100. Below it, a suggestion would puzzle more than it helps."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The most similar known name, compared without case; None if no name is similar."""
    match = process.extractOne(name, list(known), scorer=fuzz.ratio, processor=str.casefold, score_cutoff=_LIKENESS)
    return None if match is None else match[0]


def nearest_sentence(name: str, known: Iterable[str]) -> str:
    """A sentence to append to an error, with a space before it; empty if nothing is similar."""
    similar = nearest(name, known)
    return "" if similar is None else f' Nearest: "{similar}".'
