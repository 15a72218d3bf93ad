"""A shop whose project file has comments and mistakes, and the stage Mapping as a person uses it: by keys."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from textual import events
from textual.pilot import Pilot

from tui_app.core.mapping import AttributeMapping
from tui_app.tui.app import StokerApp
from tui_app.tui.widgets.mapping_list import MappingList
from tui_app.tui.widgets.mapping_rows import MappingRow

KEY = "00000000-1111-2222-3333-444444444444"

PROJECT = """\
# The shop
state = "{state}"

[source.tables]
customers = "customers.parquet"   # nightly
visits = "visits.parquet"

[destinations.braze]
endpoint = "{url}"
api_key = "file:braze.key"

[templates.profile]
destination = "braze"
identifier_column = "id"          # from the till

[templates.profile.attributes]
first_name = "name"               # as people sign
birthday = "birthdate"            # ask Mia about this one
tier = {{ column = "tier", lower = true }} # gold, silver
seen = "days_since_visit"
email_subscribe = "consent"

[orchestrations.profiles]
query = "customers"
template = "profile"
"""

CUSTOMERS = pa.table(
    {
        "id": ["c1", "c2", "c3", None],
        "name": ["Ann", "Bo", None, "Cy"],
        "birthdate": ["1990-01-02", "3/4/1990", "1971-12-31", "1980-05-06"],
        "tier": ["Gold", "Silver", None, None],
        "days_since_visit": [3, 40, 400, None],
        "consent": ["subscribed", "unsubscribed", None, None],
        "e-mail": ["ann@example.com", None, None, None],
        "shoe_size": [38.5, 41.0, None, 44.0],
    }
)


@dataclass(slots=True)
class Stage:
    """The stage, seen and used from outside."""

    app: StokerApp
    pilot: Pilot[object]
    file: Path
    settle: Callable[[StokerApp, Pilot[object]], Awaitable[None]]

    @property
    def list(self) -> MappingList:
        return self.app.screen_stack[1 if len(self.app.screen_stack) > 1 else 0].query_one(MappingList)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Column and attribute of each row that is shown."""
        return [row.key for row in self.list.items]

    def row(self, column: str, attribute: str | None = None) -> MappingRow:
        return next(row for row in self.list.items if row.column == column and attribute in (None, row.attribute))

    def mapping(self, attribute: str) -> AttributeMapping:
        """As the project on disk has it."""
        project = self.app.session.project
        assert project is not None
        template = project.templates[self.app.session.choice.template or "profile"]
        return next(each for each in template.attributes if each.attribute == attribute)

    @property
    def text(self) -> str:
        return self.file.read_text(encoding="utf-8")

    @property
    def shown(self) -> str:
        """Everything on the screen, without its line breaks."""
        rows = ("".join(segment.text for segment in strip) for strip in self.app.screen._compositor.render_strips())
        return " ".join(" ".join(rows).replace("▌", " ").split())

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle(self.app, self.pilot)

    async def type(self, text: str) -> None:
        """Type into the field that has the focus, in place of what stands there."""
        await self.press("end", "ctrl+u")
        self.app.focused.post_message(events.Paste(text))
        await self.settle(self.app, self.pilot)

    async def click(self, selector: Any, offset: tuple[int, int]) -> None:
        await self.pilot.click(selector, offset=offset)
        await self.settle(self.app, self.pilot)

    async def look_outside(self) -> None:
        """What the app does each second."""
        self.app._look_outside()
        await self.settle(self.app, self.pilot)

    async def go(self, column: str, attribute: str | None = None) -> None:
        """Move the cursor as a person does."""
        index = self.list.items.index(self.row(column, attribute))
        await self.press("home", *["down"] * index)


@pytest.fixture
def workspace_has(store: Path, sandbox: Any) -> Callable[..., Awaitable[None]]:
    """Lets the workspace have custom attributes of these names."""

    async def send(*names: str) -> None:
        key = (store / "braze.key").read_text(encoding="ascii")
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {key}"}) as client:
            attributes = [{"external_id": "c9", **dict.fromkeys(names, "gold")}]
            answer = await client.post(f"{sandbox.url}/users/track", json={"attributes": attributes})
        assert answer.status_code in (200, 201), answer.text

    return send


OpenMapping = Callable[..., AbstractAsyncContextManager[Stage]]


@pytest.fixture
def store(tmp_path: Path, sandbox: Any) -> Path:
    """A project folder; its table and its file may be written anew."""
    folder = tmp_path / "store"
    folder.mkdir()
    (folder / "stoker.toml").write_text(PROJECT.format(url=sandbox.url, state=tmp_path / "state"), encoding="utf-8")
    (folder / "braze.key").touch(mode=0o600)
    (folder / "braze.key").write_text(KEY, encoding="ascii")
    pq.write_table(CUSTOMERS, folder / "customers.parquet")
    pq.write_table(pa.table({"visitor": ["v1"], "id": ["c1"]}), folder / "visits.parquet")
    return folder


@pytest.fixture
def open_mapping(open_stoker: Any, settle: Any) -> OpenMapping:
    """Opens the stage on a folder, and closes it."""

    @asynccontextmanager
    async def opened(folder: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Stage]:
        async with open_stoker(folder, "mapping", size=size) as (app, pilot):
            yield Stage(app, pilot, folder / "stoker.toml", settle)

    return opened
