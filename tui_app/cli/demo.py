"""`stoker demo`: the whole journey on invented data, with a Braze of one's own. It runs what a person would run."""

from __future__ import annotations

import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import click

from tui_app.cli.apply import begin, carry
from tui_app.cli.check import check_workplace, print_findings
from tui_app.cli.demo_text import (
    print_accounts,
    print_beginning,
    print_mistake,
    print_next_steps,
    print_payload,
    print_rejected,
    print_second_plan,
    print_step,
    print_withheld,
)
from tui_app.cli.output import narrate, working
from tui_app.cli.plan_text import print_plan
from tui_app.cli.planning import plan_activation
from tui_app.core.errors import ExitCode, FixInput, StoppedEarly, Usage
from tui_app.demo.accounts import Accounts
from tui_app.demo.sample_data import FEWEST_CUSTOMERS, SampleData, write_sample_data
from tui_app.demo.sample_project import ACTIVATION, DUPLICATE_ATTRIBUTE, write_sample_project
from tui_app.demo.sandbox_process import RunningSandbox, running_sandbox
from tui_app.store.plans import StoredPlan, load_plan
from tui_app.store.runs import RunFolder
from tui_app.sync.apply_plan import Approval
from tui_app.sync.rooms import activation_named
from tui_app.wiring import Workplace, open_workplace

_FAILED = 1
"""The journey went through, but something in it is not as it should be."""


@click.command("demo")
@click.option("--headless", is_flag=True, help="Run the journey, print the report and exit.")
@click.option(
    "--customers", type=click.IntRange(FEWEST_CUSTOMERS, 10_000_000), default=10_000, show_default=True, metavar="N"
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="A new or an empty folder to keep it in.  [default: a temporary one]",
)
def demo(folder: Path | None, *, headless: bool, customers: int) -> int:
    """Try everything at once: invented customers, a project, and a sandbox Braze on this machine.

    It checks, plans, applies and plans again, and ends with 0 if everybody is accounted for.
    """
    if not headless:
        raise Usage(
            "The terminal app is not part of this version yet, so the demo cannot open in it. "
            "Run it on the command line: stoker demo --headless"
        )
    home = _home(folder)
    try:
        return _tell(home, customers)
    except BaseException:
        narrate(f"The demo ended early. What there is of it is in {home}.")
        raise


def _tell(home: Path, customers: int) -> int:
    with _ending_on_signals(), working(f"Inventing {customers:,} customers"):
        data = write_sample_data(home / "data", customers, datetime.now(UTC).date())
    with _ending_on_signals(), running_sandbox(home / "sandbox.json", home / "sandbox.log") as sandbox:
        write_sample_project(home, sandbox.url, sandbox.key)
        print_beginning(home, data, sandbox)
        # The state belongs to the folder, whatever STOKER_STATE says.
        is_well, plan = _travel(open_workplace(home, {}), data, sandbox)
    print_next_steps(home, plan, sandbox.port)
    return ExitCode.DONE if is_well else _FAILED


def _home(folder: Path | None) -> Path:
    """An empty folder that only its owner enters."""
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


def _travel(workplace: Workplace, data: SampleData, sandbox: RunningSandbox) -> tuple[bool, StoredPlan]:
    """Check, plan, apply, plan again, each printed as its own command prints it; then the report.

    Returns:
        Whether all is as it should be, and the plan that was applied.

    Raises:
        FixInput: The check found a problem.
        StoppedEarly: Somebody stopped the run.
    """
    print_step(1, "stoker check")
    findings = check_workplace(workplace)
    print_findings(workplace, findings)
    if findings.problems:
        raise FixInput(*findings.problems)
    print_step(2, f"stoker plan {ACTIVATION}")
    plan, seconds = _plan(workplace)
    print_plan(plan, seconds, with_next_step=False)
    print_payload(plan)
    print_step(3, f"stoker apply {plan.id}")
    run = _apply(workplace, plan)
    print_step(4, f"stoker plan {ACTIVATION}, again")
    second, seconds = _plan(workplace)
    print_second_plan(second, seconds)
    print_step(5, "The report")
    counters = sandbox.counters()
    print_mistake(plan, run, counters)
    print_withheld(plan)
    print_rejected(plan, run)
    accounts = Accounts(data.customers, plan.plan.counts, run.answers().totals(), second.plan.counts, counters.profiles)
    print_accounts(accounts)
    is_mistake_found = any(warning.subject == DUPLICATE_ATTRIBUTE for warning in findings.warnings)
    return is_mistake_found and not accounts.disagreements(), plan


def _plan(workplace: Workplace) -> tuple[StoredPlan, float]:
    began = time.monotonic()
    stored = plan_activation(workplace, activation_named(workplace.project, ACTIVATION))
    return load_plan(stored.folder), time.monotonic() - began


def _apply(workplace: Workplace, plan: StoredPlan) -> RunFolder:
    run = begin(workplace, plan, Approval(), is_agreed=True)
    try:
        carry(workplace, run, may_ask=False, as_json=False, detach=False)
    finally:
        if not run.progress().has_ended:
            # The sandbox ends with the demo, so the worker must not go on alone.
            run.leave_wish("stop")
    if run.progress().state != "done":
        raise StoppedEarly(
            "The run did not come to its end, so there is nothing to report. To go on, start the sandbox again with "
            f"its port and its state, then: stoker resume {run.id}"
        )
    return run


@contextmanager
def _ending_on_signals() -> Iterator[None]:
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
