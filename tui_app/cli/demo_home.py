"""What both demos begin with: an empty folder, invented customers in it, and an end that leaves no sandbox behind."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

import click

from tui_app.core.errors import FixInput, Usage

DEFAULT_CUSTOMERS: Final = 10_000


def empty_home(folder: Path | None) -> Path:
    """An empty folder that only its owner enters.

    Args:
        folder: New or empty; None makes a temporary one.

    Raises:
        Usage: It is not empty.
        FixInput: It cannot be used.
    """
    if folder is None:
        return Path(tempfile.mkdtemp(prefix="stoker-demo-"))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except OSError as error:
        raise FixInput.at(f"{folder}: it cannot be used ({error.strerror}). Name another folder.") from error
    if not is_empty:
        raise Usage(f"{folder}: the folder is not empty. Nothing was written. Name a new or an empty one.")
    return folder.resolve()


@contextmanager
def ending_on_signals() -> Iterator[None]:
    """SIGTERM and a vanished terminal end the demo as Ctrl-C does, so that its sandbox never stays behind."""
    asked = False

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        nonlocal asked
        asked = True
        raise click.Abort

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    except RuntimeError as error:
        # DuckDB turns what a signal raises inside of it into an error of its own.
        if asked:
            raise click.Abort from error
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if asked:
        # In a few places it loses it altogether.
        raise click.Abort
