"""Backstage for tests of what it answers: it comes out of a nursery, which spares it the loading of the engine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.warm import nursery
from tui_app.backstage.client import Backstage


class WarmBackstage(Backstage):
    """A backstage whose process is forked in a nursery.

    Args:
        folder: Of the project.
        nursery: Its socket.
    """

    def __init__(self, folder: Path, nursery: Path) -> None:
        super().__init__(folder)
        self._nursery = nursery

    def _command(self) -> tuple[str, ...]:
        # Isolated and without `site`: it imports nothing but a few modules of Python's own.
        return (sys.executable, "-I", "-S", nursery.__file__, str(self._nursery))


@contextmanager
def open_nursery() -> Iterator[Path]:
    """The socket of a nursery, for as long as a block lasts."""
    with tempfile.TemporaryDirectory(prefix="nursery-") as folder:
        path = Path(folder) / "door"
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm.nursery", str(path)],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert process.stdout is not None
        with process:
            assert process.stdout.readline() == "open\n"
            try:
                yield path
            finally:
                # And with it any fork that is left.
                os.killpg(process.pid, signal.SIGKILL)
