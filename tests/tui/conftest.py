"""The app as tests drive it: real project folders, a real process beside it, keys."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pyte
import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.pilot import Pilot

from tests.warm.backstage import WarmBackstage, open_nursery
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
        # What watches a run goes on for ever, and what waits for a dialog waits for the test.
        waiting = [
            each
            for each in app.workers
            if not each.is_finished and each.group != "watch" and each.node.screen is app.screen
        ]
        if not waiting and not app.session.backstage.busy:
            return


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and logs of a test are its own, as another person's would be."""
    home = tmp_path_factory.mktemp("person")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))


@pytest.fixture(scope="session")
def nursery() -> Iterator[Path]:
    """Where backstages come from."""
    with open_nursery() as path:
        yield path


@pytest.fixture
def open_stoker(nursery: Path) -> OpenStoker:
    """The app on a folder, for as long as a block lasts, which gets the app and the pilot."""

    @asynccontextmanager
    async def opened(
        folder: Path, stage: str = "home", size: tuple[int, int] = (120, 40), settings: Settings | None = None
    ) -> AsyncIterator[tuple[StokerApp, Pilot[object]]]:
        backstage = WarmBackstage(folder, nursery)
        # A clock that stands still long ago, so that everything was "just now".
        session = Session(folder, backstage, settings or Settings(), now=lambda: 0.0)
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
    (re.compile(r"-[0-9a-f]{2,11}…"), lambda cut: "-" + "0123456789a"[: len(cut[0]) - 2] + "…"),
    (re.compile(r"(?<=[>;])\d\.\d(?=&#160;s|<)"), "0.0"),
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


class Terminal:
    """A command on a pseudo-terminal, seen through the eyes of a terminal emulator.

    Args:
        arguments: Of `stoker`.
        size: Columns and lines.
        folder: Where it starts.
        environment: Added to the tests' own.
        is_controlling: The kernel sends SIGHUP when it vanishes.
    """

    def __init__(
        self,
        *arguments: str,
        size: tuple[int, int],
        folder: Path,
        environment: Mapping[str, str] | None = None,
        is_controlling: bool = True,
    ) -> None:
        columns, lines = size
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self.output = bytearray()
        """Every byte that reached the terminal."""
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.modes_before = termios.tcgetattr(slave)
        known = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLORTERM")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tui_app", *arguments],
            stdin=slave, stdout=slave, stderr=slave, cwd=folder, start_new_session=True,
            preexec_fn=(lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)) if is_controlling else None,  # noqa: PLW1509 - no threads here
            env={**known, "TERM": "xterm-256color", **(environment or {})},
        )  # fmt: skip
        self._slave = slave

    def press(self, keys: str) -> None:
        """Type; escape sequences are keys."""
        os.write(self._master, keys.encode())

    def read(self, seconds: float = 0.05) -> None:
        """Take what has come, for at most this long."""
        ready, _, _ = select.select([self._master], [], [], seconds)
        if ready:
            try:
                received = os.read(self._master, 65536)
            except OSError:
                return
            self.output += received
            self._stream.feed(received)

    def wait_for(self, text: str, seconds: float = 30.0) -> None:
        """Read until `text` stands on the screen."""
        until = time.monotonic() + seconds
        while text not in self.text():
            assert time.monotonic() < until, f"{text!r} did not appear:\n{self.text()}"
            self.read()

    def wait_until_gone(self, text: str, seconds: float = 30.0) -> None:
        """Read until `text` does not stand on the screen any more."""
        until = time.monotonic() + seconds
        while text in self.text():
            assert time.monotonic() < until, f"{text!r} stays:\n{self.text()}"
            self.read()

    def wait_for_end(self, seconds: float = 30.0) -> int:
        """Read until the process has ended; its exit code."""
        until = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < until, f"it goes on:\n{self.text()}"
            self.read()
        for _ in range(5):
            self.read()
        return self.process.returncode

    def text(self) -> str:
        """What a person sees."""
        return "\n".join(self.screen.display)

    def is_as_before(self) -> bool:
        """Whether the terminal is as the shell left it: screen, cursor, mouse, line discipline."""
        output = bytes(self.output)
        pairs = ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?25l", b"\x1b[?25h"), (b"\x1b[?1000h", b"\x1b[?1000l"))
        return termios.tcgetattr(self._slave) == self.modes_before and all(
            output.rfind(off) > output.rfind(on) for on, off in pairs
        )

    def vanish(self) -> None:
        """The window is closed: both ends go, and the kernel sends SIGHUP."""
        os.close(self._slave)
        os.close(self._master)
        self._slave = self._master = -1

    def close(self) -> None:
        """Leave nothing behind."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self._master >= 0:
            os.close(self._slave)
            os.close(self._master)


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    """Run `stoker` on a real terminal: `terminal("demo", size=(80, 24), folder=tmp_path)`."""
    opened: list[Terminal] = []

    def open_terminal(*arguments: str, **options: Any) -> Terminal:
        opened.append(Terminal(*arguments, **options))
        return opened[-1]

    yield open_terminal
    for each in opened:
        each.close()
