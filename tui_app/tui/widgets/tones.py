"""Tones: what a colour means. A tone is never alone: the text beside it, or a mark, says the same without colour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

Tone: TypeAlias = Literal["normal", "accent", "good", "warning", "bad", "muted"]

TEXT_STYLES: Final[Mapping[Tone, str]] = {
    "normal": "$foreground",
    "accent": "$text-accent",
    "good": "$text-success",
    "warning": "$text-warning",
    "bad": "$text-error",
    "muted": "$foreground-muted",
}
"""For text. Textual mixes the coloured ones with black or white, so that they can be read in every theme.

Not `$text-muted`: as a style within a text it is not muted, because its colour is only decided for whole widgets.
"""

FILL_STYLES: Final[Mapping[Tone, str]] = {
    "normal": "$foreground",
    "accent": "$primary",
    "good": "$success",
    "warning": "$warning",
    "bad": "$error",
    "muted": "$foreground-muted",
}
"""For bars and charts."""

MARKS: Final[Mapping[Tone, str]] = {"normal": "", "accent": "", "good": "✓", "warning": "!", "bad": "✗", "muted": ""}
"""What says the tone without colour; "" where the tone says nothing that the text does not."""
