"""`python -m tui_app.backstage --project DIR`: started by a screen, not by people."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import BinaryIO

from tui_app.config.process import keep_private


def main() -> None:
    """Answer questions on stdin until it ends."""
    if sys.argv[1:2] != ["--project"] or len(sys.argv) != 3:
        sys.exit("This is the process beside Stoker's screen, which starts it. Run: stoker --project DIR")
    keep_private()
    # Not SIG_IGN, which the workers that are started from here would inherit.
    signal.signal(signal.SIGINT, _ignore)
    signal.signal(signal.SIGTERM, _leave)
    questions, answers = _take_pipes()
    # At once: threads that still work have nobody to work for.
    os._exit(_serve(questions, answers, Path(sys.argv[2])))


def _serve(questions: BinaryIO, answers: BinaryIO, project: Path) -> int:
    from tui_app.backstage.desk import Office
    from tui_app.backstage.server import Server
    from tui_app.config.error_log import explain_unforeseen

    # Python's own would write the error's text, which may hold a value.
    threading.excepthook = lambda met: sys.stderr.write(f"{explain_unforeseen(met.exc_value or met.exc_type())}\n")
    office = Office(project)
    try:
        Server(questions, answers, office).serve()
    except SystemExit:
        return 0
    except Exception as error:  # noqa: BLE001 - the top: what nobody foresaw becomes one sentence and a log
        sys.stderr.write(f"{explain_unforeseen(error)}\n")
        return 1
    else:
        return 0
    finally:
        # Removing rows must not be interrupted, and nothing waits for threads that still work.
        signal.signal(signal.SIGTERM, _ignore)
        office.close()


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the screen, where no `print` and no library can reach them."""
    questions = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return questions, answers


def _ignore(number: int, frame: FrameType | None) -> None:
    """Ctrl-C is for the screen to understand; a second request to end changes nothing."""
    del number, frame


def _leave(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise SystemExit


if __name__ == "__main__":
    main()
