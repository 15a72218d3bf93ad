"""What the app writes to when its terminal is gone, or in an odd mode."""

from __future__ import annotations

import io
import os
import pty
import select
import threading
from collections.abc import Iterator

import pytest
from textual.drivers._writer_thread import WriterThread

from tui_app.tui.terminal_driver import _Output


@pytest.fixture(name="ends")
def both_ends() -> Iterator[tuple[int, int]]:
    """A terminal as its window and as its programs hold it."""
    window, programs = pty.openpty()
    yield window, programs
    for end in (window, programs):
        try:
            os.close(end)
        except OSError:
            continue


def writer_to(descriptor: int) -> WriterThread:
    writer = WriterThread(io.TextIOWrapper(io.BufferedWriter(_Output(descriptor)), encoding="utf-8"))
    writer.start()
    return writer


def test_an_app_can_be_left_whose_terminal_vanished_while_it_was_painting(ends: tuple[int, int]) -> None:
    """Textual's own writer ends at the first write, and then nobody empties the queue that holds thirty."""
    window, programs = ends
    os.close(window)
    writer = writer_to(programs)

    def paint_and_leave() -> None:
        for _ in range(100):
            writer.write("a line of a screen")
        writer.stop()

    leaving = threading.Thread(target=paint_and_leave, daemon=True)
    leaving.start()
    leaving.join(timeout=20)

    assert not leaving.is_alive()


def test_every_byte_arrives_where_writing_does_not_wait(ends: tuple[int, int]) -> None:
    """Programs that ran before may leave a terminal so; most of a screen would be lost."""
    window, programs = ends
    os.set_blocking(programs, False)
    before = _fill(programs)
    lines = "".join(f"line {number:05}|" for number in range(5000))
    writer = writer_to(programs)
    threading.Thread(target=lambda: (writer.write(lines), writer.stop()), daemon=True).start()

    received = b""
    while len(received) < before + len(lines):
        assert select.select((window,), (), (), 20)[0], "the rest was lost"
        received += os.read(window, 65536)

    assert received[before:].decode() == lines


def _fill(programs: int) -> int:
    """Write until the terminal takes no more; how many bytes it took."""
    count = 0
    while True:
        try:
            count += os.write(programs, b"." * 4096)
        except BlockingIOError:
            return count
