"""Sub-audiences of a campaign and the groups in them: who of its members gets what, and who is held out.

A customer belongs to the first sub-audience that he matches, and to the last, which asks for nothing, if he matches
none. Whether he is held out and which group he is in is drawn from his identifier and the campaign's assignment key
alone, so neither other customers nor other data, neither the order of groups nor of rows can move him.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from tui_app.core.errors import Place
from tui_app.core.mapping import AttributeMapping

CampaignFact = Literal["campaign", "audience", "group", "run_date"]
CAMPAIGN_FACTS: tuple[CampaignFact, ...] = ("campaign", "audience", "group", "run_date")

EVERYONE = "everyone"
"""The sub-audience of a campaign that has no others."""
REMAINING = "remaining"
"""The sub-audience of whoever matches no other."""
ONLY_GROUP = "treatment"
"""The group of a sub-audience that names none."""


@dataclass(frozen=True, slots=True)
class FixedValue:
    """An attribute that is the same for everybody who gets it."""

    attribute: str
    json: str
    """Canonical JSON text."""
    place: Place


@dataclass(frozen=True, slots=True)
class FactValue:
    """An attribute that says where in the campaign a customer is, or on which UTC day he was last sent something."""

    attribute: str
    fact: CampaignFact
    place: Place


GroupValue: TypeAlias = AttributeMapping | FixedValue | FactValue
"""From where a group's attribute has its value."""


@dataclass(frozen=True, slots=True)
class CampaignGroup:
    """A part of a sub-audience, drawn by lot, that gets attributes of its own."""

    name: str
    place: Place
    share: float = 1.0
    """0..1 of the sub-audience's customers who are not held out; the shares of its groups add up to 1."""
    attributes: tuple[GroupValue, ...] = ()
    """Beside those of the campaign, or instead of them where the names are the same."""


@dataclass(frozen=True, slots=True)
class SubAudience:
    """The members of a campaign who match any of some segments and none of the sub-audiences before."""

    name: str
    place: Place
    segments: tuple[str, ...] = ()
    """Empty: whoever matches no other sub-audience."""
    control_share: float = 0.0
    """0..1 of its customers who are held out."""
    groups: tuple[CampaignGroup, ...] = ()
    """At least one."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """One group of one sub-audience, or the held-out part of one; its position in `places_of` is its code."""

    audience: SubAudience
    group: CampaignGroup | None
    """None: held out."""


@dataclass(frozen=True, slots=True)
class AttributeSources:
    """Where one attribute of a campaign has its value from, for each group that gets it."""

    name: str
    by_group: Mapping[tuple[str, str], GroupValue] = field(default_factory=dict)
    """(Sub-audience, group) → its source. A group that is not here leaves the attribute as it is at Braze."""


def the_only_audience(place: Place) -> SubAudience:
    """What a campaign has that names neither sub-audiences nor groups."""
    return SubAudience(EVERYONE, place, groups=(CampaignGroup(ONLY_GROUP, place),))


def places_of(audiences: tuple[SubAudience, ...]) -> tuple[Assigned, ...]:
    """Everywhere a member can be: of each sub-audience the held-out part, then its groups."""
    return tuple(Assigned(audience, group) for audience in audiences for group in (None, *audience.groups))


def sources_of(
    template: tuple[AttributeMapping, ...], campaign: tuple[GroupValue, ...], audiences: tuple[SubAudience, ...]
) -> tuple[AttributeSources, ...]:
    """The attributes of a campaign in the order of payloads: the template's, the campaign's, then those of groups.

    A group's source of an attribute goes before the campaign's, and that before the template's.
    """
    sources: dict[str, dict[tuple[str, str], GroupValue]] = {}
    groups = [((audience.name, group.name), group) for audience in audiences for group in audience.groups]
    for value in (*template, *campaign):
        sources[value.attribute] = dict.fromkeys((key for key, _ in groups), value)
    for key, group in groups:
        for value in group.attributes:
            sources.setdefault(value.attribute, {})[key] = value
    return tuple(AttributeSources(name, by_group) for name, by_group in sources.items())
