"""Which attributes changed in past runs, and which of these changes a coarser mapping would not have seen.

The values before and after are those that were sent, so what a mapping would have saved is counted, not guessed: a
change vanishes where both become the same. Relation in the work engine: history (activation, attribute, before, after,
sent), one row per value of an update.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from ibis.backends.duckdb import Backend

from tui_app.core.change import pointer_to
from tui_app.core.cost import Changes, PastRun, Tried, cheapest
from tui_app.engine.figures import rows_of
from tui_app.engine.sql_quoting import sql_list, sql_literal

_DIGITS = (2, 1, 0, -1, -2, -3)
_TIERS = ("low", "mid", "high", "top")
_IS_CHANGE = "before IS NOT NULL AND before <> after"
"""A repeat of what was there, such as in a repair, is none."""
_FEW_CHANGES = 20
"""Too few to judge a mapping by."""


def changes_in(
    work: Backend, runs: Sequence[PastRun], mapped_plainly: Collection[tuple[str, str]]
) -> tuple[Changes, ...]:
    """Every attribute that changed in some runs.

    Args:
        work: May read their files.
        runs: In any order.
        mapped_plainly: (Activation, attribute) of those whose mapping could be made coarser.
    """
    if not runs:
        return ()
    parts = [_history_sql(run) for run in runs if run.attributes]
    work.raw_sql(f"CREATE TEMP TABLE history AS {' UNION ALL '.join(parts)}")
    counted = rows_of(
        work,
        f"""SELECT activation, attribute, count(*) FILTER ({_IS_CHANGE}), count(*) FILTER ({_IS_CHANGE} AND sent = 1),
                   count(*) FILTER (before IS NULL AND has_firsts)
            FROM history GROUP BY ALL ORDER BY 3 DESC, activation, attribute""",
    )
    return tuple(
        Changes(
            activation,
            attribute,
            changed,
            alone,
            first,
            cheapest(changed, tuple(_tried(work, activation, attribute)))
            if (activation, attribute) in mapped_plainly and changed >= _FEW_CHANGES
            else None,
        )
        for activation, attribute, changed, alone, first in counted
    )


def _history_sql(run: PastRun) -> str:
    pointers = sql_list(pointer_to(name) for name in run.attributes)
    return f"""SELECT {sql_literal(run.activation)} AS activation, attribute, before, after, sent,
                      {str(run.has_firsts).lower()} AS has_firsts FROM (
                   SELECT unnest({sql_list(run.attributes)}) AS attribute, unnest(befores)::VARCHAR AS before,
                          unnest(afters)::VARCHAR AS after, len(list_filter(afters, lambda a: a IS NOT NULL)) AS sent
                   FROM (SELECT json_extract(before, {pointers}) AS befores, json_extract(payload, {pointers}) AS afters
                         FROM read_parquet({sql_literal(str(run.updates))}))
               ) WHERE after IS NOT NULL"""


def _tried(work: Backend, activation: str, attribute: str) -> Iterator[Tried]:
    """Coarser mappings that suit the values of an attribute, from fine to coarse, tried on its changes."""
    of_it = f"activation = {sql_literal(activation)} AND attribute = {sql_literal(attribute)} AND {_IS_CHANGE}"
    number = "json_type({0}) IN ('BIGINT', 'UBIGINT', 'DOUBLE', 'HUGEINT')"
    ((whole, numbers, moments, texts, *quantiles),) = rows_of(
        work,
        f"""SELECT count(*), count(*) FILTER ({number.format("after")}),
                   count(*) FILTER (regexp_full_match(after, '"\\d{{4}}-\\d\\d-\\d\\dT.*"')),
                   count(*) FILTER (after LIKE '"%'),
                   {
            ", ".join(
                f"quantile_disc(CASE WHEN {number.format('after')} THEN after::DOUBLE END, {q})"
                for q in (0.25, 0.5, 0.75)
            )
        }
            FROM history WHERE {of_it}""",
    )
    mappings: list[tuple[str, str]] = []
    if numbers * 2 > whole:
        mappings += [(f"round = {digits}", f"round(try_cast({{0}} AS DOUBLE), {digits})") for digits in _DIGITS]
        mappings += _buckets([float(each) for each in quantiles])
    elif moments * 2 > whole:
        mappings.append(("date_only = true", "left({0}, 11)"))
    elif texts * 2 > whole:
        mappings.append(("trim = true", "trim({0}, ' \"')"))
        mappings.append(("trim = true, lower = true", "lower(trim({0}, ' \"'))"))
    if not mappings:
        return
    counts = []
    for _, form in mappings:
        is_same = f"({form.format('before')}) = ({form.format('after')})"
        counts += [f"count(*) FILTER ({is_same})", f"count(*) FILTER ({is_same} AND sent = 1)"]
    (found,) = rows_of(work, f"SELECT {', '.join(counts)} FROM history WHERE {of_it}")
    for position, (mapping, _) in enumerate(mappings):
        yield Tried(mapping, found[2 * position], found[2 * position + 1])


def _buckets(quartiles: Sequence[float]) -> list[tuple[str, str]]:
    """Four tiers of equal size, then one threshold in the middle."""
    bounds = sorted(dict.fromkeys(_plain(each) for each in quartiles))
    mappings = []
    for inner in ([*bounds], [_plain(quartiles[1])]):
        names = _TIERS[: len(inner) + 1] if len(inner) > 1 else ("below", "from")
        lowest = min(0.0, inner[0] - 1)
        starts = [lowest, *inner]
        written = ", ".join(f"{name} = {start:g}" for name, start in zip(names, starts, strict=False))
        tier = " + ".join(f"(try_cast({{0}} AS DOUBLE) >= {start!r})::INTEGER" for start in starts)
        mappings.append((f"buckets = {{ {written} }}", f"({tier})"))
    return mappings


def _plain(number: float) -> float:
    """Two significant digits: a threshold that a person would choose."""
    return float(f"{number:.2g}")
