"""What the stage Mapping shows: template, table, destination, how much is mapped, and what is on its way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textual.content import Content

from tui_app.tui.text import Part, counted, cut, line, lines
from tui_app.tui.widgets.fitted import FittedText
from tui_app.tui.widgets.mapping_rows import Knowledge, Sheet
from tui_app.tui.widgets.mapping_view import RowFilter
from tui_app.tui.widgets.tones import TEXT_STYLES

_MUTED = TEXT_STYLES["muted"]
_NAME_CELLS = 30


@dataclass(frozen=True, slots=True)
class Shown:
    """What is seen of a sheet."""

    sheet: Sheet
    table: str
    rows: int
    """How many rows are listed."""
    filter: RowFilter
    marked: int
    waiting: tuple[str, ...]
    """What is on its way."""
    known: Knowledge


class MappingHead(FittedText):
    """Two lines, and one for each thing that concerns the whole template."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(lambda _width: Content(), id=id)

    def show(self, shown: Shown) -> None:
        """Show it."""
        self.fit(lambda width: lines(*(row for each in _rows(shown) for row in each.wrap(width))))


def _rows(shown: Shown) -> Iterator[Content]:
    sheet = shown.sheet
    destination = sheet.destination
    yield line(
        (cut(sheet.template.name, _NAME_CELLS), "bold $primary"),
        ("  from ", _MUTED),
        (cut(shown.table, _NAME_CELLS), "bold"),
        ("  to ", _MUTED),
        (cut(destination.name, _NAME_CELLS), "bold"),
        (f"  by {destination.identifier}", _MUTED),
    )
    yield line(*_counts(shown))
    for concern in sheet.concerns:
        sign = ("✗ ", TEXT_STYLES["bad"]) if concern.is_bad else ("! ", TEXT_STYLES["warning"])
        yield line(sign, concern.text)


def _counts(shown: Shown) -> Iterator[Part]:
    sheet = shown.sheet
    yield (f"{counted(sheet.columns, 'column')}, {sheet.mapped:,} mapped, ", _MUTED)
    count = sheet.concern_count
    yield (f"! {count:,} to look at", TEXT_STYLES["warning"]) if count else ("nothing to look at", _MUTED)
    if shown.filter != "all" or shown.rows != len(sheet.rows):
        words = "" if shown.filter == "all" else f" {shown.filter}"
        yield (f"  showing {shown.rows:,}{words}", TEXT_STYLES["accent"])
    if shown.marked:
        yield (f"  ✓ {shown.marked:,} marked", TEXT_STYLES["accent"])
    if shown.waiting:
        yield (f"  {', '.join(shown.waiting)} …", _MUTED)
    elif shown.known.is_unreadable:
        yield ("  ✗ table not read, r tries again", TEXT_STYLES["bad"])
    elif shown.known.misfits:
        yield ("  values are counted once ✗ is mended", TEXT_STYLES["bad"])
    elif shown.known.workspace_message is not None:
        yield ("  ! names of the workspace unknown, r asks", TEXT_STYLES["warning"])
