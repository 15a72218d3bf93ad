"""From bytes to TOML: what cannot be read at all is refused here, with its line, before anything is looked at."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tui_app.config.outline import MAX_NESTING, Outline, outline_of
from tui_app.config.wording import quoted, quoted_path
from tui_app.core.errors import FixInput, Place, Problem

MAX_BYTES: Final = 1_000_000
"""Of a project file or a query file; thousands of times what a person writes."""

_LINE_OF_PROBLEM = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_LONG_INTEGER = re.compile(r"[0-9_]{4000,}")


@dataclass(frozen=True, slots=True)
class Document:
    """A valid TOML text."""

    file: str
    """As messages call it."""
    content: dict[str, Any]
    outline: Outline


def document_of(text: str, file: str) -> Document:
    """Parse a TOML text.

    Args:
        text: The whole file.
        file: What the messages call it.

    Raises:
        FixInput: It is not TOML, a key stands twice, or it nests deeper than any project does.
    """
    outline = outline_of(text)
    if outline.too_deep_line is not None:
        message = f"this nests deeper than {MAX_NESTING} levels. Nothing of the file was read. Flatten it"
        raise FixInput.at(f"{message}.", Place(file, outline.too_deep_line), "too_deep")
    try:
        content = tomllib.loads(text)
    except ValueError as error:
        raise FixInput(*_syntax_problems(error, outline, file)) from error
    return Document(file, content, outline)


def _syntax_problems(error: ValueError, outline: Outline, file: str) -> list[Problem]:
    problems = [
        Problem(
            f"{quoted(_dotted(later.path))} is written twice, first in line {outline.line_at(first.start)}. "
            "Nothing of the file was read. Remove one of the two.",
            Place(file, outline.line_at(later.start)),
            "duplicate_key",
        )
        for first, later in outline.repeats
    ]
    line, reason = _line_and_reason(error, outline)
    # tomllib stops at the first mistake: from the first repeated key on, that key is what it speaks of.
    if not problems or (problems[0].place is not None and line < problems[0].place.line):
        message = f"this is not TOML: {reason}. Nothing of the file was read. Mend this line or the one before."
        problems.insert(0, Problem(message, Place(file, line), "syntax"))
    return problems


def _line_and_reason(error: ValueError, outline: Outline) -> tuple[int, str]:
    message = str(error)
    found = _LINE_OF_PROBLEM.search(message)
    if found is None:
        # Python's own refusal to convert an integer of thousands of digits does not say where it stands.
        long_integer = _LONG_INTEGER.search(outline.text)
        return outline.line_at(long_integer.start()) if long_integer else 1, "a number has thousands of digits"
    reason = message[: found.start()]
    if found[1] is None:
        return outline.line_at(len(outline.text.rstrip())), f"{reason} at the end of the file"
    return int(found[1]), f"{reason} (column {found[2]})"


def _dotted(path: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in path)


def read_text(path: Path, file: str, what: str, if_missing: str) -> str:
    """Text of a small regular file; nothing else is opened, so that a pipe or a device cannot hold Stoker up.

    Args:
        path: Where it is.
        file: What the messages call it.
        what: The kind of thing it holds, such as "project file".
        if_missing: What to do if it does not exist, as a sentence.

    Raises:
        FixInput: It is missing, no regular file, over `MAX_BYTES`, not readable, or not UTF-8.
    """
    return decoded(read_bytes(path, file, what, if_missing), file, what)


def decoded(raw: bytes, file: str, what: str) -> str:
    """The text of a file's bytes, without the byte order mark that some editors write.

    Raises:
        FixInput: They are not UTF-8.
    """
    try:
        return raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = (
            f"byte {error.start} of this {what} is not UTF-8. Nothing of it was used. Save it as UTF-8 in your editor."
        )
        raise FixInput.at(message, Place(file, line), "not_utf8") from error


def read_bytes(path: Path, file: str, what: str, if_missing: str) -> bytes:
    """Bytes of a small regular file; see `read_text`."""
    try:
        # Opening a device can have effects, and opening a pipe waits for a writer: look first.
        _check_kind(path.stat(), file, what)
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            _check_kind(os.fstat(descriptor), file, what)
            with os.fdopen(descriptor, "rb", closefd=False) as opened:
                raw = opened.read(MAX_BYTES + 1)
        finally:
            os.close(descriptor)
    except FileNotFoundError as error:
        raise FixInput.at(f"{what} {quoted_path(file)}: it does not exist. {if_missing}", None, "not_found") from error
    except (OSError, ValueError) as error:
        # ValueError: a NUL character in the path.
        fact = error.strerror if isinstance(error, OSError) and error.strerror else "the path cannot exist"
        raise FixInput.at(f"{what} {quoted_path(file)}: it cannot be read ({fact}).", None, "not_readable") from error
    if len(raw) > MAX_BYTES:
        raise FixInput.at(_too_large(file, what), None, "too_large")
    return raw


def _check_kind(status: os.stat_result, file: str, what: str) -> None:
    mode = status.st_mode
    if stat.S_ISDIR(mode):
        raise FixInput.at(f"{what} {quoted_path(file)}: it is a folder. Name a file.", None, "not_a_file")
    if not stat.S_ISREG(mode):
        message = (
            f"{what} {quoted_path(file)}: it is a pipe, a device or a socket and was not opened. Name a regular file."
        )
        raise FixInput.at(message, None, "not_a_file")
    if status.st_size > MAX_BYTES:
        raise FixInput.at(_too_large(file, what), None, "too_large")


def _too_large(file: str, what: str) -> str:
    return f"{what} {quoted_path(file)}: it is over {MAX_BYTES:,} bytes and was not read. Name the right file."
