"""`stoker demo`: the whole journey on invented data, with a Braze of one's own. It runs what a person would run."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import click

from tui_app.cli.apply import carry
from tui_app.cli.check import print_findings
from tui_app.cli.demo_home import DEFAULT_CUSTOMERS, empty_home, ending_on_signals
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
from tui_app.cli.narration import NARRATION
from tui_app.cli.output import narrate, working
from tui_app.cli.plan_text import print_plan
from tui_app.core.errors import ExitCode, FixInput, StoppedEarly
from tui_app.demo.accounts import Accounts
from tui_app.demo.sample_data import FEWEST_CUSTOMERS, SampleData, write_sample_data
from tui_app.demo.sample_project import ACTIVATION, DUPLICATE_ATTRIBUTE, write_sample_project
from tui_app.demo.sandbox_process import RunningSandbox, running_sandbox
from tui_app.store.plans import StoredPlan, load_plan
from tui_app.store.runs import RunFolder
from tui_app.sync.apply_plan import Approval
from tui_app.sync.rooms import activation_named
from tui_app.tasks.begin_run import begin
from tui_app.tasks.check_workplace import check_workplace
from tui_app.tasks.plan_activation import plan_activation
from tui_app.tui.start import lacking_terminal
from tui_app.wiring import Workplace, open_workplace

_FAILED = 1
"""The journey went through, but something in it is not as it should be."""


@click.command("demo")
@click.option("--headless", is_flag=True, help="Run the journey, print the report and exit.")
@click.option(
    "--customers",
    type=click.IntRange(FEWEST_CUSTOMERS, 10_000_000),
    default=DEFAULT_CUSTOMERS,
    show_default=True,
    metavar="N",
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="A new or an empty folder to keep it in.  [default: a temporary one]",
)
def demo(folder: Path | None, *, headless: bool, customers: int) -> int:
    """Try everything at once: invented customers, a project, and a sandbox Braze on this machine.

    The terminal app opens on them. With --headless, or where there is no terminal, it checks, plans, applies and plans
    again, and ends with 0 if everybody is accounted for.
    """
    if not headless and (lacking := lacking_terminal()) is None:
        from tui_app.cli.demo_app import open_demo

        return open_demo(folder, customers)
    if not headless:
        narrate(f"{lacking}, so this is the demo on the command line, as --headless gives it.")
    home = empty_home(folder)
    try:
        return _tell(home, customers)
    except BaseException:
        narrate(f"The demo ended early. What there is of it is in {home}.")
        raise


def _tell(home: Path, customers: int) -> int:
    with ending_on_signals(), working(f"Inventing {customers:,} customers"):
        data = write_sample_data(home / "data", customers, datetime.now(UTC).date())
    with ending_on_signals(), running_sandbox(home / "sandbox.json", home / "sandbox.log") as sandbox:
        write_sample_project(home, sandbox.url, sandbox.key)
        print_beginning(home, data, sandbox)
        # The state belongs to the folder, whatever STOKER_STATE says.
        is_well, plan = _travel(open_workplace(home, {}), data, sandbox)
    print_next_steps(home, plan, sandbox.port)
    return ExitCode.DONE if is_well else _FAILED


def _travel(workplace: Workplace, data: SampleData, sandbox: RunningSandbox) -> tuple[bool, StoredPlan]:
    """Check, plan, apply, plan again, each printed as its own command prints it; then the report.

    Returns:
        Whether all is as it should be, and the plan that was applied.

    Raises:
        FixInput: The check found a problem.
        StoppedEarly: Somebody stopped the run.
    """
    print_step(1, "stoker check")
    findings = check_workplace(workplace, NARRATION)
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
    stored = plan_activation(workplace, activation_named(workplace.project, ACTIVATION), narrator=NARRATION)
    return load_plan(stored.folder), time.monotonic() - began


def _apply(workplace: Workplace, plan: StoredPlan) -> RunFolder:
    run = begin(workplace, plan, Approval())
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
