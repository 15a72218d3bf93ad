"""Fields for the values of a condition: none, one, two, or a list, as its operator takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from tui_app.core.mapping import ValueType
from tui_app.core.operators import Operator
from tui_app.core.segment import ConditionValue
from tui_app.core.segment_values import Scalar, parted, typed_value
from tui_app.tui.text import content, plain
from tui_app.tui.widgets.cursor_list import CursorList
from tui_app.tui.widgets.segment_field import Field
from tui_app.tui.widgets.segment_sentence import Sentence
from tui_app.tui.widgets.segment_words import day_of, value_text

_TIMES: Final = frozenset(("date", "datetime"))


class ValueField(Field):
    """One value. What was not touched stays as it was, even where it cannot be typed."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._given: tuple[str, Scalar] | None = None

    def give(self, value: Scalar | None) -> None:
        """Show a value; None shows none."""
        text = "" if value is None else plain(str(value))
        self._given = None if value is None else (text, value)
        self.value = text

    def scalar(self, column_type: ValueType) -> Scalar | None:
        """What it holds; None if it is empty."""
        if self._given is not None and self.value == self._given[0]:
            return self._given[1]
        return typed_value(self.value, column_type) if self.value else None


class ValueList(CursorList):
    """The values of a list; one can be taken out."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("delete,backspace,x", "take_out", "Take out", show=False)]

    @dataclass
    class TakenOut(Message):
        """This one is not wanted."""

        index: int

    def action_take_out(self) -> None:
        """Tell that the highlighted value is not wanted."""
        if self.highlighted is not None:
            self.post_message(self.TakenOut(self.highlighted))


class ValueFields(Vertical):
    """The values beside an operator."""

    DEFAULT_CSS: ClassVar[str] = """
    ValueFields {
        height: auto;
        & #value-fields { height: auto; }
        & ValueField { width: 1fr; }
        & .between { width: auto; padding: 0 1; color: $text-muted; }
        & ValueList { height: auto; max-height: 5; background: $panel 60%; }
        & #value-hint { color: $text-muted; }
        &.-none #value-fields, &.-none ValueList { display: none; }
        &.-one .between, &.-one #second, &.-many .between, &.-many #second { display: none; }
        &.-none ValueList, &.-one ValueList, &.-two ValueList { display: none; }
    }
    """

    @dataclass
    class Changed(Message):
        """Another value."""

    @dataclass
    class Done(Message):
        """Enter, with nothing more to add."""

    def __init__(self, today: date) -> None:
        super().__init__(classes="-none")
        self._today = today
        self._operator: Operator | None = None
        self._type: ValueType = "string"
        self._listed: tuple[Scalar, ...] = ()

    def compose(self) -> ComposeResult:
        """All fields; those that the operator takes are shown."""
        yield Sentence(id="value-hint")
        yield ValueList(id="value-list")
        with Horizontal(id="value-fields"):
            yield ValueField(id="first")
            yield Static("and", classes="between")
            yield ValueField(id="second")

    @property
    def takes_values(self) -> bool:
        """Whether there is something to type."""
        return self._operator is not None and self._operator.values != "none"

    @property
    def takes_many(self) -> bool:
        """Whether it is a list."""
        return self._operator is not None and self._operator.values == "many"

    def show(self, operator: Operator | None, column_type: ValueType, values: Sequence[Scalar]) -> None:
        """Show fields for an operator, with as many of the values as it takes."""
        self._operator, self._type = operator, column_type
        kind = operator.values if operator else "none"
        for each in ("none", "one", "two", "many"):
            self.set_class(each == kind, f"-{each}")
        self.give(values)

    def give(self, values: Sequence[Scalar]) -> None:
        """Fill in values."""
        first, second = self.query_one("#first", ValueField), self.query_one("#second", ValueField)
        self._list(values if self.takes_many else ())
        first.give(values[0] if values and not self.takes_many else None)
        second.give(values[1] if len(values) > 1 else None)
        first.placeholder = self._placeholder()
        second.placeholder = first.placeholder
        self._show_hint()

    def values(self) -> tuple[Scalar, ...]:
        """Everything that is filled in, shown or not."""
        first = self.query_one("#first", ValueField)
        if self.takes_many:
            return (*self._listed, *self._typed(first.value))
        fields = (first, self.query_one("#second", ValueField))
        return tuple(value for field in fields if (value := field.scalar(self._type)) is not None)

    def value(self) -> ConditionValue:
        """For the condition."""
        values = self.values()
        match self._operator.values if self._operator else "none":
            case "none":
                return None
            case "one":
                return values[0] if values else None
            case _:
                return values

    def focus_first(self) -> None:
        """Where typing begins."""
        self.query_one("#first", ValueField).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Another value is there."""
        event.stop()
        self._show_hint()
        self.post_message(self.Changed())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter adds to a list; goes to the second field; or ends."""
        event.stop()
        if self.takes_many and event.value.strip():
            more = [each for each in self._typed(event.value) if each not in self._listed]
            self._list((*self._listed, *more))
            self.query_one("#first", ValueField).give(None)
        elif event.input.id == "first" and self.has_class("-two"):
            self.query_one("#second", ValueField).focus()
        else:
            self.post_message(self.Done())

    def on_value_list_taken_out(self, event: ValueList.TakenOut) -> None:
        """A value of the list goes."""
        event.stop()
        self._list(tuple(each for index, each in enumerate(self._listed) if index != event.index))
        self.post_message(self.Changed())
        if not self._listed:
            self.focus_first()

    def _typed(self, text: str) -> tuple[Scalar, ...]:
        return tuple(typed_value(part, self._type) for part in parted(text))

    def _list(self, values: Sequence[Scalar]) -> None:
        listed = self.query_one(ValueList)
        cursor = listed.highlighted
        self._listed = tuple(values)
        listed.show_options(
            [content(value_text(each)) for each in values], min(cursor or 0, len(values) - 1) if values else None
        )
        listed.display = bool(values)
        self.query_one("#first", ValueField).placeholder = self._placeholder()

    def _placeholder(self) -> str:
        if self.takes_many:
            return "another value; enter adds it" if self._listed else "gold, silver; enter adds them"
        return {"date": "2026-01-31 or 90 days ago", "datetime": "2026-01-31 18:30 or 90 days ago"}.get(self._type, "")

    def _show_hint(self) -> None:
        self.query_one("#value-hint", Sentence).say(content(self._hint()))

    def _hint(self) -> str:
        if not self.takes_values:
            return "It takes no value." if self._operator else ""
        if self.takes_many:
            return "x takes a value out · a value with a comma in it stands in quotes"
        if self._type not in _TIMES:
            return "" if self._type in ("integer", "decimal", "float") else "Capitals and small letters are the same."
        days = [day for value in self.values() if (day := day_of(value, self._today))]
        if days:
            return f"Today that is {' and '.join(str(day) for day in days)}; it moves with the calendar."
        return "A day, or counted from today in UTC: today, 90 days ago, 2 months ago, in 3 days, now - 12 months"
