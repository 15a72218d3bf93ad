"""A dialog that picks values of a column from what is in it, with the number of customers who have each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import cell_len
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui_app.backstage.questions.source import CountValues, ValueCount
from tui_app.core.errors import StokerError
from tui_app.core.segment_values import Scalar, picked_value
from tui_app.tui.dialogs.dialog import Form
from tui_app.tui.text import content, counted, cut, line
from tui_app.tui.widgets.cursor_list import CursorList
from tui_app.tui.widgets.fitted import FittedVisual
from tui_app.tui.widgets.segment_field import Field
from tui_app.tui.widgets.segment_words import value_text

if TYPE_CHECKING:
    from tui_app.tui.session import Session

_MOST_VALUES: Final = 1000
_COUNT_CELLS: Final = 11
_BAR_CELLS: Final = 12
_MARK_CELLS: Final = 2
_GAP: Final = 2


@dataclass(frozen=True, slots=True)
class _Offer:
    """One value."""

    value: Scalar | None
    """None: no condition can hold it."""
    text: str
    rows: int


class _Values(CursorList):
    """The list; its letters are commands, those of the search field are text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "screen.mark", "Mark", show=False),
        Binding("a", "screen.mark_all", "Mark all", show=False),
        Binding("slash", "screen.search", "Search", show=False),
    ]

    @dataclass
    class Clicked(Message):
        """The mouse chose the value under the cursor."""

    def option_clicked(self, index: int) -> None:
        """A click marks; it does not end the dialog as enter does."""
        self.highlighted = index
        self.post_message(self.Clicked())


