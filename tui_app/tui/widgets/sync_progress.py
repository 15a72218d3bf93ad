"""How much of a run is settled: a bar as wide as there is room, and its share."""

from __future__ import annotations

from typing import ClassVar

from textual.content import Content

from tui_app.tui.text import line
from tui_app.tui.widgets.fitted import FittedText
from tui_app.tui.widgets.share_bar import apportion, share

_SHARE_CELLS = 7


class RunProgress(FittedText):
    """A bar of acknowledged and rejected customers; what is open stays dotted.

    Args:
        id: As usual.
    """

    DEFAULT_CSS: ClassVar[str] = "RunProgress { height: 1; padding: 0 1; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(lambda width: _bar(0, 0, 0, width), id=id)

    def show(self, acknowledged: int, rejected: int, total: int) -> None:
        """Show other numbers of customers, each from 0."""
        self.fit(lambda width: _bar(acknowledged, rejected, total, width))


def _bar(acknowledged: int, rejected: int, total: int, width: int) -> Content:
    settled = acknowledged + rejected
    cells = max(width - _SHARE_CELLS, 1)
    parts = apportion((acknowledged, rejected, max(total - settled, 0)), cells)
    good, bad, still_open = parts if any(parts) else (0, 0, cells)
    return line(
        ("█" * good, "$success"),
        ("▓" * bad, "$error"),
        ("░" * still_open, "$foreground-muted"),
        (share(settled, total).rjust(_SHARE_CELLS), "bold"),
    )
