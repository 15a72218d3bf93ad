"""Count what runs have cost, and what their changes would have cost with coarser mappings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from pathlib import Path

from tui_app.core.cost import AttributeCost, Changes, CostReport, PastRun
from tui_app.core.fields import STANDARD_FIELDS
from tui_app.core.project import Destination, Project
from tui_app.ports.engine import CountingEngine
from tui_app.ports.store import RunFiles
from tui_app.sync.rooms import Rooms, runs_of

_SECONDS_OF_DAY = 86_400


def count_costs(
    project: Project, destination: Destination, days: int, engine: CountingEngine, rooms: Rooms
) -> CostReport:
    """What the runs of the last days have cost, attribute by attribute.

    Args:
        project: The project.
        destination: Whose runs are looked at.
        days: How far back.
        engine: Reads the changes.
        rooms: The project's state.

    Raises:
        Damaged: A plan or journal is not what was written.
    """
    since = rooms.clock.epoch_seconds() - days * _SECONDS_OF_DAY
    runs = [
        run
        for run in runs_of(rooms.runs, rooms.ledger_of(destination))
        if run.has_journal and run.record().started >= since and run.answers().totals().acknowledged
    ]
    began = [run.record().started for run in runs]
    of_customers = [run for run in runs if run.plan().plan.array == "attributes"]
    writers = [partial(_past_run, run) for run in of_customers]
    changes = engine.count_changes(writers, _mapped_plainly(project, {run.record().activation for run in runs}))
    totals = [run.answers().totals() for run in runs]
    return CostReport(
        destination=destination.name,
        runs=len(runs),
        days=(max(began) - min(began)) / _SECONDS_OF_DAY + 1 if began else 0.0,
        requests=sum(run.progress().requests for run in runs),
        data_points=sum(each.data_points for each in totals),
        money_per_1000=destination.cost_per_1000_data_points,
        attributes=(*_attributes(of_customers, changes), *_happenings(runs)),
    )


def _happenings(runs: Sequence[RunFiles]) -> Iterator[AttributeCost]:
    """Purchases and events cost what they cost: none of them is sent twice."""
    counted: Counter[tuple[str, str]] = Counter()
    points: Counter[tuple[str, str]] = Counter()
    for run in runs:
        plan, totals = run.plan().plan, run.answers().totals()
        if plan.array != "attributes":
            counted[plan.activation, plan.array] += totals.acknowledged
            points[plan.activation, plan.array] += totals.data_points
    for (activation, array), count in counted.items():
        yield AttributeCost(activation, array, count, 0, 0, points[activation, array], 1)


def _past_run(run: RunFiles, path: Path) -> PastRun:
    plan = run.plan().plan
    # Of a run that reached everybody the plan itself says how many values were the first; they can be millions.
    has_firsts = not _reached_everybody(run)
    run.write_acknowledged(path, updates_only=not has_firsts)
    return PastRun(plan.activation, tuple(each.name for each in plan.attributes), path, has_firsts)


def _reached_everybody(run: RunFiles) -> bool:
    return run.answers().totals().acknowledged == run.record().rows


def _mapped_plainly(project: Project, names: Collection[str]) -> frozenset[tuple[str, str]]:
    """Attributes whose mapping could say round, buckets and so on, and says nothing like it yet."""
    return frozenset(
        (activation.name, mapping.attribute)
        for activation in project.activations
        if activation.name in names
        for mapping in project.templates[activation.template].attributes
        if mapping.attribute not in STANDARD_FIELDS
        and mapping.round is None
        and not (mapping.buckets or mapping.date_only or mapping.lower or mapping.upper)
    )


def _attributes(runs: Sequence[RunFiles], changes: Sequence[Changes]) -> tuple[AttributeCost, ...]:
    first: Counter[tuple[str, str]] = Counter()
    for run in filter(_reached_everybody, runs):
        plan = run.plan().plan
        first.update({(plan.activation, each.name): each.backfill for each in plan.attributes})
    found = {(each.activation, each.attribute): each for each in changes}
    first.update({key: each.first for key, each in found.items()})
    costs = []
    for activation, attribute in {**first, **found}:
        each = found.get((activation, attribute))
        points = STANDARD_FIELDS[attribute].data_points if attribute in STANDARD_FIELDS else 1
        set_first, changed = first[activation, attribute], each.changed if each else 0
        if set_first or changed:
            costs.append(
                AttributeCost(
                    activation=activation,
                    attribute=attribute,
                    first_time=set_first,
                    changed=changed,
                    alone=each.alone if each else 0,
                    data_points=(set_first + changed) * points,
                    points_each=points,
                    cheaper=each.cheaper if each else None,
                )
            )
    return tuple(sorted(costs, key=lambda cost: (-cost.changed * cost.points_each, -cost.data_points, cost.attribute)))
