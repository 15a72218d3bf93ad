"""What changes in `stoker.toml` when a segment is saved: no more than what was changed, so that comments stay."""

from __future__ import annotations

from collections.abc import Iterator

from tui_app.config.edit import AddTable, Edit, Keys, RemoveKey, RenameKey, SetValue, edited
from tui_app.core.errors import FixInput
from tui_app.core.segment import Group, Segment
from tui_app.core.segment_editing import as_toml, says_the_same


def segment_edits(text: str, saved: Segment | None, draft: Segment) -> tuple[Edit, ...]:
    """The edits that make the project file say what a draft says.

    A list of conditions is written anew only where one came or went; then comments between its lines go.

    Args:
        text: Of the project file.
        saved: The segment as the file has it; None: it is new.
        draft: What it is to be, of the same name and table.
    """
    path = ("segments", draft.name)
    if saved is None:
        return (AddTable(path, {"table": draft.table, **as_toml(draft.condition)}),)
    edits = tuple(_group_edits(path, saved.condition, draft.condition))
    return edits if _fit(text, edits) else tuple(_whole_group_edits(path, saved.condition, draft.condition))


def _group_edits(path: Keys, saved: Group, draft: Group) -> Iterator[Edit]:
    members = (*path, draft.kind)
    if saved.kind != draft.kind:
        yield RenameKey((*path, saved.kind), draft.kind)
    if len(saved.members) != len(draft.members):
        yield SetValue(members, as_toml(draft)[draft.kind])
        return
    for position, (was, now) in enumerate(zip(saved.members, draft.members, strict=True)):
        if isinstance(was, Group) and isinstance(now, Group):
            yield from _group_edits((*members, position), was, now)
        elif not says_the_same(was, now):
            yield SetValue((*members, position), as_toml(now))


def _whole_group_edits(path: Keys, saved: Group, draft: Group) -> Iterator[Edit]:
    """For conditions under headers of their own, `[[segments.active.all]]`, which are written as one list then."""
    if saved.kind != draft.kind:
        yield RemoveKey((*path, saved.kind))
    yield SetValue((*path, draft.kind), as_toml(draft)[draft.kind])


def _fit(text: str, edits: tuple[Edit, ...]) -> bool:
    try:
        edited(text, edits, "")
    except FixInput:
        return False
    return True
