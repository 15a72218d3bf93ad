"""`kill -9` of the worker, of the command that watches it, and of the app on its terminal, at random moments."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import time
from collections.abc import Callable

import psutil

from tests.ordeal.stage import Stage, Verdict, wait_until
from tests.tui.conftest import Terminal
from tui_app import failpoints
from tui_app.core.errors import ExitCode
from tui_app.store.runs import RunFolder
from tui_app.wiring import start_worker

LIFE_SECONDS = 4.0
"""Of a process, from its start to the end of the run, on a busy machine."""
SENDING_SECONDS = 1.0
"""Of these, from the first byte of the journal to the end of the fold."""
WIDE = (120, 36)
PLAN_OF_TODAY = re.compile(r"\A(?!.*There is nothing to send)(?!.*» planning)(?=.*joins)", re.DOTALL)
"""Until there is one, the last plan of the day before may be shown, which found nothing to send."""
TO_BE_TYPED = re.compile(r"Type ([\d,]+) to send")


def kill_the_worker(stage: Stage, chance: random.Random) -> Verdict:
    """The worker dies; `stoker resume` goes on."""
    before, run, worker = begin_worker(stage)
    wait_for_a_moment(chance, lambda: run.has_journal, lambda: worker.poll() is not None)
    worker.kill()
    worker.wait()
    return recovered(stage, before)


def kill_the_command(stage: Stage, chance: random.Random) -> Verdict:
    """`stoker apply` dies; its worker goes on, or dies with it."""
    before = stage.newest_run
    stage.next_day()
    command = start(stage, "apply", "club", "--yes")
    wait_for_a_moment(chance, lambda: has_begun(stage, before), lambda: command.poll() is not None)
    victims = [*workers_of(stage), command] if chance.random() < 0.5 else [command]
    was_alive = command.poll() is None
    for victim in victims:
        if victim.poll() is None if isinstance(victim, subprocess.Popen) else victim.is_running():
            victim.kill()
    command.wait()
    verdict = recovered(stage, before)
    verdict.struck |= was_alive
    return verdict


def kill_the_app(stage: Stage, chance: random.Random) -> Verdict:
    """The app on its terminal dies somewhere between its first screen and the end of the run that it began."""
    before = stage.newest_run
    stage.next_day()
    app = Terminal(size=WIDE, folder=stage.shop.folder)
    try:
        app.wait_for("Activations", 60)
        beside = psutil.Process(app.process.pid).children(recursive=True)
        send_by_keys(app, a_moment(chance, lambda: has_begun(stage, before)))
        was_sending = bool(workers_of(stage))
        app.process.kill()
        app.process.wait()
    finally:
        app.close()
    verdict = recovered(stage, before)
    _, left = psutil.wait_procs([each for each in beside if " worker " not in command_of(each)], timeout=20)
    if left:
        verdict.problems.append("the process beside the app is still there")
    verdict.struck = was_sending
    return verdict


def send_by_keys(app: Terminal, is_now: Callable[[], bool]) -> None:
    """Plan, look, agree: what a person presses, until the moment has come."""
    for keys, text in (("\x10", "Search"), ("preview club", "Preview club"), ("\r", "Plan now")):
        app.press(keys)
        if not _appears(app, text, is_now):
            return
    app.press("p")
    if not _appears(app, PLAN_OF_TODAY, is_now):
        return
    app.press("s")
    if not _appears(app, TO_BE_TYPED, is_now):
        return
    number = TO_BE_TYPED.search(app.text())
    assert number is not None, app.text()
    app.press(number[1])
    if _appears(app, "The number is not typed yet", is_now, is_wanted=False):
        app.press("\r")
        _appears(app, "words that never come", is_now)


def _appears(app: Terminal, text: str | re.Pattern[str], is_now: Callable[[], bool], *, is_wanted: bool = True) -> bool:
    """Whether a text comes (or goes) before the moment."""
    pattern = re.compile(re.escape(text)) if isinstance(text, str) else text
    until = time.monotonic() + 60
    while bool(pattern.search(app.text())) != is_wanted:
        if is_now():
            return False
        assert time.monotonic() < until, f"waited for {text!r}:\n{app.text()}"
        app.read(0.01)
    return True


def worker_dies_at(stage: Stage, point: str) -> Verdict:
    """A worker ends at a fail-point."""
    before = stage.newest_run
    stage.next_day()
    run = stage.shop.begin(stage.shop.plan("club"))
    died = stage.shop.stoker("worker", run.id, environment={failpoints.VARIABLE: point})
    return _after_a_point(recovered(stage, before), point, died.code)


def command_dies_at(stage: Stage, point: str) -> Verdict:
    """`stoker apply` ends at a fail-point, or else its worker does."""
    before = stage.newest_run
    stage.next_day()
    died = stage.shop.stoker("apply", "club", "--yes", environment={failpoints.VARIABLE: point})
    return _after_a_point(recovered(stage, before), point, died.code)


def _after_a_point(verdict: Verdict, point: str, code: int) -> Verdict:
    verdict.struck = code in (failpoints.EXIT_CODE, ExitCode.STOPPED)
    if not verdict.struck:
        verdict.problems.append(f"the fail-point {point} was not reached: exit code {code}")
    return verdict


def begin_worker(stage: Stage) -> tuple[RunFolder | None, RunFolder, subprocess.Popen[bytes]]:
    """A new day, planned and agreed to, and its worker at work; with the run of the day before."""
    before = stage.newest_run
    stage.next_day()
    run = stage.shop.begin(stage.shop.plan("club"))
    return before, run, start_worker(stage.shop.workplace, run)


def start(stage: Stage, *arguments: str) -> subprocess.Popen[str]:
    """A command of Stoker's, in a session of its own; what it says is kept for whoever communicates with it."""
    return subprocess.Popen(
        [sys.executable, "-m", "tui_app", *arguments],
        cwd=stage.shop.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip


def recovered(stage: Stage, before: RunFolder | None) -> Verdict:
    """Wait for what still works, look at what is known, go on, and judge."""
    wait_until(lambda: not workers_of(stage), "the worker to end", pause=0.05)
    known = stage.known(before)
    finished = stage.recover(known.run)
    verdict = stage.judge(known)
    verdict.struck = bool(known.on_their_way)
    if finished is not None and finished.code:
        verdict.problems.append(f"going on ended with {finished.code}: {finished.stderr.strip()}")
    return verdict


def a_moment(chance: random.Random, has_begun: Callable[[], bool]) -> Callable[[], bool]:
    """Tells whether a random moment has come; ask it again and again.

    One moment in five is anywhere in the life of a process that starts now, the others are while its run has a journal.
    """
    moment = time.monotonic() + chance.uniform(0, LIFE_SECONDS) if chance.random() < 0.2 else None
    seconds = chance.uniform(0, SENDING_SECONDS)

    def is_now() -> bool:
        nonlocal moment
        if moment is None and has_begun():
            moment = time.monotonic() + seconds
        return moment is not None and time.monotonic() >= moment

    return is_now


def wait_for_a_moment(chance: random.Random, has_begun: Callable[[], bool], is_over: Callable[[], bool]) -> None:
    """Wait for `a_moment`, or until it is over before."""
    is_now = a_moment(chance, has_begun)
    wait_until(lambda: is_now() or is_over(), "a moment to come", pause=0.003)


def has_begun(stage: Stage, before: RunFolder | None) -> bool:
    """Whether the run of today has a journal."""
    newest = stage.newest_run
    return newest is not None and (before is None or newest.id != before.id) and newest.has_journal


def workers_of(stage: Stage) -> list[psutil.Process]:
    """Workers of this shop that are at work."""
    project = str(stage.shop.folder)
    return [
        process
        for process in psutil.process_iter()
        if " worker " in (command := command_of(process)) and project in command
    ]


def command_of(process: psutil.Process) -> str:
    """What a process was started with; "" if it is gone, or a zombie."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
