"""Files that a person asks for: new, private, and there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from tui_app.core.errors import FixInput


def typed_path(text: str) -> Path:
    """A path as a person types it: `~` is home, and a relative one starts where Stoker was started.

    Raises:
        FixInput: It names no place.
    """
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError as error:
        raise FixInput.at(f"{text}: nobody here has such a home folder. Nothing was written.") from error


@contextmanager
def new_private_file(path: Path) -> Iterator[TextIO]:
    """A new file of mode 0600, for UTF-8 text whose line ends are written as they are.

    Raises:
        FixInput: It is there already or cannot be written. Nothing of it is left.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError as error:
        raise FixInput.at(f"{path}: it is there already, and was left as it is. Choose another name.") from error
    except (OSError, ValueError) as error:
        raise _not_written(path, error) from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _not_written(path, error) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _not_written(path: Path, error: OSError | ValueError) -> FixInput:
    cause = getattr(error, "strerror", None) or "it is no name for a file"
    return FixInput.at(f"{path}: it cannot be written ({cause}). Nothing of it is left. Choose another place.")
