"""Small real parts of the store: a sealed plan of a few customers, and a ledger into which answers are folded."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tui_app.core.clock_reading import ClockReading
from tui_app.core.plan import AttributeCounts, Plan, PlanCounts
from tui_app.core.run import Record
from tui_app.store.answers import answers_of
from tui_app.store.files import private_folder
from tui_app.store.fold import FoldedRun, FoldLimits, fold
from tui_app.store.ledger import Binding, Ledger, Manifest
from tui_app.store.outgoing import data_points_of, request_starts
from tui_app.store.plans import CHANGES, REQUESTS, WITHHELD, PlanStore, StoredPlan

UNKNOWN_CLOCK = ClockReading()
BINDING = Binding("braze", "https://rest.example.com", "external_id")


def a_manifest(names: Sequence[str], rows: int, requests: int) -> Plan:
    return Plan(
        activation="club",
        destination=BINDING.destination,
        endpoint=BINDING.endpoint,
        identifier=BINDING.identifier,
        key_fingerprint=None,
        lineage="",
        ledger_serial=0,
        definition_digest="definition",
        mapping_digest="mapping",
        members=rows,
        counts=PlanCounts(join=rows),
        attributes=tuple(AttributeCounts(name, "custom", rows, 0, rows, 0, rows) for name in names),
        requests=requests,
        data_points=rows,
        in_doubt=0,
        with_withheld=0,
        reasons=(),
        warnings=(),
        refusals=(),
        max_rejected_share=0.05,
        quiet_period_seconds=300.0,
        files=(),
    )


def write_plan_files(folder: Path, sets: dict[str, dict[str, Any]], per_request: int) -> tuple[list[str], int]:
    names = list(dict.fromkeys(name for values in sets.values() for name in values))
    texts = {key: {name: json.dumps(value) for name, value in values.items()} for key, values in sets.items()}
    columns: dict[str, Any] = {
        "id": list(sets),
        "kind": ["join"] * len(sets),
        "not_before": pa.array([None] * len(sets), pa.int64()),
        "payload": [json.dumps({"external_id": key, **values}) for key, values in sets.items()],
        "before": ["{}"] * len(sets),
        "data_points": pa.array([len(values) for values in sets.values()], pa.int32()),
        **{f"s{i}": pa.array([texts[key].get(name) for key in sets], pa.string()) for i, name in enumerate(names)},
    }
    pq.write_table(pa.table(columns), folder / CHANGES)
    firsts = list(range(0, len(sets), per_request))
    requests = {
        "first": pa.array(firsts, pa.int64()),
        "rows": pa.array([min(per_request, len(sets) - first) for first in firsts], pa.int32()),
        "bytes": pa.array([0] * len(firsts), pa.int64()),
        "not_before": pa.array([None] * len(firsts), pa.int64()),
    }
    pq.write_table(pa.table(requests), folder / REQUESTS)
    withheld = {name: pa.array([], pa.string()) for name in ("id", "attribute", "code", "sentence", "value")}
    pq.write_table(pa.table(withheld), folder / WITHHELD)
    return names, len(firsts)


@dataclass(frozen=True, slots=True)
class Plans:
    """A shelf of plans in a folder of the test."""

    store: PlanStore
    folder: Path

    def seal(
        self,
        sets: dict[str, dict[str, Any]],
        out: Path | None = None,
        per_request: int = 2,
        activation: str = "club",
    ) -> StoredPlan:
        """A plan that sets these values: customer → attribute → value."""
        drafted = self.store.draft()
        names, requests = write_plan_files(drafted, sets, per_request)
        plan = replace(a_manifest(names, len(sets), requests), activation=activation)
        return self.store.seal(drafted, plan, out)


@dataclass(frozen=True, slots=True)
class Book:
    """A ledger with the runs that are folded into it."""

    ledger: Ledger

    def fold(
        self,
        plan: StoredPlan,
        records: Sequence[Record],
        token: int = 1,
        run: str = "run-1",
        clock: ClockReading = UNKNOWN_CLOCK,
    ) -> Manifest:
        answers = answers_of(records, request_starts(plan), data_points_of(plan))
        return fold(
            self.ledger,
            FoldedRun(run, 1_700_000_000.0, plan, answers, "key", 100, clock),
            token,
            FoldLimits("200MB", 1),
        )

    def values(self) -> dict[str, dict[str, Any]]:
        """Customer → attribute → value; NULLs left out."""
        view = self.ledger.view()
        return {
            row["id"]: {n: json.loads(row[column]) for n, column in view.columns.items() if row[column] is not None}
            for path in (view.snapshot, view.delta)
            if path
            for row in pq.read_table(path).to_pylist()
        }

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Of one file of the ledger."""
        path = getattr(self.ledger.view(), name)
        return pq.read_table(path).to_pylist() if path else []


@pytest.fixture
def plans(tmp_path: Path) -> Plans:
    return Plans(PlanStore(tmp_path / "plans"), tmp_path / "plans")


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """An empty ledger."""
    ledger = Ledger(private_folder(tmp_path / "ledger"), BINDING)
    ledger.prepare()
    return Book(ledger)


@pytest.fixture
def flipped() -> Callable[[bytes, int], bytes]:
    """`flipped(content, bit)`: the content with one bit turned."""

    def flip(content: bytes, bit: int) -> bytes:
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        return bytes(changed)

    return flip
