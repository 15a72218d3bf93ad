"""Changes that the program makes to `stoker.toml`: comments and order stay, and a change made elsewhere is not lost.

    digest = file_digest(file)
    project = read_project(file)
    …
    digest = edit_project(file, digest, [SetValue(attribute_path("profile", "dob"), "birthdate")])

Every edit is also made on the parsed file, and the new text must parse to exactly that before it is written.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, assert_never

from tui_app.config.document import decoded, document_of, read_bytes
from tui_app.config.outline import KeyPath
from tui_app.config.read import project_of
from tui_app.config.replace_file import replace_file
from tui_app.config.splice import TomlValue, with_name, with_table, with_value, without
from tui_app.config.wording import quoted, quoted_path
from tui_app.core.errors import FixInput, Problem

Keys: TypeAlias = KeyPath
"""Keys from the top of the file, such as `("destinations", "braze", "objects_per_request")`, and positions in lists,
from 0, such as `("segments", "active", "all", 0)`. Elements of a list can be changed, not added or removed."""


@dataclass(frozen=True, slots=True)
class SetValue:
    """Set a key, or add it where it is not written yet."""

    path: Keys
    value: TomlValue


@dataclass(frozen=True, slots=True)
class RemoveKey:
    """Remove a key with its value, so that its default counts again."""

    path: Keys


@dataclass(frozen=True, slots=True)
class RenameKey:
    """Give a key another name in its place: an attribute, for example."""

    path: Keys
    name: str


@dataclass(frozen=True, slots=True)
class AddTable:
    """Add a destination, template, segment, campaign and so on."""

    path: Keys
    """Such as `("segments", "lapsed")`."""
    content: dict[str, TomlValue]


Edit: TypeAlias = SetValue | RemoveKey | RenameKey | AddTable


def attribute_path(template: str, attribute: str) -> Keys:
    """Where the mapping of an attribute stands."""
    return ("templates", template, "attributes", attribute)


def written_keys(file: Path, table: Keys) -> frozenset[str]:
    """The keys that a table of a project file has; none if there is no such table. What is absent cannot be removed.

    Raises:
        FixInput: The file cannot be read, or is not TOML.
    """
    content: Any = document_of(decoded(_read(file), str(file), _WHAT), str(file)).content
    for key in table:
        content = content.get(key) if isinstance(content, dict) else None
    return frozenset(content) if isinstance(content, dict) else frozenset()


def file_digest(file: Path) -> str:
    """Names the content of a project file: sha256 of its bytes, in hex.

    Raises:
        FixInput: The file cannot be read.
    """
    return hashlib.sha256(_read(file)).hexdigest()


def edit_project(file: Path, digest: str, edits: Iterable[Edit]) -> str:
    """Change a project file on disk: all edits or none.

    Args:
        file: The project file itself.
        digest: What `file_digest` gave when the caller read the file.
        edits: Made one after the other.

    Returns:
        The digest of the new content.

    Raises:
        FixInput: The file was changed since `digest`, an edit does not fit it or would add a problem to it, or it
            cannot be written. The file is as it was.
    """
    text = _unchanged_text(file, digest)
    new_text = edited(text, edits, str(file))
    _refuse_new_problems(text, new_text, file)
    return _written(file, new_text)


def restore_project(file: Path, digest: str, text: str) -> str:
    """Put an earlier text of a project file back, to undo or redo edits.

    Args:
        file: The project file itself.
        digest: Of its content now, as the caller knows it.
        text: What it held before.

    Returns:
        The digest of the new content.

    Raises:
        FixInput: The file was changed since `digest`, or cannot be written. It is as it was.
    """
    _unchanged_text(file, digest)
    return _written(file, text)


def edited(text: str, edits: Iterable[Edit], file: str) -> str:
    """The text of a project file after `edits`; `file` names it in messages.

    Raises:
        FixInput: The text is not TOML, or an edit does not fit it.
    """
    content = document_of(text, file).content
    for edit in edits:
        content = _edited_content(content, edit)
        text = _edited_text(text, edit)
        if not _parses_to(text, content):
            fact = f"{quoted(_dotted(edit.path))} is written in a way that Stoker cannot change"
            message = f"project file {quoted_path(file)}: {fact}. Nothing was written. Change it in your editor."
            raise FixInput.at(message, None, "cannot_edit")
    return text


_WHAT = "project file"
_IF_MISSING = "`stoker init` writes one."


def _read(file: Path) -> bytes:
    return read_bytes(file, str(file), _WHAT, _IF_MISSING)


def _unchanged_text(file: Path, digest: str) -> str:
    raw = _read(file)
    if hashlib.sha256(raw).hexdigest() != digest:
        message = f"project file {quoted_path(str(file))}: it was changed by something else since it was read. "
        raise FixInput.at(
            message + "Nothing was written. Read it again and repeat the change.", None, "changed_outside"
        )
    return decoded(raw, str(file), _WHAT)


def _written(file: Path, text: str) -> str:
    raw = text.encode()
    try:
        replace_file(Path(os.path.realpath(file)), raw)
    except OSError as error:
        message = f"project file {quoted_path(str(file))}: it cannot be written ({error.strerror}). It is as it was."
        raise FixInput.at(message, None, "not_writable") from error
    return hashlib.sha256(raw).hexdigest()


def _edited_text(text: str, edit: Edit) -> str:
    match edit:
        case SetValue(path, value):
            return with_value(text, path, value)
        case RemoveKey(path):
            return without(text, path)
        case RenameKey(path, name):
            return with_name(text, path, name)
        case AddTable(path, content):
            return with_table(text, path, content)
        case _:
            assert_never(edit)


def _edited_content(content: dict[str, Any], edit: Edit) -> dict[str, Any]:
    """What the file must hold after an edit."""
    new_content = deepcopy(content)
    key = edit.path[-1]
    table = _holder_of(edit, new_content)
    match edit:
        case SetValue(_, value):
            table[key] = value
        case RemoveKey():
            if table.pop(key, None) is None:
                raise _misfit(edit.path, "does not exist")
        case RenameKey(_, name):
            if key not in table:
                raise _misfit(edit.path, "does not exist")
            if name in table:
                raise _misfit((*edit.path[:-1], name), "exists already")
            table[name] = table.pop(key)
        case AddTable(_, inner):
            if key in table:
                raise _misfit(edit.path, "exists already")
            table[key] = inner
        case _:
            assert_never(edit)
    return new_content


def _holder_of(edit: Edit, content: dict[str, Any]) -> Any:
    """The table or the list that holds what is edited; tables on the way to it are added."""
    holder: Any = content
    for depth, part in enumerate(edit.path[:-1], 1):
        holder = _inside(holder, part)
        if not isinstance(holder, (dict, list)):
            raise _misfit(edit.path[:depth], "is not a table")
    is_element = isinstance(holder, list)
    if is_element and (not isinstance(edit, SetValue) or _inside(holder, edit.path[-1]) is None):
        raise _misfit(edit.path, "does not exist")
    return holder


def _inside(holder: Any, key: str | int) -> Any:
    """What a table or a list holds; a table that is not written yet is empty. None: nothing can be there."""
    if isinstance(holder, list):
        return holder[key] if isinstance(key, int) and 0 <= key < len(holder) else None
    return holder.setdefault(key, {}) if isinstance(key, str) else None


def _dotted(path: Keys) -> str:
    return ".".join(str(part) for part in path)


def _misfit(path: Keys, fact: str) -> FixInput:
    return FixInput.at(f"{quoted(_dotted(path))} {fact} in the project file. Nothing was written.", None, "cannot_edit")


def _parses_to(text: str, content: dict[str, Any]) -> bool:
    try:
        return bool(_plain(tomllib.loads(text)) == _plain(content))
    except ValueError:
        return False


def _plain(value: Any) -> Any:
    """Without empty tables, which a header without keys and a missing header mean alike; sequences as lists."""
    if isinstance(value, dict):
        plain = {key: _plain(each) for key, each in value.items()}
        return {key: each for key, each in plain.items() if each != {}}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value


def _refuse_new_problems(text: str, new_text: str, file: Path) -> None:
    """An edit may leave old problems, so that a file can be mended step by step, but adds none."""
    known = {problem.message for problem in _problems(text, file)}
    new = [problem for problem in _problems(new_text, file) if problem.message not in known]
    if new:
        raise FixInput(*new)


def _problems(text: str, file: Path) -> tuple[Problem, ...]:
    try:
        project_of(text, file)
    except FixInput as error:
        return error.problems
    return ()
