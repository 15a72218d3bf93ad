"""Textual's driver for terminals, which outlives its terminal."""

from __future__ import annotations

import io
import os
import select
import sys
from typing import TYPE_CHECKING, Any

from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class TerminalDriver(LinuxDriver):
    """Goes on without a word when its terminal vanishes, until the app notices and leaves.

    Textual 8.2's own ends its writing thread at the first write that fails. What is painted after that fills a queue
    that nobody empties, and the app waits at it for ever: https://github.com/Textualize/textual/issues/6692 has the
    same end from another beginning.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        terminal = sys.__stderr__
        if terminal is not None:
            output = io.BufferedWriter(_Output(terminal.fileno()))
            self._file = io.TextIOWrapper(output, encoding=terminal.encoding, errors=terminal.errors)


class _Output(io.RawIOBase):
    """Writes to a file descriptor for as long as somebody takes it."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return os.isatty(self._descriptor)

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        while True:
            try:
                return os.write(self._descriptor, data)
            except BlockingIOError:
                # Some program before us left the terminal in a mode in which writing does not wait by itself.
                select.select((), (self._descriptor,), ())
            except OSError:
                return memoryview(data).nbytes
