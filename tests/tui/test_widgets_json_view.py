"""The exact JSON: what is shown and copied is what is sent, value for value as it was written."""

from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.selection import SELECT_ALL

from tui_app.core.visible import visible
from tui_app.tui.widgets.json_view import JsonView, laid_out, tokens

PAYLOAD = '{"external_id":"c1","clv":1.10,"id":9223372036854775807,"tags":["a","b"],"none":[],"email":null}'


class JsonApp(App[None]):
    """The widget alone on a screen."""

    def __init__(self) -> None:
        super().__init__()
        self.view = JsonView()

    def compose(self) -> ComposeResult:
        yield self.view


def test_each_member_gets_a_line_and_numbers_stay_as_they_were_written() -> None:
    assert laid_out(PAYLOAD).plain.splitlines() == [
        "{",
        '  "external_id": "c1",',
        '  "clv": 1.10,',
        '  "id": 9223372036854775807,',
        '  "tags": [',
        '    "a",',
        '    "b"',
        "  ],",
        '  "none": [],',
        '  "email": null',
        "}",
    ]


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=20,
)


@given(value=_values, is_ascii=st.booleans())
def test_what_is_shown_means_the_same_and_holds_nothing_that_steers(value: object, is_ascii: bool) -> None:  # noqa: FBT001
    text = json.dumps(value, ensure_ascii=is_ascii).encode("utf-8", "replace").decode()

    shown = laid_out(text).plain

    assert json.loads(shown) == json.loads(text)
    assert all(visible(line) == line for line in shown.split("\n"))


@pytest.mark.parametrize("text", ["", "{", "]]", '{"a":', "\x1b[2J", '"open', "[/foo]", "{]}[", "nul"])
def test_what_is_no_json_is_shown_as_it_is(text: str) -> None:
    assert visible("".join(token.text for token in tokens(text))) == visible(text)
    assert "\x1b" not in laid_out(text).plain


def test_deep_nesting_does_not_push_values_out_of_sight() -> None:
    lines = laid_out("[" * 100 + "1" + "]" * 100).plain.splitlines()

    assert max(map(len, lines)) < 40


async def test_what_is_selected_is_copied_as_json() -> None:
    app = JsonApp()
    async with app.run_test(size=(30, 20)) as pilot:
        app.view.show('{"name":"' + "a very long name " * 5 + '"}')
        await pilot.pause()
        (text,) = app.view.children
        selected = text.get_selection(SELECT_ALL)

        assert selected is not None
        assert json.loads(selected[0]) == {"name": "a very long name " * 5}


async def test_long_json_scrolls_with_the_keyboard() -> None:
    app = JsonApp()
    async with app.run_test(size=(30, 10)) as pilot:
        app.view.show(json.dumps(list(range(100))))
        app.view.focus()
        await pilot.pause()
        await pilot.press("pagedown")
        async with asyncio.timeout(5):
            while not app.view.scroll_offset.y:
                await pilot.pause(0.01)

        app.view.show(json.dumps(list(range(200))))
        await pilot.pause()
        assert app.view.scroll_offset.y == 0
