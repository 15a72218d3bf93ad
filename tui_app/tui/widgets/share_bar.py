"""A bar of named parts with a legend: what share of all each of them is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import ClassVar, Final

from rich.cells import cell_len
from textual.content import Content

from tui_app.tui.text import cut, line, lines
from tui_app.tui.widgets.fitted import FittedText
from tui_app.tui.widgets.tones import FILL_STYLES, TEXT_STYLES, Tone

_FILLS: Final = "█▓▒▚▞▤"
_MUTED_FILLS: Final = "░╱·"
"""One for each part, so that parts are told apart without colour; after the last the first comes again."""
_NOTHING: Final = "┄"
_LEGEND_GAP: Final = 3


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a whole."""

    label: str
    count: int
    """From 0."""
    tone: Tone = "normal"


def apportion(counts: Sequence[int], cells: int) -> tuple[int, ...]:
    """Share `cells` out in proportion to `counts`.

    Whoever counts gets at least one cell, as long as there are enough for all; else the greatest go first.

    Returns:
        Cells per count, in the same order. They add up to `cells`, or to 0 if nothing counts.
    """
    greatest_first = sorted((index for index, count in enumerate(counts) if count), key=lambda index: -counts[index])
    smallest_first = greatest_first[:cells][::-1]
    # What rounding the smallest up costs is then shared by the others in proportion, and the greatest takes the rest.
    unsettled = sum(counts[index] for index in smallest_first)
    free = cells
    widths = [0] * len(counts)
    for index in smallest_first:
        widths[index] = max(1, round(free * counts[index] / unsettled))
        free -= widths[index]
        unsettled -= counts[index]
    return tuple(widths)


def share(count: int, total: int) -> str:
    """`12 %`; a share that is neither nothing nor all is never shown as such."""
    if total <= 0 or count == 0:
        return "0 %"
    if count == total:
        return "100 %"
    percent = 100 * count / total
    if percent < 1:
        return "<1 %"
    return ">99 %" if percent > 99 else f"{percent:.0f} %"


class ShareBar(FittedText):
    """One line of bar, and a legend beneath that wraps to the width.

    Args:
        parts: From left to right.
        id: As usual.
        classes: As usual.
    """

    DEFAULT_CSS: ClassVar[str] = "ShareBar { min-height: 2; }"

    def __init__(
        self,
        parts: Sequence[Part] = (),
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(lambda width: _bar_and_legend(parts, width), id=id, classes=classes)

    def show(self, parts: Sequence[Part]) -> None:
        """Show other parts."""
        self.fit(lambda width: _bar_and_legend(parts, width))


def _bar_and_legend(parts: Sequence[Part], width: int) -> Content:
    return lines(_bar(parts, width), *_legend(parts, width))


def _bar(parts: Sequence[Part], width: int) -> Content:
    widths = apportion([part.count for part in parts], width)
    if not any(widths):
        return line((_NOTHING * width, TEXT_STYLES["muted"]))
    return line(
        *(
            (fill * cells, FILL_STYLES[part.tone])
            for part, fill, cells in zip(parts, _fills(parts), widths, strict=True)
        )
    )


def _legend(parts: Sequence[Part], width: int) -> list[Content]:
    total = sum(part.count for part in parts)
    rows: list[Content] = []
    for part, fill in zip(parts, _fills(parts), strict=True):
        item = _legend_item(part, fill, total, width)
        if rows and rows[-1].cell_length + _LEGEND_GAP + item.cell_length <= width:
            rows[-1] = rows[-1] + " " * _LEGEND_GAP + item
        else:
            rows.append(item)
    return rows


def _legend_item(part: Part, fill: str, total: int, width: int) -> Content:
    figures = f" {part.count:,}"
    percent = f" {share(part.count, total)}"
    label = cut(part.label, max(width - 2 - cell_len(figures + percent), 4))
    if not part.count:
        return line((f"{fill} {label}{figures}", TEXT_STYLES["muted"]))
    return line((fill, FILL_STYLES[part.tone]), f" {label}", (figures, "bold"), (percent, TEXT_STYLES["muted"]))


def _fills(parts: Sequence[Part]) -> list[str]:
    """A character for each part; muted parts get the quiet ones."""
    loud, quiet = cycle(_FILLS), cycle(_MUTED_FILLS)
    return [next(quiet if part.tone == "muted" else loud) for part in parts]
