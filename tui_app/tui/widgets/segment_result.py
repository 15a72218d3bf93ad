"""What a segment gives while it is being built: the number of members, a sample of them, and the SQL."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import cell_len
from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static, TabbedContent, TabPane

from tui_app.backstage.questions.segment import CountMembers, MemberCount, SampleMembers, SegmentSql
from tui_app.backstage.questions.source import Rows
from tui_app.core.errors import FixInput, Problem, StokerError
from tui_app.core.project import Project
from tui_app.core.segment import Segment
from tui_app.core.segment_editing import as_toml
from tui_app.tui.text import content, lines, plain
from tui_app.tui.widgets.paged_table import PagedTable
from tui_app.tui.widgets.segment_count import SegmentCount
from tui_app.tui.widgets.table_columns import Cell, Column, Row

if TYPE_CHECKING:
    from tui_app.tui.session import Session

_PAUSE_SECONDS: Final = 0.25
"""Between a change and its count, so that a burst of changes is counted once."""
_SAMPLE_ROWS: Final = 200
_WIDEST_COLUMN: Final = 28
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
"""Not `007`, which is a name."""
_NOBODY: Final = "Nobody is picked."
_UNKNOWN: Final = "Nobody can be shown before the conditions make sense."
_NULL: Final[Cell] = ("NULL", "muted")


class SegmentResult(Vertical):
    """Counts whatever it is given last; what was asked before is given up.

    Args:
        id: As usual.
    """

    DEFAULT_CSS: ClassVar[str] = """
    SegmentResult {
        height: 1fr;
        & SegmentCount { height: auto; min-height: 2; padding: 0 1; }
        & TabbedContent { height: 1fr; margin-top: 1; }
        & TabPane { padding: 0; height: 1fr; }
        & PagedTable { background: $background; }
        & PagedTable:blur > .table--cursor { background: $panel; color: $foreground; }
        &.-empty TabbedContent { display: none; }
        & #segment-sql { padding: 0 1; width: 1fr; }
    }
    """

    @dataclass
    class Judged(Message):
        """What the engine says of the conditions."""

        segment: Segment
        count: MemberCount | None
        problems: tuple[Problem, ...]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._segment: Segment | None = None
        self._world: object = None
        """What else the count depends on."""
        self._members = 0
        """As they were counted last."""
        self._filled: dict[str, Segment] = {}
        """Pane → the segment that it shows."""

    def compose(self) -> ComposeResult:
        """The number above two tabs."""
        yield SegmentCount(id="segment-count")
        with TabbedContent(initial="members", id="segment-tabs"):
            with TabPane("Members", id="members"):
                yield PagedTable((), id="segment-members", empty_message=_NOBODY)
            with TabPane("SQL", id="sql"), VerticalScroll():
                yield Static(id="segment-sql")

    @property
    def session(self) -> Session:
        """Of the app."""
        session: Session = self.app.session  # type: ignore[attr-defined] # it belongs to this app alone
        return session

    def judge(self, segment: Segment, project: Project, *, is_another: bool, again: bool = False) -> None:
        """Count a segment and show its members, unless that is what is shown.

        Args:
            segment: With the places of a draft.
            project: That it belongs to.
            is_another: It is not a change of the one before, so nothing of that one may be seen.
            again: Count even if it is the one that is shown: its table may have changed.
        """
        world = _world(segment, project)
        if (segment, world) == (self._segment, self._world) and not again:
            return
        self._segment, self._world = segment, world
        self.workers.cancel_node(self)
        self._filled.clear()
        count = self.query_one(SegmentCount)
        if is_another:
            count.forget()
            self._clear_panes()
        self.set_class(not segment.condition.members, "-empty")
        if not segment.condition.members:
            count.show_hint("Nobody is picked yet: a adds the first condition.")
            self._clear_panes()
            return
        count.show_counting()
        self._count(segment, 0.0 if is_another else _PAUSE_SECONDS)

    def action_other_tab(self) -> None:
        """From members to SQL and back."""
        tabs = self.query_one(TabbedContent)
        tabs.active = "sql" if tabs.active == "members" else "members"

    def show_fault(self, fault: str) -> None:
        """Say why there is no number; what is shown beneath is not of these conditions, so it goes."""
        self.query_one(SegmentCount).show_fault(fault)
        self._clear_panes(_UNKNOWN)

    def on_tabbed_content_tab_activated(self, event: TabbedContent.TabActivated) -> None:
        """What is looked at is asked for."""
        event.stop()
        if self._segment is not None and self._segment.condition.members:
            self._fill(self._segment)

    @work(exclusive=True, group="segment-count")
    async def _count(self, segment: Segment, pause_seconds: float) -> None:
        await asyncio.sleep(pause_seconds)
        try:
            count = await self.session.ask(CountMembers(segment))
        except StokerError as error:
            problems = error.problems if isinstance(error, FixInput) else (Problem(error.message),)
            self.post_message(self.Judged(segment, None, problems))
            return
        self._members = count.members
        self.query_one(SegmentCount).show(count)
        self.post_message(self.Judged(segment, count, ()))
        self._fill(segment)

    @work(exclusive=True, group="segment-pane")
    async def _fill(self, segment: Segment) -> None:
        pane = self.query_one(TabbedContent).active
        if self._filled.get(pane) == segment:
            return
        try:
            if pane == "sql":
                self._show_sql(await self.session.ask(SegmentSql(segment)))
            else:
                self._show_members(await self.session.ask(SampleMembers(segment, _SAMPLE_ROWS)))
        except StokerError:
            # The count, which is asked for first, meets the same and says why.
            return
        self._filled[pane] = segment

    def _show_members(self, rows: Rows) -> None:
        table = self.query_one(PagedTable)
        shown = tuple(tuple(_NULL if cell is None else cell for cell in row) for row in rows.rows)

        async def fetch(first: int, count: int) -> Sequence[Row]:
            return shown[first : first + count]

        table.set_columns(_columns(rows))
        table.set_empty_message(_NOBODY)
        table.show(len(shown), fetch)
        is_all = len(shown) >= self._members
        label = "Members" if is_all else f"Members · {len(shown):,} of {self._members:,}"
        self.query_one(TabbedContent).get_tab("members").label = content(label)

    def _show_sql(self, sql: str) -> None:
        self.query_one("#segment-sql", Static).update(coloured_sql(sql))

    def _clear_panes(self, message: str = "") -> None:
        self._filled.clear()

        async def nothing(_first: int, _count: int) -> Sequence[Row]:
            return ()

        table = self.query_one(PagedTable)
        table.set_columns(())
        table.set_empty_message(message)
        table.show(0, nothing)
        self.query_one(TabbedContent).get_tab("members").label = content("Members")
        self.query_one("#segment-sql", Static).update()


def _world(segment: Segment, project: Project) -> object:
    """Tables, queries and other segments, wherever they are written."""
    others = {name: (each.table, as_toml(each.condition)) for name, each in project.segments.items()}
    others.pop(segment.name, None)
    tables = {name: each.location for name, each in project.source.tables.items()}
    return project.source.engine, tables, {name: each.sql for name, each in project.queries.items()}, others


def coloured_sql(sql: str) -> Content:
    """SQL to be read, line by line as it is."""
    # Imported late: it brings Pygments, and the first frame does without.
    from textual.highlight import highlight

    harmless = "\n".join(plain(each) for each in sql.splitlines())
    return highlight(harmless, language="sql") if harmless else lines()


def _columns(rows: Rows) -> list[Column]:
    """As wide as what is in them, up to a limit."""
    columns = []
    for index, title in enumerate(rows.columns):
        cells = [row[index] or "" for row in rows.rows]
        longest = max((cell_len(plain(each)) for each in (title, "NULL", *cells)), default=1)
        is_number = any(cells) and all(_NUMBER.fullmatch(each) for each in cells if each)
        columns.append(Column(title, min(longest, _WIDEST_COLUMN), "right" if is_number else "left"))
    return columns
