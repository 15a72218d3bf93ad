"""A club of invented members, and the stage Segment opened on it with everything that is asked written down."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

import pytest
from textual import events
from textual.pilot import Pilot

from tui_app.backstage.client import Backstage
from tui_app.backstage.questions.question import Question
from tui_app.tui.app import StokerApp
from tui_app.tui.session import Session
from tui_app.tui.settings import Settings

AnswerT = TypeVar("AnswerT")
TIERS = ("gold", "silver", "bronze", "Bronze", None)


class ListeningBackstage(Backstage):
    """A backstage that remembers what it was asked, and what became of it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, dict(os.environ))
        self.answered: list[Question[Any]] = []
        self.given_up: list[Question[Any]] = []

    async def ask(self, question: Question[AnswerT]) -> AnswerT:
        try:
            answer = await super().ask(question)
        except asyncio.CancelledError:
            self.given_up.append(question)
            raise
        self.answered.append(question)
        return answer


@dataclass(slots=True)
class Stage:
    """The opened app, driven by keys."""

    app: StokerApp
    pilot: Pilot[object]
    backstage: ListeningBackstage
    settle: Callable[[StokerApp, Pilot[object]], Any]
    file: Path = field(init=False)

    def __post_init__(self) -> None:
        self.file = self.app.session.file

    async def press(self, *keys: str) -> str:
        """Press keys, and wait until nothing is on its way any more.

        Args:
            keys: Names of keys; anything else is a text that is typed. Its letters, and an arrow that is held, come as
                fast as a terminal sends them.

        Returns:
            What the screen shows then.
        """
        for _, again in groupby(keys, lambda each: each if each in REPEATED else object()):
            for each in again:
                is_key = each in KEY_NAMES or "+" in each
                for letter in [each] if is_key else each:
                    named = NAMED.get(letter, letter)
                    self.app.post_message(events.Key(named, None if is_key else letter))
            await self.pilot.pause()
        await self.settle(self.app, self.pilot)
        return self.text

    async def wait(self) -> None:
        """Wait until what came last is painted, too."""
        for _ in range(2):
            await self.settle(self.app, self.pilot)
            await self.pilot.pause()

    @property
    def text(self) -> str:
        """What the screen shows, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)


REPEATED = frozenset(("up", "down", "backspace"))
KEY_NAMES = frozenset(
    ("enter", "escape", "up", "down", "left", "right", "tab", "space", "delete", "backspace", "f2", "home", "end")
)
NAMED = {" ": "space", ",": "comma", '"': "quotation_mark", "_": "underscore", "-": "minus", ".": "full_stop"}


@pytest.fixture
def rows(customer: Callable[..., dict[str, Any]]) -> list[dict[str, Any]]:
    """300 customers: every fifth of each tier, two thirds members, points from 0 to 299."""
    return [customer(each, tier=TIERS[each % 5], points=each, is_member=each % 3 != 0) for each in range(300)]


@dataclass(slots=True)
class Club:
    """A project over them."""

    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "stoker.toml"

    def add(self, toml: str) -> None:
        """Write more into the project file."""
        self.file.write_text(self.file.read_text(encoding="utf-8") + toml, encoding="utf-8")


@pytest.fixture
def club(shop: Any, rows: list[dict[str, Any]]) -> Club:
    """A project over them."""
    shop.customers(rows)
    return Club(shop.folder)


@pytest.fixture
def open_segment(settle: Any) -> Callable[..., Any]:
    """The stage on a folder, while an `async with` lasts."""

    @asynccontextmanager
    async def opened(folder: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Stage]:
        backstage = ListeningBackstage(folder)
        app = StokerApp(Session(folder, backstage, Settings()), "segment")
        try:
            async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
                stage = Stage(app, pilot, backstage, settle)
                await settle(app, pilot)
                yield stage
        finally:
            await backstage.close()

    return opened
