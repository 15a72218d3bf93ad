"""Include and exclude of a campaign become one segment, so that one compiler decides who is a member."""

from __future__ import annotations

from tui_app.core.activation import Campaign
from tui_app.core.audience import audience_segment
from tui_app.core.errors import Place
from tui_app.core.segment import Group, InSegment, Segment

PLACE = Place("stoker.toml", 9)


def a_campaign(include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> Campaign:
    return Campaign("winback", "customers", include, "profile", "winback", PLACE, exclude=exclude)


def test_members_are_in_any_included_and_in_no_excluded_segment() -> None:
    included, excluded = (InSegment("a", PLACE), InSegment("b", PLACE)), (InSegment("c", PLACE),)

    assert audience_segment(a_campaign(("a", "b"), ("c",))) == Segment(
        "winback", "customers", Group("all", (Group("any", included), Group("none", excluded))), PLACE
    )


def test_a_campaign_that_only_excludes_starts_from_everybody() -> None:
    segment = audience_segment(a_campaign(exclude=("c",)))

    assert segment is not None
    assert segment.condition == Group("all", (Group("none", (InSegment("c", PLACE),)),))


def test_a_campaign_without_segments_is_everybody() -> None:
    """No empty group is made of it: that would be an error, and rightly so in a segment."""
    assert audience_segment(a_campaign()) is None
