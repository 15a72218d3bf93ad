"""How commands speak: products on stdout, narration on stderr, colours only on a terminal, data only as text.

In a pipe, one fact is one line, however long; on a terminal, what is too long is broken between words.
"""

from __future__ import annotations

import io
import json
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import click

from tui_app.core.visible import harmless_json, visible

if TYPE_CHECKING:
    from rich.console import Console

_INDENT = "  "
_COLUMNS_OF_A_PIPE = 1_000_000
"""As good as endless."""


def write_json(document: Any) -> None:
    """The product of `--json`: one document, one line at its end."""
    click.echo(harmless_json(json.dumps(document, ensure_ascii=False, indent=2)))


def utf8_stdout() -> TextIO:
    """For programs, whose JSON is UTF-8 whatever the locale says. Source: RFC 8259, section 8.1."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    return sys.stdout


def say(text: str = "") -> None:
    """A line of the product. Its own line breaks stay, everything else that hides is made visible."""
    click.echo("\n".join(visible(line) for line in text.split("\n")))


def paragraph(text: str) -> None:
    """Sentences of the product, indented. Their own line breaks stay; further lines stand two columns further in."""
    for line in text.split("\n"):
        click.echo(
            textwrap.fill(
                visible(line),
                _columns(),
                initial_indent=_INDENT,
                subsequent_indent=2 * _INDENT,
                replace_whitespace=False,
                break_long_words=False,
                break_on_hyphens=False,
            )
        )


def narrate(text: str) -> None:
    """A line about what is going on."""
    click.echo("\n".join(visible(line) for line in text.split("\n")), err=True)


def table(columns: Sequence[str], rows: Sequence[Sequence[str | int]]) -> None:
    """A table of the product, indented. On a terminal long cells are broken within their column.

    Args:
        columns: What stands above them; no line is printed if all are empty.
        rows: A column of whole numbers stands to the right, with commas between the thousands.
    """
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=any(columns), header_style="bold")
    for position, name in enumerate(columns):
        is_number = bool(rows) and all(isinstance(row[position], int) for row in rows)
        grid.add_column(Text(name), justify="right" if is_number else "left", no_wrap=is_number, overflow="fold")
    for row in rows:
        grid.add_row(*(Text(f"{cell:,}" if isinstance(cell, int) else visible(cell)) for cell in row))
    lines = io.StringIO()
    # Text is handed over as `Text`, so nothing in it is taken for markup.
    _stdout_console(lines, _columns() - len(_INDENT)).print(grid)
    for line in lines.getvalue().splitlines():
        click.echo(f"{_INDENT}{line}".rstrip())


def commands(explained: Sequence[tuple[str, str]]) -> None:
    """Commands to copy, each with what it is good for."""
    width = max(len(command) for command, _ in explained)
    is_wide = max(len(_INDENT) + width + 2 + len(remark) for _, remark in explained) > _columns()
    for command, remark in explained:
        if is_wide:
            click.echo(click.style(f"{_INDENT}# {remark}", dim=True))
            click.echo(f"{_INDENT}{visible(command)}")
        else:
            click.echo(f"{_INDENT}{visible(command).ljust(width)}  " + click.style(f"# {remark}", dim=True))


def heading(text: str) -> None:
    """What the next lines are about."""
    click.echo()
    click.echo(click.style(visible(text), bold=True))


def stderr_console() -> Console:
    """Rich on stderr, for progress. It knows NO_COLOR and whether there is a terminal."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False)


def _stdout_console(file: io.StringIO, columns: int) -> Console:
    """Rich as it would write to stdout, into `file`."""
    from rich.console import Console

    return Console(
        file=file, width=columns, force_terminal=sys.stdout.isatty(), highlight=False, markup=False, emoji=False
    )


def _columns() -> int:
    """How wide a line of the product may be: what COLUMNS says, else what the terminal says."""
    return shutil.get_terminal_size((_COLUMNS_OF_A_PIPE, 0)).columns


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


def shortened(text: str, characters: int) -> str:
    """`text` as an example of itself, cut where it is long."""
    return text if len(text) <= characters else text[: characters - 1] + "…"
