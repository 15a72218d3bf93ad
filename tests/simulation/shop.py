"""The shop of one world: what its project says, who its customers are, and how they change from day to day."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from tests.simulation.lots import GROUP, OFFER, group_of, is_held_out
from tests.simulation.values import BAD_IDS, COLUMN_TYPES, KINDS, POISON, REFUSABLE, Kind, a_value
from tui_app.core.pace import RetryLimits

Row = Mapping[str, Any]
"""Column → value of the source; `id` and `is_member` among them."""
LARGE_SHARE = 0.05
"""0..1 of the shops that have so many customers that shares are guarded."""
ENDPOINT = "http://127.0.0.1:9"
"""Never called: requests are answered in this process."""
KEY = "sandbox-key"


@dataclass(frozen=True, slots=True)
class Attribute:
    """A mapped attribute."""

    name: str
    kind: Kind
    on_null: Literal["clear", "keep"] = "clear"
    trim: bool = False
    lower: bool = False
    round: int | None = None

    @property
    def column(self) -> str:
        return f"{self.name}_column"

    def as_toml(self) -> str:
        parts = [f'column = "{self.column}"', f'on_null = "{self.on_null}"']
        parts += [f"{name} = true" for name in ("trim", "lower") if getattr(self, name)]
        parts += [] if self.round is None else [f"round = {self.round}"]
        return f'"{self.name}" = {{ {", ".join(parts)} }}'


@dataclass(frozen=True, slots=True)
class Habits:
    """What does not change in a world."""

    attributes: tuple[Attribute, ...]
    """Mapped on the first day; later some of them."""
    on_leave: Literal["false", "null", "keep"]
    objects_per_request: int
    senders: int
    requests_per_second: float
    requests_per_hour: int | None
    longest_delay_seconds: float
    """Of an effect at Braze."""
    patience: RetryLimits
    """How often requests are repeated."""
    poisoned: str | None
    """Column that often holds what makes Braze refuse a whole request, so that it is halved."""
    control_share: float = 0.0
    """0..1 of the campaign's members who are held out."""
    groups: tuple[str, ...] = ()
    """Of the campaign; the first has an attribute that the others do not have. Empty: it has none."""
    quiet_period_seconds: float = 300.0


@dataclass(slots=True)
class Shop:
    """The source as it is today."""

    habits: Habits
    rows: list[Row]
    mapping: tuple[Attribute, ...]
    """What is mapped today."""
    is_campaign: bool
    """Today a campaign is sent, otherwise an orchestration; both to one ledger."""
    left: list[Row] = field(default_factory=list)
    """Customers who may come back."""
    past: dict[str, list[Row]] = field(default_factory=dict)
    """What a customer was before: values go back, too."""

    @property
    def members(self) -> int:
        """Rows in the activation, usable or not."""
        return sum(1 for row in self.rows if self.has_member(row))

    def has_member(self, row: Row) -> bool:
        """Whether the customer of a row is in the activation."""
        if not self.is_campaign:
            return True
        # Whose identifier cannot be sent has no lot.
        is_out = row["id"] not in BAD_IDS and is_held_out(row["id"], self.habits.control_share)
        return bool(row["is_member"]) and not is_out

    def given_to(self, customer: str) -> dict[str, str]:
        """What the campaign itself gives a member, beside the mapping."""
        if not self.is_campaign or not self.habits.groups:
            return {}
        group = group_of(customer, self.habits.groups)
        return {GROUP: group, **({OFFER: "ten"} if group == self.habits.groups[0] else {})}

    @property
    def activation(self) -> str:
        return "club" if self.is_campaign else "profiles"


def a_shop(chance: random.Random) -> Shop:
    """A random shop on its first day."""
    attributes = _attributes(chance)
    is_large = chance.random() < LARGE_SHARE
    strings = [each.column for each in attributes if each.kind == "string"]
    habits = Habits(
        attributes=attributes,
        on_leave=chance.choice(("false", "null", "keep")),
        objects_per_request=chance.choice((10, 25) if is_large else (1, 2, 3, 5, 10)),
        senders=chance.choice((1, 2, 4, 8)),
        requests_per_second=chance.choice((1.0, 5.0, 1000.0)),
        requests_per_hour=chance.choice((None, None, None, 20)),
        longest_delay_seconds=chance.choice((1.0, 250.0, 250.0)),
        patience=RetryLimits(
            server_trouble_attempts=chance.choice((1, 2, 3, 8)), unclear_attempts=chance.choice((1, 2, 3))
        ),
        poisoned=strings[0] if strings and chance.random() < 0.4 else None,
        control_share=chance.choice((0.0, 0.0, 0.3)),
        groups=chance.choice(((), ("a", "b"), ("a", "b", "c"))),
    )
    shop = Shop(habits, [], habits.attributes, chance.random() < 0.6)
    shop.rows = [_a_row(habits, f"c{number:02}", chance) for number in range(_customers(chance, is_large=is_large))]
    _spoil(shop, chance)
    return shop


def _customers(chance: random.Random, *, is_large: bool) -> int:
    return chance.randint(110, 160) if is_large else chance.randint(3, 40)


def _attributes(chance: random.Random) -> tuple[Attribute, ...]:
    kinds = chance.sample(KINDS, chance.randint(1, 4))
    if chance.random() < 0.6 and not {*kinds} & {*REFUSABLE}:
        kinds[0] = chance.choice(REFUSABLE)
    return tuple(
        Attribute(
            name="email" if kind == "email" else f"a_{kind}",
            kind=kind,
            on_null=chance.choice(("clear", "clear", "keep")),
            trim=kind == "string" and chance.random() < 0.5,
            lower=kind == "string" and chance.random() < 0.5,
            round=chance.choice((None, 0, 1)) if kind == "float" else None,
        )
        for kind in kinds
    )


