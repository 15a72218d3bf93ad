"""How many customers a segment picks, with a bar."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

from textual.content import Content

from tui_app.backstage.questions.segment import MemberCount
from tui_app.tui.text import content, line, lines
from tui_app.tui.widgets.fitted import FittedText
from tui_app.tui.widgets.share_bar import apportion, share

_LONGEST_BAR: Final = 60
_MOST_LINES: Final = 4


@dataclass(frozen=True, slots=True)
class _Said:
    count: MemberCount | None = None
    """The last that is known, of these conditions or of earlier ones."""
    is_counting: bool = False
    fault: str = ""
    """Why there is no count of these conditions."""
    hint: str = ""
    """What to do first, where there is nothing to count."""


class SegmentCount(FittedText):
    """The number stays, dimmed, until there is a new one.

    Args:
        id: As usual.
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        self._said = _Said()
        super().__init__(partial(_composed, self._said), id=id)

    def show(self, count: MemberCount) -> None:
        """This is how many."""
        self._say(_Said(count))

    def show_counting(self) -> None:
        """A number is on its way."""
        self._say(_Said(self._said.count, is_counting=True))

    def show_fault(self, fault: str) -> None:
        """There is no number for these conditions."""
        self._say(_Said(self._said.count, fault=fault))

    def show_hint(self, hint: str) -> None:
        """There is nothing to count yet."""
        self._say(_Said(hint=hint))

    def forget(self) -> None:
        """Another segment: no number of it is known."""
        self._say(_Said())

    def _say(self, said: _Said) -> None:
        self._said = said
        self.fit(partial(_composed, said))


def _composed(said: _Said, width: int) -> Content:
    if said.hint:
        return content(said.hint, "$foreground-muted")
    is_old = said.is_counting or bool(said.fault)
    first = _figures(said.count, is_old=is_old)
    if said.is_counting:
        first += line(("  counting …" if said.count else "counting …", "$text-accent"))
    bar = _bar(said.count, min(width, _LONGEST_BAR), is_old=is_old)
    if not said.fault:
        return lines(first, bar)
    sign = "! "
    wrapped = content(said.fault).wrap(max(width - len(sign), 8))[:_MOST_LINES]
    faults = [line((" " * len(sign) if at else sign, "bold $text-warning")) + each for at, each in enumerate(wrapped)]
    return lines(*([first] if said.count else []), *faults)


def _figures(count: MemberCount | None, *, is_old: bool) -> Content:
    if count is None:
        return Content()
    rest = f" of {count.rows:,} customers · {share(count.members, count.rows)}"
    if is_old:
        return content(f"{count.members:,}{rest}", "$foreground-disabled")
    return line((f"{count.members:,}", "bold $text-accent"), rest)


def _bar(count: MemberCount | None, cells: int, *, is_old: bool) -> Content:
    if count is None:
        return line(("┄" * cells, "$foreground-disabled"))
    filled, empty = apportion((count.members, count.rows - count.members), cells) if count.rows else (0, cells)
    return line(("█" * filled, "$foreground-disabled" if is_old else "$primary"), ("░" * empty, "$border"))
