"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from tui_app.core.errors import Usage

_Command = TypeVar("_Command", bound=Callable[..., Any])


def project_option(command: _Command) -> _Command:
    """`--project DIR`, before or after the name of the command."""
    return click.option(
        "--project",
        "-p",
        metavar="DIR",
        type=click.Path(path_type=Path),
        help="Folder of stoker.toml.  [default: this folder]",
    )(command)


def project_folder(ctx: click.Context, project: Path | None) -> Path:
    """Where stoker.toml is looked for."""
    return project or ctx.find_root().obj or Path()


def json_option(command: _Command) -> _Command:
    """`--json`: exactly one JSON document on stdout."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(command)


def allow_option(command: _Command) -> _Command:
    """`--allow GUARD`, repeatable."""
    return click.option(
        "--allow", "allowed", metavar="GUARD", multiple=True, help="Let this plan through one guard. Repeatable."
    )(command)


def guards_named(words: tuple[str, ...]) -> tuple[str, ...]:
    """The guards that a person allows.

    Raises:
        Usage: A word is the name of none.
    """
    # Guards judge plans, and building the classes of a plan takes a tenth of the time of `stoker --help`.
    from tui_app.core.guards import GUARD_NAMES, WORKSPACE, guard_named

    names = []
    for word in words:
        name = guard_named(word)
        if name is None:
            known = ", ".join((*GUARD_NAMES, WORKSPACE))
            raise Usage(f"--allow {word}: there is no such guard. Nothing was sent. Guards: {known}.")
        names.append(name)
    return tuple(names)
