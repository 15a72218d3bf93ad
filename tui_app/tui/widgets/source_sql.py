"""The SQL of a query: an editor, and beneath it what the statement gives, or where its mistake is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static, TextArea
from textual.widgets.text_area import Selection

from tui_app.backstage.questions.source import QueryPreview
from tui_app.core.errors import Problem
from tui_app.core.sql_mistake import mistake_of
from tui_app.tui.text import counted, line, plain
from tui_app.tui.widgets.source_rows import RowsTable
from tui_app.tui.widgets.tones import TEXT_STYLES

_AT_A_PLACE: Final = ("query",)
"""Codes of problems that a word of the statement causes; others, such as too little memory, have no place in it."""


class SqlPane(Vertical):
    """Editor, one line about the last trial, and its rows."""

    DEFAULT_CSS: ClassVar[str] = """
    SqlPane {
        & TextArea {
            height: 2fr; border: none; padding: 0; background: $surface;
            &:focus { border: none; background-tint: $foreground 3%; }
        }
        & #outcome { height: auto; max-height: 4; margin: 1 0; }
        & #result { height: 3fr; }
        &.-untried #result { display: none; }
    }
    """

    @dataclass
    class Changed(Message):
        """The statement is another."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes="-untried")

    def compose(self) -> ComposeResult:
        """Editor, outcome, rows."""
        yield TextArea(show_line_numbers=True, id="editor")
        yield Static(id="outcome")
        yield RowsTable(id="result", empty_message="The statement gives no rows.")

    @property
    def sql(self) -> str:
        """What stands in the editor."""
        return self.query_one(TextArea).text

    def show(self, sql: str) -> None:
        """Show another statement; nothing is known about it yet."""
        with self.prevent(TextArea.Changed):
            self.query_one(TextArea).load_text(harmless_sql(sql))
        self.forget_outcome()

    def focus_editor(self) -> None:
        """Where typing begins."""
        self.query_one(TextArea).focus()

    def forget_outcome(self) -> None:
        """What was tried is not what stands there."""
        self.query_one("#outcome", Static).update(
            line(
                ("^r", "bold $footer-key-foreground"),
                ("  shows its first 100 rows; nothing is written", "$foreground-muted"),
            )
        )
        self.add_class("-untried")

    def wait(self) -> None:
        """It is being tried."""
        self.query_one("#outcome", Static).update(line(("running …", "$foreground-muted")))

    def show_result(self, preview: QueryPreview) -> None:
        """Show what it gives."""
        rows, columns = len(preview.rows.rows), len(preview.types)
        facts = f"{counted(rows, 'row')} of {counted(columns, 'column')} in {preview.seconds:.1f} s"
        self.query_one("#outcome", Static).update(
            line(("✓ ", TEXT_STYLES["good"]), facts, ("   at most 100 are shown", "$foreground-muted"))
        )
        self.query_one(RowsTable).show_rows(preview.rows, preview.types)
        self.remove_class("-untried")

    def show_mistake(self, problems: tuple[Problem, ...], name: str) -> None:
        """Say what is wrong, and select it in the editor."""
        if problems[0].code not in _AT_A_PLACE:
            self.say(problems[0].message)
            return
        mistake = mistake_of(problems, self.sql, name)
        self.query_one("#outcome", Static).update(
            line(("✗ ", TEXT_STYLES["bad"]), (f"{mistake.place}: ", "bold"), mistake.message)
        )
        editor = self.query_one(TextArea)
        editor.selection = Selection((mistake.line, mistake.first), (mistake.line, mistake.end))
        self.add_class("-untried")

    def say(self, message: str) -> None:
        """Say something else about it."""
        self.query_one("#outcome", Static).update(line(("✗ ", TEXT_STYLES["bad"]), message))
        self.add_class("-untried")

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.post_message(self.Changed())


def harmless_sql(sql: str) -> str:
    """SQL for the editor: lines and tabs stay, whatever else steers a terminal is made visible."""
    rows = sql.replace("\r\n", "\n").split("\n")
    return "\n".join("\t".join(plain(part) for part in row.split("\t")) for row in rows)
