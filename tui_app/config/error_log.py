"""Where errors that nobody foresaw are kept: the lines of code that they came through, never a value."""

from __future__ import annotations

import os
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tui_app.config.locations import log_folder, make_private
from tui_app.core.errors import FixInput

FILE_NAME: Final = "errors.log"


def explain_unforeseen(error: BaseException) -> str:
    """Log an error of Stoker's own, and say in one sentence what kind it is and where its details are."""
    kind = f"Stoker met an error of its own ({type(error).__name__})."
    try:
        return f"{kind} Details are in {_log(error)}."
    except (FixInput, OSError) as trouble:
        return f"{kind} Its details could not be written to {log_folder()} ({type(trouble).__name__})."


def _log(error: BaseException) -> Path:
    """Write frames and the kind of error, not its text: the text may hold a value."""
    path = make_private(log_folder()) / FILE_NAME
    frames = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)))
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    # In one piece, as others append to it too.
    with os.fdopen(descriptor, "ab", buffering=0) as file:
        file.write(
            f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC {type(error).__name__}\n{frames}\n".encode(
                errors="backslashreplace"
            )
        )
    return path
