"""`stoker init`: a commented stoker.toml to start from."""

from __future__ import annotations

from pathlib import Path

import click

from tui_app.cli.output import narrate, say
from tui_app.config.starter import write_starter


@click.command("init")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path())
def init(folder: Path) -> None:
    """Write a commented stoker.toml into DIR (default: this folder). An existing one is left alone."""
    path = write_starter(folder)
    say(str(path))
    narrate("Next: name your tables and your Braze instance in it, then run `stoker check`.")
