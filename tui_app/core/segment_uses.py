"""Who uses a segment: other segments and campaigns."""

from __future__ import annotations

from collections.abc import Mapping

from tui_app.core.conditions import single_conditions
from tui_app.core.project import Project
from tui_app.core.segment import Group, InSegment, Segment


def users_of(name: str, segments: Mapping[str, Segment]) -> frozenset[str]:
    """Segments that are made of `name`, directly or not; itself too. To use one of them in it would be a circle."""
    users = {name}
    while True:
        more = {each.name for each in segments.values() if _references(each.condition) & users} - users
        if not more:
            return frozenset(users)
        users |= more


def direct_users_of(name: str, project: Project) -> tuple[str, ...]:
    """What names a segment in the project file, in words: `campaign winback`, `segment active`."""
    campaigns = [each.name for each in project.campaigns.values() if name in (*each.include, *each.exclude)]
    segments = [each.name for each in project.segments.values() if name in _references(each.condition)]
    return (*(f"campaign {each}" for each in campaigns), *(f"segment {each}" for each in segments))


def _references(group: Group) -> set[str]:
    return {each.segment for each in single_conditions(group) if isinstance(each, InSegment)}
