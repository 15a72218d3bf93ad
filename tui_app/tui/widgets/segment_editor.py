"""One segment as an outline, and the dialogs that change its conditions; the screen owns the draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from tui_app.backstage.questions.source import ColumnTypes
from tui_app.core.conditions import segment_faults
from tui_app.core.errors import Problem, StokerError
from tui_app.core.operators import find_operator
from tui_app.core.project import Project
from tui_app.core.segment import Comparison, Condition, Group, InCampaign, Segment
from tui_app.core.segment_editing import (
    Path,
    condition_at,
    inserted,
    place_after,
    problems_by_line,
    replaced,
)
from tui_app.core.segment_values import Scalar, values_of
from tui_app.core.table_report import ColumnType
from tui_app.tui.dialogs.edit_condition import ConditionContext, EditCondition
from tui_app.tui.dialogs.pick_value import PickValue
from tui_app.tui.text import cut, line
from tui_app.tui.type_ahead import OPENING
from tui_app.tui.widgets.fitted import FittedText
from tui_app.tui.widgets.segment_commands import SegmentKeys
from tui_app.tui.widgets.segment_outline import SegmentOutline
from tui_app.tui.widgets.segment_side import UNSAVED

if TYPE_CHECKING:
    from tui_app.tui.session import Session

_SHORTEST_NAME: Final = 12
"""Cells that a segment's name has at least."""
_Change: TypeAlias = Callable[[Group, Path, Condition], Group]


