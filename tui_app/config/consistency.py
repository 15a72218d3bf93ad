"""What no part of a project file can see alone: names that collide, attributes that meet, segments in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tui_app.config.table import Report
from tui_app.config.wording import nearest_hint, quoted
from tui_app.core.audience import added_values
from tui_app.core.conditions import single_conditions
from tui_app.core.errors import Place
from tui_app.core.groups import FactValue, GroupValue, the_only_audience
from tui_app.core.project import Project
from tui_app.core.segment import Group, InCampaign, InSegment, Segment

_MAX_STEPS_SHOWN = 8


def check_consistency(project: Project, report: Report) -> None:
    """Take note of every contradiction between parts."""
    _check_shared_names(project, report)
    _check_group_names(project, report)
    _check_audience_attributes(project, report)
    _check_run_dates(project, report)
    _check_prices(project, report)
    _check_places(project, report)
    _check_segment_circles(project.segments, report)


def _check_shared_names(project: Project, report: Report) -> None:
    for name, query in project.queries.items():
        if name in project.source.tables:
            fact = f"query {quoted(name)}: a table of the source has the same name, so nobody could tell them apart."
            report.add(f"{fact} Rename one.", query.place, "same_name")
    for name, orchestration in project.orchestrations.items():
        if name in project.campaigns:
            fact = f"orchestration {quoted(name)}: a campaign has the same name, and `stoker plan {name}` means one."
            report.add(f"{fact} Rename one.", orchestration.place, "same_name")


def _check_group_names(project: Project, report: Report) -> None:
    for name, group in project.groups.items():
        if name in project.campaigns or name in project.orchestrations:
            fact = f"group {quoted(name)}: an activation has the same name, and `stoker apply {name}` means one."
            report.add(f"{fact} Rename one.", group.place, "same_name")


def _check_audience_attributes(project: Project, report: Report) -> None:
    """One attribute that two writers fill would flip between them for ever."""
    first_campaigns: dict[tuple[str, str], str] = {}
    for campaign in project.campaigns.values():
        template = project.templates.get(campaign.template)
        if template is None:
            continue
        attribute = campaign.audience_attribute
        subject = f"campaign {quoted(campaign.name)}: audience attribute {quoted(attribute)}"
        first = first_campaigns.setdefault((template.destination, attribute), campaign.name)
        if first != campaign.name:
            fact = f"is also that of campaign {quoted(first)} on destination {quoted(template.destination)}"
            remedy = "Each would undo the other's work. Set audience_attribute of one to another name"
            report.add(f"{subject} {fact}. {remedy}.", campaign.place, "same_audience_attribute")
        if any(mapping.attribute == attribute for mapping in template.attributes):
            fact = f"is also mapped by template {quoted(template.name)}, which would overwrite membership"
            report.add(f"{subject} {fact}. Rename one.", campaign.place, "same_audience_attribute")
        for value in added_values(campaign):
            if value.attribute == attribute:
                fact = "is also among the attributes of its groups, which would overwrite membership"
                report.add(f"{subject} {fact}. Rename one.", value.place, "same_audience_attribute")


def _check_prices(project: Project, report: Report) -> None:
    """A limit on money means nothing where nobody knows a price."""
    for activation in project.activations:
        template = project.templates.get(activation.template)
        destination = project.destinations.get(template.destination) if template else None
        limits = (activation.guards.max_money, activation.warn.max_money)
        if destination is None or destination.cost_per_1000_data_points or limits == (None, None):
            continue
        what = "campaign" if activation.name in project.campaigns else "orchestration"
        fact = f"max_money is set, but destination {quoted(destination.name)} has no cost_per_1000_data_points"
        report.add(f"{what} {quoted(activation.name)}: {fact}. Set the price.", activation.place, "no_price")


def _check_run_dates(project: Project, report: Report) -> None:
    """A run date goes along with other changes; mixed with another source it would be a change of its own every day."""
    for campaign in project.campaigns.values():
        values = added_values(campaign)
        dates = {value.attribute for value in values if _is_run_date(value)}
        template = project.templates.get(campaign.template)
        others = [value for value in (*values, *(template.attributes if template else ())) if not _is_run_date(value)]
        for value in others:
            if value.attribute in dates:
                fact = f"attribute {quoted(value.attribute)} is the run date here and something else there"
                subject = f"campaign {quoted(campaign.name)}"
                report.add(f"{subject}: {fact}. Rename one.", value.place, "run_date")


def _check_places(project: Project, report: Report) -> None:
    """Nobody can be in a group now that the campaign does not have; in earlier ones somebody may have been."""
    for segment in project.segments.values():
        for condition in single_conditions(segment.condition):
            if not isinstance(condition, InCampaign) or condition.ever or condition.campaign not in project.campaigns:
                continue
            campaign = project.campaigns[condition.campaign]
            audiences = campaign.audiences or (the_only_audience(campaign.place),)
            groups = dict.fromkeys(group.name for audience in audiences for group in audience.groups)
            names = (
                ("audience", condition.audience, [each.name for each in audiences]),
                ("group", condition.group, groups),
            )
            for key, name, known in names:
                if name is not None and name not in known:
                    fact = f"{key} is {quoted(name)}, and campaign {quoted(campaign.name)} has no such {key} now"
                    subject = f"segment {quoted(segment.name)}: {fact}"
                    report.add(f"{subject}.{nearest_hint(name, known)}", condition.place, "unknown_name")


def _is_run_date(value: GroupValue) -> bool:
    return isinstance(value, FactValue) and value.fact == "run_date"


def _check_segment_circles(segments: Mapping[str, Segment], report: Report) -> None:
    """A segment that is made of itself has no meaning. Every circle is reported once."""
    done: set[str] = set()
    for start in segments:
        # Depth first without recursion: a chain of segments may be longer than Python's stack.
        path = {} if start in done else {start: _references_of(segments[start].condition)}
        while path:
            current = next(reversed(path))
            for name, place in path[current]:
                if name in path:
                    fact = f"it is made of itself: {_circle([*path], name)}. Remove one of the references."
                    report.add(f"segment {quoted(current)}: {fact}", place, "circle")
                elif name in segments and name not in done:
                    path[name] = _references_of(segments[name].condition)
                    break
            else:
                done.add(current)
                del path[current]


def _circle(path: list[str], name: str) -> str:
    """The way from `name` back to itself, shortened where it is long."""
    steps = [quoted(step) for step in [*path[path.index(name) :], name]]
    if len(steps) > _MAX_STEPS_SHOWN:
        steps = [*steps[: _MAX_STEPS_SHOWN - 2], "…", steps[-1]]
    return " → ".join(steps)


def _references_of(group: Group) -> Iterator[tuple[str, Place]]:
    for member in group.members:
        if isinstance(member, Group):
            yield from _references_of(member)
        elif isinstance(member, InSegment):
            yield member.segment, member.place
