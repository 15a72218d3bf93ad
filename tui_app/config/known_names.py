"""What the parts of a project file can refer to, collected before any part is read, so that order does not matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Names that are written in the file, whether or not what they name is otherwise in order."""

    tables: frozenset[str]
    """Tables and queries: either can stand where a table is asked for."""
    destinations: frozenset[str]
    templates: frozenset[str]
    segments: frozenset[str]
    campaigns: frozenset[str]
    orchestrations: frozenset[str]


def known_names(content: Mapping[str, Any]) -> KnownNames:
    """Every name of a parsed project file."""
    return KnownNames(
        tables=_names(_inner(content, "source"), "tables") | _names(content, "queries"),
        destinations=_names(content, "destinations"),
        templates=_names(content, "templates"),
        segments=_names(content, "segments"),
        campaigns=_names(content, "campaigns"),
        orchestrations=_names(content, "orchestrations"),
    )


def _inner(content: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table = content.get(key)
    return table if isinstance(table, dict) else {}


def _names(content: Mapping[str, Any], key: str) -> frozenset[str]:
    return frozenset(_inner(content, key))
