"""Text from data is text, in every widget: it steers no terminal, is no markup, and breaks no layout."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.strip import Strip
from textual.widget import Widget

from tui_app.core.visible import visible
from tui_app.tui.text import lines
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
TEXTS = tuple(HOSTILE.values())
SHORT = tuple(text for text in TEXTS if 0 < len(text) < 40)


class HostileApp(App[None]):
    """The widget alone on a screen."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget

    def compose(self) -> ComposeResult:
        yield self.widget


async def _rows(first: int, count: int) -> Sequence[Row]:
    return [(text, (text, "warning"), text) for text in TEXTS[first : first + count]]


def _table(texts: Sequence[str]) -> PagedTable:
    table = PagedTable((Column(texts[0], 24), Column(texts[-1]), Column("", 8, align="right")))
    table.call_later(table.show, len(texts), _rows)
    return table


def _empty_table(texts: Sequence[str]) -> PagedTable:
    table = PagedTable([Column(text, 9) for text in texts], empty_message=" ".join(texts))
    table.call_later(table.show, 0, _rows)
    return table


def _diff(texts: Sequence[str]) -> RecordDiff:
    diff = RecordDiff()
    diff.call_later(diff.show, json.dumps(dict.fromkeys(texts, "x")), json.dumps({text: text for text in texts}))
    return diff


def _json(texts: Sequence[str]) -> JsonView:
    view = JsonView()
    view.call_later(view.show, json.dumps({text: [text] for text in texts}, ensure_ascii=False))
    return view


WIDGETS: dict[str, Callable[[Sequence[str]], Widget]] = {
    "table": _table,
    "empty table": _empty_table,
    "bar": lambda texts: ShareBar([Part(text, 5, "good") for text in texts]),
    "figures": lambda texts: Figures([Figure(text, text, "warning") for text in texts]),
    "diff": _diff,
    "json": _json,
    "notice": lambda texts: Notice().show("bad", texts[0], lines(*texts), key=texts[1], action=" ".join(texts)),
}


@asynccontextmanager
async def _opened(widget: Widget, size: tuple[int, int]) -> AsyncIterator[Callable[[], list[Strip]]]:
    app = HostileApp(widget)
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        for _ in range(3):
            await pilot.pause()
        yield app.screen._compositor.render_strips


@pytest.mark.parametrize("size", [(120, 100), (80, 24), (20, 8), (1, 1)], ids=str)
@pytest.mark.parametrize("name", WIDGETS)
async def test_no_text_steers_the_terminal_or_breaks_a_line(name: str, size: tuple[int, int]) -> None:
    async with _opened(WIDGETS[name](TEXTS), size) as strips:
        shown = [strip.text for strip in strips()]

        assert [line for line in shown if visible(line) != line] == []
        assert [line for line in shown if cell_len(line) != size[0]] == []


@pytest.mark.parametrize("name", WIDGETS)
async def test_no_text_is_read_as_markup(name: str) -> None:
    """What looks like a tag is shown; what looks like an action or a link cannot be clicked."""
    async with _opened(WIDGETS[name](SHORT), (160, 120)) as strips:
        shown = "".join("".join(strip.text.split()) for strip in strips())

        for tag in ("[/]", "[/foo]", "[bold]x", "[@click", "\\[b]"):
            assert (json.dumps(tag)[1:-1] if name == "json" else tag) in shown
        for strip in strips():
            for _text, style, _control in strip:
                assert style is None or (style.link is None and "@click" not in style.meta)
