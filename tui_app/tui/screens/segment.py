"""The stage Segment: conditions that pick customers, built without SQL, with the number of members beside them."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.widgets import Static

from tui_app.config.document import read_text
from tui_app.config.edit import Edit, RemoveKey
from tui_app.config.segment_edits import segment_edits
from tui_app.core.errors import FixInput, Place
from tui_app.core.project import Project
from tui_app.core.segment import Group, Segment
from tui_app.core.segment_draft import SegmentDraft, drafts_beside
from tui_app.core.segment_editing import DRAFT, Path, numbered
from tui_app.core.segment_uses import direct_users_of
from tui_app.tui.dialogs.confirm import Confirm
from tui_app.tui.dialogs.new_activation import NewActivation, NewActivationPlan
from tui_app.tui.dialogs.new_segment import NewSegment, tables_of
from tui_app.tui.screens.segment_conditions import EditingStage
from tui_app.tui.text import content, counted, lines
from tui_app.tui.widgets.notice import Notice
from tui_app.tui.widgets.segment_commands import SEGMENT_COMMANDS
from tui_app.tui.widgets.segment_editor import SegmentEditor
from tui_app.tui.widgets.segment_empty import SegmentEmpty
from tui_app.tui.widgets.segment_outline import SegmentOutline
from tui_app.tui.widgets.segment_result import SegmentResult
from tui_app.tui.widgets.segment_side import SegmentChosen, SegmentSelect, SegmentSide

_VAST_FROM: Final = 170
"""Columns from which the result stands beside the conditions."""
_NEED_SEGMENT: Final = frozenset(each.name for each in SEGMENT_COMMANDS) - {"new", "undo_step", "redo_step"}


class SegmentStage(EditingStage):
    """Drafts of segments; nothing is written before it is saved."""

    STAGE = "segment"
    AUTO_FOCUS = "SegmentOutline"
    COMMANDS_HERE: ClassVar = SEGMENT_COMMANDS

    DEFAULT_CSS = """
    SegmentStage {
        & #segment-body { height: 1fr; }
        & #segment-side { width: 24; margin-right: 2; }
        & #segment-side Static { padding: 0 1; color: $text-muted; margin-bottom: 1; }
        & #segment-work { height: 1fr; width: 1fr; }
        & #segment-select { display: none; height: 1; }
        & SegmentResult { margin-top: 1; }
        & SegmentEmpty { margin-top: 1; }
    }
    SegmentStage.-vast {
        & #segment-work { layout: horizontal; }
        & SegmentEditor { width: 1fr; height: 1fr; max-height: 100%; margin-right: 3; }
        & SegmentResult { width: 1fr; margin-top: 0; }
    }
    SegmentStage.-narrow {
        & #segment-title { display: none; }
        & #segment-side { display: none; }
        & #segment-select { display: block; margin-bottom: 1; }
    }
    SegmentStage.-low {
        & SegmentEditor { max-height: 55%; }
        & SegmentEditor #segment-title { margin-bottom: 0; }
        & SegmentEditor #segment-keys { margin-top: 0; }
        & SegmentResult TabbedContent { margin-top: 0; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._drafts: dict[str, SegmentDraft] = {}
        self._shown_name = ""
        """Of the segment that is shown; "" if there is none."""

    def compose_stage(self) -> ComposeResult:
        """Segments, conditions, result."""
        yield SegmentEmpty(id="segment-empty", classes="-hidden")
        with Horizontal(id="segment-body"):
            with Vertical(id="segment-side"):
                yield Static("Segments", markup=False)
                yield SegmentSide(id="segment-list")
            with Container(id="segment-work"):
                yield SegmentSelect(id="segment-select")
                yield SegmentEditor(id="segment-editor")
                yield SegmentResult(id="segment-result")

    @property
    def result(self) -> SegmentResult:
        """The count and what is beneath it."""
        return self.query_one(SegmentResult)

    @property
    def draft(self) -> SegmentDraft | None:
        """What is shown."""
        return self._drafts.get(self._shown_name)

    def unsaved(self) -> tuple[str, ...]:
        """Segments that the project file does not know as they are shown."""
        return tuple(f"segment {name}" for name, draft in self._drafts.items() if not draft.is_saved)

    def on_resize(self, event: events.Resize) -> None:
        """Beside each other where there is room."""
        self.set_class(event.size.width >= _VAST_FROM, "-vast")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a segment there is nothing to edit."""
        if action in _NEED_SEGMENT and self.draft is None:
            return None
        return super().check_action(action, parameters)

    # What is shown

    def refresh_stage(self) -> None:
        """Show the project's segments beside the drafts of them."""
        project = self.session.project
        if project is not None:
            self._drafts = drafts_beside(self._drafts, project.segments)
            wanted = (self.session.choice.segment, self._shown_name, *self._drafts)
            self._show(next((each for each in wanted if each in self._drafts), ""), None)
        self._show_emptiness(project)
        self.refresh_bindings()

    def _show(self, name: str, path: Path | None) -> None:
        """Show a segment: `path` is where its cursor goes."""
        is_another, self._shown_name = name != self._shown_name, name
        draft, project = self.draft, self.session.project
        if draft is None or project is None:
            return
        drafts = tuple(self._drafts.values())
        self.query_one(SegmentSide).show(drafts, name)
        self.query_one(SegmentSelect).show(drafts, name)
        segment = numbered(draft.segment)
        self.editor.show(project, segment, () if is_another else path, is_saved=draft.is_saved)
        self.result.judge(segment, project, is_another=is_another)
        if self.focused is None:
            self.editor.outline.focus()

    def _show_emptiness(self, project: Project | None) -> None:
        """Say what is missing where there is nothing to show."""
        is_empty = project is None or not self._drafts
        empty = self.query_one(SegmentEmpty)
        empty.set_class(not is_empty, "-hidden")
        if is_empty:
            empty.explain(project, self.session.problems)
        self.query_one("#segment-body").set_class(is_empty, "-hidden")

    async def on_notice_chosen(self, event: Notice.Chosen) -> None:
        """A click on the key does what the key does."""
        event.stop()
        match event.key:
            case "n":
                self.action_new()
            case "1":
                await self.stoker.go("home")
            case "3":
                await self.stoker.go("source")
            case _:
                self.clear_explanation()

    @on(SegmentChosen)
    def _choose(self, event: SegmentChosen) -> None:
        event.stop()
        if event.name != self._shown_name and event.name in self._drafts:
            self.session.choose(segment=event.name)
            self._show(event.name, ())

    @on(SegmentEditor.Changed)
    def _take_change(self, event: SegmentEditor.Changed) -> None:
        event.stop()
        if self.draft is not None:
            self.keep(self.draft.changed(event.condition), event.path)

    @on(SegmentOutline.Edited)
    def _edit_row(self, event: SegmentOutline.Edited) -> None:
        event.stop()
        self.action_edit()

    @on(SegmentEditor.Failed)
    def _explain_failure(self, event: SegmentEditor.Failed) -> None:
        event.stop()
        self.explain(event.error)

    @on(SegmentResult.Judged)
    def _take_verdict(self, event: SegmentResult.Judged) -> None:
        event.stop()
        draft = self.draft
        if draft is None or event.segment != numbered(draft.segment):
            return
        others = self.editor.show_problems(event.problems)
        if others:
            self.result.show_fault(others[0].message)
        elif event.problems:
            self.result.show_fault(f"Not counted: {counted(len(event.problems), 'fault')} above, marked with !")

    def keep(self, draft: SegmentDraft, path: Path | None) -> None:
        """Go on with a draft."""
        self._drafts[draft.segment.name] = draft
        self._show(draft.segment.name, path)

    # Commands on the result

    def action_other_tab(self) -> None:
        """Members or SQL."""
        self.result.action_other_tab()

    def action_count_again(self) -> None:
        """Count once more."""
        if self.draft is not None and self.session.project is not None:
            self.result.judge(numbered(self.draft.segment), self.session.project, is_another=False, again=True)

    # Commands on segments

    def action_save(self) -> None:
        """Write the draft to the project file."""
        draft = self.draft
        if draft is None:
            return
        name = draft.segment.name
        if draft.is_saved:
            self.notify(content(f"{name} is saved already.").plain, markup=False)
        elif self._write(f"Save segment {name}", draft):
            self.notify(content(f"{name} is in stoker.toml now.").plain, title="Saved", markup=False)

    def action_new(self) -> None:
        """Name another segment."""
        project = self.session.project
        tables = tables_of(project) if project is not None else []
        if not tables:
            self.notify("There is no table to pick customers from. Source names one.", markup=False)
            return
        here = self.draft.segment.table if self.draft else None
        self.stoker.push_screen(NewSegment(tables, here, self._drafts), self._begin)

    def _begin(self, named: tuple[str, str] | None) -> None:
        if named is None:
            return
        name, table = named
        segment = Segment(name, table, Group("all", ()), Place(DRAFT, 1))
        self._drafts[name] = SegmentDraft(segment, None)
        self.session.choose(segment=name)
        self._show(name, ())
        self._show_emptiness(self.session.project)
        self.editor.outline.focus()
        self.refresh_bindings()

    def action_delete(self) -> None:
        """Remove the segment, after a question."""
        draft, project = self.draft, self.session.project
        if draft is None or project is None:
            return
        name = draft.segment.name
        users = direct_users_of(name, project)
        if draft.saved is not None and users:
            fact = f'segment "{name}": {", ".join(users)} use it. It was not deleted. Take it out there first.'
            self.explain(FixInput.at(fact, None, "in_use"), "It is in use")
            return
        where = "It goes out of stoker.toml." if draft.saved is not None else "It was never saved."
        text = lines(where, "Braze and the ledger stay as they are: only conditions are deleted.")
        question = Confirm(f"Delete segment {name}", text, "Delete", can_be_undone=draft.saved is not None)
        self.stoker.push_screen(question, self._delete)

    def _delete(self, is_agreed: bool | None) -> None:  # noqa: FBT001 - Textual hands it over so
        draft = self.draft
        if not is_agreed or draft is None:
            return
        name = draft.segment.name
        if draft.saved is None or self.edit(f"Delete segment {name}", RemoveKey(("segments", name))):
            self._drafts.pop(name, None)
            self.refresh_stage()

    # Commands on activations

    def action_campaign(self) -> None:
        """Make something to run."""
        draft, project = self.draft, self.session.project
        if draft is None or project is None:
            return
        if not project.templates:
            self.notify("Nothing is mapped yet, so nothing could be sent. Mapping makes a template.", markup=False)
            return
        self.stoker.push_screen(NewActivation(project, draft.segment), self._make_activation)

    async def _make_activation(self, plan: NewActivationPlan | None) -> None:
        draft = self.draft
        if plan is None or draft is None:
            return
        needed = draft if draft.segment.name in plan.segments else None
        if self._write(f"Add {plan.name}", needed, plan.edit):
            await self.stoker.go("preview", activation=plan.name, plan=None)

    async def action_preview(self) -> None:
        """Plan the first activation that includes the segment, or make one."""
        draft, project = self.draft, self.session.project
        if draft is None or project is None:
            return
        name = draft.segment.name
        including = next((each.name for each in project.campaigns.values() if name in each.include), None)
        if including is None:
            self.action_campaign()
            return
        if not draft.is_saved:
            self.notify(content(f"{name} is planned as it was saved last; s saves the draft.").plain, markup=False)
        await self.stoker.go("preview", activation=including, plan=None)

    def _write(self, title: str, draft: SegmentDraft | None, *more: Edit) -> bool:
        """Write a draft, unless the project file says the same, and more with it, as one edit."""
        edits: tuple[Edit, ...] = ()
        if draft is not None and not draft.is_saved:
            if draft.is_overtaken:
                self.keep(draft.told(), None)
                self.explain(_overtaken(draft), "Not saved")
                return False
            file = self.session.file
            try:
                text = read_text(file, str(file), "project file", "Home makes one.")
            except FixInput as error:
                self.explain(error)
                return False
            edits = segment_edits(text, draft.saved, draft.segment)
        return self.edit(title, *edits, *more)


def _overtaken(draft: SegmentDraft) -> FixInput:
    """Why a draft is not written at once over what somebody else did, and both ways on."""
    name = draft.segment.name
    if draft.saved is None:
        ways = "s again writes it anew; D drops it here, too"
        return FixInput.at(
            f"{name} was deleted outside meanwhile. Nothing was written: {ways}.", None, "changed_outside"
        )
    ways = "R takes what stoker.toml says now; s again writes yours over it"
    return FixInput.at(f"{name} was changed outside meanwhile. Nothing was written: {ways}.", None, "changed_outside")
