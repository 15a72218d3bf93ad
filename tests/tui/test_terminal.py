"""The app on a real terminal: how it starts, and that it leaves the terminal sane whatever ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest


@pytest.fixture
def small_shop(shop: Any, customer: Any) -> Any:
    shop.customers([customer(number) for number in range(20)])
    return shop


def test_it_opens_and_q_leaves_the_terminal_as_it_was(small_shop: Any, terminal: Any) -> None:
    app = terminal(size=(80, 24), folder=small_shop.folder)
    app.wait_for("Activations")
    app.press("q")

    assert app.wait_for_end() == 0
    assert app.is_as_before()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["SIGTERM", "SIGHUP"])
def test_a_signal_leaves_the_terminal_as_it_was(small_shop: Any, terminal: Any, number: signal.Signals) -> None:
    """Textual alone dies at once and leaves mouse reports and a hidden cursor behind."""
    app = terminal(size=(80, 24), folder=small_shop.folder)
    app.wait_for("Activations")
    app.process.send_signal(number)

    assert app.wait_for_end() == 128 + number
    assert app.is_as_before()


@pytest.mark.parametrize("is_told", [True, False], ids=["with SIGHUP", "without a word"])
def test_a_vanished_terminal_leaves_no_process_behind(small_shop: Any, terminal: Any, *, is_told: bool) -> None:
    """Who reads from a terminal that is gone would spin for ever."""
    app = terminal(size=(80, 24), folder=small_shop.folder, is_controlling=is_told)
    app.wait_for("Activations")
    app.wait_for("Last runs")
    family = [psutil.Process(app.process.pid), *psutil.Process(app.process.pid).children(recursive=True)]
    app.vanish()

    _gone, alive = psutil.wait_procs(family, timeout=20)

    assert alive == []


def test_killed_outright_it_takes_the_process_beside_it_along(small_shop: Any, terminal: Any) -> None:
    """Nothing may go on reading customer data for nobody."""
    app = terminal(size=(80, 24), folder=small_shop.folder)
    app.wait_for("Nothing was sent yet")
    beside = psutil.Process(app.process.pid).children(recursive=True)
    assert beside
    app.process.kill()
    app.process.wait()

    _gone, alive = psutil.wait_procs(beside, timeout=20)

    assert alive == []


def test_ctrl_c_does_not_end_it(small_shop: Any, terminal: Any) -> None:
    """Who wants to copy must not lose the screen."""
    app = terminal(size=(80, 24), folder=small_shop.folder)
    app.wait_for("Activations")
    app.press("\x03")
    app.wait_for("q leaves")
    app.press("?")
    app.wait_for("Everywhere")
    app.press("?")
    app.wait_until_gone("Everywhere")
    app.press("q")

    assert app.wait_for_end() == 0


def test_no_color_is_obeyed(small_shop: Any, terminal: Any) -> None:
    app = terminal(size=(80, 24), folder=small_shop.folder, environment={"NO_COLOR": "1"})
    app.wait_for("Activations")
    app.press("q")
    app.wait_for_end()

    colours = {cell.fg for line in app.screen.buffer.values() for cell in line.values()}
    assert all(_is_grey(colour) for colour in colours)


def _is_grey(colour: str) -> bool:
    return colour in ("default", "black", "white") or len(set(zip(*[iter(colour)] * 2, strict=True))) == 1


@pytest.mark.parametrize("size", [(200, 60), (40, 10), (20, 5)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_any_size_opens(small_shop: Any, terminal: Any, size: tuple[int, int]) -> None:
    """Whatever a shell exported when its window was larger."""
    app = terminal(size=size, folder=small_shop.folder, environment={"COLUMNS": "210", "LINES": "70"})
    app.wait_for("Home")
    app.press("q")

    assert app.wait_for_end() == 0


def test_a_stage_never_flashes_in_the_layout_of_another_size(small_shop: Any, terminal: Any) -> None:
    """Over a slow line the wrong layout would stay for a second."""
    app = terminal(size=(80, 24), folder=small_shop.folder)
    app.wait_for("Activations")
    for key, there in (("4", "on NULL"), ("6", "No plan of"), ("8", "acknowledged")):
        app.press(key)
        app.wait_for(there)
    app.press("q")
    app.wait_for_end()

    # The program's name stands above the stages where these are a column.
    assert b"Stoker" not in app.output


def test_without_a_terminal_it_says_what_to_do(small_shop: Any) -> None:
    finished = small_shop.stoker()

    assert finished.code == 2
    assert "needs a terminal" in finished.stderr
    assert finished.stdout == ""


def test_without_any_input_it_says_what_to_do(small_shop: Any) -> None:
    """`stoker <&-`: some schedulers start commands with no input at all."""
    command = ["sh", "-c", 'exec "$0" -m tui_app <&-', sys.executable]
    finished = subprocess.run(command, cwd=small_shop.folder, capture_output=True, text=True, timeout=60)

    assert finished.returncode == 2
    assert "needs a terminal" in finished.stderr


def test_a_dumb_terminal_is_told_of_the_command_line(small_shop: Any, terminal: Any) -> None:
    app = terminal(size=(80, 24), folder=small_shop.folder, environment={"TERM": "dumb"})

    assert app.wait_for_end() == 2
    assert b"stoker --help" in app.output


@pytest.mark.parametrize(
    ("what", "never"),
    [
        ("tui_app.cli.main, tui_app.cli.plan, tui_app.cli.apply, tui_app.cli.demo", "textual"),
        ("tui_app.tui.app, tui_app.tui.start, tui_app.tui.screens.home", "duckdb ibis pyarrow httpx aiohttp keyring"),
    ],
    ids=["the command line never loads Textual", "the app never loads an engine"],
)
def test_what_is_never_loaded(what: str, never: str) -> None:
    """A command must start at once, and so must the first frame."""
    code = f"import {what}, sys; print(*(name for name in {never.split()!r} if name in sys.modules))"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == ""


@pytest.fixture
def breaking(tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """An environment in which a function of the app raises whenever it is called: `breaking("action_keys")`."""
    folder = tmp_path / "breaking"
    folder.mkdir()

    def environment(function: str) -> dict[str, str]:
        (folder / "sitecustomize.py").write_text(
            "import sys\n"
            "def look(frame, event, argument):\n"
            f"    if event == 'call' and frame.f_code.co_name == {function!r}:\n"
            "        raise LookupError('a value that nobody may read')\n"
            "import threading\n"
            "sys.setprofile(look)\n"
        )
        return {"PYTHONPATH": f"{folder}:{os.environ.get('PYTHONPATH', '')}"}

    return environment


def test_an_error_of_its_own_is_one_sentence_and_a_log(small_shop: Any, terminal: Any, breaking: Any) -> None:
    """No traceback ever: Textual's own shows the values of variables."""
    app = terminal(size=(120, 30), folder=small_shop.folder, environment=breaking("action_keys"))
    app.wait_for("Activations")
    app.press("?")

    assert app.wait_for_end() == 1
    assert b"Stoker met an error of its own (LookupError)" in app.output
    assert b"Traceback" not in app.output
    assert b"a value that nobody may read" not in app.output
    assert app.is_as_before()


@pytest.mark.parametrize(
    ("function", "key"),
    [("_hear_of_runs", ""), ("_list", "8"), ("_show_members", "5")],
    ids=["beside the app", "beside a stage", "beside a widget"],
)
def test_an_error_beside_the_screen_is_said_and_the_app_goes_on(
    small_shop: Any, terminal: Any, breaking: Any, function: str, key: str
) -> None:
    """A stage that says "counting …" for ever, and nothing in the log, would be worse than an error."""
    app = terminal(size=(120, 30), folder=small_shop.folder, environment=breaking(function))
    app.wait_for("Activations")
    app.press(key)
    app.wait_for("Stoker met an error of its own")
    assert b"a value that nobody may read" not in app.output
    app.press("q")

    assert app.wait_for_end() == 0
    assert app.is_as_before()
