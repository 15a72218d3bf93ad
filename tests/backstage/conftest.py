"""A real backstage beside each test, whose logs go to the test's own folder."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest

from tui_app.backstage.client import Backstage

PATIENCE_SECONDS = 30.0


@pytest.fixture(autouse=True)
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder of this test's logs."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "xdg"))
    monkeypatch.delenv("STOKER_STATE", raising=False)
    return tmp_path / "xdg" / "stoker" / "log"


@pytest.fixture
async def backstage(shop) -> AsyncIterator[Backstage]:
    """The process beside a screen on the shop."""
    opened = Backstage(shop.folder)
    yield opened
    await opened.close()


@pytest.fixture
def process_beside() -> Callable[[Path], psutil.Process]:
    """Finds the one process that serves a project folder: `process_beside(shop.folder)`."""

    def find(folder: Path) -> psutil.Process:
        (found,) = [each for each in psutil.process_iter() if _serves(each, folder)]
        return found

    return find


def _serves(process: psutil.Process, folder: Path) -> bool:
    try:
        command = process.cmdline()
    except psutil.Error:
        return False
    return "tui_app.backstage" in command and command[-1] == str(folder)


@pytest.fixture
def eventually() -> Callable[[Callable[[], object]], None]:
    """Waits until something holds: `eventually(lambda: not process.is_running())`."""

    def wait(holds: Callable[[], object]) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert time.monotonic() < until, "it never came true"
            time.sleep(0.01)

    return wait
