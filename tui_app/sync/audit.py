"""Audit: read customers back from Braze and compare them with the ledger. Nothing leaves but identifiers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tui_app.core.activation import Activation, Campaign
from tui_app.core.answer_text import Unreadable, json_object
from tui_app.core.audience import added_values
from tui_app.core.audit import (
    EXPORTED_FIELDS,
    VERDICTS,
    AttributeAudit,
    AuditedValue,
    AuditReport,
    Verdict,
    audit_values,
)
from tui_app.core.delivery import Answer, NoAnswer, NotRead, NotSent, stop
from tui_app.core.fields import STANDARD_FIELDS
from tui_app.core.pace import wait_seconds
from tui_app.core.project import Destination, Identifier, Project
from tui_app.core.sent_names import is_sent
from tui_app.ports.braze import BrazeApi, RequestLimiter
from tui_app.ports.clock import Clock
from tui_app.ports.store import KnownCustomer
from tui_app.sync.rooms import destination_of

EXPORT_PERMISSION = "users.export.ids"
MAX_IDS = 50
"""Of external ids or aliases in one request; of every other identifier one.

Source: braze.com/docs/api/endpoints/export/user_data/post_users_identifier."""
REQUESTS_PER_MINUTE = 250
"""Source: the same page, "Rate limit", for companies since August 2024."""

_ATTEMPTS = 6
_EXAMPLES = 20
_ONE_BY_ONE: Mapping[Identifier, str] = {"braze_id": "braze_id", "email": "email_address", "phone": "phone"}
"""Identifier → its key in a request, of those of which one request takes one."""


@dataclass(frozen=True, slots=True)
class AuditDesk:
    """What an audit works with."""

    braze: BrazeApi
    limiter: RequestLimiter
    clock: Clock
    drifted: Callable[[str, AuditedValue], None]
    """Told every value that differs or is missing, with its customer."""


def audited_attributes(project: Project, activation: Activation) -> tuple[str, ...]:
    """The attributes that an activation writes, in the order of payloads."""
    names = [mapping.attribute for mapping in project.templates[activation.template].attributes]
    if isinstance(activation, Campaign):
        names += [value.attribute for value in added_values(activation)]
        names.append(activation.audience_attribute)
    destination = destination_of(project, activation)
    return tuple(name for name in dict.fromkeys(names) if is_sent(name, destination))


async def audit(
    project: Project, activation: Activation, customers: Iterable[KnownCustomer], known: int, desk: AuditDesk
) -> AuditReport:
    """Compare customers with what Braze shows of them.

    Args:
        project: The project.
        activation: Whose attributes are compared.
        customers: As the ledger knows them. Read once.
        known: How many the ledger knows, looked at or not.
        desk: What to work with.

    Raises:
        NotRead: Braze answered something else than customers, such as that the key may not.
        NotSent: Braze cannot be reached.
        NoAnswer: No whole answer came, several times.
    """
    destination = destination_of(project, activation)
    counts: Counter[tuple[str, Verdict]] = Counter()
    examples: list[tuple[str, AuditedValue]] = []
    looked_at = unknown = 0
    size = 1 if destination.identifier in _ONE_BY_ONE else MAX_IDS
    for batch in _batches(customers, size):
        exported = await _export(batch, destination, desk)
        for customer in batch:
            shown = exported.get(_key(customer.id, destination.identifier))
            looked_at, unknown = looked_at + 1, unknown + (shown is None)
            # What may still be on its way to a profile need not be visible either: Braze documents no time for it.
            is_settled = desk.clock.epoch_seconds() - customer.sent_at >= destination.quiet_period_seconds
            values = audit_values(customer.values, shown, is_settled=is_settled, in_doubt=customer.in_doubt)
            for value in values:
                counts[value.attribute, value.verdict] += 1
                if value.verdict in {"different", "missing"}:
                    desk.drifted(customer.id, value)
                    examples += [(customer.id, value)] if len(examples) < _EXAMPLES else []
    return AuditReport(
        activation=activation.name,
        destination=destination.name,
        customers=looked_at,
        known=known,
        unknown_to_braze=unknown,
        attributes=tuple(
            AttributeAudit(name, **{verdict: counts[name, verdict] for verdict in VERDICTS})
            for name in audited_attributes(project, activation)
            if any(counts[name, verdict] for verdict in VERDICTS)
        ),
        examples=tuple(examples),
    )


async def _export(
    batch: Sequence[KnownCustomer], destination: Destination, desk: AuditDesk
) -> dict[str, Mapping[str, Any]]:
    """Customer key → his object, of those that Braze knows."""
    body = json.dumps(_request(batch, destination.identifier), ensure_ascii=False).encode()
    for attempt in range(_ATTEMPTS):
        await desk.limiter.slot()
        try:
            answer = await desk.braze.export_users(body)
        except (NotSent, NoAnswer) as failure:
            may_help = not isinstance(failure, NotSent) or failure.waiting_helps
            if attempt + 1 == _ATTEMPTS or not may_help:
                raise
            await desk.clock.sleep(2.0**attempt)
            continue
        if answer.status == 429 or answer.status >= 500:
            seconds = wait_seconds(answer.headers, desk.clock.epoch_seconds())
            await desk.clock.sleep(2.0**attempt if seconds is None else seconds)
            continue
        return {key: user for user in _users(answer) for key in _keys_of(user, destination.identifier)}
    raise NotRead(f"Braze did not show its customers now (status {answer.status}). Try again later.", answer.status)


def _request(batch: Sequence[KnownCustomer], identifier: Identifier) -> dict[str, Any]:
    names = {name for customer in batch for name in customer.values}
    fields = sorted(names & EXPORTED_FIELDS)
    fields += ["custom_attributes"] if any(name not in STANDARD_FIELDS for name in names) else []
    fields.append({"user_alias": "user_aliases"}.get(identifier, identifier))
    ids = [customer.id for customer in batch]
    match identifier:
        case "external_id":
            who: dict[str, Any] = {"external_ids": ids}
        case "user_alias":
            who = {"user_aliases": [json.loads(each) for each in ids]}
        case _:
            who = {_ONE_BY_ONE[identifier]: ids[0]}
    return {**who, "fields_to_export": sorted({*fields})}


def _users(answer: Answer) -> list[Mapping[str, Any]]:
    if answer.status not in {200, 201}:
        raise NotRead(stop(answer, EXPORT_PERMISSION).reason, answer.status)
    try:
        users = json_object(answer.body).get("users")
    except Unreadable as error:
        raise NotRead(f"Braze's answer {error}.", answer.status) from None
    if not isinstance(users, list) or not all(isinstance(user, dict) for user in users):
        raise NotRead("Braze's answer holds something else than customers.", answer.status)
    return users


def _key(customer_id: str, identifier: Identifier) -> str:
    """One form of an identifier, however it is written."""
    if identifier == "user_alias":
        alias = json.loads(customer_id)
        return json.dumps([alias.get("alias_label"), alias.get("alias_name")])
    return customer_id.casefold() if identifier == "email" else customer_id


def _keys_of(user: Mapping[str, Any], identifier: Identifier) -> list[str]:
    """Every key by which a customer of the answer can be meant: he may have several aliases."""
    if identifier != "user_alias":
        return [_key(str(user.get(identifier)), identifier)]
    aliases = user.get("user_aliases")
    given = [each for each in aliases if isinstance(each, dict)] if isinstance(aliases, list) else []
    return [json.dumps([each.get("alias_label"), each.get("alias_name")]) for each in given]


def _batches(customers: Iterable[KnownCustomer], size: int) -> Iterator[list[KnownCustomer]]:
    batch: list[KnownCustomer] = []
    for customer in customers:
        batch.append(customer)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
