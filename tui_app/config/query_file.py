"""Queries that the project keeps in files of their own: where they are, and writing one back."""

from __future__ import annotations

import os
from pathlib import Path

from tui_app.config.document import decoded, document_of, read_bytes
from tui_app.config.replace_file import replace_file
from tui_app.config.table import problem_of_sql
from tui_app.config.wording import quoted_path
from tui_app.core.errors import FixInput

_WHAT = "query file"
_IF_MISSING = "Nothing was written. Write the query there or correct the path."


def query_files(raw: bytes, folder: Path) -> tuple[Path, ...]:
    """Where a project's queries are read from, whatever else is wrong with the project file; nothing is opened.

    Args:
        raw: The project file's bytes; if they are not TOML, there are no such files.
        folder: Of the project file.
    """
    try:
        queries = document_of(decoded(raw, "", ""), "").content.get("queries")
    except FixInput:
        return ()
    sections = queries.values() if isinstance(queries, dict) else ()
    names = [section.get("file") for section in sections if isinstance(section, dict)]
    paths = [folder / name for name in names if isinstance(name, str) and "\0" not in name]
    return tuple(path for path in paths if _is_inside(path, folder))


def write_query_file(folder: Path, file: str, known_sql: str, sql: str) -> None:
    """Give a query file another statement.

    Args:
        folder: Of the project file.
        file: As the project file names it: relative to `folder`, and inside of it.
        known_sql: What it held when the caller read it.
        sql: What it is to hold.

    Raises:
        FixInput: It was changed by something else since, leads out of the folder, or cannot be written; or `sql` is
            no statement at all. The file is as it was.
    """
    if (problem := problem_of_sql(sql)) is not None:
        raise _refused(file, problem[0], problem[1])
    # A link inside the folder is written through, as it is read.
    target = Path(os.path.realpath(folder / file))
    if not _is_inside(target, folder):
        raise _refused(
            file, "it is outside of the project's folder. Nothing was written. Move it inside.", "outside_folder"
        )
    if decoded(read_bytes(target, file, _WHAT, _IF_MISSING), file, _WHAT) != known_sql:
        fact = "it was changed by something else since it was read. Nothing was written. Read it again."
        raise _refused(file, fact, "changed_outside")
    try:
        replace_file(target, sql.encode())
    except OSError as error:
        fact = f"it cannot be written ({error.strerror}). It is as it was."
        raise _refused(file, fact, "not_writable") from error


def _is_inside(path: Path, folder: Path) -> bool:
    """Whether what is found at a path, over links, lies in a folder."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _refused(file: str, fact: str, code: str) -> FixInput:
    return FixInput.at(f"{_WHAT} {quoted_path(file)}: {fact}", None, code)