class PickValue(Form[tuple[Scalar, ...]]):
    """Gives the values that were picked, or None if nothing is to change.

    Args:
        table: Of the segment.
        column: Whose values.
        chosen: Values that are picked already. Those that the table does not have stay picked.
        is_list: Whether several can be picked.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
    ]

    DEFAULT_CSS: ClassVar[str] = """
    PickValue {
        & > .dialog { height: 30; }
        & > .dialog > .body { height: 1fr; }
        & _Values { height: 1fr; background: $panel 60%; }
        & _Values > .option-list--option-highlighted { background: $primary 25%; }
    }
    PickValue.-low {
        & > .dialog { padding: 0 2; height: 95%; }
        & > .dialog > .body, & .said, & .buttons { margin-top: 0; }
    }
    """

    ACCEPT: ClassVar[str] = "Take"

    def __init__(self, table: str, column: str, chosen: Sequence[Scalar], *, is_list: bool) -> None:
        super().__init__()
        self._table = table
        self._column = column
        self._is_list = is_list
        self._chosen: dict[Scalar, None] = dict.fromkeys(chosen)
        self._offers: tuple[_Offer, ...] = ()
        self._shown: tuple[_Offer, ...] = ()

    def heading(self) -> Content:
        """The column."""
        return line("Values of ", (self._column, "$primary"))

    def compose_body(self) -> ComposeResult:
        """A search field above the values."""
        yield Field(placeholder="search")
        yield Static("counting …", classes="said", markup=False)
        yield _Values()

    def hint(self) -> Content:
        """Several are marked, and then taken together."""
        return content("space marks, a all, / search, enter takes" if self._is_list else "enter takes it, esc cancels")

    def on_mount(self) -> None:
        """Ask. Several are marked in the list; one of many is found by its letters."""
        self.query_one(_Values if self._is_list else Input).focus()
        self._count()

    @work(group="values")
    async def _count(self) -> None:
        session: Session = self.app.session  # type: ignore[attr-defined] # it belongs to this app alone
        try:
            counts = await session.ask(CountValues(self._table, self._column, _MOST_VALUES))
        except StokerError as error:
            self.say(line(("! ", "bold $text-error"), error.message))
            return
        self._offers = tuple(_offer(each) for each in counts)
        self._show()

    def action_move(self, step: int) -> None:
        """Arrows in the search field move in the list."""
        values = self.query_one(_Values)
        values.action_cursor_down() if step > 0 else values.action_cursor_up()

    def action_search(self) -> None:
        """Back to the search field."""
        self.query_one(Input).focus()

    def action_mark(self) -> None:
        """Mark the value under the cursor, or take its mark away."""
        index = self.query_one(_Values).highlighted
        if index is not None and self._is_list:
            self._toggle(self._shown[index].value)
            self._show()

    def action_mark_all(self) -> None:
        """Mark every value that is shown; if all are marked, none."""
        values = [each.value for each in self._shown if each.value is not None]
        if not self._is_list or not values:
            return
        if all(value in self._chosen for value in values):
            self._chosen = {each: None for each in self._chosen if each not in values}
        else:
            self._chosen |= dict.fromkeys(values)
        self._show()

    def action_accept(self) -> None:
        """Take what is marked; without a mark, what the cursor is on."""
        index = self.query_one(_Values).highlighted
        here = self._shown[index].value if index is not None else None
        if self._is_list and self._chosen:
            self.dismiss(tuple(self._chosen))
        elif here is not None:
            self.dismiss((here,))
        else:
            self.app.bell()

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        event.stop()
        self._show()

    def line_entered(self, line_: Input) -> None:
        """Enter marks what was searched for; with nothing searched for, it takes what is marked."""
        if self._is_list and line_.value.strip():
            self.action_mark()
            line_.clear()
        else:
            self.action_accept()

    @on(OptionList.OptionSelected)
    def _take(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_accept()

    @on(_Values.Clicked)
    def _click(self, event: _Values.Clicked) -> None:
        event.stop()
        if self._is_list:
            self.action_mark()
        else:
            self.action_accept()

    def _toggle(self, value: Scalar | None) -> None:
        if value is None:
            return
        if value in self._chosen:
            del self._chosen[value]
        else:
            self._chosen[value] = None

    def _show(self) -> None:
        values = self.query_one(_Values)
        text = self.query_one(Input).value.strip().casefold()
        self._shown, cursor = tuple(each for each in self._offers if text in each.text.casefold()), values.highlighted
        most = max((each.rows for each in self._offers), default=1)
        values.show_options(
            (
                Option(FittedVisual(partial(_row, each, most, self._mark(each))), disabled=each.value is None)
                for each in self._shown
            ),
            min(cursor or 0, len(self._shown) - 1) if self._shown else None,
        )
        self.say(self._said())

    def _mark(self, offer: _Offer) -> str:
        return "✓" if offer.value is not None and offer.value in self._chosen else " "

    def _said(self) -> str:
        if not self._offers:
            return "The table has no rows."
        many = f"the {_MOST_VALUES:,} most frequent values" if len(self._offers) == _MOST_VALUES else ""
        parts = [many or counted(len(self._offers), "value")]
        if self.query_one(Input).value.strip():
            parts.append(f"{len(self._shown):,} match")
        if self._is_list:
            parts.append(f"{len(self._chosen):,} marked")
        return " · ".join(parts)


def _offer(count: ValueCount) -> _Offer:
    value = picked_value(count.value)
    if value is None:
        return _Offer(None, "NULL" if count.value is None else str(count.value), count.rows)
    return _Offer(value, value_text(value), count.rows)


def _row(offer: _Offer, most: int, mark: str, width: int) -> Content:
    """Mark, value, number of customers, and a bar beside the most frequent one's."""
    cells = max(width - _MARK_CELLS - _COUNT_CELLS - _BAR_CELLS - 2 * _GAP, 8)
    text = cut(offer.text, cells)
    bar = "▇" * max(round(_BAR_CELLS * offer.rows / most), 1)
    muted = "$foreground-muted"
    return line(
        (f"{mark} ", "bold $text-success"),
        (text, muted) if offer.value is None else text,
        " " * (cells - cell_len(text) + _GAP),
        f"{offer.rows:>{_COUNT_CELLS},}",
        (f"{' ' * _GAP}{bar}", "$primary" if offer.value is not None else "$border"),
    )
