"""Named moments at which a test can make the process die, as if it were killed there.

`STOKER_FAILPOINT=NAME:N` ends the process, without any cleaning up, when NAME is reached for the N-th time. Without the
variable a fail-point does nothing.
"""

from __future__ import annotations

import os
from typing import Final

VARIABLE: Final = "STOKER_FAILPOINT"
EXIT_CODE: Final = 137
"""What a shell reports for a process that was ended by SIGKILL."""

NAMES: Final = (
    "plan.files_written",
    "plan.sealed",
    "run.recorded",
    "journal.opened",
    "journal.half_written",
    "journal.not_synced",
    "journal.synced",
    "send.announced",
    "send.answered",
    "send.settled",
    "run.finished",
    "fold.snapshot_written",
    "fold.files_written",
    "file.half_written",
    "file.not_renamed",
    "file.renamed",
    "fold.committed",
)

_wanted, _turns_left = "", 0


def arm(spec: str) -> None:
    """Die at NAME:N (or NAME, the first time) from now on; an empty `spec` disarms."""
    global _wanted, _turns_left  # noqa: PLW0603 - of this process
    _wanted, _, turn = spec.partition(":")
    _turns_left = int(turn) if turn.isdigit() else 1


def reach(name: str) -> None:
    """Die here if a test wants it."""
    global _turns_left  # noqa: PLW0603 - counts within one process
    if name != _wanted:
        return
    _turns_left -= 1
    if _turns_left == 0:
        os._exit(EXIT_CODE)


def is_next(name: str) -> bool:
    """Whether the next `reach(name)` dies, for a caller that must do a part of its work first."""
    return name == _wanted and _turns_left == 1


arm(os.environ.get(VARIABLE, ""))
