"""A destination while a person fills it in: what stands in the fields, what it means, and the edits that write it.

What may be written is decided by the reader of the project file alone; a draft is given to it as a file of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Final, Literal

from tui_app.config.edit import AddTable, Edit, RemoveKey, RenameKey, SetValue
from tui_app.config.read import project_of
from tui_app.config.splice import TomlValue, with_table
from tui_app.core.errors import FixInput, Place, Problem
from tui_app.core.instances import RefusedEndpoint, endpoint_of
from tui_app.core.project import Destination, Identifier, KeyReference

_ADDRESS_KEYS: Final = ("instance", "dashboard", "endpoint")
_NUMBERS: Final = (
    "requests_per_second",
    "requests_per_hour",
    "objects_per_request",
    "quiet_period_seconds",
    "cost_per_1000_data_points",
)
_THOUSANDS: Final = re.compile(r"(?<=[0-9])[, _](?=[0-9]{3}(?![0-9]))")


@dataclass(frozen=True, slots=True)
class DestinationDraft:
    """What stands in the fields. Never the key itself. A new one makes no customers: a wrong identifier could."""

    name: str = ""
    address: str = ""
    """An instance's name, or the address of a dashboard or a REST endpoint, as typed."""
    api_key: KeyReference = field(default_factory=lambda: KeyReference("file", ""))
    identifier: Identifier = "external_id"
    update_existing_only: bool = True
    requests_per_second: str = "1000"
    requests_per_hour: str = ""
    objects_per_request: str = "75"
    quiet_period_seconds: str = "300"
    send_consent: bool = False
    custom_attributes: Literal["warn", "off"] = "warn"
    cost_per_1000_data_points: str = "0"


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field."""

    field: str
    """Of `DestinationDraft`."""
    message: str


def draft_of(destination: Destination) -> DestinationDraft:
    """The fields of a destination of the project."""
    return DestinationDraft(
        name=destination.name,
        address=destination.instance or destination.endpoint,
        api_key=destination.api_key,
        identifier=destination.identifier,
        update_existing_only=destination.update_existing_only,
        requests_per_second=_typed(destination.rate.requests_per_second),
        requests_per_hour=_typed(destination.rate.requests_per_hour),
        objects_per_request=_typed(destination.objects_per_request),
        quiet_period_seconds=_typed(destination.quiet_period_seconds),
        send_consent=destination.send_consent,
        custom_attributes=destination.custom_attributes,
        cost_per_1000_data_points=_typed(destination.cost_per_1000_data_points),
    )


def destination_of(draft: DestinationDraft, file: Path) -> Destination | tuple[FieldProblem, ...]:
    """What a draft means, or everything that is wrong with it.

    Args:
        draft: As it was typed.
        file: The project file, which need not exist; the destination gets line 1 of it as its place.
    """
    problems = tuple(_empty_fields(draft))
    if problems:
        return problems
    content = _content(draft)
    try:
        project = project_of(with_table("", ("destinations", draft.name), content), file)
    except FixInput as error:
        return tuple(_field_problem(problem, tuple(content), draft) for problem in error.problems)
    return project.destinations[draft.name]


def destination_edits(draft: DestinationDraft, before: Destination | None, written: AbstractSet[str]) -> Iterator[Edit]:
    """What turns the project file's destination into a sound draft; nothing else of its section changes.

    Args:
        draft: One of which `destination_of` makes a destination.
        before: The destination of that name as it is in the file; None adds it.
        written: The keys that stand in its section; see `edit.written_keys`.
    """
    section = ("destinations", draft.name)
    content = _content(draft)
    if before is None:
        defaults = _content(DestinationDraft(update_existing_only=False))
        shown = ("instance", "endpoint", "api_key", "identifier", "update_existing_only")
        yield AddTable(
            section, {key: value for key, value in content.items() if key in shown or value != defaults.get(key)}
        )
        return
    known = _content(draft_of(before))
    address_key = next(key for key in _ADDRESS_KEYS if key in content)
    if content[address_key] != known.get(address_key):
        yield from _address_edits(section, address_key, draft, written)
    for key in {**known, **content}:
        if key in _ADDRESS_KEYS or known.get(key) == content.get(key):
            continue
        if (value := content.get(key)) is not None:
            yield SetValue((*section, key), value)
        elif key in written:
            yield RemoveKey((*section, key))


def _address_edits(
    section: tuple[str, str], key: str, draft: DestinationDraft, written: AbstractSet[str]
) -> Iterator[Edit]:
    """The address keeps its line and its comment, also where it becomes one of another kind."""
    earlier = [each for each in _ADDRESS_KEYS if each in written]
    if earlier and earlier != [key]:
        yield RenameKey((*section, earlier[0]), key)
    yield SetValue((*section, key), _content(draft)[key])


def _content(draft: DestinationDraft) -> dict[str, TomlValue]:
    """The section of a draft, with every key that has a value."""
    endpoint = endpoint_of(draft.address)
    address: Mapping[str, TomlValue]
    if isinstance(endpoint, RefusedEndpoint):
        address = {"endpoint": draft.address}
    else:
        address = {"instance": endpoint.instance} if endpoint.instance else {"endpoint": endpoint.url}
    numbers = {key: _number(getattr(draft, key)) for key in _NUMBERS}
    return {
        **address,
        "api_key": str(draft.api_key),
        "identifier": draft.identifier,
        "update_existing_only": draft.update_existing_only,
        **{key: number for key, number in numbers.items() if number is not None},
        "send_consent": draft.send_consent,
        "custom_attributes": draft.custom_attributes,
    }


def _empty_fields(draft: DestinationDraft) -> Iterator[FieldProblem]:
    """What the reader of the file would not say in a form's words."""
    if not draft.name.strip():
        yield FieldProblem("name", "Give it a name, such as braze or production.")
    if not draft.address.strip():
        yield FieldProblem("address", "Choose an instance, or paste the address of its dashboard or REST endpoint.")
    if not draft.api_key.name.strip():
        yield FieldProblem("api_key", "Say where the key is kept: name the file, the entry or the variable.")


def _field_problem(problem: Problem, keys: tuple[str, ...], draft: DestinationDraft) -> FieldProblem:
    """The field of a problem: the header is line 1, and each key has a line."""
    line = problem.place.line if isinstance(problem.place, Place) else 1
    key = keys[line - 2] if line > 1 else "name"
    name = "address" if key in _ADDRESS_KEYS else key
    assert name in {each.name for each in fields(draft)}
    return FieldProblem(name, problem.message.removeprefix(f'destination "{draft.name}": '))


def _number(text: str) -> int | float | str | None:
    """The number that was typed; a text that is none is left for the reader of the file to refuse."""
    plain = _THOUSANDS.sub("", text.strip())
    if not plain:
        return None
    for kind in (int, float):
        try:
            return kind(plain)
        except ValueError:
            continue
    return text


def _typed(number: float | None) -> str:
    """A number as a person would type it."""
    if number is None:
        return ""
    return str(int(number)) if number == int(number) else str(number)
