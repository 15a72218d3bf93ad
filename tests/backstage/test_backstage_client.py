"""The screen's end of the line: its process starts when it is wanted, is its own, and never ends without a word."""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tui_app.backstage.client import Backstage, BackstageLost
from tui_app.backstage.line import HEADER
from tui_app.backstage.questions import connection
from tui_app.backstage.questions.run import ListRuns


async def test_who_gives_up_while_the_process_starts_takes_it_from_nobody(backstage):
    """The first thing that a stage asks is given up as soon as a person goes to the next stage."""
    first, second = (asyncio.create_task(backstage.ask(ListRuns())) for _ in range(2))
    await asyncio.sleep(0.05)

    first.cancel()

    assert await second == ()


DYING = """
import os, sys, threading, time

def die_slowly():
    time.sleep(0.5)
    os.close(0)
    os.close(1)

if "tui_app.backstage" in " ".join(sys.orig_argv):
    # As a process that is being ended by a machine short of everything: its pipes go before it does.
    threading.Thread(target=die_slowly, daemon=True).start()
    time.sleep(60)
"""


async def test_who_gives_up_while_the_process_dies_takes_no_answer_from_others(shop, tmp_path):
    """A screen whose question is never failed says "counting …" for ever."""
    (tmp_path / "dying").mkdir()
    (tmp_path / "dying" / "sitecustomize.py").write_text(DYING)
    backstage = Backstage(shop.folder, {**os.environ, "PYTHONPATH": str(tmp_path / "dying")})
    first = asyncio.create_task(backstage.ask(ListRuns()))
    await asyncio.sleep(0.8)

    second = asyncio.create_task(backstage.ask(ListRuns()))
    await asyncio.sleep(0.1)
    assert not first.done()
    second.cancel()

    async with asyncio.timeout(10):
        with pytest.raises(BackstageLost, match="signal 9"):
            await first
    await backstage.close()


async def test_a_signal_to_the_screen_s_terminal_is_not_for_the_process_beside_it(shop, backstage, process_beside):
    """A terminal that vanishes would end it before it has removed its rows."""
    await backstage.ask(ListRuns())

    assert os.getsid(process_beside(shop.folder).pid) != os.getsid(0)


async def test_a_process_that_cannot_be_started_is_said_and_tried_again(shop, backstage):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        with pytest.raises(BackstageLost, match=r"cannot be started \(Too many open files\)"):
            await backstage.ask(ListRuns())
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert await backstage.ask(ListRuns()) == ()


def test_a_screen_of_another_version_ends_the_line_with_a_log(shop, logs):
    """Stoker may be upgraded while it runs."""
    body = b"cno_such_module\nMessage\n."

    beside = subprocess.run(
        [sys.executable, "-m", "tui_app.backstage", "--project", shop.folder],
        input=HEADER.pack(len(body)) + body,
        capture_output=True,
        timeout=30,
    )

    assert (beside.returncode, beside.stdout) == (1, b"")
    assert beside.stderr.decode() == (
        f"Stoker met an error of its own (UnreadableMessage). Details are in {logs / 'errors.log'}.\n"
    )


SCREEN = """
import asyncio, sys
from pathlib import Path
from tui_app.backstage.client import Backstage
from tui_app.backstage.questions.run import ListRuns

async def main():
    backstage = Backstage(Path(sys.argv[1]))
    await backstage.ask(ListRuns())
    print("answered", flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


def test_a_screen_that_is_killed_takes_its_backstage_with_it(shop, process_beside, eventually):
    """Nothing may be left behind that holds customer data and that nobody sees."""
    screen = subprocess.Popen([sys.executable, "-c", SCREEN, str(shop.folder)], stdout=subprocess.PIPE, text=True)
    assert screen.stdout is not None
    assert screen.stdout.readline() == "answered\n"
    beside = process_beside(shop.folder)

    screen.kill()
    screen.communicate()

    eventually(lambda: not beside.is_running() or beside.status() == psutil.STATUS_ZOMBIE)


NOISE = """
import os, sys, threading, time

def shout():
    while "tui_app.backstage.server" not in sys.modules:
        time.sleep(0.001)
    while True:
        print("a library speaks", flush=True)
        os.write(1, b"and another one, in C")
        time.sleep(0.001)

if "tui_app.backstage" in " ".join(sys.orig_argv):
    threading.Thread(target=shout, daemon=True).start()
"""


async def test_what_libraries_print_never_gets_between_the_answers(shop, tmp_path, logs):
    (tmp_path / "noise").mkdir()
    (tmp_path / "noise" / "sitecustomize.py").write_text(NOISE)
    backstage = Backstage(shop.folder, {**os.environ, "PYTHONPATH": str(tmp_path / "noise")})

    async with asyncio.timeout(10):
        answers = [await backstage.ask(ListRuns()) for _ in range(50)]
        await backstage.close()

    assert answers == [()] * 50
    assert "a library speaks" in (logs / "backstage.log").read_text()


def test_a_file_of_the_current_folder_is_not_taken_for_a_module(shop, tmp_path):
    """People keep a `queries.py` or a `calendar.py` beside their project."""
    (shop.folder / "calendar.py").write_text("raise SystemExit('somebody else’s calendar')")
    script = tmp_path / "screen.py"
    script.write_text(SCREEN.replace("await asyncio.sleep(600)", "await backstage.close()"))

    screen = subprocess.run(
        [sys.executable, script, shop.folder], cwd=shop.folder, capture_output=True, text=True, check=False
    )

    assert screen.stdout == "answered\n", screen.stderr


def test_the_screen_s_end_of_the_line_loads_no_engine_and_no_network_library():
    questions = Path(connection.__file__).parent.glob("[!_]*.py")
    imports = ["tui_app.backstage.client", *(f"tui_app.backstage.questions.{each.stem}" for each in questions)]
    check = f"import sys, {', '.join(imports)}; print([each for each in {HEAVY} if each in sys.modules])"

    assert subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True).stdout == "[]\n"


HEAVY = ["duckdb", "ibis", "pyarrow", "numpy", "httpx", "aiohttp", "click", "rich", "textual", "psutil", "tomlkit"]
