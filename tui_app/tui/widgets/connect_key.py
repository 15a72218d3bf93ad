"""The API key, masked, and where it is kept. Nothing here shows a key, not even its length once it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Select

from tui_app.core.connection_words import KEY_KIND_HELP, KEY_KINDS, Remark, key_name_for
from tui_app.core.project import KeyReference
from tui_app.core.secret import ApiKey
from tui_app.tui.text import content, plain
from tui_app.tui.widgets.connect_field import Field

KeyKind = Literal["file", "keyring", "env"]


class KeyFields(Vertical):
    """A key to type, the kind of place where it is kept, and the name of that place.

    The name follows the destination's name and the kind until a person gives one.
    """

    DEFAULT_CSS: ClassVar[str] = """
    KeyFields {
        height: auto;
        & #key-kind { width: 27; }
        & #key-name { width: 1fr; margin-left: 1; }
    }
    """

    @dataclass
    class Changed(Message):
        """The key, or the place where it is kept."""

        is_place: bool

    def __init__(self) -> None:
        super().__init__()
        self._destination = ""
        self._is_named = False

    def compose(self) -> ComposeResult:
        """Key and place."""
        yield Field("API key", Input(password=True, compact=True, id="key"), id="field-key")
        yield Field(
            "kept in",
            Select(
                [(content(words), kind) for kind, words in KEY_KINDS.items()],
                allow_blank=False,
                compact=True,
                id="key-kind",
            ),
            Input(compact=True, id="key-name"),
            id="field-api_key",
        )

    @property
    def reference(self) -> KeyReference:
        """Where the key is kept."""
        kind = cast("KeyKind", self.query_one("#key-kind", Select).value)
        return KeyReference(kind, self.query_one("#key-name", Input).value.strip())

    @property
    def typed_key(self) -> ApiKey | None:
        """What was typed; None if nothing was. White space around it is a slip of copy and paste."""
        typed = self.query_one("#key", Input).value.strip()
        return ApiKey(typed) if typed else None

    def show(self, reference: KeyReference, destination: str, typed_key: ApiKey | None) -> None:
        """Show a place; a name that is not the usual one is left alone later.

        Args:
            reference: Where the key is kept; without a name it gets the usual one.
            destination: Its name.
            typed_key: What was typed before.
        """
        self._destination = destination
        self._is_named = bool(reference.name) and reference.name != key_name_for(reference.kind, destination)
        with self.prevent(Input.Changed, Select.Changed):
            self.query_one("#key", Input).value = typed_key.reveal() if typed_key else ""
            self.query_one("#key-kind", Select).value = reference.kind
            self.query_one("#key-name", Input).value = plain(
                reference.name or key_name_for(reference.kind, destination)
            )
        self.say_place()

    def name_destination(self, destination: str) -> None:
        """The destination is called something else now."""
        self._destination = destination
        self._name_as_usual()

    def clear_key(self) -> None:
        """The key is kept: the field forgets it."""
        with self.prevent(Input.Changed):
            self.query_one("#key", Input).value = ""

    def say_key(self, *remarks: Remark) -> None:
        """What is known about the key."""
        self.query_one("#field-key", Field).say(*remarks)

    def say_place(self, *remarks: Remark) -> None:
        """What is known about the place, after one sentence about its kind."""
        self.query_one("#field-api_key", Field).say(Remark("plain", KEY_KIND_HELP[self.reference.kind]), *remarks)

    @on(Input.Changed, "#key")
    def _key_typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(is_place=False))

    @on(Input.Changed, "#key-name")
    def _place_named(self, event: Input.Changed) -> None:
        event.stop()
        self._is_named = True
        self._place_changed()

    @on(Select.Changed, "#key-kind")
    def _kind_chosen(self, event: Select.Changed) -> None:
        event.stop()
        # A file's name means nothing to a keyring, and an entry's name nothing to a shell.
        self._is_named = False
        self._name_as_usual()
        self._place_changed()

    def _name_as_usual(self) -> None:
        if not self._is_named:
            with self.prevent(Input.Changed):
                self.query_one("#key-name", Input).value = key_name_for(self.reference.kind, self._destination)

    def _place_changed(self) -> None:
        self.say_place()
        self.post_message(self.Changed(is_place=True))
