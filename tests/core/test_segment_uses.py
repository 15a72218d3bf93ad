"""Who uses a segment: what must not be offered to it, and what must not lose it."""

from __future__ import annotations

from tui_app.core.activation import Campaign
from tui_app.core.errors import Place
from tui_app.core.project import Project, Source
from tui_app.core.segment import Comparison, Group, InSegment, Segment
from tui_app.core.segment_uses import direct_users_of, users_of

_PLACE = Place("stoker.toml", 1)


def a_segment(name: str, *uses: str) -> Segment:
    references = tuple(InSegment(each, _PLACE) for each in uses)
    return Segment(
        name, "t", Group("all", (Group("any", (Comparison("x", "is true", None, _PLACE), *references)),)), _PLACE
    )


SEGMENTS = {each.name: each for each in (a_segment("a"), a_segment("b", "a"), a_segment("c", "b"), a_segment("d"))}


def test_a_circle_would_come_from_every_segment_that_leads_back():
    assert users_of("a", SEGMENTS) == {"a", "b", "c"}
    assert users_of("d", SEGMENTS) == {"d"}
    assert users_of("not saved yet", SEGMENTS) == {"not saved yet"}


def test_campaigns_and_segments_that_name_a_segment_are_named():
    campaigns = {
        "in": Campaign("in", "t", ("a",), "profile", "in", _PLACE),
        "out": Campaign("out", "t", ("d",), "profile", "out", _PLACE, exclude=("a",)),
        "other": Campaign("other", "t", ("d",), "profile", "other", _PLACE),
    }
    project = Project("stoker.toml", Source({}), segments=SEGMENTS, campaigns=campaigns)

    assert direct_users_of("a", project) == ("campaign in", "campaign out", "segment b")
    assert direct_users_of("c", project) == ()
