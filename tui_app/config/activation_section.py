"""`[campaigns.NAME]` and `[orchestrations.NAME]`: what can be planned and run, with its guards."""

from __future__ import annotations

from typing import Final

from tui_app.config.groups_section import read_audiences
from tui_app.config.happenings_section import read_happenings
from tui_app.config.known_names import KnownNames
from tui_app.config.schedule_section import read_schedule
from tui_app.config.table import COUNT, MAX_INTEGER, SHARE, Range, TableReader
from tui_app.config.template_section import read_group_values
from tui_app.config.wording import quoted
from tui_app.core.activation import ActivationGroup, Campaign, OnLeave, Orchestration
from tui_app.core.fields import STANDARD_FIELDS
from tui_app.core.fields import problem_of_name as problem_of_attribute
from tui_app.core.guards import NO_LIMITS, Guards

_MONEY: Final = Range(0, MAX_INTEGER)
_ON_LEAVE: Final[tuple[OnLeave, ...]] = ("false", "null", "keep")


def read_campaigns(top: TableReader, known: KnownNames) -> dict[str, Campaign]:
    """Every campaign."""
    campaigns = {}
    for name, reader in top.named_tables("campaigns", "campaign"):
        campaigns[name] = Campaign(
            name=name,
            table=reader.reference("table", known.tables, "table or query"),
            include=reader.references("include", known.segments, "segment"),
            exclude=reader.references("exclude", known.segments, "segment"),
            template=reader.reference("template", known.templates, "template"),
            audience_attribute=_audience_attribute(reader, name),
            place=reader.place(),
            on_leave=reader.choice("on_leave", _ON_LEAVE, "false"),
            guards=_read_guards(reader, "guards", Guards()),
            warn=_read_guards(reader, "warn", NO_LIMITS),
            audiences=read_audiences(reader, known),
            first_match_only=reader.flag("first_match_only", default=True),
            assignment_key=reader.text("assignment_key") or name,
            attributes=read_group_values(reader),
            schedule=read_schedule(reader),
        )
        for segment in campaigns[name].include:
            if segment in campaigns[name].exclude:
                fact = f"segment {quoted(segment)} is in include and in exclude, so nobody comes from it. Remove one."
                reader.problem(fact, "both_keys", "exclude")
        reader.close()
    return campaigns


def read_orchestrations(top: TableReader, known: KnownNames) -> dict[str, Orchestration]:
    """Every orchestration."""
    orchestrations = {}
    for name, reader in top.named_tables("orchestrations", "orchestration"):
        happenings = read_happenings(reader, name)
        # That nothing has happened today is nothing to wonder about.
        guards = Guards(min_members=0) if happenings else Guards()
        orchestrations[name] = Orchestration(
            name=name,
            query=reader.reference("query", known.tables, "query or table"),
            template=reader.reference("template", known.templates, "template"),
            place=reader.place(),
            guards=_read_guards(reader, "guards", guards),
            warn=_read_guards(reader, "warn", NO_LIMITS),
            schedule=read_schedule(reader),
            happenings=happenings,
            only_if_changed=reader.flag("only_if_changed", default=False),
        )
        reader.close()
    return orchestrations


def read_groups(top: TableReader, known: KnownNames) -> dict[str, ActivationGroup]:
    """Every group of activations."""
    groups = {}
    for name, reader in top.named_tables("groups", "group"):
        groups[name] = ActivationGroup(
            name=name,
            activations=reader.references("activations", known.campaigns | known.orchestrations, "activation"),
            place=reader.place(),
            schedule=read_schedule(reader),
            go_on=reader.flag("go_on", default=False),
        )
        if not groups[name].activations and not reader.raw("activations"):
            reader.problem('it has no activations. Add activations = ["NAME"].', "missing_key")
        reader.close()
    return groups


def _audience_attribute(reader: TableReader, name: str) -> str:
    """The custom attribute that records membership; by default the campaign's name."""
    attribute = reader.text("audience_attribute") or name
    key = ("audience_attribute",) if "audience_attribute" in reader else ()
    reason = problem_of_attribute(attribute)
    if reason is not None:
        fact = f"audience attribute {quoted(attribute)} {reason.sentence}"
        reader.problem(f"{fact}. Set audience_attribute to another name.", reason.code, *key)
    elif attribute in STANDARD_FIELDS:
        fact = f"audience attribute {quoted(attribute)} is a standard field of Braze, and membership would overwrite it"
        reader.problem(f"{fact}. Set audience_attribute to another name.", "standard_field", *key)
    return attribute


def _read_guards(activation: TableReader, key: str, defaults: Guards) -> Guards:
    """`guards`, which refuse, or `warn`, which only warns."""
    reader = activation.table(key)
    guards = Guards(
        min_members=reader.whole("min_members", COUNT, defaults.min_members),
        max_leave_share=reader.number("max_leave_share", SHARE, defaults.max_leave_share),
        max_clear_share=reader.number("max_clear_share", SHARE, defaults.max_clear_share),
        max_change_share=reader.number("max_change_share", SHARE, defaults.max_change_share),
        max_bad_id_share=reader.number("max_bad_id_share", SHARE, defaults.max_bad_id_share),
        max_rejected_share=reader.number("max_rejected_share", SHARE, defaults.max_rejected_share),
        max_changes=reader.whole("max_changes", COUNT, defaults.max_changes),
        max_data_points=reader.whole("max_data_points", COUNT, defaults.max_data_points),
        max_withheld_share=reader.number("max_withheld_share", SHARE, defaults.max_withheld_share),
        max_customers=reader.whole("max_customers", COUNT, defaults.max_customers),
        max_money=reader.number("max_money", _MONEY, defaults.max_money),
    )
    if key == "warn" and "max_rejected_share" in reader:
        fact = "max_rejected_share pauses a run while it sends, so it cannot only warn. Set it in guards."
        reader.problem(fact, "unused_key", "max_rejected_share")
    reader.close()
    return guards
