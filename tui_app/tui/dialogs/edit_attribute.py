"""What a column feeds: the attribute's name, its type, and what happens to values on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Checkbox, Input, Select, Static

from tui_app.core.fields import STANDARD_FIELDS
from tui_app.core.mapping import VALUE_TYPES, AttributeMapping, OnNull, Template, ValueType
from tui_app.core.project import Project
from tui_app.core.synonyms import standard_field_meant
from tui_app.tui.dialogs.fields_form import FieldsForm, field
from tui_app.tui.text import content, cut, line, lines
from tui_app.tui.widgets.fitted import FittedText
from tui_app.tui.widgets.mapping_changes import drafted
from tui_app.tui.widgets.mapping_draft import Typed, Unfinished, needs_two_columns, read_draft, written_ranges
from tui_app.tui.widgets.mapping_name_field import Candidate, NameField
from tui_app.tui.widgets.mapping_rows import Knowledge, MappingRow, concerns_of_draft
from tui_app.tui.widgets.mapping_words import BRAZE_TYPES, ON_NULL_WORDS, bucket_ranges, rule_words
from tui_app.tui.widgets.tick import Tick
from tui_app.tui.widgets.tones import TEXT_STYLES

_MUTED: Final = TEXT_STYLES["muted"]
_AS_COLUMN: Final = "as column"
_FLAGS: Final = ("trim", "lower", "upper", "keep_empty", "date_only")
_HEADING_CELLS: Final = 50


@dataclass(frozen=True, slots=True)
class EditContext:
    """What an attribute is judged beside."""

    template: Template
    project: Project
    knowledge: Knowledge


class EditAttribute(FieldsForm[AttributeMapping]):
    """A form for one mapping; judged while one types.

    Args:
        row: The column, and what it feeds now.
        beside: What it is judged beside.
    """

    DEFAULT_CSS: ClassVar[str] = """
    EditAttribute {
        & > .dialog { width: 84; }
        & #digits { width: 8; }
        & #digits-line { height: 1; }
        & #digits-line Static { width: 1fr; padding-left: 2; color: $text-muted; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "accept", "Save", show=False)]

    ACCEPT: ClassVar[str] = "Save"
    HINT: ClassVar[str] = "enter saves, esc cancels"

    def __init__(self, row: MappingRow, beside: EditContext) -> None:
        super().__init__()
        self._beside = beside
        self._before = row.mapping
        self._first = row.mapping or drafted(row.column, row.suggestion.attribute if row.suggestion else "")

    def heading(self) -> Content:
        """The column."""
        return line("What ", (cut(self._first.column, _HEADING_CELLS), "$primary"), " feeds")

    def compose_body(self) -> ComposeResult:
        """Name, type, NULL, transforms."""
        first = self._first
        known = self._beside.knowledge
        name = NameField(tuple(_names(known)), value=first.attribute, meant=standard_field_meant,
                         placeholder="name in Braze", id="name")  # fmt: skip
        yield field("attribute", name, FittedText(lambda _width: Content(), id="verdict"))
        columns = [Candidate(column, type_) for column, type_ in (known.types or {}).items()]
        latitude = NameField(columns, value=first.latitude_column or "", placeholder="column", id="latitude")
        yield field("latitude", latitude).add_class("for-location")
        yield field("sent as", Select(_types(), value=first.type or _AS_COLUMN, allow_blank=False, compact=True,
                                      id="type"), is_apart=True)  # fmt: skip
        on_null = [(words, value) for value, words in ON_NULL_WORDS.items()]
        yield field("on NULL", Select(on_null, value=first.on_null, allow_blank=False, compact=True, id="on_null"))
        yield field("text", *self._checkboxes("trim", "lower", "upper", "keep_empty"), are_beside=True, is_apart=True)
        digits = Input("" if first.round is None else str(first.round), id="digits", compact=True, restrict=r"-?[0-9]*")
        note = Static("digits; -2 rounds to hundreds", markup=False)
        yield field("round to", Horizontal(digits, note, id="digits-line"))
        ranges = Input(written_ranges(first.buckets), id="ranges", compact=True, placeholder="low = 0, mid = 100")
        yield field("ranges", ranges, FittedText(lambda _width: Content(), id="ranges-note", classes="note"))
        yield field("time", *self._checkboxes("date_only"), are_beside=True)

    def _checkboxes(self, *names: str) -> Iterator[Tick]:
        for name in names:
            yield Tick(name.replace("_", " "), getattr(self._first, name), id=name, compact=True)

    def on_mount(self) -> None:
        """Type the name at once."""
        self.query_one("#name Input").focus()
        self._judge()

    def on_name_field_changed(self, event: NameField.Changed) -> None:
        """Judge again."""
        event.stop()
        self._judge()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Judge again."""
        event.stop()
        self._judge()

    def on_select_changed(self, event: Select.Changed) -> None:
        """Judge again."""
        event.stop()
        self._judge()

    def on_checkbox_changed(self, event: Checkbox.Changed) -> None:
        """Lower and upper exclude each other."""
        event.stop()
        opposite = {"lower": "upper", "upper": "lower"}.get(event.checkbox.id or "")
        if opposite and event.value:
            self.query_one(f"#{opposite}", Checkbox).value = False
        self._judge()

    def action_accept(self) -> None:
        """Give the mapping, unless something is missing."""
        draft = read_draft(self._typed(), self._first, self._beside.template)
        if isinstance(draft, Unfinished):
            self._judge()
            self.app.bell()
        else:
            self.dismiss(draft)

    def _typed(self) -> Typed:
        type_ = self.query_one("#type", Select).value
        return Typed(
            name=self.query_one("#name", NameField).value,
            latitude=self.query_one("#latitude", NameField).value,
            type=None if type_ == _AS_COLUMN else cast("ValueType", type_),
            on_null=cast("OnNull", self.query_one("#on_null", Select).value),
            flags=frozenset(name for name in _FLAGS if self.query_one(f"#{name}", Checkbox).value),
            digits=self.query_one("#digits", Input).value,
            ranges=self.query_one("#ranges", Input).value,
        )

    def _judge(self) -> None:
        """Say what Braze would make of what stands here."""
        typed = self._typed()
        draft = read_draft(typed, self._first, self._beside.template)
        is_location = needs_two_columns(typed.name)
        self.query_one(".for-location").display = is_location
        if isinstance(draft, Unfinished):
            verdict = line(("✗ ", TEXT_STYLES["bad"]), draft.reason)
            ranges = Content()
        else:
            verdict = lines(*self._verdict(draft))
            ranges = lines(*bucket_ranges(draft.buckets))
        self.query_one("#verdict", FittedText).fit(lambda width: lines(*verdict.wrap(width)))
        note = self.query_one("#ranges-note", FittedText)
        note.display = bool(ranges.plain)
        note.fit(lambda width: lines(*ranges.wrap(width)))

    def _verdict(self, draft: AttributeMapping) -> Iterator[Content]:
        beside = self._beside
        known = beside.knowledge
        concerns = concerns_of_draft(draft, self._before, beside.template, beside.project, known)
        for concern in concerns:
            yield line(("! ", TEXT_STYLES["warning"]), concern.text)
        if concerns:
            return
        standard = STANDARD_FIELDS.get(draft.attribute)
        if standard is not None:
            yield line(("✓ ", TEXT_STYLES["good"]), f"standard field: {rule_words(standard.rule)}")
        elif draft.attribute in known.known_names:
            yield line(("✓ ", TEXT_STYLES["good"]), "custom attribute, known to Braze")
        else:
            yield line(("custom attribute", _MUTED), (", new to Braze" if known.workspace_names else "", _MUTED))


def _names(known: Knowledge) -> Iterator[Candidate]:
    """Standard fields, then what the workspace and the ledger have."""
    for each in STANDARD_FIELDS.values():
        yield Candidate(each.name, f"standard: {rule_words(each.rule)}")
    for name in sorted(known.known_names - STANDARD_FIELDS.keys()):
        yield Candidate(name, "custom, in the workspace" if name in known.workspace_names else "custom, sent before")


def _types() -> Iterator[tuple[Content, str]]:
    yield content("what the column or the field is"), _AS_COLUMN
    for type_ in VALUE_TYPES:
        braze = BRAZE_TYPES[type_]
        yield content(type_ if braze == type_ else f"{type_}: Braze keeps a {braze}"), type_
