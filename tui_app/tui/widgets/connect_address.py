"""Which workspace: an instance from the list, or an address that is recognised while it is typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Select

from tui_app.core.connection_words import Remark, address_remark
from tui_app.core.instances import INSTANCES, Endpoint, endpoint_of
from tui_app.tui.text import line, plain
from tui_app.tui.widgets.connect_field import Field

_BY_ADDRESS: Final = ""
"""The choice that stands for no instance of the list."""


class AddressFields(Vertical):
    """Two fields that stay in step: a recognised address chooses its instance, and a choice clears the address."""

    DEFAULT_CSS: ClassVar[str] = "AddressFields { height: auto; }"

    @dataclass
    class Changed(Message):
        """Another workspace is meant, or none."""

    def compose(self) -> ComposeResult:
        """The list and the address."""
        choices = [(line(each.name, (f"  {each.rest_host}", "$foreground-muted")), each.name) for each in INSTANCES]
        by_address = (line("another", ("  paste its address", "$foreground-muted")), _BY_ADDRESS)
        yield Field(
            "Instance",
            Select([*choices, by_address], value=_BY_ADDRESS, allow_blank=False, compact=True, id="instance"),
            id="field-instance",
        )
        yield Field(
            "or its address",
            Input(placeholder="https://dashboard-03.braze.com", compact=True, id="address"),
            id="field-address",
        )

    @property
    def address(self) -> str:
        """What was typed, else the instance that was chosen; "" for neither."""
        chosen = self.query_one("#instance", Select).value
        return self.query_one("#address", Input).value.strip() or str(chosen)

    @property
    def instance(self) -> str | None:
        """The instance that is meant, if it has a name."""
        found = endpoint_of(self.address)
        return found.instance if isinstance(found, Endpoint) else None

    def show(self, address: str) -> None:
        """Show an instance's name or an address."""
        known = address in {each.name for each in INSTANCES}
        with self.prevent(Input.Changed, Select.Changed):
            self.query_one("#address", Input).value = "" if known else plain(address)
        self._follow()
        if known:
            self._choose(address)
        self._say()

    def say_problem(self, message: str) -> None:
        """Why it cannot be used."""
        self.query_one("#field-address", Field).say(Remark("bad", message))

    @on(Input.Changed, "#address")
    def _address_typed(self, event: Input.Changed) -> None:
        event.stop()
        self._follow()
        self._say()
        self.post_message(self.Changed())

    @on(Select.Changed, "#instance")
    def _instance_chosen(self, event: Select.Changed) -> None:
        event.stop()
        field = self.query_one("#address", Input)
        if event.value == _BY_ADDRESS:
            if not field.value:
                field.focus()
        else:
            with self.prevent(Input.Changed):
                field.value = ""
        self._say()
        self.post_message(self.Changed())

    def _follow(self) -> None:
        """Choose the instance that the address names."""
        typed = self.query_one("#address", Input).value
        found = endpoint_of(typed) if typed.strip() else None
        if found is not None:
            self._choose((found.instance if isinstance(found, Endpoint) else None) or _BY_ADDRESS)

    def _choose(self, instance: str) -> None:
        with self.prevent(Select.Changed):
            self.query_one("#instance", Select).value = instance

    def _say(self) -> None:
        typed = self.query_one("#address", Input).value
        is_listed = self.query_one("#instance", Select).value != _BY_ADDRESS
        remarks = () if is_listed and not typed else (address_remark(typed),)
        self.query_one("#field-address", Field).say(*remarks)
