"""Limits that refuse a plan until a person allows it, with the exact figures in the refusal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from tui_app.core.plan import DiffOutcome, Refusal

CONCERNED_FLOOR = 100
"""Shares only count once this many customers are concerned, so that small tables do not cry wolf."""


@dataclass(frozen=True, slots=True)
class Guards:
    """The limits of one activation. Shares are 0..1; 1.0 switches a share off; None switches a count off."""

    min_members: int = 1
    max_leave_share: float = 0.20
    """Leaves, of the members known to the ledger."""
    max_clear_share: float = 0.20
    """Values of one attribute that turn NULL, of those known to the ledger."""
    max_change_share: float = 0.50
    """Updates, of the customers known to the ledger, while the mapping is the same."""
    max_bad_id_share: float = 0.001
    """Customers without a usable identifier, of all customers."""
    max_rejected_share: float = 0.05
    """Customers that Braze refuses, of those answered so far. Judged while a run sends."""
    max_changes: int | None = None
    """Joins, updates and leaves."""
    max_data_points: int | None = None
    max_withheld_share: float | None = None
    """Customers of whom a value or everything is withheld, of all customers."""
    max_customers: int | None = None
    max_money: float | None = None
    """What the data points of a plan cost, in the currency of the destination's price."""


NO_LIMITS = Guards(
    min_members=0,
    max_leave_share=1.0,
    max_clear_share=1.0,
    max_change_share=1.0,
    max_bad_id_share=1.0,
    max_rejected_share=1.0,
)
"""What warns nobody until something is set."""

GUARD_NAMES: tuple[str, ...] = tuple(field.name for field in fields(Guards))

WORKSPACE = "workspace"
"""Not a limit but a question: is a key that the ledger has not seen the key of the same workspace?"""


def guard_named(text: str) -> str | None:
    """The guard that a person means: `max_leave_share`, or `leave` for short; None if there is none."""
    names = (*GUARD_NAMES, WORKSPACE)
    word = text.strip().lower().replace("-", "_")
    short = {name.removeprefix("max_").removeprefix("min_").removesuffix("_share"): name for name in names}
    return word if word in names else short.get(word)


def workspace_refusals(destination: str, ledger_key: str | None, key: str | None) -> tuple[Refusal, ...]:
    """The question whether a key belongs to the workspace of a ledger; nothing if that is known or asked for nothing.

    Args:
        destination: Its name.
        ledger_key: Fingerprint of the key that the ledger was last used with; None: it was not used yet.
        key: Fingerprint of the key at hand; None: there is none.
    """
    if not ledger_key or key in (None, ledger_key):
        return ()
    fact = f"the API key of {destination} is not the one that the ledger was last used with"
    return (Refusal(WORKSPACE, f"{fact}. If it belongs to another workspace, the ledger is wrong for it."),)


def judge(
    guards: Guards,
    outcome: DiffOutcome,
    *,
    mapping_changed: bool,
    cost_per_1000_data_points: float = 0.0,
    noun: str = "customer",
) -> tuple[Refusal, ...]:
    """Which guards refuse a plan, each with its figures.

    Args:
        guards: The limits of the activation.
        outcome: What the diff found.
        mapping_changed: The mapping differs from the one that was last applied, so that many updates are meant.
        cost_per_1000_data_points: Of the destination; 0 if it is not known.
        noun: What is counted.
    """
    points = outcome.data_points
    return (
        *_refusals(guards, outcome, f"{noun}s", mapping_changed=mapping_changed),
        *_refusals_of_cost(guards, outcome, f"{noun}s", points * cost_per_1000_data_points / 1000),
    )


def _refusals(guards: Guards, outcome: DiffOutcome, nouns: str, *, mapping_changed: bool) -> Iterator[Refusal]:
    counts = outcome.counts
    everyone = outcome.members + counts.withheld
    if outcome.members < guards.min_members:
        fact = f"{outcome.members:,} {nouns} are in it; the limit is at least {guards.min_members:,}"
        yield Refusal("min_members", f"{fact}. An empty source or segment does not mean that everybody left.")
    if _is_over(counts.leave, outcome.known_audience, guards.max_leave_share):
        yield _share(
            "max_leave_share", counts.leave, outcome.known_audience, guards.max_leave_share, "known members would leave"
        )
    for attribute in outcome.attributes:
        if _is_over(attribute.cleared, attribute.known, guards.max_clear_share):
            what = f'known values of "{attribute.name}" would be cleared'
            yield _share("max_clear_share", attribute.cleared, attribute.known, guards.max_clear_share, what)
    if not mapping_changed and _is_over(counts.update, outcome.known, guards.max_change_share):
        what = "known customers would be updated although the mapping is the same"
        yield _share("max_change_share", counts.update, outcome.known, guards.max_change_share, what)
    if _is_over(outcome.bad_ids, everyone, guards.max_bad_id_share):
        of_rows = ", or carried by several rows" if nouns == "customers" else ""
        what = f"{nouns} have no usable identifier (blank, too long{of_rows})"
        yield _share("max_bad_id_share", outcome.bad_ids, everyone, guards.max_bad_id_share, what)
    if guards.max_withheld_share is not None and outcome.with_withheld > guards.max_withheld_share * max(everyone, 1):
        what = f"{nouns} have a value that is withheld, or are withheld themselves"
        yield _share("max_withheld_share", outcome.with_withheld, everyone, guards.max_withheld_share, what)


def _refusals_of_cost(guards: Guards, outcome: DiffOutcome, nouns: str, money: float) -> Iterator[Refusal]:
    changes, data_points = outcome.counts.changes, outcome.data_points
    if guards.max_customers is not None and outcome.members > guards.max_customers:
        yield Refusal("max_customers", f"{outcome.members:,} {nouns} are in it; the limit is {guards.max_customers:,}.")
    if guards.max_changes is not None and changes > guards.max_changes:
        yield Refusal("max_changes", f"{changes:,} {nouns} would be sent; the limit is {guards.max_changes:,}.")
    if guards.max_data_points is not None and data_points > guards.max_data_points:
        yield Refusal(
            "max_data_points", f"{data_points:,} data points would be used; the limit is {guards.max_data_points:,}."
        )
    if guards.max_money is not None and money > guards.max_money:
        fact = f"the {data_points:,} data points of this plan cost {money:,.2f}"
        yield Refusal("max_money", f"{fact}; the limit is {guards.max_money:,.2f}.")


def rejected_is_over(rejected: int, answered: int, limit: float) -> bool:
    """Whether so many customers were refused by Braze that a person should look before more are sent."""
    return _is_over(rejected, answered, limit)


def _is_over(concerned: int, of: int, limit: float) -> bool:
    return concerned >= CONCERNED_FLOOR and concerned > limit * of


def _share(guard: str, concerned: int, of: int, limit: float, what: str) -> Refusal:
    share = concerned / of if of else 1.0
    return Refusal(guard, f"{concerned:,} of {of:,} {what} ({share:.1%}); the limit is {limit:.1%}.")
