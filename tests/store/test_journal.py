"""The journal is the only witness of what left: whatever happens to its file, it never says less than was announced."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tui_app.core.errors import Damaged
from tui_app.core.run import MAX_ANNOUNCED, Answered, Dispatched, Finished, Opened
from tui_app.store.journal import Journal, read_journal

RECORDS = [
    Opened("f" * 64, 1.0),
    Dispatched(8, 2.0),
    Answered(0, 75, "acknowledged", 3.0, {}),
    Answered(75, 150, "acknowledged", 4.0, {76: "wrong “email” 😀"}, was_in_doubt=True),
    Answered(150, 151, "in_doubt", 5.0, {}),
    Dispatched(16, 6.0),
    Finished("stopped", 7.0),
]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal"


def write(path, records=RECORDS):
    """One append per record; the size of the file after each."""
    journal = Journal(path)
    sizes = []
    for record in records:
        journal.append([record])
        sizes.append(path.stat().st_size)
    journal.close()
    return sizes


def test_what_is_appended_is_read_again_in_order(path):
    write(path)

    assert read_journal(path) == RECORDS


def test_records_of_one_append_are_several(path):
    journal = Journal(path)
    journal.append(RECORDS)
    journal.close()

    assert read_journal(path) == RECORDS


def test_a_reopened_journal_goes_on_behind_the_last_record(path):
    write(path, RECORDS[:4])
    write(path, RECORDS[4:])

    assert read_journal(path) == RECORDS


def test_a_journal_is_for_its_owner_only(path):
    write(path)

    assert path.stat().st_mode & 0o777 == 0o600


def test_a_last_record_cut_at_any_byte_announces_what_it_may_have_announced(path):
    """It may have been the one that let requests leave."""
    *_, before, whole = write(path)
    content = path.read_bytes()

    for size in range(before + 1, whole):
        path.write_bytes(content[:size])
        assert read_journal(path) == [*RECORDS[:-1], Dispatched(16 + MAX_ANNOUNCED, 6.0)]


def test_a_wrong_last_record_announces_what_it_may_have_announced(path, flipped):
    *_, before, whole = write(path)
    content = path.read_bytes()

    for bit in range((before + 8) * 8, whole * 8, 3):
        path.write_bytes(flipped(content, bit))
        assert read_journal(path) == [*RECORDS[:-1], Dispatched(16 + MAX_ANNOUNCED, 6.0)]


def test_a_tail_that_the_disk_left_empty_is_a_lost_tail(path):
    """After a power cut some file systems have the new length and zeros for content."""
    write(path)
    with path.open("ab") as file:
        file.write(bytes(300))

    assert read_journal(path) == [*RECORDS, Dispatched(16 + MAX_ANNOUNCED, 7.0)]


def test_a_flipped_bit_anywhere_before_the_last_record_is_damage(path, flipped):
    """In lengths, checksums and bodies alike; nothing behind it may be dropped in silence."""
    *_, last, _ = write(path, [Opened("f", 1.0), Dispatched(8, 2.0), *RECORDS[3:4], RECORDS[-1]])
    content = path.read_bytes()

    # A step of three bits turns a bit of every byte, and each of the eight in turn.
    for bit in range(0, last * 8, 3):
        path.write_bytes(flipped(content, bit))
        with pytest.raises(Damaged):
            read_journal(path)


def test_a_damaged_journal_is_not_gone_on_with(path, flipped):
    write(path)
    damaged = flipped(path.read_bytes(), 100)
    path.write_bytes(damaged)

    with pytest.raises(Damaged, match="the record at byte 0 is not what was written"):
        Journal(path)

    assert path.read_bytes() == damaged


def test_a_lost_tail_is_cut_off_and_the_announcement_stays_in_the_file(path):
    *_, before, whole = write(path)
    path.write_bytes(path.read_bytes()[: (before + whole) // 2])

    write(path, [Finished("done", 9.0)])

    assert read_journal(path) == [*RECORDS[:-1], Dispatched(16 + MAX_ANNOUNCED, 6.0), Finished("done", 9.0)]


@pytest.mark.parametrize("point", ["file.half_written", "file.not_renamed", "file.renamed"])
def test_who_dies_while_a_lost_tail_is_cut_off_forgets_nothing_that_it_may_have_announced(path, point):
    *_, before, whole = write(path)
    path.write_bytes(path.read_bytes()[: (before + whole) // 2])
    go_on = f"from pathlib import Path; from tui_app.store.journal import Journal; Journal(Path({str(path)!r}))"

    died = subprocess.run([sys.executable, "-c", go_on], env={**os.environ, "STOKER_FAILPOINT": point}, check=False)

    assert died.returncode == 137
    assert read_journal(path) == [*RECORDS[:-1], Dispatched(16 + MAX_ANNOUNCED, 6.0)]


def test_a_missing_journal_is_damage(path):
    with pytest.raises(Damaged, match="cannot be read"):
        read_journal(path)


def test_a_link_in_the_journals_place_is_not_followed(path, tmp_path):
    victim = tmp_path / "victim"
    victim.write_bytes(b"")
    path.symlink_to(victim)

    with pytest.raises(OSError, match=r"symbolic links|Too many"):
        Journal(path)


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from tui_app.core.run import Answered
from tui_app.store.journal import Journal

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
journal = Journal(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    journal.append([Answered(0, 75, "acknowledged", 8.0, {0: "x" * 5000})])
except OSError:
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    journal.append([Answered(0, 75, "not_sent", 9.0, {})])
    sys.exit(17)
"""


def test_a_full_disk_leaves_what_was_good_and_the_journal_usable(path):
    """Half a record in the middle would be damage for ever."""
    size = write(path)[-1]

    finished = subprocess.run([sys.executable, "-c", FULL_DISK, str(path), str(size + 100)], check=False)

    assert finished.returncode == 17
    assert read_journal(path) == [*RECORDS, Answered(0, 75, "not_sent", 9.0, {})]
