"""What the keys of the stage Mapping do to the project: each asks where it must, and makes one edit that can be undone.

What was asked is only done if the template is still what it was when the question came up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

from textual.content import Content

from tui_app.backstage.questions.source import ColumnTypes, CountValues, ValueCount
from tui_app.core.errors import FixInput
from tui_app.core.mapping import AttributeMapping, Bucket, Template
from tui_app.core.suggestions import Suggestion
from tui_app.core.table_report import ColumnType
from tui_app.tui.dialogs.add_ranges import AddRanges
from tui_app.tui.dialogs.choose_column import ChooseColumn
from tui_app.tui.dialogs.choose_mapping import ChooseMapping, ChosenMapping
from tui_app.tui.dialogs.confirm import Confirm
from tui_app.tui.dialogs.dialog import Dialog
from tui_app.tui.dialogs.edit_attribute import EditAttribute, EditContext
from tui_app.tui.dialogs.new_template import NewTemplate, NewTemplateOrder
from tui_app.tui.screens.stage_screen import StageScreen
from tui_app.tui.text import content, line, lines
from tui_app.tui.widgets import mapping_changes as changes
from tui_app.tui.widgets.mapping_changes import Change, Written
from tui_app.tui.widgets.mapping_rows import MappingRow, Sheet
from tui_app.tui.widgets.mapping_scout import MappingScout, Subject
from tui_app.tui.widgets.tones import TEXT_STYLES

ResultT = TypeVar("ResultT")

_VALUES_COUNTED: Final = 10_000
"""Different values of a column, the most frequent ones; days and hours have fewer."""
_MUTED: Final = TEXT_STYLES["muted"]
_BASES: Final = {"standard": "standard field", "known": "known to Braze", "column": "new custom attribute"}


class MappingEditor:
    """Edits what the stage shows.

    Args:
        screen: Makes the edits, and shows the questions.
        scout: Knows the table.
    """

    def __init__(self, screen: StageScreen, scout: MappingScout) -> None:
        self._screen = screen
        self._scout = scout

    def edit(self, sheet: Sheet, row: MappingRow) -> None:
        """Open what a row is made of: a mapping, or the column of the identifier."""
        project = self._screen.session.project
        if row.identifier is not None:
            self._choose_column(sheet, row)
        elif project is not None:

            def made(after: AttributeMapping) -> Change | None:
                return changes.edited_mapping(sheet.template.name, row.mapping, after, self._written(sheet))

            form = EditAttribute(row, EditContext(sheet.template, project, self._scout.knowledge))
            self._ask(form, sheet.template, made)

    def map(self, sheet: Sheet, rows: Sequence[MappingRow]) -> None:
        """Map rows to what is suggested for them."""
        self._make(changes.mapped(sheet.template.name, rows), "Nothing is suggested here; enter names an attribute.")

    def map_all(self, sheet: Sheet, rows: Sequence[MappingRow]) -> None:
        """Show what rows would be mapped to, and map them."""
        change = changes.mapped(sheet.template.name, rows)
        if change is None:
            self._notify("No suggestion is sure. Mark columns with space or a, and press m.")
            return
        shown = [_suggestion_words(row.column, row.suggestion) for row in rows if row.suggestion]
        self._ask(Confirm(change.title, lines(*shown), "Map", can_be_undone=True), sheet.template, lambda _yes: change)

    def unmap(self, sheet: Sheet, rows: Sequence[MappingRow]) -> None:
        """Remove the attributes of rows."""
        is_identifier = any(row.identifier for row in rows)
        why = (
            "The identifier stays; enter takes it from another column." if is_identifier else "Nothing is mapped here."
        )
        self._make(changes.unmapped(sheet.template.name, rows), why)

    def toggle_on_null(self, sheet: Sheet, rows: Sequence[MappingRow]) -> None:
        """Clear or keep what Braze has where a column turns NULL."""
        change = changes.toggled_on_null(sheet.template.name, rows, self._written(sheet))
        self._make(change, "Nothing is mapped here.")

    def fix(self, sheet: Sheet, row: MappingRow, table: str) -> None:
        """Mend what a row should first be looked at for."""
        remedy, template = row.remedy, sheet.template
        if remedy is None:
            self._notify("There is no warning with a fix here. w shows the rows with warnings.")
            return
        match remedy.kind:
            case "rename" if remedy.to is not None:
                self._make(changes.renamed(template.name, [(row.attribute, remedy.to)]))
            case "rename" | "choose_name":
                self.edit(sheet, row)
            case "remove":
                self.unmap(sheet, [row])
            case "choose_column":
                self._choose_column(sheet, row)
            case "opt_in":
                self._opt_in(sheet)
            case "add_buckets":
                self._add_ranges(sheet, row, table)

    def fix_all(self, sheet: Sheet) -> None:
        """Show all fixes that only rename, and make them."""
        pairs = changes.safe_renames(sheet.template, sheet.rows)
        if not pairs:
            self._notify("There is no fix that only renames. f mends the row's first warning.")
            return
        change = changes.renamed(sheet.template.name, pairs)
        shown = [line((old, _MUTED), " → ", (new, "bold")) for old, new in pairs]
        self._ask(
            Confirm(change.title, lines(*shown), "Rename", can_be_undone=True), sheet.template, lambda _yes: change
        )

    def choose(self, subject: Subject) -> None:
        """Choose template and table."""

        def chosen(choice: ChosenMapping | None) -> None:
            if choice is None:
                return
            if choice.template is None:
                self.add_template(choice.table)
            else:
                self._go(choice.template, choice.table)

        self._screen.app.push_screen(ChooseMapping(subject.project, subject.template.name, subject.table), chosen)

    def add_template(self, table: str) -> None:
        """Make a template, looked at with a table at first."""
        project = self._screen.session.project
        if project is None:
            return

        def ordered(order: NewTemplateOrder | None) -> None:
            if order is None:
                return
            change = changes.new_template(order.name, order.destination, order.columns)
            if self._screen.edit(change.title, *change.edits):
                self._go(order.name, order.table)

        async def read_types(name: str) -> Mapping[str, ColumnType] | None:
            return await self._screen.ask(ColumnTypes(name))

        self._screen.app.push_screen(NewTemplate(project, table, read_types), ordered)

    def _go(self, template: str, table: str) -> None:
        stoker = self._screen.stoker
        stoker.call_later(stoker.go, "mapping", template=template, mapped_table=table)

    def _choose_column(self, sheet: Sheet, row: MappingRow) -> None:
        types = self._scout.knowledge.types
        if types is None:
            self._notify("The columns of the table are not known yet.")
            return

        def made(column: str) -> Change | None:
            return changes.with_column(sheet.template.name, row, column, self._written(sheet))

        self._ask(ChooseColumn(row.column, types), sheet.template, made)

    def _opt_in(self, sheet: Sheet) -> None:
        name = sheet.destination.name
        text = content(
            "Braze should stay the source of truth for consent. From now on every subscription state that a template "
            f"maps is sent to {name} and overwrites what customers chose there."
        )
        change = changes.with_consent(name)
        self._ask(Confirm(f"Let {name} send consent?", text, "Send"), sheet.template, lambda _yes: change)

    def _add_ranges(self, sheet: Sheet, row: MappingRow, table: str) -> None:
        mapping = row.mapping
        if mapping is None:
            return

        async def count_values() -> tuple[ValueCount, ...] | None:
            return await self._screen.ask(CountValues(table, mapping.column, _VALUES_COUNTED))

        def made(ranges: tuple[Bucket, ...]) -> Change | None:
            return changes.with_ranges(sheet.template.name, mapping, ranges, self._written(sheet))

        self._ask(AddRanges(mapping, count_values), sheet.template, made)

    def _ask(
        self,
        question: Dialog[ResultT],
        template: Template,
        made: Callable[[ResultT], Change | None],
    ) -> None:
        """Show a question, and make what its answer asks for."""

        def answered(answer: ResultT | None) -> None:
            if not answer:
                return
            project = self._screen.session.project
            if project is None or project.templates.get(template.name) != template:
                self._screen.explain(_changed_meanwhile(template.name))
            else:
                self._make(made(answer))

        self._screen.app.push_screen(question, answered)

    def _make(self, change: Change | None, if_nothing: str = "Nothing was changed.") -> None:
        if change is None or not change.edits:
            self._notify(if_nothing)
        elif self._screen.edit(change.title, *change.edits) and len(change.edits) > 1:
            self._notify(f"{change.title}: done. u takes it back.")

    def _notify(self, text: str) -> None:
        self._screen.notify(content(text).plain, markup=False)

    def _written(self, sheet: Sheet) -> Written:
        """How the attributes stand in the file. One that cannot be read now is met by the edit itself."""
        try:
            text = self._screen.session.file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return {}
        return changes.written_attributes(text, sheet.template.name)


def _suggestion_words(column: str, suggestion: Suggestion) -> Content:
    return line(column, " → ", (suggestion.attribute, "bold"), (f"  {_BASES[suggestion.basis]}", _MUTED))


def _changed_meanwhile(template: str) -> FixInput:
    message = (
        f"template {template!r}: stoker.toml was changed by something else while this was asked. Nothing was written. "
        "Look at it again and repeat the change."
    )
    return FixInput.at(message, None, "changed_outside")
