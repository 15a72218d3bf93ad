"""The screen's end of the line: asks backstage, and starts it when there is something to ask.

Light on purpose: importing it loads no engine and no network library.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Final, cast

from tui_app.backstage.line import HEADER, Answer, Ask, Cancel, Failed, UnreadableMessage, framed, message_of
from tui_app.backstage.questions.question import AnswerT, Question
from tui_app.core.errors import FixInput, StokerError

_CLOSE_SECONDS: Final = 2.0
_BUFFER_BYTES: Final = 1 << 20


class BackstageLost(StokerError):
    """The process beside the screen ended before it answered. It starts again with the next question."""


class Backstage:
    """One project's backstage, as a screen sees it. For one event loop.

    Args:
        folder: Of the project, or its file.
        environment: Of the process; None passes on this one's.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        self._environment = environment
        self._opening: asyncio.Task[_Line] | None = None
        self._is_closed = False
        self._open_questions = 0
        self._all_answered = asyncio.Event()

    @property
    def busy(self) -> int:
        """How many questions are open."""
        return self._open_questions

    async def settled(self) -> None:
        """Wait until no question is open."""
        while self._open_questions:
            await self._all_answered.wait()

    async def start(self) -> None:
        """Start the process, unless it runs.

        Raises:
            BackstageLost: It cannot be started.
        """
        await self._running_line()

    async def ask(self, question: Question[AnswerT]) -> AnswerT:
        """Ask, and wait for the answer. A cancelled task cancels its question.

        Raises:
            BackstageLost: The process ended before it answered.
            BackstageError: It met something that nobody foresaw.
            StokerError: What the question says.
        """
        self._open_questions += 1
        self._all_answered.clear()
        try:
            line = await self._running_line()
            return cast("AnswerT", await line.ask(question))
        finally:
            self._open_questions -= 1
            if not self._open_questions:
                self._all_answered.set()

    async def close(self) -> None:
        """End the process, for good. Open questions fail; runs go on."""
        self._is_closed = True
        if self._opening is not None:
            for line in await asyncio.gather(self._opening, return_exceptions=True):
                if isinstance(line, _Line):
                    await line.close()

    async def _running_line(self) -> _Line:
        if self._is_closed:
            raise _closing()
        if self._opening is None or _is_of_no_use(self._opening):
            self._opening = asyncio.create_task(self._open_line())
        # Shielded: others wait for the same process, also when who asked first does not want the answer any more.
        return await asyncio.shield(self._opening)

    async def _open_line(self) -> _Line:
        return _Line(await self._start_process())

    def _command(self) -> tuple[str, ...]:
        """What starts the process, without the project."""
        return (sys.executable, *_safe_path(), "-m", "tui_app.backstage")

    async def _start_process(self) -> Process:
        environment = os.environ if self._environment is None else self._environment
        log = _open_log()
        try:
            return await asyncio.create_subprocess_exec(
                *(*self._command(), "--project", str(self._folder.absolute())),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                env=dict(environment),
                limit=_BUFFER_BYTES,
            )
        except OSError as error:
            raise BackstageLost(
                f"The process beside the screen cannot be started ({error.strerror}). Nothing was read or sent. Make "
                "room on this machine and try again."
            ) from error
        finally:
            if log != subprocess.DEVNULL:
                os.close(log)


class _Line:
    """The line to one process. It breaks once, for good, when the process ends."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._waiting: dict[int, asyncio.Future[object]] = {}
        self._numbers = count(1)
        self._is_closing = False
        self._reading = asyncio.create_task(self._read_answers())

    @property
    def is_broken(self) -> bool:
        """Whether nothing can be asked here any more."""
        return self._reading.done()

    async def ask(self, question: Question[AnswerT]) -> object:
        """The answer, or the error that came instead."""
        if self.is_broken:
            raise self._why_lost()
        number = next(self._numbers)
        # Before anything is waited for: the future must be there when the answer comes.
        frame = framed(Ask(number, question))
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            await self._send(frame)
            return await answer
        except asyncio.CancelledError:
            self._write(framed(Cancel(number)))
            raise
        finally:
            self._waiting.pop(number, None)

    async def close(self) -> None:
        """Let the process end, or end it."""
        self._is_closing = True
        await self._end()
        await asyncio.wait({self._reading})

    @property
    def _stdin(self) -> asyncio.StreamWriter:
        assert self._process.stdin is not None
        return self._process.stdin

    def _write(self, frame: bytes) -> None:
        if not self.is_broken and not self._stdin.is_closing():
            self._stdin.write(frame)

    async def _send(self, frame: bytes) -> None:
        self._write(frame)
        try:
            await self._stdin.drain()
        except ConnectionError:
            # The process has ended: whoever reads from it fails every question, this one too. It is not awaited itself:
            # whoever is cancelled meanwhile would cancel it for all.
            await asyncio.wait({self._reading})

    async def _read_answers(self) -> None:
        stdout = self._process.stdout
        assert stdout is not None
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError, UnreadableMessage):
                while True:
                    (size_bytes,) = HEADER.unpack(await stdout.readexactly(HEADER.size))
                    self._deliver(message_of(await stdout.readexactly(size_bytes)))
        finally:
            await self._break()

    def _deliver(self, message: Answer | Failed) -> None:
        future = self._waiting.get(message.number)
        if future is None or future.done():
            return
        if isinstance(message, Answer):
            future.set_result(message.value)
        else:
            future.set_exception(message.error())

    async def _break(self) -> None:
        await self._end()
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(self._why_lost())

    def _why_lost(self) -> BackstageLost:
        return _closing() if self._is_closing else _lost(self._process.returncode or 0)

    async def _end(self) -> None:
        self._stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), _CLOSE_SECONDS)
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()


def _is_of_no_use(opening: asyncio.Task[_Line]) -> bool:
    """Whether a process could not be started, or has ended since."""
    if not opening.done():
        return False
    return opening.cancelled() or opening.exception() is not None or opening.result().is_broken


def _closing() -> BackstageLost:
    return BackstageLost("Stoker is closing, so this was not answered. Runs go on by themselves.")


def _lost(code: int) -> BackstageLost:
    cause = f"signal {-code}" if code < 0 else f"exit code {code}"
    return BackstageLost(
        f"The process beside the screen, which reads and counts, ended by itself ({cause}). No run is touched: each is "
        "sent by a process of its own. It starts again with the next question; repeat what you did."
    )


def _safe_path() -> tuple[str, ...]:
    """Keep a file of the current folder, such as a project's own `queries.py`, from being taken for a module.

    Only a Stoker that was itself found there, with `python -m` in a checkout, is looked for there again.
    """
    root = Path(__file__).parents[2]
    return () if sys.path and Path(sys.path[0]) == root else ("-P",)


def _open_log() -> int:
    """A descriptor for what libraries write on stderr, of mode 0600; without a folder for it, nowhere."""
    from tui_app.config.locations import log_folder, make_private

    try:
        path = make_private(log_folder()) / "backstage.log"
        return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except (FixInput, OSError):
        return subprocess.DEVNULL
