"""What is not sent, and why: one row per withheld value or customer, counted and listed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ibis.backends.duckdb import Backend

from tui_app.core.change import Reason
from tui_app.core.happenings import (
    BAD_QUANTITY,
    IN_DOUBT_BEFORE,
    ROW_FIELD_MISSING,
    ROW_KEY_TWICE,
    SENT_IN_PART,
    UNKNOWN_CURRENCY,
)
from tui_app.core.plan import ReasonCount
from tui_app.core.values import ID_TWICE, REASONS
from tui_app.engine.diff import DiffAttribute
from tui_app.engine.payload import PARQUET
from tui_app.engine.sql_quoting import sql_literal

REFUSED_BEFORE = Reason("refused_before", "was refused by Braze with exactly these values")
TOO_LARGE = Reason("too_large", "needs more bytes than one request can carry")

UNUSABLE_IDS = """SELECT raw_id AS id, NULL::VARCHAR AS attribute, bad_id AS code, raw_id AS value
                   FROM members_raw WHERE bad_id IS NOT NULL"""
"""SQL of the customers whose identifier cannot be sent."""

_OF_ROWS = (ROW_FIELD_MISSING, ROW_KEY_TWICE, UNKNOWN_CURRENCY, BAD_QUANTITY, IN_DOUBT_BEFORE, SENT_IN_PART)
_REASONS = {**REASONS, **{each.code: each for each in (REFUSED_BEFORE, TOO_LARGE, *_OF_ROWS)}}


def stage_withheld(
    work: Backend, attributes: Sequence[DiffAttribute], refused: str | None, max_object_bytes: int | None
) -> None:
    """Table `withheld`, and relation `ready`: the rows of `changed` that are sent.

    Args:
        work: Has `members_raw`, `member_ids`, `doubles`, `usable` and `changed`; see `planning`.
        attributes: Positions are the suffixes of p and w columns.
        refused: Parquet file of objects that Braze refused before; see `core.plan.LedgerView`.
        max_object_bytes: The largest payload that fits into a request; None if all do.
    """
    parts = [
        UNUSABLE_IDS,
        f"""SELECT DISTINCT id, NULL, {sql_literal(ID_TWICE.code)}, id
            FROM member_ids SEMI JOIN doubles USING (id)""",
        *withheld_values({i: each.name for i, each in enumerate(attributes) if each.has_value}),
    ]
    ready = "SELECT * FROM changed"
    if max_object_bytes is not None:
        too_large = f"strlen(payload) > {max_object_bytes}"
        parts.append(f"SELECT id, NULL, {sql_literal(TOO_LARGE.code)}, NULL FROM changed WHERE {too_large}")
        ready += f" WHERE NOT {too_large}"
    if refused:
        source = f"read_parquet({sql_literal(refused)})"
        parts.append(
            f"SELECT changed.id, NULL, {sql_literal(REFUSED_BEFORE.code)}, refused.reason "
            f"FROM changed JOIN {source} refused USING (id, payload)"
        )
        ready = f"SELECT * FROM ({ready}) ANTI JOIN {source} refused USING (id, payload)"
    work.raw_sql(f"CREATE TEMP TABLE withheld AS {' UNION ALL '.join(parts)}")
    work.raw_sql(f"CREATE TEMP VIEW ready AS {ready}")


def write_withheld(work: Backend, path: Path) -> None:
    """Write table `withheld` with the sentence of each reason, ordered by customer and attribute."""
    sentences = ", ".join(f"({sql_literal(code)}, {sql_literal(reason.sentence)})" for code, reason in _REASONS.items())
    work.raw_sql(
        f"""COPY (SELECT id, attribute, code, sentence, value
                  FROM withheld JOIN (VALUES {sentences}) reasons (code, sentence) USING (code)
                  ORDER BY id NULLS FIRST, attribute NULLS FIRST, code, value)
            TO {sql_literal(str(path))} {PARQUET}"""
    )


def reason_counts(work: Backend, parts: str = "") -> tuple[ReasonCount, ...]:
    """How often each reason withheld a value or a customer, most frequent first, with one example.

    Args:
        work: Has table `withheld`, unless `parts` says what it is.
        parts: SQL that stands before the SELECT.
    """
    rows: list[tuple[Any, ...]] = work.raw_sql(
        f"""{parts} SELECT code, attribute, count(*), min(value) FROM withheld
            GROUP BY code, attribute ORDER BY count(*) DESC, code, attribute NULLS FIRST"""
    ).fetchall()
    return tuple(
        ReasonCount(code, _REASONS[code].sentence, attribute, count, example)
        for code, attribute, count, example in rows
    )


def withheld_values(names: Mapping[int, str]) -> list[str]:
    """SQL of what is withheld of the attributes of `usable`; keys are the suffixes of p and w columns."""
    return [
        f"SELECT id, {sql_literal(name)}, p{i}, w{i} FROM usable WHERE p{i} IS NOT NULL" for i, name in names.items()
    ]


def json_name(name: str) -> str:
    """An attribute's name as a JSON string."""
    return json.dumps(name, ensure_ascii=False)
