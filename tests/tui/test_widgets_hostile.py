"""Text from data is text, in every widget: it steers no terminal, is no markup, and breaks no layout."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget

from tui_app.core.visible import visible
from tui_app.tui.widgets.figures import Figure, Figures
from tui_app.tui.widgets.json_view import JsonView
from tui_app.tui.widgets.notice import Notice
from tui_app.tui.widgets.paged_table import PagedTable
from tui_app.tui.widgets.record_diff import RecordDiff
from tui_app.tui.widgets.share_bar import Part, ShareBar
from tui_app.tui.widgets.table_columns import Column, Row

HOSTILE = {
    "closing tag": "[/]",
    "closing unknown tag": "[/foo]",
    "half a tag": "[/",
    "action": "[@click=app.bell]x[/]",
    "escaped tag": "\\[b]",
    "bold": "[bold]x",
    "link": "[link=http://example.com]x",
    "title": "\x1b]0;owned\x07",
    "clear screen": "\x1b[2J",
    "C1": "\x9b2J",
    "bidi": "a\u202eb",
    "line break": "one\ntwo",
    "carriage return": "one\rtwo",
    "tab": "one\ttwo",
    "NUL": "one\x00two",
    "line separator": "one\u2028two",
    "wide": "全角全角全角全角全角全角",
    "family": "👩\u200d👩\u200d👧\u200d👦 family",
    "loose joiner": "\u200dx\u200d",
    "piled up marks": "e" + "\u0301" * 500,
    "very long": "x" * 10_000,
    "empty": "",
}
SIZES = [(80, 24), (12, 6), (1, 1)]


class HostileApp(App[None]):
    CSS = "Screen { overflow: hidden; }"

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget
        self.bells = 0

    def compose(self) -> ComposeResult:
        yield self.widget

    def action_bell(self) -> None:
        self.bells += 1


async def _show_table(table: PagedTable, text: str) -> None:
    async def fetch(first: int, count: int) -> Sequence[Row]:
        return [(text, (text, "warning"), text)] * count

    table.show(3, fetch)


async def _show_empty_table(table: PagedTable, text: str) -> None:
    async def fetch(first: int, count: int) -> Sequence[Row]:
        return []

    table.set_empty_message(text)
    table.show(0, fetch)


def _widget(name: str, text: str) -> Widget:
    """A widget that shows `text` wherever it can."""
    match name:
        case "table" | "empty table":
            return PagedTable((Column(text, 12), Column(text), Column(text, 8, align="right")))
        case "bar":
            return ShareBar((Part(text, 5, "good"), Part(text, 0), Part("b" + text, 1, "muted")))
        case "figures":
            return Figures((Figure(text, text, "warning"), Figure("b" + text, text)))
        case "diff":
            return RecordDiff()
        case "json":
            return JsonView()
        case _:
            return Notice().show("bad", text, text, key=text, action=text)


async def _fill(widget: Widget, name: str, text: str) -> None:
    match widget:
        case PagedTable():
            await (_show_table if name == "table" else _show_empty_table)(widget, text)
        case RecordDiff():
            widget.show(json.dumps({text: text, "b": [text]}), json.dumps({text: None, "b": {text: text}}))
        case JsonView():
            widget.show(json.dumps({text: [text]}, ensure_ascii=False))


async def _lines(app: HostileApp, pilot: Pilot[None]) -> list[str]:
    for _ in range(3):
        await pilot.pause()
    return [strip.text for strip in app.screen._compositor.render_strips()]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", ["table", "empty table", "bar", "figures", "diff", "json", "notice"])
async def test_hostile_text_is_shown_as_text(name: str, text: str) -> None:
    app = HostileApp(_widget(name, text))
    async with app.run_test(size=SIZES[0], notifications=True, tooltips=True) as pilot:
        await _fill(app.widget, name, text)
        lines = await _lines(app, pilot)

        assert all(visible(line) == line for line in lines)
        assert {cell_len(line) for line in lines} == {80}
        if len(text) < 40 and name != "json":
            shown = visible(text).replace("\u200dx\u200d", "x").rstrip()
            assert shown[:7] in "".join(lines)

        for column in range(0, 60, 3):
            await pilot.click(offset=(column, 1))
        assert app.bells == 0

        for size in SIZES[1:]:
            await pilot.resize_terminal(*size)
            lines = await _lines(app, pilot)
            assert {cell_len(line) for line in lines} == {size[0]}
