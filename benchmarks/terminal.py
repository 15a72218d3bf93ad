"""A pseudo-terminal with somebody at it: starts a program, waits for words, presses keys, times frames."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyte


class Terminal:
    """One program on a terminal of its own.

    Args:
        command: What is run.
        folder: Where.
        environment: Added to the own one.
        size: Columns and lines.
    """

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        environment: Mapping[str, str] | None = None,
        size: tuple[int, int] = (120, 40),
    ) -> None:
        columns, lines = size
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        # Byte code is what a person has after the first start.
        known = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, cwd=folder, start_new_session=True,
            env={**known, "TERM": "xterm-256color", **(environment or {})},
        )  # fmt: skip
        os.close(slave)

    def wait_for(self, text: str, seconds: float = 120.0) -> float:
        """Seconds from the start until `text` is on the screen."""
        until = time.monotonic() + seconds
        while text not in self.text():
            if time.monotonic() > until:
                raise TimeoutError(f"{text!r} did not appear:\n{self.text()}")
            self._read(0.2)
        return time.monotonic() - self.began

    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(self._screen.display)

    def frame_seconds(self, key: str, longest: float = 5.0) -> float:
        """Press a key, and wait for the frame that follows; `longest` if none comes."""
        self._drain()
        pressed = time.monotonic()
        os.write(self._master, key.encode())
        return time.monotonic() - pressed if self._read(longest) else longest

    def press(self, keys: str) -> None:
        """Type without waiting."""
        os.write(self._master, keys.encode())

    def rest(self, seconds: float) -> None:
        """Read what comes for a while."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._read(left)

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        os.close(self._master)

    def _drain(self) -> None:
        while self._read(0.0):
            pass

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return False
        try:
            self._stream.feed(os.read(self._master, 1 << 16))
        except OSError:
            return False
        return True
