"""A club of invented members, and the stage Segment opened on it with everything that is asked written down.

One process answers for all of these tests: starting it costs more than most of them. Each test writes its own project.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import pytest_asyncio
from textual import events
from textual.pilot import Pilot

from tui_app.backstage.client import Backstage
from tui_app.backstage.questions.question import Question
from tui_app.tui.app import StokerApp
from tui_app.tui.session import Session
from tui_app.tui.settings import Settings

AnswerT = TypeVar("AnswerT")
TIERS = ("gold", "silver", "bronze", "Bronze", None)
PROJECT = """\
state = "state"
[source.tables]
customers = "customers.parquet"
[destinations.braze]
endpoint = "http://127.0.0.1:40000"
api_key = "env:NOT_SET"
[templates.profile]
destination = "braze"
identifier_column = "id"
[templates.profile.attributes]
loyalty = "id"
[segments.everybody]
table = "customers"
all = [ { column = "is_member", op = "is true" } ]
[campaigns.club]
table = "customers"
include = ["everybody"]
template = "profile"
"""


class ListeningBackstage(Backstage):
    """A backstage that remembers what it was asked, and what became of it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, dict(os.environ))
        self.folder = folder
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

    async def close(self) -> None:
        """Every app closes its own when it ends; this one stays for the next."""

    async def end(self) -> None:
        """End the process."""
        await super().close()


@dataclass(slots=True)
class Stage:
    """The opened app, driven by keys."""

    app: StokerApp
    pilot: Pilot[object]
    backstage: ListeningBackstage
    settle: Callable[[StokerApp, Pilot[object]], Any]

    async def press(self, *keys: str) -> str:
        """Press keys, and wait until nothing is on its way any more.

        Args:
            keys: Names of keys. Anything else is a text, whose letters, ↓, ⌫ and line breaks come as fast as a terminal
                sends them.

        Returns:
            What the screen shows then.
        """
        for key in keys:
            is_name = key in KEY_NAMES or "+" in key
            if "⌫" in key:
                # What deletes is a binding, which a letter posted right behind it could overtake.
                await self.pilot.press(*(NAMED.get(letter, letter) for letter in key))
                continue
            for letter in [key] if is_name else key:
                named = letter if is_name else NAMED.get(letter, letter)
                self.app.post_message(events.Key(named, None if is_name or letter in "↓\n" else letter))
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


KEY_NAMES = frozenset(
    (
        "enter",
        "escape",
        "up",
        "down",
        "left",
        "right",
        "tab",
        "space",
        "delete",
        "backspace",
        "f2",
        "home",
        "end",
        "slash",
    )
)
NAMED = {
    " ": "space", ",": "comma", '"': "quotation_mark", "_": "underscore", "-": "minus", ".": "full_stop",
    "↓": "down", "⌫": "backspace", "\n": "enter",
}  # fmt: skip


@dataclass(slots=True)
class Club:
    """A project and its one table."""

    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "stoker.toml"

    def add(self, toml: str) -> None:
        """Write more into the project file."""
        self.file.write_text(self.file.read_text(encoding="utf-8") + toml, encoding="utf-8")

    def customers(self, rows: Sequence[Mapping[str, Any]], kinds: Mapping[str, pa.DataType]) -> None:
        """Replace the table."""
        pq.write_table(
            pa.Table.from_pylist(list(rows), pa.schema(list(kinds.items()))), self.folder / "customers.parquet"
        )


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def backstage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ListeningBackstage]:
    """The process beside every screen here, on one folder."""
    folder = tmp_path_factory.mktemp("segment") / "shop"
    folder.mkdir()
    listening = ListeningBackstage(folder)
    yield listening
    await listening.end()


@pytest.fixture
def rows() -> list[dict[str, Any]]:
    """300 customers: every fifth of each tier, two thirds members, points from 0 to 299."""
    return [
        {
            "id": f"c{each:05}",
            "name": f"Name {each}",
            "tier": TIERS[each % 5],
            "points": each,
            "is_member": each % 3 != 0,
        }
        for each in range(300)
    ]


@pytest.fixture
def club(backstage: ListeningBackstage, rows: list[dict[str, Any]]) -> Club:
    """A project over them, as if nobody had touched it yet."""
    club = Club(backstage.folder)
    club.file.write_text(PROJECT, encoding="utf-8")
    strings = dict.fromkeys(("id", "name", "tier"), pa.string())
    club.customers(rows, {**strings, "points": pa.int64(), "is_member": pa.bool_()})
    return club


@pytest.fixture
def open_segment(club: Club, backstage: ListeningBackstage, settle: Any) -> Callable[..., Any]:
    """The stage on the club, while an `async with` lasts."""

    @asynccontextmanager
    async def opened(size: tuple[int, int] = (120, 40)) -> AsyncIterator[Stage]:
        backstage.answered.clear()
        backstage.given_up.clear()
        app = StokerApp(Session(club.folder, backstage, Settings()), "segment")
        async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
            await settle(app, pilot)
            yield Stage(app, pilot, backstage, settle)

    return opened
