"""How commands speak: products on stdout, narration on stderr, colours only on a terminal, data only as text."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from tui_app.core.visible import visible

if TYPE_CHECKING:
    from rich.console import Console


def write_json(document: Any) -> None:
    """The product of `--json`: one document, one line at its end."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def say(text: str = "") -> None:
    """A line of the product. Its own line breaks stay, everything else that hides is made visible."""
    click.echo("\n".join(visible(line) for line in text.split("\n")))


def narrate(text: str) -> None:
    """A line about what is going on."""
    click.echo("\n".join(visible(line) for line in text.split("\n")), err=True)


def table(columns: Sequence[str], rows: Sequence[Sequence[str | int]]) -> None:
    """A table of the product: ruled on a terminal, aligned plain text in a pipe. Numbers stand to the right."""
    cells = [[f"{cell:,}" if isinstance(cell, int) else visible(cell) for cell in row] for row in rows]
    is_number = [bool(rows) and all(isinstance(row[i], int) for row in rows) for i in range(len(columns))]
    from rich.cells import cell_len, set_cell_size

    widths = [max([cell_len(columns[i]), *(cell_len(row[i]) for row in cells)]) for i in range(len(columns))]
    lines = []
    for row in [list(columns), *cells]:
        parts = [
            " " * (widths[i] - cell_len(cell)) + cell if is_number[i] else set_cell_size(cell, widths[i])
            for i, cell in enumerate(row)
        ]
        lines.append("  " + "  ".join(parts).rstrip())
    click.echo(click.style(lines[0], bold=True))
    for line in lines[1:]:
        click.echo(line)


def heading(text: str) -> None:
    """What the next lines are about."""
    click.echo()
    click.echo(click.style(visible(text), bold=True))


def stderr_console() -> Console:
    """Rich on stderr, for progress. It knows NO_COLOR and whether there is a terminal."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False)


@contextmanager
def working(text: str) -> Iterator[None]:
    """A spinner while something takes its time; one plain line in a pipe."""
    if not sys.stderr.isatty():
        narrate(text)
        yield
        return
    with stderr_console().status(text):
        yield


def count(number: int, thing: str) -> str:
    """`1 customer`, `2 customers`."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
