"""Watching a run from outside: a live bar on a terminal, plain lines in a pipe. Ctrl-C stops the run cleanly."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

import click

from tui_app.cli.output import count, narrate, stderr_console
from tui_app.cli.worker import exit_code_of
from tui_app.core.errors import ExitCode
from tui_app.core.run import Progress
from tui_app.core.visible import visible
from tui_app.store.runs import RunFolder

if TYPE_CHECKING:
    import rich.progress

_LOOK_SECONDS = 0.1
_LINE_SECONDS = 5.0


def follow(run: RunFolder, process: subprocess.Popen[bytes], *, may_ask: bool) -> tuple[Progress, ExitCode]:
    """Watch a run until it ends.

    Args:
        run: The run.
        process: Its worker, a child of this process.
        may_ask: A person sits at the terminal and can answer a question.

    Returns:
        What it said last, and the exit code that its end stands for.
    """
    show = _live_bar if sys.stderr.isatty() else _plain_lines
    with _stopping_on_signals(run), show(run) as paint:
        while process.poll() is None:
            progress = run.progress()
            paint.update(progress)
            if progress.state == "paused" and progress.held_by:
                _decide(run, progress, may_ask=may_ask)
            time.sleep(_LOOK_SECONDS)
        progress = run.progress()
        paint.update(progress)
    known = {int(code) for code in ExitCode}
    code = ExitCode(process.returncode) if process.returncode in known else ExitCode.STOPPED
    return progress, code if progress.state in ("refused", "stopped") else exit_code_of(progress)


class _PlainLines:
    """One line every few seconds, and whenever the state changes."""

    def __init__(self, noun: str) -> None:
        self._noun = noun
        self._said_at = 0.0
        self._state = ""

    def update(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.state == "starting":
            return
        if progress.state != self._state or now - self._said_at > _LINE_SECONDS:
            self._said_at, self._state = now, progress.state
            narrate(f"{progress.state}: {_figures(progress, self._noun)}")


class _LiveBar:
    """A bar with the figures beside it."""

    def __init__(self, bar: rich.progress.Progress, total: int, noun: str) -> None:
        self._bar = bar
        self._noun = noun
        self._task = bar.add_task("starting", total=total, figures="")

    def update(self, progress: Progress) -> None:
        self._bar.update(
            self._task,
            description=progress.state,
            completed=progress.acknowledged + progress.rejected,
            figures=_figures(progress, self._noun),
        )


@contextmanager
def _plain_lines(run: RunFolder) -> Iterator[_PlainLines]:
    narrate(f"Run {run.id}")
    yield _PlainLines(run.record().noun)


@contextmanager
def _live_bar(run: RunFolder) -> Iterator[_LiveBar]:
    import rich.progress

    narrate(f"Run {run.id} · Ctrl-C stops it cleanly; closing the terminal does not.")
    columns = (
        rich.progress.TextColumn("{task.description}", markup=False),
        rich.progress.BarColumn(bar_width=24),
        rich.progress.TaskProgressColumn(),
        rich.progress.TextColumn("{task.fields[figures]}", markup=False),
        rich.progress.TimeRemainingColumn(),
    )
    with rich.progress.Progress(*columns, console=stderr_console()) as bar:
        record = run.record()
        yield _LiveBar(bar, record.sample or record.rows, record.noun)


def _figures(progress: Progress, noun: str) -> str:
    parts = [
        count(progress.acknowledged, noun) + " acknowledged",
        f"{progress.rejected:,} rejected" if progress.rejected else "",
        f"{progress.in_doubt:,} in doubt" if progress.in_doubt else "",
        f"{progress.requests_per_second:,.0f} requests/s" if progress.state == "sending" else "",
        f"{progress.retries:,} repeats" if progress.retries else "",
        f"waits {progress.wait_seconds:.0f} s" if progress.wait_seconds >= 1 else "",
        progress.note,
    ]
    return " · ".join(visible(part) for part in parts if part)


def _decide(run: RunFolder, progress: Progress, *, may_ask: bool) -> None:
    """A guard paused the run: go on only if a person says so."""
    narrate(f"Paused by {progress.held_by}: {progress.note}.")
    for customer, reason in progress.recent_rejections[-5:]:
        narrate(f"  {customer}: {reason}")
    goes_on = may_ask and click.confirm("Go on sending?", default=False, err=True)
    run.leave_wish("go_on" if goes_on else "stop")
    while run.progress().state == "paused":
        time.sleep(_LOOK_SECONDS)


@contextmanager
def _stopping_on_signals(run: RunFolder) -> Iterator[None]:
    """Ctrl-C and SIGTERM ask the worker to stop; a second one leaves it alone with that wish."""
    asked = False

    def ask(number: int, frame: FrameType | None) -> None:
        del number, frame
        nonlocal asked
        if asked:
            raise click.Abort
        asked = True
        run.leave_wish("stop")
        narrate("Stopping: what is on its way is waited for. Once more leaves the worker to it.")

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
