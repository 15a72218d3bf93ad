"""`stoker demo` in the terminal app: the sample project with a sandbox beside it, until the person leaves."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from tui_app.cli.demo_home import empty_home, ending_on_signals
from tui_app.cli.output import narrate, working
from tui_app.config.locations import STATE_VARIABLE
from tui_app.demo.sample_data import write_sample_data
from tui_app.demo.sample_project import write_sample_project
from tui_app.demo.sandbox_process import running_sandbox
from tui_app.tui.start import open_app
from tui_app.wiring import Workplace, open_workplace

_LOOK_SECONDS: Final = 0.2


def open_demo(folder: Path | None, customers: int) -> int:
    """Invent customers, start a sandbox, and open the app on them.

    Args:
        folder: New or empty, to keep the demo in; None makes a temporary one.
        customers: How many.

    Returns:
        The exit code.

    Raises:
        Usage: The folder is not empty.
    """
    home = empty_home(folder)
    with ending_on_signals(), working(f"Inventing {customers:,} customers"):
        write_sample_data(home / "data", customers, datetime.now(UTC).date())
    with ending_on_signals(), running_sandbox(home / "sandbox.json", home / "sandbox.log") as sandbox:
        write_sample_project(home, sandbox.url, sandbox.key)
        # The state belongs to the folder, whatever the variable says.
        environment = {name: value for name, value in os.environ.items() if name != STATE_VARIABLE}
        code, _ = open_app(home, is_demo=True, environment=environment)
        _wait_for_runs(open_workplace(home, {}))
        port = sandbox.port
    narrate(
        f"The demo is kept in {home}. To go on with it, start its sandbox and open it:\n"
        f"  stoker sandbox --port {port} --state {home / 'sandbox.json'} &\n"
        f"  stoker --project {home}"
    )
    return code


def _wait_for_runs(workplace: Workplace) -> None:
    """The sandbox stays while a run still sends to it; Ctrl-C stops the run."""
    going = [run for run in workplace.runs.all() if run.has_journal and not run.progress().has_ended]
    if not going:
        return
    narrate("The sandbox stays until the run has ended. Ctrl-C stops the run.")
    try:
        with ending_on_signals():
            while not all(run.progress().has_ended for run in going):
                time.sleep(_LOOK_SECONDS)
    except click.Abort:
        for run in going:
            run.leave_wish("stop")
        while not all(run.progress().has_ended for run in going):
            time.sleep(_LOOK_SECONDS)
