"""Signals, Ctrl-C and terminals that vanish: what was agreed to is sent, or stops cleanly, and nothing twice."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections.abc import Callable

from tests.ordeal.kills import (
    WIDE,
    a_moment,
    begin_worker,
    has_begun,
    recovered,
    send_by_keys,
    start,
    wait_for_a_moment,
    workers_of,
)
from tests.ordeal.stage import Stage, Verdict, wait_until
from tests.tui.conftest import Terminal
from tui_app.store.runs import RunFolder

END_SECONDS = 60


def signal_the_worker(number: signal.Signals) -> Callable[[Stage, random.Random], Verdict]:
    """Rounds in which the worker gets a signal: SIGHUP means nothing to it, the others stop it cleanly."""

    def live(stage: Stage, chance: random.Random) -> Verdict:
        before, run, worker = begin_worker(stage)
        wait_for_a_moment(chance, lambda: run.has_journal, lambda: worker.poll() is not None)
        was_sending = run.has_journal and worker.poll() is None
        worker.send_signal(number)
        worker.wait(END_SECONDS)
        said = run.progress().state
        verdict = _cleanly(stage, before, was_sending=was_sending)
        if was_sending and said not in (("done",) if number is signal.SIGHUP else ("done", "stopped")):
            verdict.problems.append(f"after {number.name} the worker was {said}")
        return verdict

    return live


def signal_the_command(number: signal.Signals) -> Callable[[Stage, random.Random], Verdict]:
    """Rounds in which `stoker apply` gets a signal: SIGHUP leaves the run alone, the others stop it cleanly."""

    def live(stage: Stage, chance: random.Random) -> Verdict:
        before = stage.newest_run
        stage.next_day()
        command = start(stage, "apply", "club", "--yes")
        return _interrupted(stage, chance, before, (command, lambda: command.send_signal(number)))

    return live


def ctrl_c(stage: Stage, chance: random.Random) -> Verdict:
    """A person presses Ctrl-C while `stoker apply` draws its bar."""
    return _on_a_terminal(stage, chance, lambda terminal: terminal.press("\x03"))


def vanishing_terminal(stage: Stage, chance: random.Random) -> Verdict:
    """The window of `stoker apply` is closed, the connection drops."""
    return _on_a_terminal(stage, chance, Terminal.vanish)


def vanishing_app(stage: Stage, chance: random.Random) -> Verdict:
    """The window of the app is closed."""

    def end(app: Terminal) -> bool:
        app.vanish()
        wait_until(lambda: app.process.poll() is not None, "the app to end", END_SECONDS)
        return True

    return _app_ends(stage, chance, end)


def signal_the_app(number: signal.Signals) -> Callable[[Stage, random.Random], Verdict]:
    """Rounds in which the app gets a signal; it leaves the terminal as it was, and the run goes on."""

    def end(app: Terminal) -> bool:
        app.process.send_signal(number)
        app.wait_for_end(END_SECONDS)
        return app.is_as_before()

    def live(stage: Stage, chance: random.Random) -> Verdict:
        return _app_ends(stage, chance, end)

    return live


def _on_a_terminal(stage: Stage, chance: random.Random, strike: Callable[[Terminal], None]) -> Verdict:
    before = stage.newest_run
    stage.next_day()
    terminal = Terminal("apply", "club", "--yes", size=WIDE, folder=stage.shop.folder)
    try:
        return _interrupted(stage, chance, before, (terminal.process, lambda: strike(terminal)))
    finally:
        terminal.close()


def _interrupted(
    stage: Stage,
    chance: random.Random,
    before: RunFolder | None,
    struck: tuple[subprocess.Popen[bytes], Callable[[], None]],
) -> Verdict:
    process, strike = struck
    wait_for_a_moment(chance, lambda: has_begun(stage, before), lambda: process.poll() is not None)
    was_sending = bool(workers_of(stage))
    if process.poll() is None:
        strike()
    wait_until(lambda: process.poll() is not None, "the command to end", END_SECONDS)
    return _cleanly(stage, before, was_sending=was_sending)


def _app_ends(stage: Stage, chance: random.Random, end: Callable[[Terminal], bool]) -> Verdict:
    before = stage.newest_run
    stage.next_day()
    app = Terminal(size=WIDE, folder=stage.shop.folder)
    try:
        app.wait_for("Activations", END_SECONDS)
        send_by_keys(app, a_moment(chance, lambda: has_begun(stage, before)))
        was_sending = bool(workers_of(stage))
        is_left_as_it_was = end(app)
    finally:
        app.close()
    verdict = _cleanly(stage, before, was_sending=was_sending)
    if not is_left_as_it_was:
        verdict.problems.append("the terminal was not left as it was")
    return verdict


def _cleanly(stage: Stage, before: RunFolder | None, *, was_sending: bool) -> Verdict:
    """Go on; whatever ended cleanly has waited for the answers, so nobody is sent twice."""
    verdict = recovered(stage, before)
    verdict.struck = was_sending
    if verdict.requests_twice:
        verdict.problems.append("somebody was sent twice although the run ended cleanly")
    return verdict


def two_commands(stage: Stage, chance: random.Random) -> Verdict:
    """Two people apply at once: one run sends, the other command says why it did not."""
    before = stage.newest_run
    stage.next_day()
    first = start(stage, "apply", "club", "--yes")
    time.sleep(chance.uniform(0, 1.5))
    second = start(stage, "apply", "club", "--yes")
    codes = sorted((first.wait(), second.wait()))
    verdict = _cleanly(stage, before, was_sending=codes[-1] != 0)
    if codes[0] != 0 or codes[1] not in (0, 4, 7):
        verdict.problems.append(f"two commands at once ended with {codes}")
    return verdict