def _a_row(habits: Habits, customer: str, chance: random.Random) -> Row:
    values = {each.column: a_value(each.kind, chance) for each in habits.attributes}
    return {"id": customer, "is_member": chance.random() < 0.8, **values}


def edit(shop: Shop, chance: random.Random) -> None:
    """One night: values change and change back, customers leave, return and join."""
    habits = shop.habits
    for position, row in enumerate(shop.rows):
        roll = chance.random()
        past = shop.past.setdefault(str(row["id"]), [])
        if roll < 0.2 and past:
            shop.rows[position] = chance.choice(past)
        elif roll < 0.45:
            attribute = chance.choice(habits.attributes)
            shop.rows[position] = {**row, attribute.column: a_value(attribute.kind, chance)}
        elif roll < 0.55:
            shop.rows[position] = {**row, "is_member": not row["is_member"]}
        past.append(row)
    _move(shop, chance)
    if chance.random() < 0.05:
        # A column of the nightly export came out empty.
        attribute = chance.choice(habits.attributes)
        shop.rows = [{**row, attribute.column: None} for row in shop.rows]
    _spoil(shop, chance)
    if chance.random() < 0.15:
        shop.mapping = _another_mapping(shop.habits.attributes, chance)
    if chance.random() < 0.1:
        shop.is_campaign = not shop.is_campaign


def _another_mapping(attributes: tuple[Attribute, ...], chance: random.Random) -> tuple[Attribute, ...]:
    """Somebody maps some of the attributes, and says anew what happens on NULL."""
    some = [each for each in attributes if chance.random() < 0.7] or [chance.choice(attributes)]
    return tuple(replace(each, on_null=chance.choice(("clear", "keep"))) for each in some)


def _move(shop: Shop, chance: random.Random) -> None:
    if chance.random() < 0.08:
        # The nightly export came out empty.
        shop.left, shop.rows = [*shop.left, *shop.rows], []
        return
    leaving = [row for row in shop.rows if chance.random() < 0.1]
    shop.rows = [row for row in shop.rows if row not in leaving]
    returning = [row for row in shop.left if chance.random() < 0.5]
    shop.left = [row for row in shop.left if row not in returning] + leaving
    shop.rows += returning
    shop.rows += [_a_row(shop.habits, f"n{chance.randrange(1000):03}", chance) for _ in range(chance.randint(0, 2))]


def _spoil(shop: Shop, chance: random.Random) -> None:
    """What cannot be sent: values that Braze refuses, blank identifiers, and one of two rows."""
    if shop.habits.poisoned:
        shop.rows = [{**row, shop.habits.poisoned: POISON} if chance.random() < 0.1 else row for row in shop.rows]
    shop.rows = [row for row in shop.rows if row["id"] not in BAD_IDS]
    if chance.random() < 0.3:
        shop.rows.append(_a_row(shop.habits, chance.choice(BAD_IDS), chance))
    ids = [row["id"] for row in shop.rows if row["id"] not in BAD_IDS]
    doubled = {each for each in ids if ids.count(each) > 1}
    if doubled and chance.random() < 0.7:
        shop.rows = list({row["id"]: row for row in shop.rows}.values())
    elif ids and chance.random() < 0.3:
        shop.rows.append(_a_row(shop.habits, chance.choice(ids), chance))


def write_table(shop: Shop, folder: Path) -> None:
    """Replace the customer table."""
    fields = {"id": pa.string(), "is_member": pa.bool_()}
    fields |= {each.column: COLUMN_TYPES[each.kind] for each in shop.habits.attributes}
    columns = {name: pa.array([row[name] for row in shop.rows], kind) for name, kind in fields.items()}
    pq.write_table(pa.table(columns), folder / "customers.parquet")


def _groups_as_toml(groups: tuple[str, ...]) -> str:
    if not groups:
        return ""
    tables = [f"[campaigns.club.groups.{name}]" for name in groups]
    tables[0] += f'\nattributes = {{ {OFFER} = {{ value = "ten" }} }}'
    return "\n".join([f'attributes = {{ {GROUP} = {{ fact = "group" }} }}', *tables])


def write_project(shop: Shop, folder: Path) -> None:
    """Write stoker.toml and the key."""
    habits = shop.habits
    hourly = "" if habits.requests_per_hour is None else f"requests_per_hour = {habits.requests_per_hour}"
    text = f"""
state = "{folder / "state"}"
[source]
threads = 1
[source.tables]
customers = "customers.parquet"
[destinations.braze]
endpoint = "{ENDPOINT}"
api_key = "file:braze.key"
objects_per_request = {habits.objects_per_request}
requests_per_second = {habits.requests_per_second}
quiet_period_seconds = {habits.quiet_period_seconds}
{hourly}
[templates.profile]
destination = "braze"
identifier_column = "id"
[templates.profile.attributes]
{chr(10).join(each.as_toml() for each in shop.mapping)}
[segments.members]
table = "customers"
all = [ {{ column = "is_member", op = "is true" }} ]
[campaigns.club]
table = "customers"
include = ["members"]
template = "profile"
on_leave = "{habits.on_leave}"
control_share = {habits.control_share}
{_groups_as_toml(habits.groups)}
[orchestrations.profiles]
query = "customers"
template = "profile"
"""
    (folder / "stoker.toml").write_text(text, encoding="utf-8")
    key = folder / "braze.key"
    key.touch(mode=0o600)
    key.write_text(KEY, encoding="ascii")
