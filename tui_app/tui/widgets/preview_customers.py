"""The customers of a plan: a table of those that match a filter, and beside or below it the one under the cursor."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui_app.backstage.questions.plan import ChangeFilter, ChangeRow
from tui_app.tui.text import counted, line, lines
from tui_app.tui.widgets.item_row import ItemRow
from tui_app.tui.widgets.json_view import JsonView
from tui_app.tui.widgets.paged_table import PagedTable
from tui_app.tui.widgets.pages import Fetch
from tui_app.tui.widgets.preview_rows import KIND_WORDS
from tui_app.tui.widgets.record_diff import RecordDiff
from tui_app.tui.widgets.table_columns import Column
from tui_app.tui.widgets.tones import TEXT_STYLES

_KIND_CELLS: Final = 10
_SHORTEST_ID: Final = 12
_LONGEST_ID: Final = 36
"""A UUID."""
_PAGE_ROWS: Final = 100


class PlanCustomers(Container):
    """Filter, table and record.

    Args:
        id: As usual.
        classes: As usual.
    """

    DEFAULT_CSS: ClassVar[str] = """
    PlanCustomers {
        layout: grid; grid-size: 2 2; grid-columns: 9fr 11fr; grid-rows: 2 1fr; grid-gutter: 0 2;
        & > #filter { column-span: 2; height: 2; padding: 0 1; }
        & > #record {
            & > #record-head { height: 1; padding: 0 1; margin-bottom: 1; }
            & > RecordDiff, & > JsonView, & > #withheld-why { height: 1fr; }
            & > #withheld-why { background: $surface; padding: 0 1; }
        }
    }
    .-narrow PlanCustomers {
        grid-size: 1 3; grid-columns: 1fr; grid-rows: 1 3fr 4fr; grid-gutter: 0 0;
        & > #filter { column-span: 1; height: 1; }
        & > #record > #record-head { margin-bottom: 0; background: $panel; }
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._shows_json = False
        self._shown: ChangeRow | None = None

    @property
    def table(self) -> PagedTable:
        """The customers."""
        return self.query_one("#customers-table", PagedTable)

    def compose(self) -> ComposeResult:
        """Filter above, customers, and the record."""
        yield Static(id="filter")
        yield PagedTable(_columns(_SHORTEST_ID), page_rows=_PAGE_ROWS, id="customers-table")
        with Vertical(id="record"):
            yield Static(id="record-head")
            yield RecordDiff(id="before-after")
            yield JsonView(id="exact-json")
            with VerticalScroll(id="withheld-why"):
                yield Static()

    def on_mount(self) -> None:
        """Nothing is shown yet."""
        self._show_record(None)

    def on_resize(self, event: events.Resize) -> None:
        """Identifiers get a third of the table, as far as they can use it."""
        table_width = event.size.width if self.screen.has_class("-narrow") else event.size.width * 9 // 20
        self.table.set_columns(_columns(max(_SHORTEST_ID, min(_LONGEST_ID, table_width // 3))))

    def show_changes(self, wanted: ChangeFilter, rows: int, fetch: Fetch) -> None:
        """Show other customers.

        Args:
            wanted: The filter that they match, to be said above them.
            rows: How many there are.
            fetch: Gives `ItemRow`s that carry a `ChangeRow`.
        """
        self.query_one("#filter", Static).update(_filter_words(wanted, rows))
        self.table.set_empty_message(_nobody(wanted))
        self._show_record(None)
        self.table.show(rows, fetch)

    def show_search(self, wanted: ChangeFilter) -> None:
        """Say that customers are being looked for."""
        self.query_one("#filter", Static).update(_filter_words(wanted, None))

    def toggle_json(self) -> None:
        """The exact JSON instead of before and after, and back."""
        self._shows_json = not self._shows_json
        self._show_record(self._shown)

    def on_paged_table_row_highlighted(self, event: PagedTable.RowHighlighted) -> None:
        """Show the customer under the cursor, once it is there."""
        event.stop()
        if isinstance(event.row, ItemRow):
            self._show_record(event.row.item)

    def _show_record(self, change: ChangeRow | None) -> None:
        self._shown = change
        is_withheld = change is not None and change.kind == "withheld"
        shows_json = self._shows_json and not is_withheld
        self.query_one("#withheld-why").display = is_withheld
        self.query_one("#exact-json").display = shows_json
        self.query_one("#before-after").display = not is_withheld and not shows_json
        self.query_one("#record-head", Static).update(_head(change, shows_json=shows_json))
        if change is None:
            self.query_one("#before-after").display = False
        elif is_withheld:
            self.query_one("#withheld-why", VerticalScroll).query_one(Static).update(_why_withheld(change))
        elif shows_json:
            self.query_one("#exact-json", JsonView).show(change.payload)
        else:
            self.query_one("#before-after", RecordDiff).show(change.before, change.after)


def _columns(id_cells: int) -> tuple[Column, ...]:
    return (Column("customer", id_cells), Column("kind", _KIND_CELLS), Column("what changes", minimum=12))


def _head(change: ChangeRow | None, *, shows_json: bool) -> Content:
    if change is None:
        return Content()
    words, tone = KIND_WORDS[change.kind]
    about = "exact JSON" if shows_json else ""
    return line((change.id, "bold"), "  ", (words, TEXT_STYLES[tone]), (f"  {about}", "$text-muted"))


def _filter_words(wanted: ChangeFilter, rows: int | None) -> Content:
    """`1,226 customers of kind join with tier`; rows None: not known yet."""
    number = "looking for customers …" if rows is None else counted(rows, "customer")
    parts: list[str | tuple[str, str]] = [(number, "bold")]
    if wanted.user is not None:
        parts += ["  who is ", (wanted.user, "bold $text-accent")]
    if wanted.kind is not None:
        parts += ["  of kind ", (KIND_WORDS[wanted.kind][0], "bold $text-accent")]
    if wanted.attribute is not None:
        parts += ["  with ", (wanted.attribute, "bold $text-accent")]
    if wanted == ChangeFilter():
        parts.append(("  everybody whom this plan sends, in sending order", "$text-muted"))
    else:
        parts.append(("  esc shows everybody", "$text-muted"))
    return line(*parts)


def _nobody(wanted: ChangeFilter) -> str:
    if wanted.user is not None:
        return f"{wanted.user} is not in this plan: unchanged, outside the segments, or not in the source."
    if wanted != ChangeFilter():
        return "No customer of this plan matches."
    return "This plan sends nobody."


def _why_withheld(change: ChangeRow) -> Content:
    rows: list[Content] = []
    for attribute, reason, value in change.reasons:
        subject = attribute or "whole customer"
        rows.append(line((subject, "bold"), "  ", (reason, TEXT_STYLES["warning"])))
        if value is not None:
            rows.append(line(("  in the source: ", "$text-muted"), value))
        rows.append(Content())
    return lines(*rows)
