"""The ledger says what Braze acknowledged, or that it is damaged; never something else."""

from __future__ import annotations

import resource
from dataclasses import asdict, replace

import pytest

from tui_app.core.clock_reading import ClockReading
from tui_app.core.errors import Damaged, FixInput, Refused
from tui_app.core.run import Answered, Dispatched, Opened
from tui_app.store.files import sealed
from tui_app.store.ledger import Ledger, Manifest

SENT = [Opened("f", 1.0), Dispatched(9, 1000.5)]
FILES = ("snapshot", "delta", "doubt", "refused")
CROWD = {f"c{number}": {"tier": "gold", "points": 1} for number in range(20)}
"""So many that a fold of up to four of them, or of others, needs no new snapshot."""


def everybody(rows: int) -> list:
    return [*SENT, Answered(0, rows, "acknowledged", 1001.2, {})]


def mixed() -> list:
    """Row 0 is acknowledged, row 1 rejected, row 2 in doubt, row 3 never answered."""
    return [*SENT, Answered(0, 1, "acknowledged", 1.0, {}), Answered(1, 2, "rejected", 1.0, {1: "bad"})]


@pytest.fixture
def full_book(book, plans):
    """A ledger that has a snapshot and what is in doubt and refused."""
    book.fold(plans.seal({letter: {"tier": "gold"} for letter in "abcd"}, per_request=1), mixed())
    return book


@pytest.fixture
def crowded_book(book, plans):
    """A ledger that has a snapshot of many customers."""
    book.fold(plans.seal(CROWD), everybody(len(CROWD)))
    return book


@pytest.fixture
def book_of_all_files(crowded_book, plans):
    """A ledger that has all four files."""
    crowded_book.fold(plans.seal({letter: {"tier": "gold"} for letter in "abcd"}, per_request=1), mixed(), run="run-2")
    return crowded_book


def path_of(ledger: Ledger, name: str):
    return ledger.folder / getattr(ledger.manifest(), name).name


def test_an_empty_ledger_knows_nobody(book):
    assert book.ledger.manifest() == Manifest("https://rest.example.com", "external_id")
    assert book.values() == {}


def test_only_what_was_acknowledged_is_in_the_ledger(full_book):
    assert full_book.values() == {"a": {"tier": "gold"}}
    assert [(each["id"], each["value"]) for each in full_book.rows("doubt")] == [("c", '"gold"'), ("d", '"gold"')]
    assert [(each["id"], each["reason"]) for each in full_book.rows("refused")] == [("b", "bad")]


def test_what_a_fold_that_died_spilled_is_removed_and_no_link_is_followed(book, plans, tmp_path):
    """It is customer data; and the folder of a ledger may come from a stranger."""
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "letter").write_text("dear")
    (book.ledger.folder / "spill-died").mkdir()
    (book.ledger.folder / "spill-died" / "rows.tmp").write_text("anna@example.com")
    for name in ("spill", "spill-link"):
        (book.ledger.folder / name).symlink_to(precious)

    book.fold(plans.seal({"a": {"tier": "gold"}}), everybody(1))

    assert (precious / "letter").read_text() == "dear"
    assert [each.name for each in book.ledger.folder.glob("spill-*")] == ["spill-link"]


def test_a_later_fold_overlays_and_leaves_the_others_alone(book, plans):
    book.fold(plans.seal({"a": {"tier": "gold", "points": 1}, "b": {"tier": "gold"}}), everybody(2))
    book.fold(plans.seal({"a": {"points": 2}, "c": {"name": "it's"}}), everybody(2), run="run-2")

    assert book.values() == {"a": {"tier": "gold", "points": 2}, "b": {"tier": "gold"}, "c": {"name": "it's"}}


def test_a_cleared_value_is_no_longer_known(book, plans):
    book.fold(plans.seal({"a": {"tier": "gold", "points": 1}}), everybody(1))
    book.fold(plans.seal({"a": {"tier": None}}), everybody(1), run="run-2")

    assert book.values() == {"a": {"points": 1}}


