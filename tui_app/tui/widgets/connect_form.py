"""The form of one destination. It knows what is typed; what is tested and saved is the screen's matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.message import Message
from textual.widgets import Button, Checkbox, Input, Select

from tui_app.config.destination_draft import DestinationDraft, FieldProblem
from tui_app.core.connection_words import Remark
from tui_app.core.project import IDENTIFIERS, Identifier
from tui_app.core.secret import ApiKey
from tui_app.tui.text import content, plain
from tui_app.tui.widgets.connect_address import AddressFields
from tui_app.tui.widgets.connect_field import Field
from tui_app.tui.widgets.connect_key import KeyFields
from tui_app.tui.widgets.connect_limits import LimitFields
from tui_app.tui.widgets.tick import Tick

_IDENTIFIER_HELP: Final[Mapping[Identifier, str]] = {
    "external_id": "Your own id of a customer.",
    "braze_id": "Braze's own id, which only customers have whom Braze knows.",
    "user_alias": "An alias and its label, each from a column.",
    "email": "The address; each must stand for one customer.",
    "phone": "The number; each must stand for one customer.",
}
_EXISTING_HELP: Final = {
    True: "Unknown customers are skipped.",
    False: "Unknown customers are created in Braze.",
}


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the form."""

    draft: DestinationDraft
    typed_key: ApiKey | None = None


class ConnectForm(VerticalScroll, can_focus=False):
    """Fields from name to limits, and three buttons."""

    DEFAULT_CSS: ClassVar[str] = """
    ConnectForm {
        height: 1fr;
        & Select, & Tick { width: 1fr; }
        & Input.-textual-compact { padding: 0 1; }
        & Select.-textual-compact > SelectCurrent { padding: 0 1; background: $panel; }
        & Select.-textual-compact:focus > SelectCurrent { background: $primary 30%; }
        & SelectOverlay > .option-list--option { padding: 0 1; }
        & SelectOverlay:focus > .option-list--option-highlighted { background: $primary 30%; color: $foreground; }
        & #field-name { margin-bottom: 1; }
        & #field-key, & #field-identifier, & LimitFields { margin-top: 1; }
        & #buttons { height: 1; margin: 1 0 0 17; & Button { min-width: 8; padding: 0 2; margin-right: 1; } }
    }
    """

    @dataclass
    class Changed(Message):
        """Something else stands in the form."""

        is_place: bool
        """Whether the key is kept elsewhere now."""

    def compose(self) -> ComposeResult:
        """What must be known first."""
        yield Field("Name", Input(compact=True, id="name"), id="field-name")
        yield AddressFields()
        yield KeyFields()
        yield Field(
            "Identifier",
            Select([(content(each), each) for each in IDENTIFIERS], allow_blank=False, compact=True, id="identifier"),
            id="field-identifier",
        )
        yield Field(
            "Customers",
            Tick("update existing only", compact=True, id="update_existing_only"),
            id="field-update_existing_only",
        )
        yield LimitFields()
        with Horizontal(id="buttons"):
            yield Button("Test", action="screen.test", compact=True, id="test")
            yield Button("Save", action="screen.save", compact=True, variant="primary", id="save")
            yield Button("Remove", action="screen.remove", compact=True, id="remove")

    def filled(self) -> Filled:
        """What stands in the fields now."""
        draft = DestinationDraft(
            name=self.query_one("#name", Input).value.strip(),
            address=self.query_one(AddressFields).address,
            api_key=self.query_one(KeyFields).reference,
            identifier=cast("Identifier", self.query_one("#identifier", Select).value),
            update_existing_only=self.query_one("#update_existing_only", Checkbox).value,
            **self.query_one(LimitFields).values(),
        )
        return Filled(draft, self.query_one(KeyFields).typed_key)

    @property
    def instance(self) -> str | None:
        """The instance that is meant, if it has a name."""
        return self.query_one(AddressFields).instance

    @property
    def key(self) -> KeyFields:
        """The fields about the key."""
        return self.query_one(KeyFields)

    def show(self, filled: Filled, *, is_new: bool) -> None:
        """Show a destination. One that is saved keeps its name: its ledger and its templates go by it."""
        draft = filled.draft
        with self.prevent(Input.Changed, Select.Changed, Checkbox.Changed):
            self.query_one("#name", Input).value = plain(draft.name)
            self.query_one("#identifier", Select).value = draft.identifier
            self.query_one("#update_existing_only", Checkbox).value = draft.update_existing_only
        self.query_one(AddressFields).show(draft.address)
        self.key.show(draft.api_key, draft.name, filled.typed_key)
        self.query_one(LimitFields).show(draft)
        self.query_one("#field-name").display = is_new
        self.query_one("#remove").display = not is_new
        self._say_help()

    def say_problems(self, problems: Sequence[FieldProblem]) -> None:
        """Say each at its field, and go to the first."""
        for problem in problems:
            if problem.field == "address":
                self.query_one(AddressFields).say_problem(problem.message)
            else:
                self.query_one(f"#field-{problem.field}", Field).say(Remark("bad", problem.message))
        first = self.query_one("#field-address" if problems[0].field == "address" else f"#field-{problems[0].field}")
        if self.query_one(LimitFields) in first.ancestors:
            self.query_one(LimitFields).open()
        self.call_after_refresh(first.query("Input, Select").first().focus)

    def focus_first(self) -> None:
        """Where somebody begins who fills it in."""
        self.query_one("#name" if self.query_one("#field-name").display else "#instance").focus()

    @on(Input.Changed, "#name")
    def _named(self, event: Input.Changed) -> None:
        event.stop()
        self.key.name_destination(event.value)
        self.query_one("#field-name", Field).say()
        self.post_message(self.Changed(is_place=True))

    @on(Input.Changed)
    @on(Select.Changed)
    @on(Checkbox.Changed)
    def _filled_in(self, event: Message) -> None:
        event.stop()
        self.query_one(LimitFields).say_help()
        self.query_one(LimitFields).summarize()
        self._say_help()
        self.post_message(self.Changed(is_place=False))

    @on(AddressFields.Changed)
    def _address_changed(self, event: AddressFields.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(is_place=False))

    @on(KeyFields.Changed)
    def _key_changed(self, event: KeyFields.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(event.is_place))

    @on(Input.Submitted)
    def _go_on(self, event: Input.Submitted) -> None:
        """Enter goes to the next field, as in every form."""
        event.stop()
        self.screen.focus_next()

    def _say_help(self) -> None:
        identifier = cast("Identifier", self.query_one("#identifier", Select).value)
        is_existing = self.query_one("#update_existing_only", Checkbox).value
        self.query_one("#field-identifier", Field).say(Remark("plain", _IDENTIFIER_HELP[identifier]))
        self.query_one("#field-update_existing_only", Field).say(Remark("plain", _EXISTING_HELP[is_existing]))
