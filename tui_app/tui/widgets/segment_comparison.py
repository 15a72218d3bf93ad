"""A form for one comparison: column, operator, values; it says at once what they mean, or what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message

from tui_app.core.conditions import segment_faults
from tui_app.core.errors import Place
from tui_app.core.mapping import ValueType
from tui_app.core.operators import Operator, find_operator, operators_for
from tui_app.core.project import Project
from tui_app.core.segment import Comparison, Group, Segment
from tui_app.core.segment_editing import DRAFT, without_subject
from tui_app.core.segment_values import Scalar, values_of
from tui_app.core.table_report import ColumnType
from tui_app.tui.text import content, line
from tui_app.tui.widgets.segment_choices import Choice, ChoiceList, SearchedChoices
from tui_app.tui.widgets.segment_sentence import Sentence
from tui_app.tui.widgets.segment_values import ValueFields
from tui_app.tui.widgets.segment_words import words_of

_PLACE: Final = Place(DRAFT, 1)
_MISSING: Final[Mapping[str, str]] = {
    "one": "It needs a value.",
    "two": "It needs two values, the lower one first.",
    "many": "It needs at least one value.",
}


class ComparisonForm(Vertical):
    """Column, operator and values.

    Args:
        project: Of the segment.
        table: Of the segment.
        columns: Of the table, in its order.
        today: In UTC, for relative dates.
        comparison: What is edited; None: a new one.
    """

    DEFAULT_CSS: ClassVar[str] = """
    ComparisonForm {
        height: 1fr;
        & #choices { height: 1fr; min-height: 5; }
        & #column { width: 34; margin-right: 2; }
        & #operator { width: 1fr; }
        & #meaning { display: none; color: $text-muted; height: auto; }
        & ValueFields { margin-top: 1; }
        & #verdict { max-height: 3; margin-top: 1; }
        & #column-search { width: 1fr; }
    }
    """

    class Done(Message):
        """Enter on the last of it."""

    def __init__(
        self,
        project: Project,
        table: str,
        columns: Mapping[str, ColumnType],
        today: date,
        comparison: Comparison | None,
    ) -> None:
        super().__init__()
        self._project = project
        self._table = table
        self._columns = columns
        self._types: dict[str, ValueType | None] = {
            name: None if kind == "unsupported" else kind for name, kind in columns.items()
        }
        self._today = today
        self._given = comparison
        self._operator: Operator | None = None
        self._kind: ValueType | None = None
        """Of the column under the cursor; None: it cannot be compared."""

    def compose(self) -> ComposeResult:
        """Columns beside operators, values beneath."""
        with Horizontal(id="choices"):
            yield SearchedChoices(id="column", placeholder="search a column")
            yield ChoiceList(id="operator")
        yield Sentence(id="meaning")
        yield ValueFields(self._today)
        yield Sentence(id="verdict")

    def on_mount(self) -> None:
        """Fill in what is edited."""
        given = self._given
        self.query_one(SearchedChoices).show(
            [Choice(name, kind) for name, kind in self._columns.items()], given.column if given else None
        )
        if given is not None and given.column in self._columns:
            self._kind = self._types[given.column]
            self._offer_operators(given.op)
            self._take_operator(given.op, values_of(given.value))
        self.judge()

    def focus_first(self) -> None:
        """Where one goes on: the values of what is edited, the column of what is new."""
        fields = self.query_one(ValueFields)
        if self._given is None:
            self.query_one(SearchedChoices).focus_search()
        elif fields.takes_values:
            fields.focus_first()
        else:
            self.query_one("#operator", ChoiceList).focus()

    @property
    def column(self) -> str | None:
        """The column under the cursor."""
        return self.query_one(SearchedChoices).choices.name_here

    @property
    def takes_many(self) -> bool:
        """Whether the operator takes a list."""
        return self.query_one(ValueFields).takes_many

    @property
    def takes_values(self) -> bool:
        """Whether the operator takes values at all."""
        return self.query_one(ValueFields).takes_values

    @property
    def values(self) -> tuple[Scalar, ...]:
        """What is filled in."""
        return self.query_one(ValueFields).values()

    def give_values(self, values: tuple[Scalar, ...]) -> None:
        """Fill in values that were picked."""
        fields = self.query_one(ValueFields)
        fields.give(values)
        fields.focus_first()
        self.judge()

    def condition(self) -> Comparison | None:
        """What is filled in; None while something is missing or wrong."""
        return None if self._fault() else self._drafted()

    def judge(self) -> None:
        """Say what the condition means, or what is missing."""
        fault, comparison = self._fault(), self._drafted()
        if comparison is None or fault:
            shown = line(("· ", "$text-warning"), (fault, "$foreground-muted"))
        else:
            shown = line(("✓ ", "$text-success")) + words_of(comparison, self._today)
        self.query_one("#verdict", Sentence).say(shown)

    @on(ChoiceList.Highlighted, "#column-list")
    def _follow_column(self, event: ChoiceList.Highlighted) -> None:
        event.stop()
        kind = self._types.get(event.name)
        if self._operator is None or kind != self._kind:
            is_alike = _family(kind) == _family(self._kind)
            self._kind = kind
            self._offer_operators(self._operator.name if self._operator else None)
            self._take_operator(self.query_one("#operator", ChoiceList).name_here, self.values if is_alike else ())
        self.judge()

    @on(ChoiceList.Chosen, "#column-list")
    def _go_to_operators(self, event: ChoiceList.Chosen) -> None:
        event.stop()
        self.query_one("#operator", ChoiceList).focus()

    @on(ChoiceList.Highlighted, "#operator")
    def _follow_operator(self, event: ChoiceList.Highlighted) -> None:
        event.stop()
        if self._operator is None or event.name != self._operator.name:
            self._take_operator(event.name, self.values)
        self.judge()

    @on(ChoiceList.Chosen, "#operator")
    def _go_to_values(self, event: ChoiceList.Chosen) -> None:
        event.stop()
        if self.takes_values:
            self.query_one(ValueFields).focus_first()
        else:
            self.post_message(self.Done())

    @on(ValueFields.Changed)
    def _follow_values(self, event: ValueFields.Changed) -> None:
        event.stop()
        self.judge()

    @on(ValueFields.Done)
    def _finish(self, event: ValueFields.Done) -> None:
        event.stop()
        self.post_message(self.Done())

    def _offer_operators(self, name: str | None) -> None:
        """Show the operators of the column's type, with the cursor on one of them."""
        # What applies to an array applies to any type: a column is set or it is not.
        offered = operators_for(self._kind or "array")
        self.query_one("#operator", ChoiceList).show([Choice(each.name, each.meaning) for each in offered], name)

    def _take_operator(self, name: str | None, values: tuple[Scalar, ...]) -> None:
        self._operator = None if name is None else find_operator(name)
        self.query_one(ValueFields).show(self._operator, self._kind or "array", values)
        meaning = f"customers whose value {self._operator.meaning}" if self._operator else ""
        self.query_one("#meaning", Sentence).say(content(meaning))

    def _drafted(self) -> Comparison | None:
        if self.column is None or self._operator is None:
            return None
        return Comparison(self.column, self._operator.name, self.query_one(ValueFields).value(), _PLACE)

    def _fault(self) -> str:
        """What is missing or wrong; empty if nothing is."""
        comparison = self._drafted()
        if comparison is None or self._operator is None:
            return "Choose a column and an operator."
        wanted = {"none": 0, "one": 1, "two": 2, "many": 1}[self._operator.values]
        if len(values_of(comparison.value)) < wanted:
            return _MISSING[self._operator.values]
        segment = Segment("", self._table, Group("all", (comparison,)), _PLACE)
        faults = segment_faults(segment, self._types, self._project)
        return without_subject(faults[0].message) if faults else ""


def _family(kind: ValueType | None) -> str:
    """Types whose values can stand for each other."""
    if kind in ("integer", "decimal", "float"):
        return "number"
    if kind in ("date", "datetime"):
        return "time"
    return "text" if kind in ("string", "varchar") else kind or ""
