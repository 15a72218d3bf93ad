"""How much of a table a mapping would withhold, known before anything is planned and without storing a row."""

from __future__ import annotations

from collections.abc import Sequence

from tui_app.core.errors import FixInput
from tui_app.core.mapping import Template
from tui_app.core.plan import ReasonCount
from tui_app.core.project import Destination
from tui_app.core.values import ID_TWICE
from tui_app.engine.profile import mapped_rows, mapping_problems, sent_attributes, text_columns
from tui_app.engine.sources import Sources
from tui_app.engine.sql_quoting import sql_literal
from tui_app.engine.withheld import UNUSABLE_IDS, reason_counts, withheld_values


def count_withheld(
    sources: Sources, table: str, template: Template, destination: Destination
) -> tuple[ReasonCount, ...]:
    """What a plan for everybody in a table would withhold if nothing was ever sent, most frequent first.

    The values are judged by the same expressions as in a plan. An object that is too large for a request is the plan's
    to find: whether it is depends on what has changed.

    Args:
        sources: Has the table.
        table: The profile table: a table or a query.
        template: The mapping.
        destination: Decides the identifier and what is not sent at all.

    Raises:
        FixInput: The mapping does not fit the table, or the table cannot be read.
    """
    problems = mapping_problems(sources.schema(table), template, destination)
    if problems:
        raise FixInput(*problems)
    rows = sources.relation(table, text_columns(template, destination))
    mapped = str(sources.work.compile(mapped_rows(rows, template, destination)))
    names = [attribute.name for attribute in sent_attributes(template, destination)]
    with sources.reading():
        return reason_counts(sources.work, _parts(mapped, names))


def _parts(mapped: str, names: Sequence[str]) -> str:
    """SQL of relation `withheld` and of what it is made of; see `planning`.

    Of the mapped rows only those with something against them are kept, and the identifiers are read once more to find
    the double ones: keeping every row would cost more than that.
    """
    suffixes = range(len(names))
    is_withheld = " OR ".join(["bad_id IS NOT NULL", *(f"p{i} IS NOT NULL" for i in suffixes)])
    columns = ", ".join(["id", "bad_id", "raw_id", *(f"p{i}, w{i}" for i in suffixes)])
    withheld = [
        UNUSABLE_IDS,
        f"SELECT id, NULL, {sql_literal(ID_TWICE.code)}, id FROM doubles",
        *withheld_values(dict(enumerate(names))),
    ]
    return f"""WITH mapped AS NOT MATERIALIZED ({mapped}),
        doubles AS MATERIALIZED (SELECT id FROM mapped WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1),
        members_raw AS MATERIALIZED (SELECT {columns} FROM mapped WHERE {is_withheld}),
        usable AS MATERIALIZED (SELECT * FROM members_raw ANTI JOIN doubles USING (id) WHERE bad_id IS NULL),
        withheld AS ({" UNION ALL ".join(withheld)})"""
