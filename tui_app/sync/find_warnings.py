"""What a person should look at before sending: names that mean something else, lookups that could not be made."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from tui_app.core.activation import Activation, Campaign
from tui_app.core.audience import added_values
from tui_app.core.delivery import NoAnswer, NotRead, NotSent
from tui_app.core.duplicates import MappingWarning, mapping_warnings
from tui_app.core.groups import GroupValue
from tui_app.core.mapping import AttributeMapping, Template
from tui_app.core.plan import PlanWarning
from tui_app.core.project import Project
from tui_app.ports.braze import BrazeApi
from tui_app.sync.rooms import destination_of

_REFUSED: Final = frozenset({401, 403})
"""HTTP statuses with which Braze says that the key may not."""


def name_warnings(
    project: Project, activation: Activation, ledger_names: Collection[str], workspace_names: Collection[str]
) -> tuple[MappingWarning, ...]:
    """Warnings about the names that an activation sends.

    Args:
        project: The project.
        activation: One of its activations.
        ledger_names: Attributes that were sent before.
        workspace_names: Custom attributes that the workspace has; empty if that is not known.
    """
    template = project.templates[activation.template]
    audiences: tuple[str, ...] = ()
    if isinstance(activation, Campaign):
        template = _with_groups(template, activation)
        audiences = (activation.audience_attribute,)
    return mapping_warnings(
        template,
        destination_of(project, activation),
        ledger_attributes=ledger_names,
        workspace_attributes=workspace_names,
        audience_attributes=audiences,
    )


def _with_groups(template: Template, campaign: Campaign) -> Template:
    """A template with every name that groups add, each once."""
    named = {mapping.attribute: mapping for mapping in template.attributes}
    for value in added_values(campaign):
        named.setdefault(value.attribute, _as_mapping(value))
    return replace(template, attributes=tuple(named.values()))


def _as_mapping(value: GroupValue) -> AttributeMapping:
    """Of what no column feeds only the name can be judged."""
    if isinstance(value, AttributeMapping):
        return value
    return AttributeMapping(value.attribute, value.attribute, value.place)


def as_plan_warnings(warnings: Collection[MappingWarning]) -> tuple[PlanWarning, ...]:
    """Without the place in the file and the structured fix, which a plan does not carry."""
    return tuple(PlanWarning(each.code, each.subject, each.message) for each in warnings)


async def read_workspace_names(braze: BrazeApi) -> tuple[tuple[str, ...], PlanWarning | None]:
    """The workspace's custom attributes, or why they are not known."""
    try:
        return await braze.custom_attribute_names(), None
    except (NotSent, NoAnswer, NotRead) as error:
        was_refused = isinstance(error, NotRead) and error.status in _REFUSED
        remedy = "Give the key the permission custom_attributes.get" if was_refused else "Try again later"
        return (), PlanWarning(
            "workspace_not_read",
            "custom_attributes",
            "The names that the workspace has could not be read, so near-duplicates of them are not found: "
            f'{error.reason.rstrip(".")}. {remedy}, or set custom_attributes = "off".',
        )
