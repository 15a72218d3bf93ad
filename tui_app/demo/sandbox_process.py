"""A sandbox Braze in a process of its own, which ends when the block ends that started it, whatever happens in it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from tui_app.core.errors import StoppedEarly

_ANSWER_SECONDS = 10.0
_STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class SandboxCounters:
    """What it counted since it started."""

    profiles: int
    data_points: int
    """Values that it kept; one that it dropped without a word is not among them."""


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """Where it listens and what it accepts."""

    url: str
    key: str

    @property
    def port(self) -> int:
        """On 127.0.0.1."""
        port = urlsplit(self.url).port
        assert port is not None
        return port

    def counters(self) -> SandboxCounters:
        """What it has so far.

        Raises:
            OSError: It does not answer.
        """
        # Not through a proxy, whatever the environment says: it is on this machine.
        connection = HTTPConnection("127.0.0.1", self.port, timeout=_ANSWER_SECONDS)
        try:
            connection.request("GET", "/sandbox/counters")
            counters = json.load(connection.getresponse())
        finally:
            connection.close()
        return SandboxCounters(counters["profiles"], counters["data_points"])


@contextmanager
def running_sandbox(state_file: Path, log: Path) -> Iterator[RunningSandbox]:
    """Run `stoker sandbox` on a free port, and save its profiles at the end.

    Args:
        state_file: Where its profiles are kept.
        log: For what it says.

    Raises:
        StoppedEarly: It did not start; the message names the log.
    """
    command = [sys.executable, "-m", "tui_app", "sandbox", "--json", "--state", str(state_file)]
    with log.open("wb") as said:
        # A session of its own: Ctrl-C is for the demo, which ends the sandbox after everybody who talks to it.
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, start_new_session=True
        )
    try:
        yield _ready(process, log)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stdout is not None
        process.stdout.close()


def _ready(process: subprocess.Popen[bytes], log: Path) -> RunningSandbox:
    assert process.stdout is not None
    # One line when it answers; the end of the stream if it could not start.
    line = process.stdout.readline()
    if line:
        document = json.loads(line)
        return RunningSandbox(document["url"], document["key"])
    raise StoppedEarly(f"The sandbox Braze did not start, so nothing was sent. What it said is in {log}.")
