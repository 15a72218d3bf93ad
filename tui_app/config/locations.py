"""Where Stoker keeps what is not in the project: state, logs and settings, in folders that others cannot enter."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import platformdirs

from tui_app.config.wording import quoted_path
from tui_app.core.errors import FixInput
from tui_app.core.project import Project

STATE_VARIABLE: Final = "STOKER_STATE"
STATE_FOLDERS: Final = frozenset({"ledgers", "plans", "runs", "schedule", "scratch"})
"""What a state folder holds. Whatever else lies in it is somebody else's."""

_IS_LINK = "is a symbolic link, and what is written there could land anywhere. Name a folder without links."
_APPLICATION = "stoker"
_PRIVATE = 0o700
_MAX_NAME_CHARACTERS = 40
_DIGEST_CHARACTERS = 10
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def state_folder(project: Project, environment: Mapping[str, str]) -> Path:
    """Absolute path of the folder for ledger, plans and runs of a project; it is not created.

    `STOKER_STATE` wins, then `state` in the project file (relative to it), then a folder of its own in the platform's
    data folder: two projects, or two copies of one, never share a ledger by accident.
    """
    file = Path(project.file)
    if environment.get(STATE_VARIABLE):
        return Path(environment[STATE_VARIABLE]).expanduser().absolute()
    if project.state is not None:
        return file.parent / Path(project.state).expanduser()
    name = _UNSAFE.sub("-", file.parent.name)[:_MAX_NAME_CHARACTERS] or "project"
    digest = hashlib.sha256(os.fsencode(file)).hexdigest()[:_DIGEST_CHARACTERS]
    return platformdirs.user_data_path(_APPLICATION, appauthor=False) / "projects" / f"{name}-{digest}"


def log_folder() -> Path:
    """Where logs go; not created."""
    return platformdirs.user_log_path(_APPLICATION, appauthor=False)


def config_folder() -> Path:
    """Where a person's own settings go, such as the theme; not created."""
    return platformdirs.user_config_path(_APPLICATION, appauthor=False)


def open_state(project: Project, environment: Mapping[str, str]) -> Path:
    """The folder of `state_folder`, created where it is missing, private, and without links.

    A project may come from a stranger, together with a state folder that leads elsewhere or is the home of other
    things: where there are any, only what Stoker keeps beside them is closed to others.

    Raises:
        FixInput: The folder, one on the way to it from the project, or something in it is a symbolic link; or as for
            `make_private`.
    """
    folder = state_folder(project, environment)
    if not environment.get(STATE_VARIABLE):
        _refuse_links_between(Path(project.file).parent, folder)
    if folder.is_symlink() or not folder.is_dir():
        return make_private(folder)
    try:
        names = {each.name for each in folder.iterdir()}
        _close_to_others(folder, leave_mode=not names <= STATE_FOLDERS)
        for name in sorted(names & STATE_FOLDERS):
            link = _first_link(folder / name)
            if link is not None:
                raise _refused(folder, f"{quoted_path(str(link.relative_to(folder)))} in it {_IS_LINK}")
            _close_to_others(folder / name)
    except OSError as error:
        raise _refused(folder, f"it cannot be used ({error.strerror}). Choose another or mend it.") from error
    return folder


def _refuse_links_between(home: Path, folder: Path) -> None:
    for part in folder.parents:
        if part == home:
            return
        if home in part.parents and part.is_symlink():
            raise _refused(folder, f"{quoted_path(str(part))} {_IS_LINK}")


def _first_link(path: Path) -> Path | None:
    """A symbolic link at `path` or anywhere below it."""
    if path.is_symlink():
        return path
    folders = [os.fspath(path)]
    while folders:
        # What a run that goes on removes meanwhile is no link.
        with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_symlink():
                    return Path(entry.path)
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
    return None


def make_private(folder: Path) -> Path:
    """Create a folder and its missing parents, mode 0700 whatever the umask; an open one of ours is closed.

    What is created is durable: after a power cut a ledger must not be missing because its folder is.

    Returns:
        The folder.

    Raises:
        FixInput: It is a symbolic link, no folder, belongs to another user, or cannot be created.
    """
    try:
        for part in reversed([each for each in (folder, *folder.parents) if not os.path.lexists(each)]):
            part.mkdir(mode=_PRIVATE, exist_ok=True)
            _close_to_others(part)
            _keep_names_of(part.parent)
        _close_to_others(folder)
    except OSError as error:
        raise _refused(folder, f"it cannot be used ({error.strerror}). Choose another or mend it.") from error
    return folder


def _close_to_others(folder: Path, *, leave_mode: bool = False) -> None:
    if folder.is_symlink():
        raise _refused(folder, f"it {_IS_LINK}")
    # Judged and changed through one descriptor, so that nothing can be put in its place in between.
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        if status.st_uid != os.geteuid():
            raise _refused(folder, "it belongs to another user, who could read personal data in it. Choose another.")
        if not leave_mode and stat.S_IMODE(status.st_mode) != _PRIVATE:
            os.fchmod(descriptor, _PRIVATE)
    finally:
        os.close(descriptor)


def _keep_names_of(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refused(folder: Path, fact: str) -> FixInput:
    message = (
        f"state folder {quoted_path(str(folder))}: {fact} It is set by {STATE_VARIABLE} or by state in stoker.toml."
    )
    return FixInput.at(message, None, "bad_folder")
