"""A dialog that makes or changes one condition of a segment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar, Final, Literal, TypeAlias, assert_never

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.widgets import Button, Tab, Tabs

from tui_app.core.project import Project
from tui_app.core.segment import Comparison, Condition, InFile, InSegment
from tui_app.core.segment_uses import users_of
from tui_app.core.segment_values import Scalar
from tui_app.core.table_report import ColumnType
from tui_app.tui.dialogs.dialog import Form, button
from tui_app.tui.dialogs.pick_value import PickValue
from tui_app.tui.text import line
from tui_app.tui.widgets.segment_comparison import ComparisonForm
from tui_app.tui.widgets.segment_membership import InFileForm, InSegmentForm, MembershipForm

_Form: TypeAlias = ComparisonForm | InSegmentForm | InFileForm
_Kind: TypeAlias = Literal["column", "segment", "file"]
_KINDS: Final[Mapping[_Kind, str]] = {"column": "A column", "segment": "A segment", "file": "A file of ids"}


@dataclass(frozen=True, slots=True)
class ConditionContext:
    """What a condition is made for."""

    project: Project
    segment: str
    """Name of the segment."""
    table: str
    columns: Mapping[str, ColumnType]
    today: date
    """In UTC."""


class EditCondition(Form["Condition"]):
    """Gives a condition, or None if nothing is to change.

    Args:
        context: What the condition is made for.
        given: What is edited; None: a new one.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("v,f2", "pick", "Values", show=False)]

    DEFAULT_CSS: ClassVar[str] = """
    EditCondition {
        & > .dialog { width: 112; height: 32; }
        & > .dialog > .body { height: 1fr; }
        & #forms { height: 1fr; margin-top: 1; }
    }
    EditCondition.-narrow {
        & #meaning { display: block; }
        & #column { width: 28; margin-right: 1; }
    }
    EditCondition.-low {
        & > .dialog { padding: 0 1; height: 95%; }
        & > .dialog > .body, & #forms, & .buttons { margin-top: 0; }
        & #verdict, & ValueFields, & MembershipForm RadioSet { margin-top: 0; }
    }
    """

    HINT: ClassVar[str] = "enter next, ^s done, esc cancels"

    def __init__(self, context: ConditionContext, given: Condition | None = None) -> None:
        super().__init__()
        self._made_for = context
        self._given = given
        self._kind = _kind_of(given)
        self._forms: dict[_Kind, _Form] = {self._kind: self._new_form()}

    def heading(self) -> Content:
        """The segment."""
        title = "Change a condition of " if self._given is not None else "Add a condition to "
        return line(title, (self._made_for.segment, "$primary"))

    def compose_body(self) -> ComposeResult:
        """One form for each kind of condition."""
        yield Tabs(*(Tab(title, id=f"by-{kind}") for kind, title in _KINDS.items()), active=f"by-{self._kind}")
        yield Container(self._forms[self._kind], id="forms")

    def compose_buttons(self) -> ComposeResult:
        """Values are picked in a dialog of their own."""
        yield button("Change" if self._given is not None else "Add", "accept", variant="primary")
        yield button("Values …", "pick")
        yield button("Cancel", "cancel")

    def on_mount(self) -> None:
        """Begin where there is something to say."""
        self._form.focus_first()

    def action_accept(self) -> None:
        """Take what is filled in, once it is whole; what is missing is said in the form."""
        condition = self._form.condition()
        if condition is None:
            self.app.bell()
        else:
            self.dismiss(condition)

    def action_pick(self) -> None:
        """Pick values from what is in the column."""
        form = self._form
        if isinstance(form, ComparisonForm) and form.column is not None and form.takes_values:
            picker = PickValue(self._made_for.table, form.column, form.values, is_list=form.takes_many)
            self.app.push_screen(picker, self._take_values(form))

    @on(ComparisonForm.Done)
    @on(MembershipForm.Done)
    def _finish(self) -> None:
        self.action_accept()

    @on(Tabs.TabActivated)
    async def _follow_tab(self, event: Tabs.TabActivated) -> None:
        """Show the form of another kind, made when it is first wanted."""
        event.stop()
        self._kind = next(kind for kind in _KINDS if event.tab.id == f"by-{kind}")
        if self._kind not in self._forms:
            self._forms[self._kind] = self._new_form()
            await self.query_one("#forms").mount(self._form)
        for kind, form in self._forms.items():
            form.display = kind == self._kind
        self.query_one("#pick", Button).display = isinstance(self._form, ComparisonForm)

    @property
    def _form(self) -> _Form:
        """The one that is seen."""
        return self._forms[self._kind]

    def _new_form(self) -> _Form:
        made_for, given = self._made_for, self._given
        match self._kind:
            case "column":
                comparison = given if isinstance(given, Comparison) else None
                return ComparisonForm(made_for.project, made_for.table, made_for.columns, made_for.today, comparison)
            case "segment":
                return InSegmentForm(_usable_segments(made_for), given if isinstance(given, InSegment) else None)
            case "file":
                folder = Path(made_for.project.file).parent
                return InFileForm(folder, made_for.columns, given if isinstance(given, InFile) else None)
            case _:
                assert_never(self._kind)

    @staticmethod
    def _take_values(form: ComparisonForm) -> Callable[[tuple[Scalar, ...] | None], None]:
        def take(values: tuple[Scalar, ...] | None) -> None:
            if values is not None:
                form.give_values(values)

        return take


def _kind_of(condition: Condition | None) -> _Kind:
    match condition:
        case InSegment():
            return "segment"
        case InFile():
            return "file"
        case _:
            return "column"


def _usable_segments(context: ConditionContext) -> dict[str, str]:
    """Name → table of the segments that do not lead back to this one."""
    segments = context.project.segments
    circle = users_of(context.segment, segments)
    return {name: each.table for name, each in segments.items() if name not in circle}
