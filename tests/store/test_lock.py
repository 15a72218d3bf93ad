"""One writer per ledger: a second one is refused with who, where and since when, and a dead one is in nobody's way."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from dataclasses import replace

import pytest

from tui_app.core.errors import ExitCode, LedgerHeld, Place
from tui_app.core.project import Destination, KeyReference
from tui_app.store.fold import FoldLimits
from tui_app.store.ledger import Ledger
from tui_app.store.ledgers import LedgerHome
from tui_app.store.lock import LedgerLock
from tui_app.wiring import SystemClock

HOLDER = """
import sys, time
from pathlib import Path
from tui_app.store.lock import LedgerLock

with LedgerLock(Path(sys.argv[1]), "run 20260102T030405-club", 1767323045.0) as lock:
    print(lock.token, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "ledger"


@pytest.fixture
def holder(folder):
    """Another process that holds the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "1\n"
    yield process
    process.kill()
    process.communicate()


def a_lock(folder):
    return LedgerLock(folder, "test", 0.0)


def a_home(state):
    key, place = KeyReference("env", "BRAZE_API_KEY"), Place("stoker.toml", 1)
    return LedgerHome(state, Destination("braze", "https://rest.example.com", key, place), FoldLimits(), SystemClock())


def test_a_second_process_is_told_who_where_and_since_when(folder, holder):
    with pytest.raises(LedgerHeld) as caught, a_lock(folder):
        pass

    message = caught.value.message
    assert "run 20260102T030405-club" in message
    assert f"process {holder.pid} on {socket.gethostname()}, since 2026-01-02 03:04:05 UTC" in message
    assert "Nothing was done" in message
    assert caught.value.exit_code == ExitCode.LEDGER_HELD == 7


def test_the_lock_dies_with_its_holder(folder, holder):
    """SIGKILL leaves no time to clean up."""
    holder.kill()
    holder.wait()

    with a_lock(folder) as lock:
        assert lock.token == 2


def test_the_lock_is_free_when_the_holder_is_through(folder, holder):
    holder.communicate("")

    with a_lock(folder):
        pass


def test_a_second_lock_of_the_same_process_is_refused_too(folder):
    with a_lock(folder), pytest.raises(LedgerHeld), a_lock(folder):
        pass


def test_every_holder_gets_a_higher_token(folder):
    tokens = []
    for _ in range(5):
        with a_lock(folder) as lock:
            tokens.append(lock.token)

    assert tokens == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "note",
    [b"", b"{", b"[]", b"\xff", b'{"token": "x", "since": "y"}', b'{"token": null}', b'{"token": true}'],
)
def test_a_note_that_cannot_be_read_hinders_nobody(folder, note):
    """It is a courtesy: the lock itself does not depend on it."""
    with a_lock(folder):
        (folder / "holder.json").write_bytes(note)
        with pytest.raises(LedgerHeld, match="held by another process"), a_lock(folder):
            pass

    with a_lock(folder) as lock:
        assert lock.token == 1


def test_the_token_is_never_below_what_the_ledger_was_committed_with(tmp_path):
    """A lost note must not make every later commit look like one of a writer who lost his lock."""
    home = a_home(tmp_path)
    with home.held("run 1") as held:
        held.ledger.commit(replace(held.ledger.manifest(), last_run="run 1"), 41)
    (tmp_path / "ledgers" / home.name / "holder.json").unlink()

    with home.held("run 2") as held:
        assert held.token == 42
        held.ledger.commit(replace(held.ledger.manifest(), last_run="run 2"), held.token)

    assert home.state().last_run == "run 2"


def test_a_ledger_that_is_held_has_a_manifest(tmp_path):
    """From then on files without a manifest are damage, not an empty ledger."""
    home = a_home(tmp_path)

    with home.held("run 1") as held:
        assert isinstance(held.ledger, Ledger)
        assert (held.ledger.folder / "manifest.json").exists()


def test_the_note_says_who_holds_it(folder):
    with a_lock(folder):
        note = json.loads((folder / "holder.json").read_bytes())

    assert note == {
        "token": 1, "purpose": "test", "host": socket.gethostname(), "process": os.getpid(), "since": 0.0,
    }  # fmt: skip
