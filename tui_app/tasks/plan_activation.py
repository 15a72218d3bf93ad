"""The dry run of one activation: look up what the workspace has, diff, and write a plan. Sends nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tui_app.core.activation import Activation, Orchestration
from tui_app.core.errors import FixInput
from tui_app.core.plan import PlanWarning
from tui_app.core.project import Project
from tui_app.core.secret import ApiKey
from tui_app.ports.store import PlanFiles
from tui_app.sync.find_warnings import as_plan_warnings, name_warnings, read_workspace_names
from tui_app.sync.make_plan import PlanRequest, make_plan
from tui_app.sync.rooms import destination_of
from tui_app.tasks.narrator import SILENCE, Narrator
from tui_app.tasks.source_change import source_digest
from tui_app.wiring import Workplace


def plan_activation(
    workplace: Workplace,
    activation: Activation,
    out: Path | None = None,
    narrator: Narrator = SILENCE,
    *,
    resends_doubt: bool = False,
) -> PlanFiles:
    """Write a plan of an activation.

    A missing key and a workspace that cannot be asked are warnings of the plan. Not for a thread whose event loop runs.

    Args:
        workplace: Whose activation it is.
        activation: What is planned.
        out: Where the plan is wanted; None puts it among the others.
        narrator: Told what takes time, and why the key is not there.
        resends_doubt: See `core.job.Job`.

    Raises:
        FixInput: Source, mapping or segments cannot be used, or a plan cannot be written to `out`.
        LedgerHeld: A run is going on against the same ledger.
        Damaged: The ledger is not what was written.
    """
    project = workplace.project
    destination = destination_of(project, activation)
    key, warnings = _key_if_any(workplace, activation, narrator)
    workspace_names: tuple[str, ...] = ()
    if isinstance(activation, Orchestration) and activation.happenings:
        # Its template says who the customers are; no attribute of it is sent.
        return _planned(workplace, activation, (key, warnings), out, narrator, resends_doubt=resends_doubt)
    if key is not None and destination.custom_attributes == "warn":
        with narrator.working(f"Reading the custom attributes of {destination.endpoint}"):
            workspace_names, warning = asyncio.run(_workspace_names(workplace, activation, key))
        warnings += [warning] if warning else []
    ledger_names = workplace.ledger_of(destination).view().columns
    warnings += as_plan_warnings(name_warnings(project, activation, ledger_names, workspace_names))
    return _planned(workplace, activation, (key, warnings), out, narrator, resends_doubt=False)


def _planned(
    workplace: Workplace,
    activation: Activation,
    found: tuple[ApiKey | None, list[PlanWarning]],
    out: Path | None,
    narrator: Narrator,
    *,
    resends_doubt: bool,
) -> PlanFiles:
    project, rooms = workplace.project, workplace.rooms()
    destination = destination_of(project, activation)
    key, warnings = found
    request = PlanRequest(
        activation=activation,
        key_fingerprint=workplace.key_fingerprint(destination, key) if key else None,
        warnings=warnings,
        out=out,
        source_digest=_source_digest(project, activation),
        resends_doubt=resends_doubt,
    )
    with narrator.working(f"Planning {activation.name}: reading the source and comparing it with the ledger"):
        return make_plan(project, request, workplace.engine(), rooms)


def _source_digest(project: Project, activation: Activation) -> str | None:
    """Before the source is read: what is written to it meanwhile counts as a change the next time."""
    is_asked = isinstance(activation, Orchestration) and activation.only_if_changed
    return source_digest(project, activation) if is_asked else None


def _key_if_any(
    workplace: Workplace, activation: Activation, narrator: Narrator
) -> tuple[ApiKey | None, list[PlanWarning]]:
    """A dry run needs no key, but says what it could not do without it."""
    destination = destination_of(workplace.project, activation)
    try:
        return workplace.key_of(destination), []
    except FixInput as error:
        narrator.remark(error.message)
        message = "Planned without the API key, so the names that the workspace has were not looked up."
        return None, [PlanWarning("no_key", destination.name, message)]


async def _workspace_names(
    workplace: Workplace, activation: Activation, key: ApiKey
) -> tuple[tuple[str, ...], PlanWarning | None]:
    braze = workplace.braze(destination_of(workplace.project, activation), key)
    try:
        return await read_workspace_names(braze)
    finally:
        await braze.close()
