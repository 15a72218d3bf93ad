"""What an activation was made of when it was planned, as lines that people can compare with what it is made of now."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from typing import Any

from tui_app.core.activation import Activation, Campaign
from tui_app.core.audience import segments_of
from tui_app.core.conditions import single_conditions
from tui_app.core.errors import Place
from tui_app.core.project import Project
from tui_app.core.segment import InSegment, Segment
from tui_app.core.segment_editing import as_toml

_UNSAID = ("place", "sql_place", "guards", "warn", "schedule")
"""What decides nothing of what is sent."""


def definition_of(project: Project, activation: Activation) -> dict[str, list[str]]:
    """Part → its lines: the activation, its template, and every segment and query that it uses."""
    template = project.templates[activation.template]
    kind = "campaign" if isinstance(activation, Campaign) else "orchestration"
    parts = {
        f"{kind} {activation.name}": list(_lines(activation)),
        f"template {template.name}": list(_lines(template)),
    }
    for segment in _used_segments(project, activation):
        condition = json.dumps(as_toml(segment.condition), ensure_ascii=False, indent=1)
        parts[f"segment {segment.name}"] = [f"table = {segment.table}", *condition.splitlines()]
    for name in _used_tables(project, activation):
        if name in project.queries:
            parts[f"query {name}"] = project.queries[name].sql.splitlines()
    return parts


def differences(before: Mapping[str, Sequence[str]], now: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Lines of a unified difference, part by part; nothing where both say the same."""
    for part in dict.fromkeys((*before, *now)):
        old, new = list(before.get(part, ())), list(now.get(part, ()))
        yield from difflib.unified_diff(old, new, f"{part}, as last sent", f"{part}, now", lineterm="", n=2)


def _used_segments(project: Project, activation: Activation) -> list[Segment]:
    """Those that the activation names, and those that they are made of."""
    names = list(segments_of(activation)) if isinstance(activation, Campaign) else []
    used: dict[str, Segment] = {}
    while names:
        name = names.pop(0)
        if name in used:
            continue
        used[name] = project.segments[name]
        conditions = single_conditions(used[name].condition)
        names += [condition.segment for condition in conditions if isinstance(condition, InSegment)]
    return list(used.values())


def _used_tables(project: Project, activation: Activation) -> list[str]:
    own = activation.table if isinstance(activation, Campaign) else activation.query
    return list(dict.fromkeys((own, *(segment.table for segment in _used_segments(project, activation)))))


def _lines(value: Any, indent: str = "") -> Iterator[str]:
    """Every field that is not as it is by itself."""
    for field in fields(value):
        content = getattr(value, field.name)
        default = field.default if field.default is not MISSING else None
        if field.name in _UNSAID or content in (default, ()):
            continue
        if isinstance(content, tuple) and is_dataclass(content[0]):
            for each in content:
                yield f"{indent}{field.name}: {_plain(each)}"
        else:
            yield f"{indent}{field.name} = {_plain(content)}"


def _plain(value: Any) -> str:
    return json.dumps(_reduced(value), ensure_ascii=False)


def _reduced(value: Any) -> Any:
    """As JSON can hold it, without places and without what is as it is by itself."""
    if is_dataclass(value) and not isinstance(value, type):
        said = {}
        for field in fields(value):
            content = getattr(value, field.name)
            default = field.default if field.default is not MISSING else None
            if field.name not in _UNSAID and content not in (default, ()):
                said[field.name] = _reduced(content)
        return said
    if isinstance(value, tuple | list):
        return [_reduced(each) for each in value]
    return value.isoformat() if isinstance(value, date) else None if isinstance(value, Place) else value
