"""`[segments.NAME]`: conditions in groups that nest. Whether an operator fits its column is for the engine to judge."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any, Final, Literal

from tui_app.config.known_names import KnownNames
from tui_app.config.table import COUNT, MAX_INTEGER, TableReader
from tui_app.config.wording import kind_of, nearest_hint, quoted, shown
from tui_app.core.operators import OPERATORS, Operator, find_operator
from tui_app.core.segment import Comparison, Condition, ConditionValue, Group, InCampaign, InFile, InSegment, Segment

GroupKind = Literal["all", "any", "none"]
_GROUP_KINDS: tuple[GroupKind, ...] = ("all", "any", "none")
MAX_GROUP_DEPTH: Final = 32
"""Groups inside each other, the segment's own counted as the first."""

_MEMBERSHIP = ("is in", "is not in")
_RECIPIENCE = ("is in", "is not in", "was in", "was never in")
_SHAPES = "{ column, op, value }, { segment }, { campaign }, { ids, column } or a group { all }, { any }, { none }"
_SCALARS = (str, int, float, bool)


def read_segments(top: TableReader, known: KnownNames) -> dict[str, Segment]:
    """Every segment."""
    segments = {}
    for name, reader in top.named_tables("segments", "segment"):
        table = reader.reference("table", known.tables, "table or query")
        kind = _group_kind(reader)
        if kind is None:
            reader.ignore(*_GROUP_KINDS)
            condition = Group("all", ())
        else:
            condition = _Conditions(reader.subject, known).group(reader, kind, depth=1, number="")
        segments[name] = Segment(name, table, condition, reader.place())
        reader.close()
    return segments


def _group_kind(reader: TableReader) -> GroupKind | None:
    written = [kind for kind in _GROUP_KINDS if kind in reader]
    if len(written) == 1:
        return written[0]
    fact = f"has {' and '.join(written)} side by side. Nest one in the other" if written else "has no conditions"
    remedy = "" if written else '. Add all = [ { column = "…", op = "…", value = … } ], or any, or none'
    reader.problem(f"it {fact}{remedy}.", "both_keys" if written else "missing_key", *written[1:2])
    return None


class _Conditions:
    """Reads the conditions of one segment."""

    def __init__(self, subject: str, known: KnownNames) -> None:
        self._subject = subject
        self._known = known

    def group(self, reader: TableReader, kind: GroupKind, depth: int, number: str) -> Group:
        """A list of conditions. `number` is where it stands, such as "2.1." for the first in the second."""
        entries = reader.raw(kind)
        if not isinstance(entries, list):
            reader.problem(f"{kind} is {kind_of(entries)}; it must be a list of conditions.", "wrong_type", kind)
            return Group(kind, ())
        if not entries:
            # Nobody or everybody? Nobody should have to guess.
            reader.problem(f"{kind} holds no condition. Add one or remove the group.", "empty", kind)
        if depth > MAX_GROUP_DEPTH:
            reader.problem(f"groups nest deeper than {MAX_GROUP_DEPTH}. Flatten them.", "too_deep", kind)
            return Group(kind, ())
        members = []
        for position, entry in enumerate(entries):
            label = f"{number}{position + 1}"
            if isinstance(entry, dict):
                inner = reader.inner(entry, f"{self._subject}, condition {label}", kind, position)
                member = self._condition(inner, depth, label)
                inner.close()
                members += [] if member is None else [member]
            else:
                fact = f"condition {label} is {kind_of(entry)}; it must be {_SHAPES}."
                reader.report.add(f"{self._subject}: {fact}", reader.place(kind, position), "wrong_type")
        return Group(kind, tuple(members))

    def _condition(self, reader: TableReader, depth: int, number: str) -> Condition | None:
        if any(kind in reader for kind in _GROUP_KINDS):
            kind = _group_kind(reader)
            reader.ignore(*_GROUP_KINDS)
            return None if kind is None else self.group(reader, kind, depth + 1, f"{number}.")
        if "segment" in reader:
            segment = reader.reference("segment", self._known.segments, "segment")
            return InSegment(segment, reader.place("segment"), negated=_is_negated(reader))
        if "campaign" in reader:
            return _in_campaign(reader, self._known)
        if "ids" in reader:
            path, column = reader.needed_text("ids"), reader.needed_text("column")
            return InFile(path, column, reader.place("ids"), negated=_is_negated(reader))
        if "column" in reader or "op" in reader:
            return _comparison(reader)
        reader.problem(f"it must be {_SHAPES}.", "missing_key")
        reader.ignore(*reader)
        return None


