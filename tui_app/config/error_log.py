"""Where errors that nobody foresaw are kept: the lines of code that they came through, never a value."""

from __future__ import annotations

import logging
import threading
import traceback
from pathlib import Path
from typing import Final

from tui_app.config.locations import log_folder, make_private
from tui_app.core.errors import FixInput

FILE_NAME: Final = "errors.log"

_writing = threading.Lock()


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
    with _writing:
        handler = logging.FileHandler(path, encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        logger = logging.getLogger("stoker.errors")
        logger.propagate = False
        logger.addHandler(handler)
        try:
            logger.error("%s\n%s", type(error).__name__, frames)
        finally:
            logger.removeHandler(handler)
            handler.close()
    return path
