"""POST /users/track: sort the objects into accepted and refused, have the accepted ones applied, and say so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from tui_app.braze.sandbox.answer import NOTHING_VALID, Answer, refused
from tui_app.braze.sandbox.dropped import Dropped
from tui_app.braze.sandbox.happenings import event_refusal, purchase_refusal
from tui_app.braze.sandbox.identifiers import address_of
from tui_app.braze.sandbox.json_types import JsonObject, JsonValue
from tui_app.braze.sandbox.nested import stored_object
from tui_app.braze.sandbox.profiles import Address
from tui_app.braze.sandbox.refusals import AttributesCheck, Refusal
from tui_app.braze.sandbox.settings import SandboxSettings
from tui_app.braze.sandbox.standard_fields import FIELDS
from tui_app.braze.sandbox.workspace import Workspace

MAX_OBJECTS = 75
"""Source: braze.com/docs/api/api_limits, "Batching User Track requests"."""

Later = Callable[[Callable[[], None]], None]
"""Carries out an effect, now or after a delay."""

_ArrayName = Literal["attributes", "events", "purchases"]
_ARRAYS: tuple[_ArrayName, ...] = ("attributes", "events", "purchases")
"""In the order in which Braze processes them within a request."""


@dataclass(slots=True)
class _Sorted:
    """The objects of one array, judged."""

    accepted: list[tuple[Address, JsonObject]] = field(default_factory=list)
    errors: list[JsonValue] = field(default_factory=list)


class Track:
    """The endpoint."""

    def __init__(self, settings: SandboxSettings, workspace: Workspace, later: Later) -> None:
        self._settings = settings
        self._workspace = workspace
        self._later = later
        self._attributes_check = AttributesCheck(settings)
        self.objects = 0
        """Received in requests that were not refused whole for their size or syntax."""

    def answer(self, document: JsonValue) -> Answer:
        """Answer a request and let its accepted objects take effect.

        A count is given only for an array of which something was accepted; with nothing accepted at all the answer
        is 400 and nothing takes effect. Accepted and refused add up to what was sent.
        Source: braze.com/docs/api/endpoints/user_data/post_user_track, "Responses".
        """
        request = document if isinstance(document, dict) else {}
        arrays = {name: _array(request, name) for name in _ARRAYS}
        lengths = [len(objects) for objects in arrays.values()]
        if (max(lengths) if self._settings.legacy_objects_limit else sum(lengths)) > MAX_OBJECTS:
            return refused(400, "Max Input Length Exceeded")
        self.objects += sum(lengths)
        judged = {name: self._sort(name, objects) for name, objects in arrays.items()}
        errors = [error for part in judged.values() for error in part.errors]
        if not any(part.accepted for part in judged.values()):
            return Answer(400, {"message": NOTHING_VALID, **({"errors": errors} if errors else {})})
        self._apply(judged)
        counts: JsonObject = {f"{name}_processed": len(part.accepted) for name, part in judged.items() if part.accepted}
        return Answer(201, {**counts, **({"errors": errors} if errors else {}), "message": "success"})

    def _sort(self, name: _ArrayName, objects: Iterable[JsonValue]) -> _Sorted:
        judged = _Sorted()
        for index, tracked in enumerate(objects):
            verdict = self._judge(name, tracked) if isinstance(tracked, dict) else Refusal.NO_IDENTIFIER
            if isinstance(verdict, Refusal):
                words = verdict.words(self._settings.error_style)
                judged.errors.append({"index": index, "input_array": name, "type": words})
            elif isinstance(tracked, dict):
                judged.accepted.append((verdict, tracked))
        return judged

    def _judge(self, name: _ArrayName, tracked: JsonObject) -> Address | Refusal:
        address = address_of(tracked, self._settings.blocked_external_ids)
        if isinstance(address, Refusal):
            return address
        match name:
            case "attributes":
                return self._attributes_check.refusal(tracked) or address
            case "events":
                return event_refusal(tracked) or address
            case "purchases":
                return purchase_refusal(tracked) or address

    def _apply(self, judged: dict[_ArrayName, _Sorted]) -> None:
        workspace, later = self._workspace, self._later
        attributes = judged["attributes"].accepted
        keeps_nested = self._settings.nested_error_scope == "attribute" or not any(
            _has_bad_object(tracked) for _, tracked in attributes
        )
        for address, tracked in attributes:
            later(partial(workspace.apply_attributes, address, tracked, keeps_nested=keeps_nested))
        for address, tracked in judged["events"].accepted:
            later(partial(workspace.apply_event, address, tracked))
        for address, tracked in judged["purchases"].accepted:
            later(partial(workspace.apply_purchase, address, tracked))


def _array(request: JsonObject, name: str) -> list[JsonValue]:
    value = request.get(name)
    return value if isinstance(value, list) else []


def _has_bad_object(attributes: JsonObject) -> bool:
    """Whether any custom attribute is an object with a value that makes Braze drop it."""
    is_merge = attributes.get("_merge_objects") is True
    for name, value in attributes.items():
        for member in value if isinstance(value, list) else [value]:
            if isinstance(member, dict) and name not in FIELDS and name != "user_alias" and not _is_operator(member):
                try:
                    stored_object(member, is_merge=is_merge)
                except Dropped:
                    return True
    return False


def _is_operator(members: JsonObject) -> bool:
    return members.keys() <= {"inc", "add", "remove", "$add", "$remove", "$update"}
