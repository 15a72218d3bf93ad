"""The customers of a plan that match a filter: a table, and beside or below it the one under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import cell_len
from textual import work
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from tui_app.backstage.questions.plan import ChangeFilter, ChangeRow, OpenChanges, PlanSummary, ReadChanges
from tui_app.core.errors import Usage
from tui_app.core.plan import Plan
from tui_app.tui.text import Part, counted, line, plain
from tui_app.tui.widgets.item_row import ItemRow
from tui_app.tui.widgets.paged_table import PagedTable
from tui_app.tui.widgets.preview_record import ChangeRecord
from tui_app.tui.widgets.preview_rows import KIND_WORDS, ShownKind, change_line
from tui_app.tui.widgets.table_columns import Column

if TYPE_CHECKING:
    from tui_app.tui.screens.stage_screen import StageScreen

_KIND_CELLS: Final = 10
_SHORTEST_ID: Final = 8
_PAGE_ROWS: Final = 100


class PlanCustomers(Container):
    """Filter, table and record. Asks for its rows itself, through the screen that it is on.

    Args:
        id: As usual.
    """

    SCOPED_CSS = False  # it looks at the screen's width
    DEFAULT_CSS: ClassVar[str] = """
    PlanCustomers {
        layout: grid; grid-size: 1 3; grid-columns: 1fr; grid-rows: 1 3fr 4fr; grid-gutter: 1 2;
        & > #filter { height: 1; padding: 0 1; }
    }
    .-low PlanCustomers { grid-gutter: 0 2; }
    .-spacious PlanCustomers {
        grid-size: 2 2; grid-columns: 1fr 1fr; grid-rows: 1 1fr;
        & > #filter { column-span: 2; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._summary: PlanSummary | None = None
        self._filter = ChangeFilter()
        self._is_open = False
        """The rows that are shown, or on their way, are those of plan and filter."""
        self._longest_id = 0
        """On the pages of this plan that were read, in cells."""
        self._id_cells = _SHORTEST_ID

    @property
    def filter(self) -> ChangeFilter:
        """Which customers are shown."""
        return self._filter

    @property
    def table(self) -> PagedTable:
        """The customers."""
        return self.query_one(PagedTable)

    @property
    def record(self) -> ChangeRecord:
        """The one under the cursor."""
        return self.query_one(ChangeRecord)

    def compose(self) -> ComposeResult:
        """Filter above, customers, and the record."""
        yield Static(id="filter")
        yield PagedTable(_columns(_SHORTEST_ID), page_rows=_PAGE_ROWS, id="customers-table")
        yield ChangeRecord(id="record")

    def on_resize(self) -> None:
        """Identifiers get what they need, up to a share of the table."""
        self._fit_columns()

    def show_plan(self, summary: PlanSummary | None) -> None:
        """Take another plan, without a filter. Its customers are looked for when `open` says so."""
        self._summary = summary
        self._filter = ChangeFilter()
        self._longest_id = 0
        self._forget()

    def show_filter(self, wanted: ChangeFilter) -> None:
        """Show other customers of the same plan."""
        self._filter = wanted
        self._forget()
        self.open()

    def cycle_kind(self) -> None:
        """The next kind that the plan has, then all again."""
        if self._summary is not None:
            kinds: list[ShownKind | None] = [None, *_kinds_of(self._summary.plan)]
            place = kinds.index(self._filter.kind) if self._filter.kind in kinds else 0
            self.show_filter(replace(self._filter, kind=kinds[(place + 1) % len(kinds)]))

    def open(self) -> None:
        """Look for the customers, unless they are there."""
        if self._summary is not None and not self._is_open:
            self._is_open = True
            self.query_one("#filter", Static).update(_filter_words(self._filter, self._summary.plan, None))
            self._find(self._summary, self._filter)

    @work(exclusive=True, group="changes")
    async def _find(self, summary: PlanSummary, wanted: ChangeFilter) -> None:
        view = await self._stage.ask(OpenChanges(summary.folder, wanted))
        if view is None:
            self._is_open = False
            self.query_one("#filter", Static).update(line(("not found: see below", "$foreground-muted")))
            return

        async def fetch(first_row: int, count: int) -> Sequence[ItemRow[ChangeRow]]:
            changes = await self._stage.session.ask(ReadChanges(view.key, first_row, count))
            self._longest_id = max([self._longest_id, *(cell_len(plain(each.id)) for each in changes)])
            self._fit_columns()
            return [change_line(each) for each in changes]

        self.query_one("#filter", Static).update(_filter_words(wanted, summary.plan, view.rows))
        self.table.set_empty_message(_nobody(wanted, summary.plan))
        self.record.show(None)
        self.table.show(view.rows, fetch)

    def _fit_columns(self) -> None:
        id_cells = max(_SHORTEST_ID, min(self._longest_id, self.table.size.width // 3))
        if id_cells != self._id_cells:
            self._id_cells = id_cells
            self.table.set_columns(_columns(id_cells))

    def _forget(self) -> None:
        self._is_open = False
        self.record.show(None)

    @property
    def _stage(self) -> StageScreen:
        return self.screen  # type: ignore[return-value] # it is made for stages

    def on_table_view_row_highlighted(self, event: PagedTable.RowHighlighted) -> None:
        """Show the customer under the cursor, once he is there."""
        event.stop()
        if isinstance(event.row, ItemRow):
            self.record.show(event.row.item)

    def on_table_view_row_selected(self, event: PagedTable.RowSelected) -> None:
        """Enter goes over to the record, to scroll it."""
        event.stop()
        self.record.focus_view()

    def on_paged_table_page_failed(self, event: PagedTable.PageFailed) -> None:
        """A view that backstage has closed meanwhile is opened again."""
        event.stop()
        if isinstance(event.error, Usage):
            self._is_open = False
            self.open()
        else:
            self._stage.explain(event.error)


def _columns(id_cells: int) -> tuple[Column, ...]:
    return (Column("customer", id_cells), Column("kind", _KIND_CELLS), Column("what changes", minimum=12))


def _kinds_of(plan: Plan) -> list[ShownKind]:
    """Kinds that somebody has."""
    numbers: dict[ShownKind, int] = {
        "join": plan.counts.join,
        "update": plan.counts.update,
        "leave": plan.counts.leave,
        "withheld": plan.with_withheld,
    }
    return [kind for kind, number in numbers.items() if number]


def _filter_words(wanted: ChangeFilter, plan: Plan, rows: int | None) -> Content:
    """`1,226 customers  of kind + join  with tier`; rows None: not known yet."""
    parts: list[Part] = [(f"looking for {plan.nouns} …" if rows is None else counted(rows, plan.noun), "bold")]
    named = (
        ("  who is ", wanted.user),
        ("  of kind ", KIND_WORDS[wanted.kind][0] if wanted.kind else None),
        ("  with ", wanted.attribute),
    )
    for words, name in named:
        if name is not None:
            parts += [words, (name, "bold $text-accent")]
    is_narrowed = wanted != ChangeFilter()
    which = "whom" if plan.array == "attributes" else "which"
    whole = f"  {which} this plan sends, in that order"
    everything = "everybody" if plan.array == "attributes" else "everything"
    parts.append((f"  esc shows {everything}" if is_narrowed else whole, "$foreground-muted"))
    return line(*parts)


def _nobody(wanted: ChangeFilter, plan: Plan) -> str:
    if plan.array != "attributes":
        return f"No {plan.noun} of this plan matches." if wanted != ChangeFilter() else "This plan sends nothing."
    if wanted.user is not None:
        return f"{wanted.user} is not in this plan: unchanged, outside the segments, or not in the source."
    return "No customer of this plan matches." if wanted != ChangeFilter() else "This plan sends nobody."
