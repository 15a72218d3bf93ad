"""What changes in `stoker.toml` when a segment is saved: no more than what was changed, so that comments stay."""

from __future__ import annotations

from collections.abc import Iterator

from tui_app.config.edit import AddTable, Edit, Keys, RenameKey, SetValue
from tui_app.core.segment import Group, Segment
from tui_app.core.segment_editing import as_toml, says_the_same


def segment_edits(saved: Segment | None, draft: Segment) -> tuple[Edit, ...]:
    """The edits that make the project file say what a draft says.

    A list of conditions is written anew only where one came or went; then comments between its lines go.

    Args:
        saved: The segment as the file has it; None: it is new.
        draft: What it is to be, of the same name and table.
    """
    path = ("segments", draft.name)
    if saved is None:
        return (AddTable(path, {"table": draft.table, **as_toml(draft.condition)}),)
    return tuple(_group_edits(path, saved.condition, draft.condition))


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
