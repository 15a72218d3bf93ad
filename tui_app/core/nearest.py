"""The known name that a mistyped one most likely means."""

from __future__ import annotations

from collections.abc import Iterable

_LIKENESS = 60
"""0..100. Below it, a suggestion would puzzle more than it helps."""
_COMPARED_CHARACTERS = 100
"""Of each name. Whoever mistypes more than that has not mistyped a name."""


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """The most similar known name, compared without case; None if no name is similar."""
    from rapidfuzz import fuzz, process  # only a mistake needs it, and loading takes a moment

    folded = {candidate: candidate[:_COMPARED_CHARACTERS].casefold() for candidate in known}
    match = process.extractOne(
        name[:_COMPARED_CHARACTERS].casefold(), folded, scorer=fuzz.ratio, score_cutoff=_LIKENESS
    )
    return None if match is None else match[2]
