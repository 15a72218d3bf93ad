"""What a table looks like before anything is sent: rows, and per column type, gaps, variety and three samples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import pyarrow as pa

from tui_app.core.table_report import ColumnReport, ColumnType, TableReport
from tui_app.engine.sources import Sources

_TYPES: tuple[tuple[type[dt.DataType], ColumnType], ...] = (
    (dt.Boolean, "boolean"),
    (dt.Date, "date"),
    (dt.Timestamp, "datetime"),
    (dt.Decimal, "decimal"),
    (dt.Floating, "float"),
    (dt.Integer, "integer"),
)
_IN_ARRAYS = (dt.String, dt.Integer, dt.Floating, dt.Decimal)

_SAMPLES = 3
_SAMPLE_CHARACTERS = 200
_SAMPLED_ROWS = 1_000


def report_table(sources: Sources, name: str) -> TableReport:
    """Count and sample a table or a query.

    Raises:
        FixInput: The table or query has a mistake or cannot be read.
    """
    relation = sources.relation(name)
    types = column_types(sources, name)
    with sources.reading():
        counts = _counts(relation)
        samples = _samples(relation, counts)
    rows = counts["rows"]
    columns = tuple(
        ColumnReport(
            name=column,
            type=types[column],
            engine_type=str(data_type),
            null_share=1 - counts[f"filled {i}"] / rows if rows else 0.0,
            distinct_share=min(counts[f"distinct {i}"] / max(counts[f"filled {i}"], 1), 1.0),
            samples=samples[column],
        )
        for i, (column, data_type) in enumerate(relation.schema().items())
    )
    return TableReport(name, rows, columns)


def column_types(sources: Sources, name: str) -> dict[str, ColumnType]:
    """Column → type of a table or a query, which is not run for it.

    Raises:
        FixInput: The table or query has a mistake or cannot be read.
    """
    text_type: ColumnType = "varchar" if sources.is_query(name) else "string"
    return {column: column_type(data_type, text_type) for column, data_type in sources.schema(name).items()}


def column_type(data_type: dt.DataType, text_type: ColumnType = "string") -> ColumnType:
    """A type of the engine in Amperity's words.

    Text of a table is `string` and text that SQL made is `varchar`, as Amperity shows them.
    Source: docs.amperity.com, reference, "Data types".
    """
    if isinstance(data_type, dt.String):
        return text_type
    if isinstance(data_type, dt.Array):
        return "array" if isinstance(data_type.value_type, _IN_ARRAYS) else "unsupported"
    return next((name for kind, name in _TYPES if isinstance(data_type, kind)), "unsupported")


def _counts(relation: ir.Table) -> dict[str, int]:
    columns = [relation[name] for name in relation.columns]
    aggregates = {
        "rows": relation.count(),
        **{f"filled {i}": column.count() for i, column in enumerate(columns)},
        **{f"distinct {i}": column.approx_nunique() for i, column in enumerate(columns)},
    }
    (row,) = relation.aggregate(**aggregates).to_pyarrow().to_pylist()
    counts: dict[str, int] = row
    return counts


def _samples(relation: ir.Table, counts: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    samples = _first_different(relation, relation.columns)
    for i, (name, found) in enumerate(samples.items()):
        if not found and counts[f"filled {i}"]:
            samples |= _first_different(relation.filter(relation[name].notnull()), [name])
    return samples


def _first_different(relation: ir.Table, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    texts = {name: relation[name].cast("string").left(_SAMPLE_CHARACTERS) for name in names}
    head: pa.Table = relation.limit(_SAMPLED_ROWS).select(**texts).to_pyarrow()
    return {
        name: tuple(islice(dict.fromkeys(text for text in column.to_pylist() if text is not None), _SAMPLES))
        for name, column in zip(head.column_names, head.columns, strict=True)
    }