def test_a_clock_that_is_set_between_runs_does_not_make_a_send_look_old(book, plans):
    """Ten seconds pass between the two sends, and somebody sets the clock forward by a day."""
    day = 86_400.0
    before, after = ClockReading("boot", 1000.0), ClockReading("boot", 1000.0 + day)
    for clock, now, run in ((before, 1100.0, "run-1"), (after, 1110.0 + day, "run-2")):
        opened = Opened("f", now, clock.boot, clock.booted_at)
        sent = [opened, Dispatched(9, now), Answered(0, 1, "acknowledged", now, {})]
        book.fold(plans.seal({run: {"tier": "gold"}}), sent, run=run, clock=clock)

    sent_at = {row["id"]: row["sent_at"] for row in book.rows("snapshot")}
    assert sent_at == {"run-1": 1101, "run-2": 1111}
    assert book.ledger.manifest().clock == before


def test_folding_a_run_twice_gives_the_same_values(full_book, plans):
    """So a crash in the middle of a fold is mended by folding again."""
    before = (full_book.values(), full_book.rows("doubt"), full_book.rows("refused"))

    full_book.fold(plans.seal({letter: {"tier": "gold"} for letter in "abcd"}, per_request=1), mixed())

    assert (full_book.values(), full_book.rows("doubt"), full_book.rows("refused")) == before
    assert full_book.ledger.manifest().serial == 2


def test_an_acknowledgement_settles_doubt_and_rejection(full_book, plans):
    full_book.fold(plans.seal({letter: {"tier": "gold"} for letter in "bcd"}), everybody(3), run="run-2")

    assert (full_book.rows("doubt"), full_book.rows("refused")) == ([], [])
    assert set(full_book.values()) == set("abcd")


def test_doubt_of_another_attribute_stays(full_book, plans):
    full_book.fold(plans.seal({"c": {"points": 1}}), everybody(1), run="run-2")

    assert [(each["id"], each["attribute"]) for each in full_book.rows("doubt")] == [("c", "tier"), ("d", "tier")]


def test_a_rejection_after_an_unknown_outcome_stays_in_doubt(book, plans):
    records = [*SENT, Answered(0, 1, "rejected", 1.0, {0: "bad"}, was_in_doubt=True)]
    book.fold(plans.seal({"a": {"tier": "gold"}}), records)

    assert [each["id"] for each in book.rows("doubt")] == ["a"]
    assert [each["id"] for each in book.rows("refused")] == ["a"]


def test_the_time_of_the_last_send_is_no_earlier_than_it_can_have_been(book, plans):
    """Rounded up, and a second more: so old may the newest record be when a request leaves."""
    import pyarrow.parquet as pq

    book.fold(plans.seal({"a": {"tier": "gold"}}), everybody(1))

    assert pq.read_table(book.ledger.view().snapshot).column("sent_at").to_pylist() == [1003]


def test_files_of_the_serial_before_are_kept_and_older_ones_removed(book, plans):
    """A reader may still hold the manifest of the serial before."""
    for number in range(1, 4):
        book.fold(plans.seal({"a": {"points": number}}), everybody(1), run=f"run-{number}")

    names = sorted(path.name for path in book.ledger.folder.glob("*.parquet"))
    assert names == ["snapshot-00000002.parquet", "snapshot-00000003.parquet"]


def test_few_customers_leave_the_snapshot_as_it_is(crowded_book, plans):
    """Writing ten million rows for a hundred thousand would take longer than finding them."""
    before = crowded_book.ledger.manifest()
    crowded_book.fold(plans.seal({"c1": {"points": 2}, "new": {"tier": "gold"}}), everybody(2), run="run-2")

    after = crowded_book.ledger.manifest()
    assert (after.snapshot, after.delta.rows, after.customers) == (before.snapshot, 2, 21)
    assert after.known == {"tier": 21, "points": 20}
    assert crowded_book.values() == {**CROWD, "c1": {"tier": "gold", "points": 2}, "new": {"tier": "gold"}}


def test_a_delta_carries_on_what_the_one_before_it_held(crowded_book, plans):
    crowded_book.fold(plans.seal({"c1": {"points": 2}, "c2": {"points": 2}}), everybody(2), run="run-2")
    crowded_book.fold(plans.seal({"c1": {"tier": None}, "c3": {"points": 3}}), everybody(2), run="run-3")

    changed = {"c1": {"points": 2}, "c2": {"tier": "gold", "points": 2}, "c3": {"tier": "gold", "points": 3}}
    assert crowded_book.values() == {**CROWD, **changed}
    assert crowded_book.ledger.manifest().customers == 20
    assert crowded_book.ledger.manifest().known == {"tier": 19, "points": 20}


