"""A run lives on its own: it is watched, stopped and gone on with from outside, and outlives the terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest


@pytest.fixture
def apply_process(busy_shop):
    """`stoker apply club --yes --json` in a session of its own, as in a terminal."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tui_app", "apply", "club", "--yes", "--json"],
        cwd=busy_shop.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    yield process
    process.kill()
    process.communicate()


def is_sending(progress):
    return progress.state == "sending" and progress.acknowledged > 0


def test_a_detached_run_holds_the_ledger_until_it_is_stopped_and_goes_on_where_it_was(
    busy_shop, sandbox, stoker, until_run
):
    begun = busy_shop.stoker("apply", "club", "--yes", "--detach", "--json")
    run = until_run(busy_shop, is_sending)
    assert (begun.code, begun.document["status"], begun.document["run"]) == (0, "running", run.id)

    for command in (["apply", "club", "--yes"], ["plan", "club"], ["resume", run.id]):
        held = stoker(*command)
        assert held.code == 7
        assert run.id in held.stderr
        assert f"stoker stop {run.id}" in held.stderr

    stopped = stoker("stop", run.id)
    assert (stopped.code, run.progress().state) == (0, "stopped")
    assert f"stoker resume {run.id}" in stopped.stdout
    assert 0 < run.answers().totals().acknowledged < 200
    assert stoker("stop", run.id).code == 0

    sandbox.work_again()
    resumed = stoker("resume", run.id, "--json")
    assert (resumed.code, resumed.document["acknowledged"]) == (0, 200)
    taken = [each for each in sandbox.received() if each["status"] == 201]
    ids = [customer["external_id"] for each in taken for customer in each["objects"]]
    assert (len(ids), len(set(ids))) == (200, 200)
    assert busy_shop.ledger() == sandbox.profiles()


def test_interrupting_apply_stops_the_run_cleanly(busy_shop, sandbox, apply_process, until_run):
    """Ctrl-C: what is on its way is waited for, and the rest can be sent later."""
    run = until_run(busy_shop, is_sending)

    apply_process.send_signal(signal.SIGINT)
    stdout, stderr = apply_process.communicate(timeout=60)

    assert apply_process.returncode == 6
    assert '"status": "stopped"' in stdout
    assert "what is on its way is waited for" in stderr
    totals = run.answers().totals()
    assert totals.in_doubt == 0
    assert totals.acknowledged == len(sandbox.profiles()) < 200


def test_a_terminal_that_closes_leaves_the_run_going(busy_shop, sandbox, apply_process, until_run):
    sandbox.work_again()
    sandbox.fail("429:retry=3,after=10,times=1")
    run = until_run(busy_shop, is_sending)

    os.killpg(apply_process.pid, signal.SIGHUP)
    apply_process.wait(timeout=60)

    until_run(busy_shop, lambda progress: progress.state == "done")
    assert run.answers().totals().acknowledged == len(sandbox.profiles()) == 200


def test_the_key_is_in_no_file_no_output_and_no_argv(busy_shop, sandbox, stoker, until_run, files_holding, tmp_path):
    key = (busy_shop.folder / "braze.key").read_bytes()
    planned = stoker("plan", "club")
    busy_shop.stoker("apply", "club", "--yes", "--detach")
    run = until_run(busy_shop, is_sending)

    worker = psutil.Process(run.progress().process)
    assert "worker" in worker.cmdline()
    assert key not in Path(f"/proc/{worker.pid}/cmdline").read_bytes()
    assert key not in Path(f"/proc/{worker.pid}/environ").read_bytes()

    stoker("stop", run.id)
    sandbox.work_again()
    sandbox.fail("401")
    assert stoker("resume", run.id).code == 6
    outputs = [planned, stoker("runs", "last"), stoker("check"), stoker("show", run.record().plan)]
    assert files_holding(key, tmp_path) == ["braze.key"]
    assert not any(key.decode() in each.stdout + each.stderr for each in outputs)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o277], ids=oct)
def test_what_a_run_leaves_is_for_its_owner_only(shop, sandbox, customer, umask, tmp_path):
    """Plans, ledgers and logs hold personal data, whatever the umask of the shell or the scheduler is."""
    shop.customers([customer(1), customer(2, id="")])

    finished = subprocess.run(
        [sys.executable, "-m", "tui_app", "apply", "club", "--yes"],
        cwd=shop.folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        umask=umask,
        check=False,
    )

    assert finished.returncode == 0, finished.stderr
    paths = [shop.state, *shop.state.rglob("*")]
    assert len([path for path in paths if path.is_file()]) >= 10
    modes = {(path.is_dir(), oct(path.stat().st_mode & 0o777)) for path in paths}
    assert modes == {(True, "0o700"), (False, "0o600")}


def test_a_pipe_gets_no_escape_bytes_and_project_may_stand_on_either_side(shop, customer):
    shop.customers([customer(i) for i in range(3)])
    environment = {"FORCE_COLOR": "", "TERM": "xterm-256color", "NO_COLOR": "1"}

    before = shop.stoker("--project", str(shop.folder), "plan", "club", environment=environment)
    after = shop.stoker("plan", "club", "--project", str(shop.folder), environment={"TERM": "xterm-256color"})

    for each in (before, after):
        assert each.code == 0
        assert "\x1b" not in each.stdout + each.stderr
        assert "club → braze" in each.stdout


def test_a_reader_who_has_seen_enough_is_no_error(shop, customer):
    """`stoker show … | head -1`."""
    shop.customers([customer(i) for i in range(5000)])
    plan = shop.plan("club").folder

    piped = subprocess.run(
        f"{sys.executable} -m tui_app show {plan} --format json | head -c 10",
        shell=True,
        capture_output=True,
        check=True,
    )

    assert piped.stdout == b'[\n{"id": "'
    assert piped.stderr == b""


def test_a_worker_that_cannot_read_the_project_says_why(shop, customer):
    """Whoever watches would else find a run that died without a word."""
    shop.customers([customer(1)])
    run = shop.begin(shop.plan())
    file = shop.folder / "stoker.toml"
    file.write_text(file.read_text().replace("identifier_column", "identifer_column"))

    finished = shop.stoker("worker", run.id, environment={"STOKER_STATE": str(shop.state)})

    assert finished.code == 3
    assert run.progress().state == "stopped"
    assert "identifer_column" in run.progress().note
