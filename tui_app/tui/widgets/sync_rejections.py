"""Rejected customers with their reasons, as they come: the newest at the bottom, never more than the worker tells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from tui_app.tui.text import content, cut, line, lines
from tui_app.tui.widgets.fitted import FittedText

_MOST_ID_SHARE: Final = 3
"""Identifiers get at most one part of this many of the width."""


class Rejections(VerticalScroll):
    """Follows the newest, unless somebody scrolled up.

    Args:
        id: As usual.
    """

    DEFAULT_CSS: ClassVar[str] = """
    Rejections {
        background: $surface; padding: 0 1; height: 1fr; min-height: 3;
        &:focus { background-tint: $foreground 4%; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._shown: Sequence[tuple[str, str]] | None = None
        self._rows = FittedText(lambda _width: Content())

    def compose(self) -> ComposeResult:
        """One text."""
        yield self._rows

    def show(self, rejections: Sequence[tuple[str, str]]) -> None:
        """Show these: customer and reason, oldest first."""
        if rejections == self._shown:
            return
        self._shown = rejections
        follows = self.scroll_offset.y >= self.max_scroll_y
        self._rows.fit(lambda width: _laid_out(rejections, width))
        if follows:
            self.call_after_refresh(self.scroll_end, animate=False)


def _laid_out(rejections: Sequence[tuple[str, str]], width: int) -> Content:
    if not rejections:
        return line(("Nobody was rejected so far.", "$foreground-muted"))
    customers = [content(customer).plain for customer, _ in rejections]
    id_cells = min(max(map(cell_len, customers)), max(width // _MOST_ID_SHARE, 8))
    rows: list[Content] = []
    for customer, reason in rejections:
        name = content(cut(customer, id_cells), "bold")
        head = line(("× ", "$text-error")) + name.pad_right(id_cells - name.cell_length + 2)
        wrapped = content(reason).wrap(max(width - head.cell_length, 10))
        rows.append(head + wrapped[0])
        rows += [row.pad_left(head.cell_length) for row in wrapped[1:]]
    return lines(*rows)
