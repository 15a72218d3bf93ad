"""Conditions in words, each part with its own style."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, assert_never

from rich.cells import cell_len
from textual.content import Content

from tui_app.core.operators import find_operator
from tui_app.core.relative_dates import is_relative, resolve
from tui_app.core.segment import Comparison, Condition, Group, InCampaign, InFile, InSegment
from tui_app.core.segment_editing import GroupKind, as_toml
from tui_app.core.segment_values import Scalar, values_of
from tui_app.tui.text import Part, cut, line

GROUP_MEANINGS: Final[Mapping[GroupKind, str]] = {
    "all": "every condition holds",
    "any": "at least one holds",
    "none": "not one of them holds",
}
_COLUMN: Final = "bold"
_OPERATOR: Final = "$foreground-muted"
_VALUE: Final = "$text-accent"
_MOST_CELLS: Final = 48
"""Of one value, and of a list before the rest is only counted."""
_GAP: Final = "  "


def words_of(condition: Condition, today: date) -> Content:
    """A condition as one line, such as `tier  is in list  gold, silver`; a group is `any of`, without its members.

    Args:
        condition: What to say.
        today: In UTC: what relative dates count from.
    """
    match condition:
        case Group(kind):
            return line((f"{kind} of", "bold $text-primary"), (f"{_GAP}{GROUP_MEANINGS[kind]}", "$foreground-muted"))
        case InSegment(segment, negated=negated):
            operator = "is not in segment" if negated else "is in segment"
            return line(("customer", _COLUMN), (f"{_GAP}{operator}{_GAP}", _OPERATOR), (segment, _VALUE))
        case InFile(path, column, negated=negated):
            operator = "is not in file" if negated else "is in file"
            return line((column, _COLUMN), (f"{_GAP}{operator}{_GAP}", _OPERATOR), (path, _VALUE))
        case InCampaign():
            return line(
                ("customer", _COLUMN),
                (f"{_GAP}{_recipience(condition)}{_GAP}", _OPERATOR),
                (_campaign_text(condition), _VALUE),
            )
        case Comparison():
            return _comparison(condition, today)
        case _:
            assert_never(condition)


def _recipience(condition: InCampaign) -> str:
    if condition.ever:
        return "was never in campaign" if condition.negated else "was in campaign"
    return "is not in campaign" if condition.negated else "is in campaign"


def _campaign_text(condition: InCampaign) -> str:
    """The campaign and what else is asked for, as the project file says it."""
    asked = {key: value for key, value in as_toml(condition).items() if key not in {"campaign", "op"}}
    return ", ".join([condition.campaign, *(f"{key} {value}" for key, value in asked.items())])


def value_text(value: Scalar) -> str:
    """One value as people write it: text in quotes only where they say where it begins and ends."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    is_plain = not isinstance(value, str) or (text.strip() == text and text and not set(text) & set('",'))
    return text if is_plain else '"' + text.replace('"', '""') + '"'


def day_of(value: Scalar | None, today: date) -> date | None:
    """The day that a relative date means today; None for anything else."""
    return resolve(value, today) if isinstance(value, str) and is_relative(value) else None


def _comparison(condition: Comparison, today: date) -> Content:
    parts: list[Part] = [(condition.column, _COLUMN), (f"{_GAP}{condition.op}", _OPERATOR)]
    values = values_of(condition.value)
    operator = find_operator(condition.op)
    if operator is not None and operator.values == "many":
        parts += [_GAP, *_listed(values)]
    else:
        is_time = operator is not None and "date" in operator.types
        for position, value in enumerate(values):
            parts += [(" and ", _OPERATOR) if position else _GAP, *_one(value, today if is_time else None)]
    return line(*parts)


def _one(value: Scalar, today: date | None) -> list[Part]:
    day = None if today is None else day_of(value, today)
    return [(cut(value_text(value), _MOST_CELLS), _VALUE), *([(f" ({day})", "$foreground-muted")] if day else [])]


def _listed(values: Sequence[Scalar]) -> list[Part]:
    """As many values as are read at one look, and how many more there are."""
    shown: list[str] = []
    for value in values:
        text = cut(value_text(value), _MOST_CELLS)
        if shown and sum(cell_len(each) + 2 for each in shown) + cell_len(text) > _MOST_CELLS:
            break
        shown.append(text)
    more = len(values) - len(shown)
    return [(", ".join(shown), _VALUE), *([(f" and {more:,} more", "$foreground-muted")] if more else [])]