class SegmentEditor(Vertical):
    """The outline of one segment.

    Args:
        id: As usual.
    """

    DEFAULT_CSS: ClassVar[str] = """
    SegmentEditor {
        height: auto; max-height: 60%;
        & SegmentOutline { height: auto; max-height: 1fr; }
        & #segment-title { height: 1; padding: 0 1; margin-bottom: 1; }
        & #segment-keys { padding: 0 1; margin-top: 1; }
    }
    """

    @dataclass
    class Changed(Message):
        """A dialog gave other conditions."""

        condition: Group
        path: Path
        """Where the cursor goes."""

    @dataclass
    class Failed(Message):
        """The columns of the table cannot be read."""

        error: StokerError

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._project: Project | None = None
        self._segment: Segment | None = None
        self._columns: dict[str, Mapping[str, ColumnType]] = {}

    def compose(self) -> ComposeResult:
        """The outline between a title and its keys."""
        yield FittedText(lambda _: Content(), id="segment-title")
        yield SegmentOutline(id="segment-outline")
        yield SegmentKeys(id="segment-keys")

    @property
    def session(self) -> Session:
        """Of the app."""
        session: Session = self.app.session  # type: ignore[attr-defined] # it belongs to this app alone
        return session

    @property
    def path(self) -> Path:
        """Where the cursor is."""
        return self.outline.path

    @property
    def outline(self) -> SegmentOutline:
        """The list with the cursor."""
        return self.query_one(SegmentOutline)

    @property
    def today(self) -> date:
        """In UTC: what relative dates count from."""
        return datetime.fromtimestamp(self.session.now(), UTC).date()

    def show(self, project: Project, segment: Segment, path: Path | None, *, is_saved: bool) -> None:
        """Show a segment.

        Args:
            project: It belongs to.
            segment: With the places of a draft.
            path: Where the cursor goes; None leaves it.
            is_saved: Whether the project file says the same.
        """
        if self._project is not None and _source_of(project) != _source_of(self._project):
            self._columns.clear()
        self._project, self._segment = project, segment
        self.query_one("#segment-title", FittedText).fit(partial(_title, segment, is_saved))
        self._show_outline(self._known_faults(), path)
        if segment.table not in self._columns:
            self._read_columns()

    def show_problems(self, problems: Sequence[Problem]) -> tuple[Problem, ...]:
        """Show what the engine found beside the conditions; gives what belongs to none of them."""
        assert self._segment is not None
        return self._show_outline(problems, None)

    # Dialogs

    def add(self) -> None:
        """Ask for a condition that goes behind the cursor."""
        self._with_columns(self._ask_for_new)

    def edit(self) -> bool:
        """Ask for another condition instead of the one under the cursor. False: it is a group, which has no dialog."""
        if self._segment is None or isinstance(condition_at(self._segment.condition, self.path), Group):
            return False
        self._with_columns(self._ask_for_change)
        return True

    def pick(self) -> bool:
        """Ask for other values of the comparison under the cursor. False: none can be picked for it."""
        segment, path = self._segment, self.path
        condition = condition_at(segment.condition, path) if segment is not None else None
        operator = find_operator(condition.op) if isinstance(condition, Comparison) else None
        if segment is None or not isinstance(condition, Comparison) or operator is None:
            return False
        if operator.values not in ("one", "many"):
            return False
        is_list = operator.values == "many"

        def take(values: tuple[Scalar, ...] | None) -> None:
            if values is not None:
                value = values if is_list else values[0]
                self._take(segment.condition, path, replaced, replace(condition, value=value))

        self.app.push_screen(
            PickValue(segment.table, condition.column, values_of(condition.value), is_list=is_list), take
        )
        return True

    def _show_outline(self, problems: Sequence[Problem], path: Path | None) -> tuple[Problem, ...]:
        assert self._segment is not None
        condition = self._segment.condition
        placed, others = problems_by_line(condition, problems)
        self.outline.show(condition, placed if condition.members else {}, self.today, path)
        return others

    def _known_faults(self) -> Sequence[Problem]:
        """What is wrong as far as it shows without asking the engine."""
        assert self._segment is not None
        assert self._project is not None
        columns = self._columns.get(self._segment.table)
        if columns is None:
            return ()
        types = {name: None if kind == "unsupported" else kind for name, kind in columns.items()}
        return segment_faults(self._segment, types, self._project)

    def _with_columns(self, then: Callable[[Mapping[str, ColumnType]], None]) -> None:
        if self._segment is None:
            return
        columns = self._columns.get(self._segment.table)
        if columns is not None:
            then(columns)
        else:
            self._open_with_columns(then)

    @work(exclusive=True, group=OPENING)
    async def _open_with_columns(self, then: Callable[[Mapping[str, ColumnType]], None]) -> None:
        await self._ask_for_columns(then)

    @work(exclusive=True, group="segment-columns")
    async def _read_columns(self) -> None:
        await self._ask_for_columns(None)

    async def _ask_for_columns(self, then: Callable[[Mapping[str, ColumnType]], None] | None) -> None:
        segment = self._segment
        if segment is None:
            return
        try:
            columns = await self.session.ask(ColumnTypes(segment.table))
        except StokerError as error:
            if then is not None:
                self.post_message(self.Failed(error))
            return
        self._columns[segment.table] = columns
        if segment == self._segment:
            self._show_outline(self._known_faults(), None)
            if then is not None and self.screen.is_current:
                then(columns)

    def _made_for(self, columns: Mapping[str, ColumnType]) -> ConditionContext:
        assert self._project is not None
        assert self._segment is not None
        return ConditionContext(self._project, self._segment.name, self._segment.table, columns, self.today)

    def _ask_for_new(self, columns: Mapping[str, ColumnType]) -> None:
        assert self._segment is not None
        asked = self._segment.condition
        path = place_after(asked, self.outline.path)
        self.app.push_screen(EditCondition(self._made_for(columns)), partial(self._take, asked, path, inserted))

    def _ask_for_change(self, columns: Mapping[str, ColumnType]) -> None:
        assert self._segment is not None
        asked, path = self._segment.condition, self.outline.path
        given = condition_at(asked, path)
        if isinstance(given, InCampaign):
            self.notify("A condition on a campaign is written in stoker.toml. Change it there.", markup=False)
            return
        dialog = EditCondition(self._made_for(columns), given)
        self.app.push_screen(dialog, partial(self._take, asked, path, replaced))

    def _take(self, asked: Group, path: Path, change: _Change, condition: Condition | None) -> None:
        """Make the change that a dialog was opened for."""
        if condition is None or self._segment is None:
            return
        if self._segment.condition == asked:
            self.post_message(self.Changed(change(asked, path, condition), path))
        else:
            self.notify("The segment was changed outside meanwhile. Nothing was changed here.", markup=False)


def _title(segment: Segment, is_saved: bool, width: int) -> Content:  # noqa: FBT001 - bound by partial
    """Name, table and state in one line; a long name gives way, so that the state is always seen."""
    rest = line(
        (f"  customers of {segment.table}", "$foreground-muted"),
        ("" if is_saved else f"   {UNSAVED}", "$text-warning"),
    )
    return line((cut(segment.name, max(width - rest.cell_length, _SHORTEST_NAME)), "bold")) + rest


def _source_of(project: Project) -> tuple[object, ...]:
    return project.source, project.queries
