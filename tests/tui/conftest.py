"""The app as tests drive it: real project folders, a real process beside it, keys."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tui_app.backstage.client import Backstage
from tui_app.tui.app import StokerApp
from tui_app.tui.session import Session
from tui_app.tui.settings import Settings

OpenStoker = Callable[..., AbstractAsyncContextManager[tuple[StokerApp, Pilot[object]]]]


async def settle(app: StokerApp, pilot: Pilot[object]) -> None:
    """Wait until nothing is on its way any more: no question, no worker, no message."""
    while True:
        await pilot.pause()
        await app.session.backstage.settled()
        await pilot.pause()
        waiting = [each for each in app.workers if not each.is_finished and each.group not in ("watch", "heartbeat")]
        if not waiting and not app.session.backstage.busy:
            return


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and logs of a test are its own, as another person's would be."""
    home = tmp_path_factory.mktemp("person")
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
