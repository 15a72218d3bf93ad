"""What seldom changes about a workspace: how fast it is fed, what that costs, and what is never sent by accident."""

from __future__ import annotations

import re
from typing import ClassVar, Final, Literal, TypedDict

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Checkbox, Collapsible, Input

from tui_app.config.destination_draft import DestinationDraft
from tui_app.core.connection_words import Remark
from tui_app.tui.text import plain
from tui_app.tui.widgets.connect_field import Field
from tui_app.tui.widgets.tick import Tick

_NUMBERS: Final = (
    ("requests_per_second", "per second", "Requests. Braze takes 1,000, from all who send to it together."),
    ("requests_per_hour", "per hour", "Requests, for contracts by monthly active users."),
    ("objects_per_request", "per request", "Customers. Braze takes at most 75."),
    ("quiet_period_seconds", "quiet seconds", "Until another value follows one that is on its way."),
    ("cost_per_1000_data_points", "per 1,000 points", "Cost of data points, to see it in a plan."),
)  # fmt: skip
_NO_DIGIT: Final = re.compile(r"[^0-9.,]")
_CONSENT: Final = "email_subscribe, push_subscribe, subscription_groups."
_LOOKUP: Final = "To find near-duplicates; needs custom_attributes.get."


class Limits(TypedDict):
    """The fields of a draft that are filled in here."""

    requests_per_second: str
    requests_per_hour: str
    objects_per_request: str
    quiet_period_seconds: str
    cost_per_1000_data_points: str
    send_consent: bool
    custom_attributes: Literal["warn", "off"]


class LimitFields(Vertical):
    """The limits, in a part that opens."""

    DEFAULT_CSS: ClassVar[str] = """
    LimitFields {
        height: auto;
        & Collapsible {
            background: $background; border: none; padding: 0;
            &:focus-within { background-tint: $foreground 0%; }
            & > CollapsibleTitle { padding: 0; color: $text-muted; &:focus { color: $block-cursor-foreground; } }
            & > Contents { padding: 0; }
        }
        & .number { width: 14; }
    }
    """

    def compose(self) -> ComposeResult:
        """Numbers, then what is sent at all."""
        with Collapsible(title="Limits", id="limits", collapsed_symbol="▸", expanded_symbol="▾"):
            for name, label, _ in _NUMBERS:
                yield Field(label, Input(compact=True, id=name, classes="number"), id=f"field-{name}")
            yield Field(
                "consent", Tick("send consent fields", compact=True, id="send_consent"), id="field-send_consent"
            )
            yield Field(
                "names",
                Tick("look up custom attributes", compact=True, id="custom_attributes"),
                id="field-custom_attributes",
            )

    def on_mount(self) -> None:
        """One sentence about each."""
        self.say_help()

    def values(self) -> Limits:
        """As they are typed."""
        return {
            "requests_per_second": self._typed("requests_per_second"),
            "requests_per_hour": self._typed("requests_per_hour"),
            "objects_per_request": self._typed("objects_per_request"),
            "quiet_period_seconds": self._typed("quiet_period_seconds"),
            "cost_per_1000_data_points": self._typed("cost_per_1000_data_points"),
            "send_consent": self.query_one("#send_consent", Checkbox).value,
            "custom_attributes": "warn" if self.query_one("#custom_attributes", Checkbox).value else "off",
        }

    def show(self, draft: DestinationDraft) -> None:
        """Show what a draft says."""
        with self.prevent(Input.Changed, Checkbox.Changed):
            for name, _, _ in _NUMBERS:
                self.query_one(f"#{name}", Input).value = plain(getattr(draft, name))
            self.query_one("#send_consent", Checkbox).value = draft.send_consent
            self.query_one("#custom_attributes", Checkbox).value = draft.custom_attributes == "warn"
        self.say_help()
        self.summarize()

    def say_help(self) -> None:
        """One sentence about each field."""
        for name, _, words in _NUMBERS:
            self.query_one(f"#field-{name}", Field).say(Remark("plain", words))
        self.query_one("#field-send_consent", Field).say(Remark("plain", _CONSENT))
        self.query_one("#field-custom_attributes", Field).say(Remark("plain", _LOOKUP))

    def summarize(self) -> None:
        """Say beside the title what is in here."""
        # The title is read as markup: nothing but digits gets into it.
        per_second = _NO_DIGIT.sub("", self._typed("requests_per_second"))[:12] or "1000"
        objects = _NO_DIGIT.sub("", self._typed("objects_per_request"))[:6] or "75"
        consent = "consent is sent" if self.query_one("#send_consent", Checkbox).value else "no consent fields"
        self.query_one(Collapsible).title = f"Limits: {per_second} requests/s of {objects} customers, {consent}"

    def open(self) -> None:
        """Show the fields."""
        self.query_one(Collapsible).collapsed = False

    def _typed(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value
