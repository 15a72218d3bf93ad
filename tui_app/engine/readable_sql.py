"""The SQL of a query as a person would write it: no aliases, no brackets that say nothing, and laid out."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import sqlglot
from sqlglot import exp

_DIALECT = "duckdb"
_KEEPS_APART = (exp.Connector, exp.Not, exp.Where, exp.Coalesce)
"""In these a comparison needs no brackets: each binds weaker than it, or sets its arguments apart itself."""


def readable_sql(query: ir.Table) -> str:
    """DuckDB's SQL for a query of `segment.members_by_name`.

    In such a query every FROM has one table, and no part refers to a table around it. So a column needs no table before
    its name: the nearest FROM is the one that is meant.
    """
    statement = sqlglot.parse_one(str(ibis.to_sql(query, dialect=_DIALECT)), read=_DIALECT)
    for table in list(statement.find_all(exp.Table, exp.Subquery)):
        table.set("alias", None)
    for column in list(statement.find_all(exp.Column)):
        column.set("table", None)
    for lower in list(statement.find_all(exp.Lower)):
        _fold(lower)
    # The innermost first, so that brackets around brackets go too.
    for brackets in reversed(list(statement.find_all(exp.Paren))):
        if _says_nothing(brackets):
            brackets.replace(brackets.this)
    for negation in list(statement.find_all(exp.Not)):
        _say_is_not_null(negation)
    return statement.sql(dialect=_DIALECT, pretty=True)


def _fold(lower: exp.Lower) -> None:
    """LOWER('Gold') is 'gold'; only of plain ASCII, on which Python and DuckDB agree."""
    text = lower.this
    if isinstance(text, exp.Literal) and text.is_string and text.name.isascii():
        lower.replace(exp.Literal.string(text.name.lower()))


def _says_nothing(brackets: exp.Paren) -> bool:
    """Whether brackets are around brackets, around a comparison, or around a part that is joined like the whole."""
    inside, outside = brackets.this, brackets.parent
    if isinstance(outside, exp.Paren | exp.Where | exp.Coalesce):
        return True
    if isinstance(inside, exp.Connector):
        return type(inside) is type(outside)
    return isinstance(outside, _KEEPS_APART)


def _say_is_not_null(negation: exp.Not) -> None:
    comparison = negation.this
    if isinstance(comparison, exp.Is) and isinstance(comparison.expression, exp.Null):
        comparison.set("expression", exp.Not(this=exp.Null()))
        negation.replace(comparison)
