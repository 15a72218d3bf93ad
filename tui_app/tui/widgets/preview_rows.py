"""A customer of a plan in one row: who, what happens, and the first attributes before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from tui_app.backstage.questions.plan import ChangeRow
from tui_app.core.change import Kind
from tui_app.tui.text import cut
from tui_app.tui.widgets.item_row import ItemRow
from tui_app.tui.widgets.record_diff import AttributeChange, attribute_changes
from tui_app.tui.widgets.tones import Tone

ShownKind: TypeAlias = Kind | Literal["withheld"]

KIND_WORDS: Final[Mapping[ShownKind, tuple[str, Tone]]] = {
    "join": ("+ join", "good"),
    "update": ("~ update", "accent"),
    "leave": ("- leave", "bad"),
    "purchase": ("+ purchase", "good"),
    "event": ("+ event", "good"),
    "withheld": ("! withheld", "warning"),
}
"""Each with a sign that needs no colour."""

_MOST_ATTRIBUTES: Final = 8
_MOST_VALUE_CELLS: Final = 24


def change_line(change: ChangeRow) -> ItemRow[ChangeRow]:
    """One row of the table of customers: identifier, kind, and in short what changes."""
    return ItemRow(change, (change.id, KIND_WORDS[change.kind], _in_short(change)))


def _in_short(change: ChangeRow) -> str:
    if change.kind == "withheld":
        return " · ".join(f"{attribute or 'everything'}: {reason}" for attribute, reason, _ in change.reasons)
    changes = attribute_changes(change.before, change.after)
    shown = [_attribute_in_short(each) for each in changes[:_MOST_ATTRIBUTES]]
    untold = len(changes) - len(shown)
    return " · ".join([*shown, *([f"{untold} more"] if untold else [])])


def _attribute_in_short(change: AttributeChange) -> str:
    name, before, after = (
        cut(text, _MOST_VALUE_CELLS) for text in (change.attribute, change.before, change.after)
    )  # fmt: skip
    match change.mark:
        case "+":
            return f"{name} {after}"
        case "=":
            return f"{name} {after}, again"
        case _:
            return f"{name} {before} → {after}"
