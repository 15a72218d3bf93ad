"""A notice says what is the matter and which key helps; its tone is seen without colour."""

from __future__ import annotations

import pytest
from textual import on
from textual.app import App, ComposeResult

from tui_app.tui.text import lines
from tui_app.tui.widgets.notice import Notice, NoticeTone


class NoticeApp(App[None]):
    """The widget alone on a screen."""

    def __init__(self) -> None:
        super().__init__()
        self.notice = Notice()
        self.chosen: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.notice

    @on(Notice.Chosen)
    def remember(self, message: Notice.Chosen) -> None:
        self.chosen.append(message.key)

    def lines(self) -> list[str]:
        strips = self.screen._compositor.render_strips()
        return [strip.text.rstrip() for strip in strips[: self.notice.region.height]]


async def test_title_text_and_key_stand_under_each_other_and_wrap_beside_the_mark() -> None:
    app = NoticeApp()
    async with app.run_test(size=(40, 20)) as pilot:
        app.notice.show(
            "warning",
            "birthday is dob under another name",
            lines("Braze would keep it as an attribute of its own.", "dob would stay empty."),
            key="f",
            action="rename it to dob",
        )
        await pilot.pause()

        assert app.lines() == [
            "▌ ! birthday is dob under another name",
            "▌   Braze would keep it as an attribute",
            "▌   of its own.",
            "▌   dob would stay empty.",
            "▌   f  rename it to dob",
        ]


@pytest.mark.parametrize(("tone", "mark"), [("info", "i"), ("warning", "!"), ("bad", "✗"), ("good", "✓")])
async def test_a_tone_has_a_mark_and_replaces_the_one_before(tone: NoticeTone, mark: str) -> None:
    app = NoticeApp()
    async with app.run_test(size=(40, 20)) as pilot:
        app.notice.show("bad", "Before")
        app.notice.show(tone, "Now")
        await pilot.pause()

        assert app.lines() == [f"▌ {mark} Now"]
        assert [each for each in ("info", "warning", "bad", "good") if app.notice.has_class(f"-{each}")] == [tone]


async def test_a_click_on_the_key_says_so_and_a_click_elsewhere_does_not() -> None:
    app = NoticeApp()
    async with app.run_test(size=(40, 20)) as pilot:
        app.notice.show("info", "No plan yet", "A plan sends nothing.", key="p", action="makes one")
        await pilot.pause()
        await pilot.click(Notice, offset=(6, 1))
        await pilot.click(Notice, offset=(8, 2))
        await pilot.pause()

        assert app.chosen == ["p"]
