"""What a campaign is made of: its members and those of its sub-audiences as segments, and what its groups add."""

from __future__ import annotations

from tui_app.core.activation import Campaign
from tui_app.core.groups import GroupValue, SubAudience
from tui_app.core.segment import Condition, Group, InSegment, Segment


def audience_segment(campaign: Campaign) -> Segment | None:
    """Customers of the campaign's table who are in any segment that it includes and in none that it excludes.

    The segments may be of other tables; their members are then found in the campaign's table by their ids.

    Returns:
        None if everybody in the table is a member.
    """
    groups: list[Condition] = []
    if campaign.include:
        groups.append(Group("any", _in_each(campaign.include, campaign)))
    if campaign.exclude:
        groups.append(Group("none", _in_each(campaign.exclude, campaign)))
    if not groups:
        return None
    return Segment(campaign.name, campaign.table, Group("all", tuple(groups)), campaign.place)


def added_values(campaign: Campaign) -> tuple[GroupValue, ...]:
    """What a campaign and its groups add to its template; what several sub-audiences share, once."""
    groups = dict.fromkeys(group for audience in campaign.audiences for group in audience.groups)
    return (*campaign.attributes, *(value for group in groups for value in group.attributes))


def segments_of(campaign: Campaign) -> tuple[str, ...]:
    """Every segment that a campaign names, once."""
    named = [*campaign.include, *campaign.exclude]
    named += [segment for audience in campaign.audiences for segment in audience.segments]
    return tuple(dict.fromkeys(named))


def matching_segment(campaign: Campaign, audience: SubAudience) -> Segment:
    """Customers of the campaign's table who match a sub-audience, members of the campaign or not.

    Args:
        campaign: The campaign.
        audience: One of its sub-audiences that asks for segments.
    """
    condition = Group("any", _in_each(audience.segments, campaign))
    return Segment(f"{campaign.name}, {audience.name}", campaign.table, condition, audience.place)


def _in_each(segments: tuple[str, ...], campaign: Campaign) -> tuple[InSegment, ...]:
    return tuple(InSegment(segment, campaign.place) for segment in segments)
