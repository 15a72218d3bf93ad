"""The tables and queries of the project, with their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui_app.core.project import Query, SourceTable
from tui_app.tui.source_facts import TableFacts
from tui_app.tui.text import cut, line
from tui_app.tui.widgets.cursor_list import CursorList

_CELLS: Final = 27
"""Of a line; the list is as wide whatever the names are."""
_UNKNOWN: Final = TableFacts()


class SourceList(CursorList):
    """Tables under one heading, queries under another; the cursor says which is shown."""

    @dataclass
    class Chosen(Message):
        """The cursor came to a table or a query."""

        name: str

    def __init__(self, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._names: list[str | None] = []

    def show(
        self,
        definitions: Mapping[str, SourceTable | Query],
        facts: Mapping[str, TableFacts],
        here: str | None,
        unsaved: frozenset[str],
    ) -> None:
        """Show these, with the cursor on `here`; None stands for a heading."""
        entries = [
            entry
            for heading, kind in (("Tables", SourceTable), ("Queries", Query))
            for entry in _section(heading, [name for name, each in definitions.items() if isinstance(each, kind)])
        ]
        options = [
            Option(line((heading, "$foreground-muted")), disabled=True)
            if name is None
            else Option(_row(name, facts.get(name, _UNKNOWN), is_unsaved=name in unsaved))
            for heading, name in entries
        ]
        self._names = [name for _, name in entries]
        cursor = self._names.index(here) if here in self._names else None
        self.show_options(options, cursor, made_of=[str(each.prompt) for each in options])

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show what the cursor is on."""
        event.stop()
        name = self._names[event.option_index] if event.option_index < len(self._names) else None
        if name is not None:
            self.post_message(self.Chosen(name))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click, or enter: it is shown already."""
        event.stop()


def _section(heading: str, names: Sequence[str]) -> list[tuple[str, str | None]]:
    """Heading without a name, then a line for each name."""
    return [(heading, None), *(("", name) for name in names)] if names else []


def _row(name: str, facts: TableFacts, *, is_unsaved: bool) -> Content:
    sign, style = ("✗ ", "$text-error") if facts.error else ("• ", "$text-warning") if is_unsaved else ("  ", "")
    rows = "" if facts.error else "…" if facts.rows is None else f"{facts.rows:,}"
    shown = cut(name, _CELLS - len(sign) - len(rows) - 1)
    gap = " " * (_CELLS - len(sign) - cell_len(shown) - len(rows))
    return line((sign, style), (shown, "bold"), gap, (rows, "$foreground-muted"))