def _in_campaign(reader: TableReader, known: KnownNames) -> InCampaign:
    op = reader.choice("op", _RECIPIENCE, "is in")
    condition = InCampaign(
        campaign=reader.reference("campaign", known.campaigns, "campaign"),
        place=reader.place("campaign"),
        negated=op in {"is not in", "was never in"},
        ever=op in {"was in", "was never in"},
        audience=reader.text("audience"),
        group=reader.text("group"),
        held_out=reader.flag("held_out", default=False) if "held_out" in reader else None,
        min_entries=reader.whole("min_entries", COUNT, None),
        max_entries=reader.whole("max_entries", COUNT, None),
        first_entry=(_day(reader, "first_entry_from"), _day(reader, "first_entry_before")),
        last_entry=(_day(reader, "last_entry_from"), _day(reader, "last_entry_before")),
    )
    if condition.group is not None and condition.held_out:
        reader.problem("whoever is held out is in no group, so nobody is meant. Remove one.", "both_keys", "held_out")
    return condition


def _day(reader: TableReader, key: str) -> str | None:
    """A day, written as a date of TOML or as a text that the engine judges."""
    value = reader.raw(key)
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else reader.text(key)


def _is_negated(reader: TableReader) -> bool:
    return reader.choice("op", _MEMBERSHIP, "is in") == "is not in"


def _comparison(reader: TableReader) -> Comparison | None:
    column, written = reader.needed_text("column"), reader.needed_text("op")
    value = reader.raw("value")
    operator = find_operator(written)
    if operator is None:
        if written:
            fact = f"op is {quoted(written)}, and there is no such operator.{nearest_hint(written, OPERATORS)}"
            reader.problem(fact, "unknown_operator", "op")
        return None
    return Comparison(column, operator.name, _values(reader, operator, value), reader.place())


def _values(reader: TableReader, operator: Operator, value: Any) -> ConditionValue:
    """The value or values beside an operator, as many as it takes."""
    name = quoted(operator.name)
    match operator.values:
        case "none":
            if value is not None:
                reader.problem(f"{name} takes no value. Remove value.", "wrong_values", "value")
            return None
        case "one":
            if value is None or isinstance(value, list):
                reader.problem(f"{name} takes one value, such as value = 90.", "wrong_values", "value")
                return None
            return _scalar(reader, value, "value")
        case "two":
            if not isinstance(value, list) or len(value) != 2:
                reader.problem(f"{name} takes two values, such as value = [10, 20].", "wrong_values", "value")
                return None
        case "many":
            if not isinstance(value, list) or not value:
                example = 'value = ["gold", "silver"]'
                reader.problem(
                    f"{name} takes a list of at least one value, such as {example}.", "wrong_values", "value"
                )
                return None
    return _scalars(reader, value)


def _scalars(reader: TableReader, values: list[Any]) -> ConditionValue:
    scalars = [_scalar(reader, value, "value", position) for position, value in enumerate(values)]
    kinds = {str if isinstance(scalar, str) else float for scalar in scalars if scalar is not None}
    if len(kinds) > 1:
        reader.problem("value mixes texts and numbers; a column holds one or the other. Keep one.", "mixed", "value")
    return tuple(scalar for scalar in scalars if scalar is not None)


def _scalar(reader: TableReader, value: Any, *key: str | int) -> str | int | float | bool | None:
    """A text, number or boolean; a date of TOML becomes its ISO text."""
    if isinstance(value, date):  # a date with a time is one too
        return value.isoformat()
    if not isinstance(value, _SCALARS):
        reader.problem(f"value is {kind_of(value)}; it must be text, a number or a date.", "wrong_type", *key)
        return None
    if isinstance(value, float) and not math.isfinite(value):
        reader.problem(f"value is {shown(value)}; it must be a finite number.", "out_of_range", *key)
        return None
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        reader.problem(f"value is {shown(value)}; it must fit into 64 bits.", "out_of_range", *key)
        return None
    if isinstance(value, str) and "\0" in value:
        reader.problem(
            f"value is {quoted(value)}, which holds a NUL character. Write it without.", "control_character", *key
        )
        return None
    return value