def test_folding_a_run_twice_into_a_delta_gives_the_same_values(crowded_book, plans):
    """A crash in the middle is mended so; and who is new is not counted twice."""
    changes = {"c1": {"points": 2}, "new": {"tier": "gold"}}
    crowded_book.fold(plans.seal(changes), everybody(2), run="run-2")
    before = (crowded_book.values(), crowded_book.ledger.manifest().customers)

    crowded_book.fold(plans.seal(changes), everybody(2), run="run-2")

    assert (crowded_book.values(), crowded_book.ledger.manifest().customers) == before


def test_a_delta_that_has_grown_becomes_a_snapshot(crowded_book, plans):
    """So a ledger is never much larger than what it says, and reading it costs no more."""
    expected = dict(CROWD)
    seen = []
    for number in range(8):
        expected[f"c{number}"] = {"tier": "gold", "points": 7}
        crowded_book.fold(plans.seal({f"c{number}": {"points": 7}}), everybody(1), run=f"run-{number}")
        manifest = crowded_book.ledger.manifest()
        seen.append((manifest.snapshot.rows, manifest.delta.rows if manifest.delta else 0))
        assert len(list(crowded_book.ledger.folder.glob("*.parquet"))) <= 4
        assert crowded_book.values() == expected
        assert manifest.known == {"tier": 20, "points": 20}

    assert seen == [(20, rows) for rows in (1, 2, 3, 4, 0, 1, 2, 3)]


def test_an_attribute_that_the_ledger_does_not_know_makes_a_snapshot(crowded_book, plans):
    """Every delta has the columns of its snapshot."""
    crowded_book.fold(plans.seal({"c1": {"city": "Bonn"}}), everybody(1), run="run-2")

    assert crowded_book.ledger.manifest().delta is None
    assert crowded_book.values()["c1"] == {"tier": "gold", "points": 1, "city": "Bonn"}


def test_doubt_is_settled_by_a_delta(book_of_all_files, plans):
    book_of_all_files.fold(plans.seal({"c": {"tier": "gold"}}), everybody(1), run="run-3")

    assert [each["id"] for each in book_of_all_files.rows("doubt")] == ["d"]


def test_a_ledger_without_deltas_is_still_read(crowded_book, plans):
    """Stoker wrote such ones before it knew deltas."""
    document = asdict(crowded_book.ledger.manifest())
    del document["delta"], document["customers"], document["known"]
    (crowded_book.ledger.folder / "manifest.json").write_bytes(sealed({"format": 1, **document}))

    assert crowded_book.values() == CROWD
    assert crowded_book.ledger.view().customers == 20
    crowded_book.fold(plans.seal({"c1": {"points": 2}}), everybody(1), run="run-2")
    assert crowded_book.values()["c1"]["points"] == 2


def test_the_lineage_stays_and_the_serial_counts(book, plans):
    first = book.fold(plans.seal({"a": {"points": 1}}), everybody(1))
    second = book.fold(plans.seal({"a": {"points": 2}}), everybody(1), run="run-2")

    assert first.lineage == second.lineage != ""
    assert (first.serial, second.serial, second.last_run) == (1, 2, "run-2")


def test_a_writer_who_lost_his_lock_cannot_commit(book, plans):
    """He was asleep while another took over: his token is older."""
    book.fold(plans.seal({"a": {"points": 1}}), everybody(1), token=7)

    with pytest.raises(Refused, match="another process has written serial 1 meanwhile"):
        book.ledger.commit(book.ledger.manifest(), token=6)

    assert book.ledger.manifest().serial == 1


def test_a_state_that_another_writer_overtook_cannot_be_committed(book, plans):
    overtaken = book.ledger.manifest()
    book.fold(plans.seal({"a": {"points": 1}}), everybody(1))

    with pytest.raises(Refused, match="result was dropped"):
        book.ledger.commit(replace(overtaken, last_run="late"), token=9)

    assert book.values() == {"a": {"points": 1}}


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_bit_in_a_data_file_is_noticed_before_a_value_is_used(book_of_all_files, flipped, name):
    path = path_of(book_of_all_files.ledger, name)
    content = path.read_bytes()

    for bit in range(0, len(content) * 8, 131):
        path.write_bytes(flipped(content, bit))
        with pytest.raises(Damaged, match="is not what Stoker wrote"):
            book_of_all_files.ledger.view()


