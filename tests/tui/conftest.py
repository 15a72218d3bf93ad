"""The app as tests drive it: real project folders, a real process beside it, keys."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.pilot import Pilot

from tui_app.backstage.client import Backstage
from tui_app.tui.app import StokerApp
from tui_app.tui.session import Session
from tui_app.tui.settings import Settings

OpenStoker = Callable[..., AbstractAsyncContextManager[tuple[StokerApp, Pilot[object]]]]


@pytest.fixture(name="settle")
def settle_fixture() -> Callable[[StokerApp, Pilot[object]], Awaitable[None]]:
    """Wait until nothing is on its way any more: no question, no worker, no message."""
    return settle


async def settle(app: StokerApp, pilot: Pilot[object]) -> None:
    """See the fixture."""
    while True:
        await pilot.pause()
        await app.session.backstage.settled()
        await pilot.pause()
        waiting = [each for each in app.workers if not each.is_finished and each.group not in ("watch", "heartbeat")]
        if not waiting and not app.session.backstage.busy:
            return


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and logs of a test are its own, as another person's would be."""
    home = tmp_path_factory.mktemp("person")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))


@pytest.fixture
def open_stoker() -> OpenStoker:
    """Open the app on a folder: `async with open_stoker(folder, "mapping", size=(80, 24)) as (app, pilot):`."""

    @asynccontextmanager
    async def opened(
        folder: Path, stage: str = "home", size: tuple[int, int] = (120, 40), settings: Settings | None = None
    ) -> AsyncIterator[tuple[StokerApp, Pilot[object]]]:
        backstage = Backstage(folder, dict(os.environ))
        session = Session(folder, backstage, settings or Settings())
        app = StokerApp(session, stage)
        try:
            async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
                await settle(app, pilot)
                yield app, pilot
        finally:
            await backstage.close()

    return opened


_CHANGING = (
    # Ports of sandboxes, ids of plans and runs, times, and the names that Textual gives to parts of a picture.
    (re.compile(r"127\.0\.0\.1:\d{5}"), "127.0.0.1:40000"),
    (re.compile(r"\d{8}T\d{9}"), "20260102T030405678"),
    (re.compile(r"-[0-9a-f]{12}(?![0-9a-f])"), "-0123456789ab"),
    (re.compile(r"20\d\d-\d\d-\d\d(&#160;| )\d\d:\d\d"), r"2026-01-02\g<1>03:04"),
    (re.compile(r"terminal-\d+"), "terminal-0"),
)


class _Picture(SingleFileSnapshotExtension):
    """One SVG file per snapshot, to be looked at in a browser."""

    _write_mode = WriteMode.TEXT
    file_extension = "svg"


@pytest.fixture
def picture(snapshot: SnapshotAssertion) -> Callable[[StokerApp], None]:
    """Compare what the app shows with the picture that was accepted; `pytest --snapshot-update` accepts anew."""
    pictures = snapshot.use_extension(_Picture)

    def compare(app: StokerApp) -> None:
        svg = app.export_screenshot(title="stoker")
        for changing, fixed in _CHANGING:
            svg = changing.sub(fixed, svg)
        assert svg == pictures

    return compare
