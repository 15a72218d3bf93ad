"""Ranges for a number that changes daily, so that Braze counts a data point only when a customer moves to another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from tui_app.backstage.questions.source import ValueCount
from tui_app.core.mapping import AttributeMapping, Bucket
from tui_app.core.suggestions import proposed_buckets
from tui_app.tui.dialogs.fields_form import FieldsForm
from tui_app.tui.text import cut, line, lines
from tui_app.tui.widgets.mapping_draft import Unfinished, read_ranges, written_ranges
from tui_app.tui.widgets.mapping_words import bucket_ranges
from tui_app.tui.widgets.share_bar import share
from tui_app.tui.widgets.tones import TEXT_STYLES

_HEADING_CELLS = 40
_BELOW = "below all of them"


class AddRanges(FieldsForm[tuple[Bucket, ...]]):
    """Gives the ranges.

    Args:
        mapping: What gets them.
        count_values: Asks for the column's values and how many rows have each; None if that cannot be known.
    """

    DEFAULT_CSS: ClassVar[str] = """
    AddRanges {
        & > .dialog { width: 84; }
        & #ranges, & #shares { margin-top: 1; }
    }
    """
    ACCEPT: ClassVar[str] = "Use ranges"
    HINT: ClassVar[str] = "enter uses them, esc cancels"

    def __init__(
        self, mapping: AttributeMapping, count_values: Callable[[], Awaitable[tuple[ValueCount, ...] | None]]
    ) -> None:
        super().__init__()
        self._mapping, self._count_values = mapping, count_values
        self._values: tuple[ValueCount, ...] | None = None

    def heading(self) -> Content:
        """The attribute."""
        return line("Ranges for ", (cut(self._mapping.attribute, _HEADING_CELLS), "$primary"))

    def compose_body(self) -> ComposeResult:
        """One line, and what becomes of the values."""
        why = "A number that moves every day costs a data point per customer and day. The name of a range moves seldom."
        yield Static(why, classes="note", markup=False)
        yield Input(written_ranges(proposed_buckets(self._mapping.column)), id="ranges", compact=True)
        yield Static(id="shares")

    def on_mount(self) -> None:
        """Count while one types."""
        self.query_one(Input).focus()
        self._judge()
        self._ask()

    @work(exclusive=True)
    async def _ask(self) -> None:
        self._values = await self._count_values()
        self._judge()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show where the values would fall."""
        event.stop()
        self._judge()

    def action_accept(self) -> None:
        """Give them, if there are any."""
        ranges = read_ranges(self.query_one(Input).value)
        if ranges and not isinstance(ranges, Unfinished):
            self.dismiss(ranges)

    def _judge(self) -> None:
        ranges = read_ranges(self.query_one(Input).value)
        if isinstance(ranges, Unfinished):
            shown = line(("✗ ", TEXT_STYLES["bad"]), ranges.reason)
        else:
            shown = lines(*_rows(ranges, self._values))
        self.query_one("#shares", Static).update(shown)


def _rows(buckets: Sequence[Bucket], values: Sequence[ValueCount] | None) -> list[Content]:
    """Each range, with its share of the rows once that is known."""
    words = bucket_ranges(tuple(buckets))
    if values is None or not buckets:
        return [line(each) for each in words]
    rows = shares(buckets, values)
    total = sum(rows.values())
    width = max(len(each) for each in words)
    muted = TEXT_STYLES["muted"]
    shown = [
        line(each.ljust(width), f"  {rows[bucket.name]:>9,}", (f"  {share(rows[bucket.name], total)}", muted))
        for bucket, each in zip(buckets, words, strict=True)
    ]
    if rows[None]:
        shown.append(line((f"{rows[None]:,} {_BELOW} or not a number: sent as NULL", muted)))
    return shown


def shares(buckets: Sequence[Bucket], values: Sequence[ValueCount]) -> dict[str | None, int]:
    """Rows per range, and under None those in none of them; rows that are NULL anyway are left out."""
    rows: dict[str | None, int] = dict.fromkeys([None, *(bucket.name for bucket in buckets)], 0)
    for each in values:
        if each.value is None:
            continue
        number = each.value if isinstance(each.value, (int, float, Decimal)) else None
        reached = [bucket.name for bucket in buckets if number is not None and number >= bucket.at_least]
        rows[reached[-1] if reached else None] += each.rows
    return rows
