"""Connect: the workspaces of the project. What is saved was tested, or is kept as a draft by somebody who knows it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.widgets import Static

from tui_app.config.destination_draft import DestinationDraft, FieldProblem, destination_of, draft_of
from tui_app.config.edit import RemoveKey
from tui_app.core.connection_words import kept_words, key_remark, place_remarks
from tui_app.core.errors import FixInput, StokerError
from tui_app.core.project import Destination
from tui_app.tui.command import Command
from tui_app.tui.connection_tests import AskedWith, Tested, state_of
from tui_app.tui.dialogs.confirm import Confirm
from tui_app.tui.save_destination import prepare_saving, try_connection, why_no_key
from tui_app.tui.screens.stage_screen import StageScreen
from tui_app.tui.text import content, line, lines
from tui_app.tui.version_control import would_be_committed
from tui_app.tui.widgets.connect_form import ConnectForm, Filled
from tui_app.tui.widgets.connect_list import DestinationList, Listed
from tui_app.tui.widgets.connect_result import TestResult

_TYPING_PAUSE_SECONDS: Final = 0.25


class Connect(StageScreen):
    """A list of destinations, the form of one of them, and what its last test found out."""

    STAGE = "connect"
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (160, "-spacious")]  # noqa: RUF012 - as Textual has it
    COMMANDS_HERE: ClassVar = (
        Command("test", "ctrl+t,t", "Test", "Ask Braze about the key and the address as they stand here; sends nobody.",
                shown_key="^t"),
        Command("save", "ctrl+s", "Save", "Test, keep the key where you chose, and write the destination."),
        Command("keep_draft", "d", "Keep draft", "Write it although its test failed; nothing can be sent with it yet."),
        Command("new", "n", "New", "Fill in another destination."),
        Command("remove", "x", "Remove", "Take the destination out of the project; its ledger stays.", in_footer=False),
    )  # fmt: skip

    CSS = """
    Connect #connect { height: 1fr; layout: horizontal; }
    Connect #list { width: 30; height: 1fr; margin-right: 2; border-right: vkey $border-blurred; }
    Connect #destinations { height: 1fr; }
    Connect #desk, Connect #work { height: 1fr; }
    Connect #headline { height: 1; margin-bottom: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    Connect #form { height: auto; max-height: 100%; max-width: 90; }
    Connect #work.-has-result #form { max-height: 70%; }
    Connect #result { margin-top: 1; max-height: 12; }
    Connect.-spacious #work { layout: horizontal; }
    Connect.-spacious #work.-has-result #form { max-height: 100%; }
    Connect.-spacious #result { margin: 0 0 0 3; max-height: 100%; max-width: 72; }
    Connect.-narrow #connect { layout: vertical; }
    Connect.-narrow #list { width: 1fr; height: auto; margin: 0 0 1 0; border-right: none; }
    Connect.-narrow #destinations { height: auto; max-height: 4; }
    Connect.-low #headline { margin-bottom: 0; }
    Connect.-low #work #form { height: 1fr; max-height: 100%; }
    Connect.-low #form Field { margin: 0; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._here: str | None = None
        """The destination that the form shows; None: a new one."""
        self._on_disk: Destination | None = None
        """What the form was filled from."""
        self._as_shown: Filled | None = None
        """How the form was then; None before the first time."""
        self._unsaved: dict[str | None, Filled] = {}
        """What was typed and left."""
        self._tests: dict[str | None, Tested] = {}
        self._last_choice: str | None = None
        self._refuses_saving = False
        """Somebody wanted to save what failed its test."""
        self._commands_depend_on: object = None

    def compose_stage(self) -> ComposeResult:
        """The list beside, or above, the form."""
        with Container(id="connect"):
            with Vertical(id="list"):
                yield DestinationList(id="destinations")
            with Vertical(id="desk"):
                yield Static(id="headline")
                with Container(id="work"):
                    yield ConnectForm(id="form")
                    yield TestResult(id="result", classes="-hidden")

    # What is shown

    @property
    def _form(self) -> ConnectForm:
        return self.query_one(ConnectForm)

    @property
    def _destinations(self) -> Mapping[str, Destination]:
        return self.session.project.destinations if self.session.project else {}

    def refresh_stage(self) -> None:
        """Follow the project and the choice; what somebody is typing stays."""
        destinations = self._destinations
        wanted, is_first_time = self._here, self._as_shown is None
        if self.session.choice.destination != self._last_choice or is_first_time:
            self._last_choice = self.session.choice.destination
            chosen = self.session.destination()
            wanted = chosen.name if chosen else None
        if wanted is not None and wanted not in destinations:
            wanted = next(iter(destinations), None)
        on_disk = destinations.get(wanted) if wanted is not None else None
        if is_first_time or wanted != self._here:
            self._fill_in(wanted)
        elif on_disk != self._on_disk and not self._has_unsaved():
            self._show(on_disk)
        self._on_disk = on_disk
        self._show_surroundings()
        if is_first_time and self.focused is None:
            self._form.focus_first() if wanted is None else self.query_one(DestinationList).focus()

    def _fill_in(self, name: str | None) -> None:
        """Show another destination; what was typed into this one is kept for whoever comes back."""
        if self._as_shown is not None and self._has_unsaved():
            self._unsaved[self._here] = self._form.filled()
        self.workers.cancel_group(self, "connect")
        self._here = name
        self._refuses_saving = False
        self._on_disk = self._destinations.get(name) if name is not None else None
        self._show(self._on_disk)
        if (typed := self._unsaved.pop(name, None)) is not None:
            self._form.show(typed, is_new=name is None)
        self._look_for_key()

    def _show(self, destination: Destination | None) -> None:
        draft = draft_of(destination) if destination else DestinationDraft("" if self._destinations else "braze")
        self._form.show(Filled(draft), is_new=destination is None)
        self._as_shown = self._form.filled()

    def unsaved(self) -> tuple[str, ...]:
        """Destinations that were typed and not saved."""
        typed = {*self._unsaved, *([self._here] if self._has_unsaved() else [])}
        return tuple(f"destination {name}" if name else "a new destination" for name in sorted(typed, key=str))

    def _has_unsaved(self) -> bool:
        return self._form.filled() != self._as_shown

    def on_resize(self) -> None:
        """A narrow screen has one line for a destination; the screen knows that it is narrow once it was laid out."""
        if self._as_shown is not None:
            self.call_after_refresh(self._show_surroundings)

    def _show_surroundings(self) -> None:
        """The list, the headline and the result, as they follow from the form."""
        unsaved = {*self._unsaved, self._here} if self._has_unsaved() else {*self._unsaved}
        listed = [
            Listed(each, state_of(each, self._tests.get(each.name), self.session.now()), each.name in unsaved)
            for each in self._destinations.values()
        ]
        is_narrow = self.has_class("-narrow")
        self.query_one(DestinationList).show(listed, self._here, is_narrow=is_narrow)
        title = self._here or "A new destination"
        remark = ("   • not saved", "$text-warning") if self._here in unsaved and self._here else ""
        self.query_one("#headline", Static).update(line((title, "bold"), remark), layout=False)
        self._show_test()

    def _show_test(self) -> None:
        """The last test, if it was one of what stands in the form now."""
        tested, result = self._fitting_test(), self.query_one(TestResult)
        self.query_one("#work").set_class(tested is not None, "-has-result")
        if tested is None:
            self._refuses_saving = False
            result.hide()
        else:
            result.show_test(tested, self._form.instance, refuses_saving=self._refuses_saving)
        if self._commands_depend_on != (state := (self._here, self._refuses_saving)):
            self._commands_depend_on = state
            self.refresh_bindings()

    def _fitting_test(self) -> Tested | None:
        tested = self._tests.get(self._here)
        return tested if tested and tested.asked_with == AskedWith.of_form(self._form.filled()) else None

    # What is done in the list and in the form

    @on(DestinationList.Chosen)
    def _destination_chosen(self, event: DestinationList.Chosen) -> None:
        if event.name != self._here:
            self._go_to(event.name)

    def _go_to(self, name: str | None) -> None:
        self._fill_in(name)
        if name is not None:
            self.session.choose(destination=name)
            self._last_choice = name
        self._show_surroundings()
        self.show_frame()

    @on(ConnectForm.Changed)
    def _form_changed(self, event: ConnectForm.Changed) -> None:
        event.stop()
        # What is being tested or saved is not what stands here any more.
        self.workers.cancel_group(self, "connect")
        self._show_surroundings()
        self._look_for_key()

    @on(TestResult.Chosen, "#result")
    def _remedy_clicked(self) -> None:
        self.action_keep_draft()

    @work(exclusive=True, group="look for the key")
    async def _look_for_key(self) -> None:
        """Say whether a key is where the form says, and whether that is a good place."""
        await asyncio.sleep(_TYPING_PAUSE_SECONDS)
        filled = self._form.filled()
        reference = filled.draft.api_key
        if not reference.name:
            self._form.key.say_key()
            return
        try:
            problem = await why_no_key(self.session, reference)
        except StokerError as error:
            self.explain(error)
            return
        self._form.key.say_key(key_remark(reference, has_typed=filled.typed_key is not None, problem=problem))
        is_in_git = reference.kind == "file" and await would_be_committed(self.session.folder / reference.name)
        self._form.key.say_place(*place_remarks(reference, has_key=not problem, is_in_git=is_in_git))

    # Commands

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Drafts are for what was refused; only what is saved can be removed."""
        del parameters
        match action:
            case "keep_draft":
                return self._refuses_saving
            case "remove":
                return self._here is not None
            case _:
                return True

    @work(exclusive=True, group="connect")
    async def action_test(self) -> None:
        """Test what stands in the form, also if it was tested before."""
        self._refuses_saving = False
        if (destination := self._sound_destination()) is not None:
            await self._test(destination, self._form.filled())
            self._show_surroundings()

    @work(exclusive=True, group="connect")
    async def action_save(self) -> None:
        """Test it unless it was tested as it is, then write it."""
        if (destination := self._sound_destination()) is None:
            return
        filled, tested = self._form.filled(), self._fitting_test()
        if tested is None or not tested.is_good:
            tested = await self._test(destination, filled)
        if tested.is_good:
            await self._write(destination, filled)
            return
        self._refuses_saving = True
        self._show_surroundings()
        # Out of a text field, so that the letter that helps is a command.
        self.query_one(DestinationList).focus()

    @work(exclusive=True, group="connect")
    async def action_keep_draft(self) -> None:
        """Write what failed its test."""
        if self._refuses_saving and (destination := self._sound_destination()) is not None:
            self._refuses_saving = False
            await self._write(destination, self._form.filled())

    def action_new(self) -> None:
        """Fill in another."""
        self._go_to(None)
        self._form.focus_first()

    def action_remove(self) -> None:
        """Take it out of the project, unless a template goes there."""
        project, name = self.session.project, self._here
        if project is None or name is None:
            return
        if users := [each.name for each in project.templates.values() if each.destination == name]:
            fact = f'Destination "{name}" cannot be removed: template {", ".join(users)} goes there.'
            self.explain(FixInput.at(f"{fact} Nothing was changed. Point it elsewhere first."), "Still in use")
            return
        text = lines(
            f"Its key {kept_words(project.destinations[name].api_key)} is not touched.",
            "Its ledger stays too: connect the same workspace again, and only changes are sent.",
        )

        def answered(is_yes: bool | None) -> None:  # noqa: FBT001 - Textual hands it over
            if is_yes:
                self._unsaved.pop(name, None)
                self._as_shown = self._form.filled()
                self.edit(f"Remove destination {name}", RemoveKey(("destinations", name)))

        self.app.push_screen(Confirm(f"Remove destination {name} from stoker.toml?", text, "Remove"), answered)

    # Testing and writing

    def _sound_destination(self) -> Destination | None:
        """What the form means; what is wrong with it is said at its fields."""
        if self.session.problems:
            self.explain(FixInput(*self.session.problems), "stoker.toml must be mended first; nothing was changed")
            return None
        draft = self._form.filled().draft
        found = destination_of(draft, self.session.file)
        if self._here is None and draft.name in self._destinations:
            found = (FieldProblem("name", "There is a destination of this name. Give this one another."),)
        if isinstance(found, Destination):
            return found
        self._form.say_problems(found)
        return None

    async def _test(self, destination: Destination, filled: Filled) -> Tested:
        """Ask Braze, and remember what it said."""
        self.query_one(TestResult).wait_for(destination)
        here = self._here
        self._tests[here] = await try_connection(self.session, destination, filled)
        return self._tests[here]

    async def _write(self, destination: Destination, filled: Filled) -> None:
        """Keep the key, then write the section."""
        try:
            edits = await prepare_saving(self.session, filled, self._on_disk)
        except StokerError as error:
            self._show_surroundings()
            self.explain(error, "Not saved")
            return
        verb = "Change" if self._on_disk else "Add"
        if edits and not self.edit(f"{verb} destination {destination.name}", *edits):
            return
        tested = self._tests.pop(self._here, None)
        self._here = self._last_choice = destination.name
        self.session.choose(destination=destination.name)
        self._form.show(Filled(filled.draft), is_new=False)
        self._as_shown = self._form.filled()
        if tested is not None:
            self._tests[self._here] = replace(tested, asked_with=AskedWith.of_form(self._as_shown))
        self.notify(content(f"Destination {destination.name} is saved.").plain, markup=False)
        if filled.typed_key is not None and destination.api_key.kind == "env":
            # The variable may hold another key than the one that was tested, or none.
            await self._test(destination, self._as_shown)
        self._show_surroundings()
        self._look_for_key()
