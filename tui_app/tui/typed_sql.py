"""SQL that was typed and is not saved, and what it was typed over: a change of somebody else is never lost unseen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tui_app.core.project import Query, SourceTable
from tui_app.tui.widgets.source_sql import harmless_sql


@dataclass(frozen=True, slots=True)
class _Typed:
    sql: str
    """As it was typed."""
    over: str
    """The query's SQL when typing began."""


class TypedSql:
    """Of the queries of one project."""

    def __init__(self) -> None:
        self._typed: dict[str, _Typed] = {}

    @property
    def names(self) -> frozenset[str]:
        """Queries whose SQL was typed and is not saved."""
        return frozenset(self._typed)

    def shown(self, query: Query) -> str:
        """What stands in the editor of a query."""
        return self._typed[query.name].sql if query.name in self._typed else query.sql

    def keep(self, query: Query, sql: str) -> None:
        """Remember what stands in the editor of a query, before something else is shown or it is read again."""
        if sql == harmless_sql(query.sql):
            self.forget(query.name)
        else:
            known = self._typed.get(query.name)
            self._typed[query.name] = _Typed(sql, known.over if known else query.sql)

    def forget(self, name: str) -> None:
        """Nothing typed is wanted any more."""
        self._typed.pop(name, None)

    def follow(self, definitions: Mapping[str, SourceTable | Query]) -> None:
        """The project was read again: what stands there now need not be kept."""
        for name, typed in tuple(self._typed.items()):
            query = definitions.get(name)
            if isinstance(query, Query) and typed.sql == harmless_sql(query.sql):
                self.forget(name)

    def would_overwrite(self, query: Query) -> bool:
        """Whether saving would write over a change that somebody else made meanwhile. Who is told may do it then."""
        known = self._typed.get(query.name)
        if known is None or known.over == query.sql:
            return False
        self._typed[query.name] = replace(known, over=query.sql)
        return True
