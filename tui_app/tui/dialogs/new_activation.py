"""A dialog that makes something to run of segments: a campaign; or of everybody in a table: an orchestration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, RadioSet, Select

from tui_app.config.edit import AddTable
from tui_app.config.splice import TomlValue
from tui_app.config.table import problem_of_name
from tui_app.core.fields import STANDARD_FIELDS
from tui_app.core.fields import problem_of_name as problem_of_attribute
from tui_app.core.project import Project
from tui_app.core.segment import Segment
from tui_app.tui.dialogs.fields_form import FieldsForm, field
from tui_app.tui.text import content
from tui_app.tui.widgets.segment_field import Field
from tui_app.tui.widgets.segment_marks import SegmentMarks
from tui_app.tui.widgets.tick import Radio

_Who: TypeAlias = Literal["members", "everybody"]


@dataclass(frozen=True, slots=True)
class NewActivationPlan:
    """What was filled in."""

    name: str
    edit: AddTable
    segments: tuple[str, ...]
    """That it includes or excludes, so that they must be in the project file."""


class NewActivation(FieldsForm[NewActivationPlan]):
    """Gives the table to add to the project file, or None.

    Args:
        project: It belongs to; has at least one template.
        segment: Whose members are included at first; it need not be in the project yet.
    """

    DEFAULT_CSS: ClassVar[str] = """
    NewActivation {
        & > .dialog { width: 84; }
        & .field > .label { width: 20; }
        & Input, & RadioSet, & SegmentMarks { width: 1fr; }
        & RadioSet { border: none; padding: 0; background: $surface; height: auto; }
        & RadioSet:blur > Radio.-selected > .toggle--label { background: $surface; text-style: none; }
        & Radio { background: $surface; width: 1fr; }
        &.-everybody .-campaign { display: none; }
    }
    NewActivation.-low {
        & .field.-apart, & .said { margin-top: 0; }
        & SegmentMarks { max-height: 4; }
    }
    """

    HEADING: ClassVar[str] = "New activation"
    ACCEPT: ClassVar[str] = "Make it"
    HINT: ClassVar[str] = "space marks + or -, ^s makes it, esc cancels"
    SAYS: ClassVar[bool] = True

    def __init__(self, project: Project, segment: Segment) -> None:
        super().__init__()
        self._project = project
        self._segment = segment

    def compose_body(self) -> ComposeResult:
        """Who, what is sent, and what it is called."""
        templates = [
            (content(f"{each.name} → {each.destination}"), each.name) for each in self._project.templates.values()
        ]
        who = RadioSet(
            Radio("members of segments", value=True, id="members"),
            Radio(content(f"everybody in {self._segment.table}"), id="everybody"),
        )
        template = Select(templates, value=templates[0][1], allow_blank=False, compact=True, id="template")
        yield field("Name", Field(id="name", placeholder="early_access"))
        yield field("Customers", who, is_apart=True)
        yield field("Segments", SegmentMarks(self._known_segments(), self._segment.name), is_apart=True).add_class(
            "-campaign"
        )
        yield field("Template", template, is_apart=True)
        yield field("Audience attribute", Field(id="audience", placeholder="as the name"), is_apart=True).add_class(
            "-campaign"
        )

    def on_mount(self) -> None:
        """Typing begins with the name."""
        self.query_one("#name", Input).focus()
        self._judge()

    def action_accept(self) -> None:
        """Give what is filled in, once it makes sense."""
        fault = self._fault()
        if fault:
            self.refuse(fault, "#name")
        else:
            marks = self.query_one(SegmentMarks)
            segments = (*marks.included, *marks.excluded) if self._who == "members" else ()
            self.dismiss(NewActivationPlan(self._typed_name, self._edit(), segments))

    @on(Input.Changed)
    @on(Select.Changed)
    @on(SegmentMarks.Changed)
    def _follow(self) -> None:
        self._judge()

    @on(RadioSet.Changed)
    def _follow_who(self) -> None:
        self.set_class(self._who == "everybody", "-everybody")
        self._judge()

    @property
    def _who(self) -> _Who:
        button = self.query_one(RadioSet).pressed_button
        return "everybody" if button is not None and button.id == "everybody" else "members"

    @property
    def _typed_name(self) -> str:
        return self.query_one("#name", Input).value.strip()

    @property
    def _audience(self) -> str:
        return self.query_one("#audience", Input).value.strip() or self._typed_name

    @property
    def _template(self) -> str:
        return str(self.query_one("#template", Select).value)

    def _known_segments(self) -> tuple[str, ...]:
        return (self._segment.name, *(name for name in self._project.segments if name != self._segment.name))

    def _edit(self) -> AddTable:
        table: dict[str, TomlValue]
        if self._who == "everybody":
            table = {"query": self._segment.table, "template": self._template}
            return AddTable(("orchestrations", self._typed_name), table)
        marks = self.query_one(SegmentMarks)
        table = {"table": self._segment.table, "include": marks.included}
        if marks.excluded:
            table["exclude"] = marks.excluded
        table["template"] = self._template
        if self._audience != self._typed_name:
            table["audience_attribute"] = self._audience
        return AddTable(("campaigns", self._typed_name), table)

    def _fault(self) -> str:
        """Why it cannot be made, or nothing. What only the whole file shows is said when it is written."""
        if not self._typed_name:
            return "It needs a name."
        if self._typed_name in self._project.campaigns or self._typed_name in self._project.orchestrations:
            return f"There is an activation {self._typed_name} already."
        if reason := problem_of_name(self._typed_name):
            return f"This name {reason}."
        return "" if self._who == "everybody" else self._fault_of_campaign()

    def _fault_of_campaign(self) -> str:
        if not self.query_one(SegmentMarks).included:
            return "Include a segment, or choose everybody."
        if reason := problem_of_attribute(self._audience):
            return f"Audience attribute {self._audience} {reason.sentence}. Give it another name."
        mapped = {each.attribute for each in self._project.templates[self._template].attributes}
        if self._audience in STANDARD_FIELDS or self._audience in mapped:
            return f"Attribute {self._audience} is in use for something else. Give the audience attribute another name."
        return ""

    def _judge(self) -> None:
        """Say what it would do, or why it cannot be made."""
        fault = self._fault() if self._typed_name else ""
        if fault:
            self.refuse(fault)
            return
        destination = self._project.templates[self._template].destination
        if self._who == "everybody":
            means = f"Sends the attributes of {self._template} for every row of {self._segment.table} to {destination}."
        else:
            audience = self._audience or "an attribute of its name"
            means = (
                f"Sends the attributes of {self._template} to {destination}. Members get {audience} = true; "
                "whoever leaves gets false."
            )
        self.say(means)
