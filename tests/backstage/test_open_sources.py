"""A source stays open while it is the same, belongs to one question at a time, and lets itself be interrupted."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from tui_app.backstage.cancellation import Cancellation, Cancelled
from tui_app.backstage.open_sources import OpenSources
from tui_app.core.errors import FixInput, Place
from tui_app.core.project import Project, Query

ENDLESS = "SELECT count(*) AS n FROM customers a, customers b, customers c, customers d, customers e"


@pytest.fixture
def project(shop, customer) -> Project:
    shop.customers([customer(number) for number in range(5_000)])
    return shop.workplace.project


@pytest.fixture
def open_sources(tmp_path: Path) -> Iterator[OpenSources]:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    kept = OpenSources(scratch)
    yield kept
    kept.close()
    assert list(scratch.iterdir()) == []


def with_query(project: Project, sql: str) -> Project:
    return replace(project, queries={"trial": Query("trial", sql, Place(project.file, 1))})


def test_a_source_is_opened_once_for_questions_that_follow_each_other(open_sources, project):
    """Converting a large CSV for each key press would make a live count impossible."""
    with open_sources.lent(project, Cancellation()) as first:
        first.row_count("customers")
    with open_sources.lent(replace(project, segments={}), Cancellation()) as second:
        assert second is first


def test_a_file_that_was_written_again_is_read_again(open_sources, project, shop, customer):
    with open_sources.lent(project, Cancellation()) as sources:
        assert sources.row_count("customers") == 5_000

    shop.customers([customer(1)])

    with open_sources.lent(project, Cancellation()) as sources:
        assert sources.row_count("customers") == 1


def test_a_file_that_appears_is_found(open_sources, project, shop, customer):
    """The mistake of a missing file is not remembered longer than it lasts."""
    (shop.folder / "customers.parquet").unlink()
    with (
        open_sources.lent(project, Cancellation()) as sources,
        pytest.raises(FixInput, match="does not exist"),
    ):
        sources.row_count("customers")

    shop.customers([customer(1), customer(2)])

    with open_sources.lent(project, Cancellation()) as sources:
        assert sources.row_count("customers") == 2


def test_a_source_that_is_not_the_newest_any_more_goes_with_its_last_question(open_sources, project, tmp_path):
    """Who edits a query makes a new source with every save; each holds memory and converted rows."""

    def number_open() -> int:
        return len(list(tmp_path.glob("scratch/*/*")))

    with open_sources.lent(with_query(project, "SELECT 0 AS n"), Cancellation()) as old:
        for number in range(3):
            with open_sources.lent(with_query(project, f"SELECT {number} AS n FROM customers"), Cancellation()) as new:
                assert new.row_count("trial") == 5_000
        assert number_open() == 2
        assert old.row_count("trial") == 1
    assert number_open() == 1


def test_only_one_question_at_a_time_has_a_source_and_one_that_waits_can_be_cancelled(open_sources, project):
    waiting, gave_up = Cancellation(), threading.Event()

    def wait_in_line() -> None:
        with pytest.raises(Cancelled), open_sources.lent(project, waiting):
            pytest.fail("it is somebody else's turn")
        gave_up.set()

    with open_sources.lent(project, Cancellation()):
        thread = threading.Thread(target=wait_in_line)
        thread.start()
        assert not gave_up.wait(0.2)
        waiting.cancel()
        assert gave_up.wait(5)
    waiting.finish()
    thread.join()


def test_cancelling_interrupts_the_query_and_leaves_the_source_in_order(open_sources, project):
    """5,000 to the fifth rows would take years."""
    endless = with_query(project, ENDLESS)
    cancellation = Cancellation()
    threading.Timer(0.3, cancellation.cancel).start()

    began = time.monotonic()
    with (
        pytest.raises((FixInput, duckdb.InterruptException), match="Interrupted"),
        open_sources.lent(endless, cancellation) as sources,
    ):
        sources.row_count("trial")
    cancellation.finish()

    assert time.monotonic() - began < 5
    with open_sources.lent(endless, Cancellation()) as again:
        assert again is sources
        assert again.row_count("customers") == 5_000


def test_what_a_process_left_that_died_is_removed(tmp_path):
    """It is customer data."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left, alive = tmp_path / f"engine-{dead.pid}-abc", tmp_path / "engine-1-abc"
    for folder in (left, alive):
        folder.mkdir()
        (folder / "0000.parquet").write_text("rows")

    kept = OpenSources(tmp_path)

    assert not left.exists()
    assert alive.exists()
    kept.close()


def test_a_project_without_a_usable_source_says_so_each_time(open_sources, project):
    elsewhere = replace(project, source=replace(project.source, engine="postgres://reader@db.example.com/crm"))
    for _ in range(2):
        with (
            pytest.raises(FixInput, match="embedded engine only"),
            open_sources.lent(elsewhere, Cancellation()),
        ):
            pytest.fail("there is nothing to read")
