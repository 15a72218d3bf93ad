"""Whole journeys on a real terminal: the demo, a run that goes on without its app, and a worker that dies."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tui_app.store.runs import RunFolder

WIDE = (120, 36)
LONG = 60.0


def type_number(app: Any) -> None:
    """The second step of sending: type the number of customers that the dialog names."""
    app.wait_for("to send", LONG)
    found = re.search(r"Type ([\d,]+) to send", app.text())
    assert found is not None
    app.press(found[1])
    app.wait_until_gone("The number is not typed yet")
    app.press("\r")


def test_the_demo_goes_from_a_duplicate_to_a_second_plan_without_changes(tmp_path: Path, terminal: Any) -> None:
    """What the front page's first command ends in."""
    home = tmp_path / "shop"
    app = terminal("demo", "--customers", "300", "--folder", str(home), size=WIDE, folder=tmp_path)
    app.wait_for("early_access", LONG)
    app.press("4")
    app.wait_for("to look at", LONG)
    app.press("/")
    app.wait_for("column or attribute", LONG)
    app.press("birthday\r")
    app.wait_for("Duplicate of a standard field", LONG)
    app.press("f")
    app.wait_for("No column or attribute holds that", LONG)
    assert "birthday" not in (home / "stoker.toml").read_text().partition("[segments")[0].replace("# birthday", "")
    app.press("\x1b")
    app.wait_until_gone("No column or attribute holds that")
    app.press("6")
    app.wait_for("Plan now", LONG)
    app.press("p")
    app.wait_for("data points", LONG)
    app.press("s")
    type_number(app)
    app.wait_for("Done", LONG)
    app.wait_for("is not a valid email", LONG)
    app.press("p")
    app.wait_for("There is nothing to send", LONG)
    app.press("q")

    assert app.wait_for_end(LONG) == 0
    assert app.is_as_before()
    assert "The demo is kept in" in app.text()
    assert not [each for each in psutil.process_iter(["cmdline"]) if str(home) in " ".join(each.info["cmdline"] or ())]


@pytest.fixture
def long_run(shop: Any, customer: Any, sandbox: Any) -> Any:
    """A shop whose run lasts: every answer comes late."""
    shop.destination = {"quiet_period_seconds": "0", "requests_per_second": "5", "objects_per_request": "10"}
    shop.write()
    shop.customers([customer(number) for number in range(600)])
    return shop


def send_from_the_app(app: Any) -> None:
    app.wait_for("Activations", LONG)
    app.press("\x10")
    app.wait_for("Search", LONG)
    app.press("preview profiles")
    app.wait_for("Preview profiles", LONG)
    app.press("\r")
    app.wait_for("Plan now", LONG)
    app.press("p")
    app.wait_for("data points", LONG)
    app.press("s")
    type_number(app)
    app.wait_for("sending", LONG)


def the_run(shop: Any) -> RunFolder:
    (run,) = shop.workplace.runs.all()
    return run


def wait_until(run: RunFolder, what: Any, seconds: float = LONG) -> None:
    until = time.monotonic() + seconds
    while not what(run.progress()):
        assert time.monotonic() < until, run.progress()
        time.sleep(0.05)


@pytest.mark.parametrize("how", ["detached", "killed", "vanished"])
def test_a_run_goes_on_without_its_app_which_finds_it_again(long_run: Any, terminal: Any, how: str) -> None:
    """Whatever happens to the terminal, what was agreed to is sent."""
    environment = {"STOKER_STATE": str(long_run.state)}
    app = terminal(size=WIDE, folder=long_run.folder, environment=environment)
    send_from_the_app(app)
    worker = psutil.Process(the_run(long_run).progress().process)
    if how == "detached":
        app.press("d")
        assert app.wait_for_end() == 0
        assert "goes on" in app.output.decode()
    elif how == "killed":
        app.process.kill()
        app.process.wait()
    else:
        app.vanish()
        app.process.wait(30)
    settled = the_run(long_run).progress().acknowledged
    wait_until(the_run(long_run), lambda said: said.acknowledged > settled)
    assert worker.is_running()

    again = terminal(size=WIDE, folder=long_run.folder, environment=environment)
    again.wait_for("is going on", LONG)
    again.press("7")
    again.wait_for("sending", LONG)
    again.wait_for("Done", LONG)
    again.press("q")

    assert again.wait_for_end() == 0
    assert the_run(long_run).answers().totals().acknowledged == 600


def test_a_dead_worker_is_recognised_and_resumed(long_run: Any, sandbox: Any, terminal: Any) -> None:
    environment = {"STOKER_STATE": str(long_run.state)}
    app = terminal(size=WIDE, folder=long_run.folder, environment=environment)
    send_from_the_app(app)
    run = the_run(long_run)
    wait_until(run, lambda said: said.acknowledged >= 50)
    os.kill(run.progress().process, signal.SIGKILL)
    app.wait_for("died", LONG)
    app.press("R")
    app.wait_for("Done", LONG)
    app.press("q")

    assert app.wait_for_end() == 0
    assert run.answers().totals().acknowledged == 600
    assert len(sandbox.profiles()) == 600
