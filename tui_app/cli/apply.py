"""`stoker apply`: send a plan, after a person has agreed to its numbers."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import click

from tui_app.cli.follow import follow
from tui_app.cli.narration import NARRATION
from tui_app.cli.options import allow_option, guards_named, json_option, project_folder, project_option
from tui_app.cli.output import count, narrate, say, write_json
from tui_app.cli.plan_text import print_plan
from tui_app.cli.run_text import print_run
from tui_app.core.activation import ActivationGroup
from tui_app.core.errors import ExitCode, FixInput, LedgerHeld, Refused, StokerError, Usage, worst
from tui_app.ports.store import PlanFiles
from tui_app.store.runs import RunFolder
from tui_app.sync.apply_plan import Approval
from tui_app.sync.rooms import activation_named
from tui_app.tasks.begin_run import begin, destination_of_plan
from tui_app.tasks.plan_activation import plan_activation
from tui_app.tasks.raise_alert import raise_alerts
from tui_app.tasks.run_report import apply_document
from tui_app.tasks.run_unit import Outcome, failed_outcome, outcome_document, outcome_of, run_unit
from tui_app.tasks.source_change import UNCHANGED, is_left_out
from tui_app.wiring import Workplace, open_workplace, start_worker


@click.command("apply")
@click.argument("target", metavar="ACTIVATION|PLAN|GROUP")
@click.option("--yes", is_flag=True, help="Do not ask.")
@allow_option
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Only the first N customers.")
@click.option("--detach", is_flag=True, help="Start the worker and return at once.")
@json_option
@project_option
@click.pass_context
def apply(
    ctx: click.Context,
    target: str,
    allowed: tuple[str, ...],
    sample: int | None,
    project: Path | None,
    *,
    yes: bool,
    detach: bool,
    as_json: bool,
) -> int:
    """Send a plan. An activation is planned first; a plan is applied only if nothing has changed since.

    The activations of a group are planned and sent one after the other.
    """
    workplace = open_workplace(project_folder(ctx, project))
    options = _Options(Approval(guards_named(allowed), sample), yes=yes, detach=detach, as_json=as_json)
    group = workplace.project.groups.get(target)
    return _apply_told(workplace, target, options) if group is None else _apply_group(workplace, group, options)


@dataclass(frozen=True, slots=True)
class _Options:
    """How it is asked for."""

    approval: Approval
    yes: bool
    detach: bool
    as_json: bool


def _apply_group(workplace: Workplace, group: ActivationGroup, options: _Options) -> int:
    if options.detach or options.approval.sample is not None:
        raise Usage(f"Group {group.name}: --detach and --sample are for one activation. Nothing was sent.")
    if options.as_json:
        if not options.yes or options.approval.guards:
            raise Usage(f"Group {group.name}: --json needs --yes, and allows no guard. Nothing was sent.")
        outcomes = run_unit(workplace, group.name, _tell_run)
        _alert(workplace, options, *outcomes)
        write_json([outcome_document(each) for each in outcomes])
        return worst(each.exit_code for each in outcomes)
    codes = []
    for position, name in enumerate(group.activations):
        narrate(f"{group.name}, {position + 1} of {len(group.activations)}: {name}")
        codes.append(_code_of(workplace, name, options))
        if codes[-1] not in (ExitCode.DONE, ExitCode.DONE_WITH_REJECTED) and not group.go_on:
            narrate(f"{group.name} ends here.")
            break
    return worst(codes)


def _tell_run(_position: int, run: str | None) -> None:
    if run is not None:
        narrate(f"Run {run}")


def _code_of(workplace: Workplace, name: str, options: _Options) -> int:
    """How one activation of a group ended; what is wrong with it is told and ends no other."""
    try:
        return _apply_told(workplace, name, options)
    except (FixInput, LedgerHeld, Refused) as error:
        narrate(error.message)
        return error.exit_code


def _apply_told(workplace: Workplace, target: str, options: _Options) -> int:
    """Apply, and tell whom the project names if it ends badly."""
    try:
        return _apply_one(workplace, target, options)
    except Usage:
        raise
    except StokerError as error:
        _alert(workplace, options, failed_outcome(target, error))
        raise
    except OSError as error:
        fact = f"The disk or the machine refused: {error.strerror or error}."
        _alert(workplace, options, Outcome(target, "failed", fact))
        raise


def _alert(workplace: Workplace, options: _Options, *outcomes: Outcome) -> None:
    """Whoever is asked is there, and needs to be told nothing."""
    if options.yes:
        for failure in raise_alerts(workplace.project, outcomes):
            narrate(failure)


def _apply_one(workplace: Workplace, target: str, options: _Options) -> int:
    approval, as_json = options.approval, options.as_json
    orchestration = workplace.project.orchestrations.get(target)
    if orchestration and is_left_out(workplace, orchestration):
        return _report_left_out(target, as_json=as_json)
    stored = _stored_plan(workplace, target, as_json=as_json)
    try:
        run = _begin(workplace, stored, approval, is_agreed=options.yes)
    except Refused as refused:
        if as_json:
            plan, guards = str(stored.folder), list(refused.guards)
            write_json({**_no_run("refused", refused.message), "plan": plan, "refused_by": guards})
        narrate(refused.message)
        _alert(workplace, options, failed_outcome(stored.plan.activation, refused))
        return ExitCode.REFUSED
    if run.record().is_empty:
        return _report_nothing(run, as_json=as_json)
    code = carry(workplace, run, may_ask=not (options.yes or as_json), as_json=as_json, detach=options.detach)
    if not options.detach:
        _alert(workplace, options, outcome_of(stored.plan.activation, run, run.progress()))
    return code


def carry(workplace: Workplace, run: RunFolder, *, may_ask: bool, as_json: bool, detach: bool) -> int:
    """Start the worker of a run, watch it, and report."""
    process = start_worker(workplace, run)
    if detach:
        _report_detached(run, as_json=as_json)
        return ExitCode.DONE
    progress, code = follow(run, process, may_ask=may_ask and sys.stdin.isatty())
    if as_json:
        write_json(apply_document(run, progress))
    elif progress.state != "refused":
        print_run(run)
    if progress.note and progress.state != "done":
        narrate(progress.note)
    return code


def _stored_plan(workplace: Workplace, target: str, *, as_json: bool) -> PlanFiles:
    known = (*workplace.project.campaigns, *workplace.project.orchestrations, *workplace.project.groups)
    if target not in known:
        try:
            return workplace.plans.find(target)
        except Usage as error:
            names = ", ".join(known) or "none"
            raise Usage(f"{error.message} Activations of the project: {names}.") from error
    began = time.monotonic()
    stored = plan_activation(workplace, activation_named(workplace.project, target), narrator=NARRATION)
    if not as_json:
        print_plan(stored, time.monotonic() - began, with_next_step=False)
    return stored


def _begin(workplace: Workplace, stored: PlanFiles, approval: Approval, *, is_agreed: bool) -> RunFolder:
    """Write the record of a run, once a person has agreed to it. Nothing is sent yet."""
    # Nobody is asked about a plan that goes nowhere.
    destination_of_plan(workplace, stored)
    if stored.plan.counts.changes and not is_agreed:
        _ask(stored, approval)
    return begin(workplace, stored, approval)


def _ask(stored: PlanFiles, approval: Approval) -> None:
    """Repeat the numbers and the workspace, and send nothing without a yes."""
    if not sys.stdin.isatty():
        raise Usage("Nobody can be asked here, so nothing was sent. Look at the plan, then add --yes.")
    plan = stored.plan
    customers = min(plan.counts.changes, approval.sample or plan.counts.changes)
    question = (
        f"Send {count(customers, plan.noun)} ({count(plan.requests, 'request')}, "
        f"{count(plan.data_points, 'data point')} for the whole plan) to {plan.endpoint}?"
    )
    if plan.resent:
        question = f"{count(plan.resent, plan.noun)} may have arrived before and would count twice. {question}"
    if not click.confirm(question, default=False, err=True):
        raise click.Abort


def _report_left_out(name: str, *, as_json: bool) -> int:
    if as_json:
        write_json(_no_run("done", UNCHANGED))
    else:
        say(f"{name}: {UNCHANGED} Nothing was planned or sent (only_if_changed).")
    return ExitCode.DONE


def _no_run(status: str, note: str) -> dict[str, object]:
    """The document of what became no run."""
    return {
        "run": None,
        "plan": None,
        "status": status,
        "acknowledged": 0,
        "rejected": 0,
        "in_doubt": 0,
        "not_sent": 0,
        "requests": 0,
        "retries": 0,
        "data_points": 0,
        "seconds": 0.0,
        "note": note,
    }


def _report_nothing(run: RunFolder, *, as_json: bool) -> int:
    if as_json:
        write_json(apply_document(run, run.progress()))
    else:
        say("There is nothing to send: Braze has everything. No request was made.")
    return ExitCode.DONE


def _report_detached(run: RunFolder, *, as_json: bool) -> None:
    if as_json:
        write_json({**apply_document(run, run.progress()), "status": "running"})
    else:
        say(run.id)
        narrate(f"It runs on its own. Watch it: stoker runs {run.id} · stop it: stoker stop {run.id}")
