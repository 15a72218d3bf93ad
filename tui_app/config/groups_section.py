"""`[campaigns.NAME.audiences.…]` and `[campaigns.NAME.groups.…]`: who gets what, and who is held out."""

from __future__ import annotations

from math import isclose

from tui_app.config.known_names import KnownNames
from tui_app.config.table import SHARE, TableReader
from tui_app.config.template_section import read_group_values
from tui_app.config.wording import quoted, shown
from tui_app.core.groups import EVERYONE, ONLY_GROUP, REMAINING, CampaignGroup, SubAudience


def read_audiences(campaign: TableReader, known: KnownNames) -> tuple[SubAudience, ...]:
    """The sub-audiences of a campaign in the order of the file, whoever remains last.

    Groups and the control share of the campaign are those of every sub-audience that has none of its own.

    Returns:
        Nothing if the campaign names neither sub-audiences nor groups and holds nobody out.
    """
    control_share = campaign.number("control_share", SHARE, 0.0)
    groups = _read_groups(campaign)
    audiences: dict[str, SubAudience] = {}
    for name, reader in campaign.named_tables("audiences", f"{campaign.subject}, audience"):
        audiences[name] = SubAudience(
            name=name,
            place=reader.place(),
            segments=reader.references("segments", known.segments, "segment"),
            control_share=reader.number("control_share", SHARE, control_share),
            groups=_read_groups(reader) or groups,
        )
        if name != REMAINING and not reader.raw("segments"):
            fact = f'it has no segments, and only "{REMAINING}" does without. Add segments = ["NAME"].'
            reader.problem(fact, "missing_key")
        if name == REMAINING and "segments" in reader:
            fact = f'"{REMAINING}" is whoever matches no other audience, so segments has no use. Remove them.'
            reader.problem(fact, "unused_key", "segments")
        reader.close()
    rest = audiences.pop(REMAINING, None)
    if rest is None and (audiences or groups or control_share):
        rest = SubAudience(REMAINING if audiences else EVERYONE, campaign.place(), (), control_share, groups)
    found = (*audiences.values(), *([rest] if rest else []))
    return tuple(_with_a_group(audience) for audience in found)


def _with_a_group(audience: SubAudience) -> SubAudience:
    if audience.groups:
        return audience
    only = CampaignGroup(ONLY_GROUP, audience.place)
    return SubAudience(audience.name, audience.place, audience.segments, audience.control_share, (only,))


def _read_groups(reader: TableReader) -> tuple[CampaignGroup, ...]:
    groups, shares = [], []
    for name, table in reader.named_tables("groups", f"{reader.subject}, group"):
        shares.append(table.number("share", SHARE, None))
        groups.append(CampaignGroup(name, table.place(), attributes=read_group_values(table)))
        table.close()
    written = [share for share in shares if share is not None]
    if not written:
        # Shares that add up to exactly one, whatever their number.
        return tuple(CampaignGroup(each.name, each.place, 1 / len(groups), each.attributes) for each in groups)
    if len(written) < len(groups):
        fact = "some of its groups have a share and others have none. Give each its share, or none: then all are equal."
        reader.problem(fact, "missing_key", "groups")
    elif not isclose(sum(written), 1.0, abs_tol=1e-6):
        names = " + ".join(f"{shown(share)} ({each.name})" for share, each in zip(written, groups, strict=True))
        fact = f"the shares of its groups add up to {sum(written):g}: {names}. They must add up to 1, without whoever"
        reader.problem(f"{fact} is held out.", "shares", "groups")
    for share, each in zip(shares, groups, strict=True):
        if share == 0:
            fact = f"group {quoted(each.name)} has share 0, so nobody would be in it. Give it a share or remove it."
            reader.problem(fact, "shares", "groups", each.name)
    return tuple(
        CampaignGroup(each.name, each.place, share or 0.0, each.attributes)
        for share, each in zip(shares, groups, strict=True)
    )
