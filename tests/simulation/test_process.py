"""Faults that are aimed at one file strike that file; else worlds would only seem to meet them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]
OLD, NEW = b"old", b"new " * 100

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the simulation forks and looks into /proc")


@pytest.fixture
def ledger(tmp_path) -> Path:
    """A ledger's folder with two files of the day before."""
    folder = tmp_path / "ledgers" / "shop"
    folder.mkdir(parents=True)
    for name in ("refused.parquet", "manifest.json"):
        (folder / name).write_bytes(OLD)
    return folder


def die_at_the_manifest(ledger: Path, fail_point: str) -> dict[str, Any]:
    """In an interpreter without threads, because it forks."""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-m", "tests.simulation.aimed_death"]
    finished = subprocess.run([*command, str(ledger), fail_point], cwd=PROJECT, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)


@pytest.mark.parametrize(
    ("fail_point", "manifest", "half"),
    [
        ("file.half_written", OLD, NEW[: len(NEW) // 2]),
        ("file.not_renamed", OLD, NEW),
        ("file.renamed", NEW, None),
    ],
)
def test_a_death_aimed_at_a_file_leaves_the_file_before_it_whole(ledger, fail_point, manifest, half):
    """The same fail-point is passed by the other file first, where nobody dies."""
    told = die_at_the_manifest(ledger, fail_point)

    assert told["how"] == "crashed"
    assert [step.partition(", ")[2] for step in told["steps"]] == [f"{fail_point} of a ledger's manifest.json"]
    assert (ledger / "refused.parquet").read_bytes() == NEW
    assert (ledger / "manifest.json").read_bytes() == manifest
    assert [part.read_bytes() for part in ledger.glob(".manifest.json.*.part")] == ([half] if half else [])