@pytest.mark.parametrize("name", FILES)
def test_a_data_file_without_its_end_is_noticed(book_of_all_files, name):
    path = path_of(book_of_all_files.ledger, name)
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(Damaged, match="is not what Stoker wrote"):
        book_of_all_files.ledger.view()


@pytest.mark.parametrize("name", FILES)
def test_a_missing_data_file_is_noticed(book_of_all_files, name):
    path_of(book_of_all_files.ledger, name).unlink()

    with pytest.raises(Damaged, match="it is missing"):
        book_of_all_files.ledger.view()


def test_no_flipped_bit_of_the_manifest_changes_what_it_says(full_book, flipped):
    path = full_book.ledger.folder / "manifest.json"
    content, said = path.read_bytes(), full_book.ledger.manifest()

    # A step of 37 bits turns each of the eight bits of a byte in turn.
    for bit in range(0, len(content) * 8, 37):
        path.write_bytes(flipped(content, bit))
        try:
            assert full_book.ledger.manifest() == said
        except Damaged:
            continue


@pytest.mark.parametrize("size", [0, 1, 100, -1, -2], ids=["empty", "one byte", "half", "no line end", "no brace"])
def test_a_cut_manifest_is_never_another_manifest(full_book, size):
    path = full_book.ledger.folder / "manifest.json"
    said = full_book.ledger.manifest()
    path.write_bytes(path.read_bytes()[:size])

    try:
        assert full_book.ledger.manifest() == said
        assert size == -1
    except Damaged:
        assert size != -1


def test_a_missing_manifest_is_not_an_empty_ledger(full_book):
    """Taken for empty, it would send everybody again and forget what is in doubt."""
    (full_book.ledger.folder / "manifest.json").unlink()

    with pytest.raises(Damaged, match="is missing, but its data files are there"):
        full_book.ledger.view()
    with pytest.raises(Damaged):
        full_book.ledger.prepare()


@pytest.mark.parametrize("content", [b"[]", b"null", b'"x"', b"7", b"{}", b'{"checksum": 1}', b"\xff", b"[" * 100_000])
def test_something_else_in_the_manifests_place_is_damage(full_book, content):
    (full_book.ledger.folder / "manifest.json").write_bytes(content)

    with pytest.raises(Damaged):
        full_book.ledger.manifest()


def test_a_ledger_of_a_later_version_is_not_guessed_at(book):
    (book.ledger.folder / "manifest.json").write_bytes(sealed({"format": 3}))

    with pytest.raises(FixInput, match="another version of Stoker wrote it"):
        book.ledger.manifest()


def test_a_damaged_plan_is_not_folded(book, plans, flipped):
    plan = plans.seal({"a": {"tier": "gold"}})
    plan.changes.write_bytes(flipped(plan.changes.read_bytes(), 99))

    with pytest.raises(Damaged, match="is not what Stoker wrote"):
        book.fold(plan, everybody(1))

    assert book.values() == {}


def test_a_fold_that_the_disk_refuses_loses_nothing_and_can_be_done_again(book, plans):
    plan = plans.seal({f"c{number}": {"tier": f"{number * 7919}"} for number in range(3000)}, per_request=50)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(FixInput, match=r"what was acknowledged is not in it yet\. Nothing is lost"):
            book.fold(plan, everybody(3000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert book.values() == {}

    book.fold(plan, everybody(3000))

    assert len(book.values()) == 3000


def test_names_from_data_are_text_in_a_fold(book, plans):
    """An attribute's name and a run's name go into SQL."""
    name = """a'; DROP TABLE x; --"'"""
    book.fold(plans.seal({"o'neill": {name: "'); --"}}), everybody(1), run="run'--")

    assert book.values() == {"o'neill": {name: "'); --"}}


def test_two_workspaces_never_share_a_folder(book):
    binding = book.ledger.binding

    others = [replace(binding, endpoint="https://other.example.com"), replace(binding, identifier="email")]
    assert len({each.folder_name for each in (binding, *others)}) == 3
    assert "/" not in replace(binding, destination="../../etc").folder_name
