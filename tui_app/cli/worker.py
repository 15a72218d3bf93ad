"""`stoker worker RUN`: the process that sends. Started by `apply` and `resume`, not by people."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from contextlib import suppress
from pathlib import Path

import click

from tui_app.cli.options import project_folder, project_option
from tui_app.config.locations import STATE_VARIABLE
from tui_app.core.disk import explain_disk
from tui_app.core.errors import ExitCode, FixInput, StokerError
from tui_app.core.run import Progress, State
from tui_app.store.runs import RunFolder, RunStore, process_mark
from tui_app.wiring import Workplace, open_workplace, work_on

_GARBAGE_THRESHOLDS = (10_000, 20, 10)
"""Those of Python 3.11 (700, 10, 10) look for garbage seventy times a second while a run sends at Braze's limit: a
tenth of all its time, and stalls of 40 ms."""


@click.command("worker", hidden=True)
@click.argument("run")
@project_option
@click.pass_context
def worker(ctx: click.Context, run: str, project: Path | None) -> int:
    """Carry out RUN until it is done or stopped."""
    # The terminal that this was started from may vanish; the run must not.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    gc.set_threshold(*_GARBAGE_THRESHOLDS)
    try:
        workplace = open_workplace(project_folder(ctx, project))
    except StokerError as error:
        if state := os.environ.get(STATE_VARIABLE):
            _say_why(RunStore(Path(state) / "runs").find(run), error)
        raise
    folder = workplace.runs.find(run)
    try:
        progress = asyncio.run(_work(workplace, folder))
    except StokerError as error:
        _say_why(folder, error)
        raise
    except OSError as error:
        if explained := explain_disk(error):
            _say_why(folder, explained)
        raise
    return exit_code_of(progress)


def _say_why(run: RunFolder, error: StokerError) -> None:
    """Whoever watches the run must not find it dead without a word."""
    process, started = process_mark()
    # A project that cannot be used can be mended, and the run then goes on.
    can_go_on = isinstance(error, FixInput) or error.exit_code == ExitCode.STOPPED
    state: State = "stopped" if can_go_on else "refused"
    # Where nothing can be written, the log and the exit code must do.
    with suppress(OSError):
        run.say(Progress(state=state, process=process, process_started=started, note=error.message))


async def _work(workplace: Workplace, run: RunFolder) -> Progress:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    return await work_on(workplace, run, stopping)


def exit_code_of(progress: Progress) -> ExitCode:
    """What a run that ended like this means for a script."""
    match progress.state:
        case "done":
            # Done with doubt is what never repeats it: somebody must look.
            return ExitCode.DONE_WITH_REJECTED if progress.rejected or progress.in_doubt else ExitCode.DONE
        case "refused":
            return ExitCode.REFUSED
        case _:
            return ExitCode.STOPPED
