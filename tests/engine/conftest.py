"""Builders that the tests of the engine share: a project written in a few words, on real files and a real engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from tui_app.core.errors import Place
from tui_app.core.project import Project, Query, Source, SourceTable
from tui_app.engine.sources import Sources

OpenSources = Callable[..., Sources]


def a_project(
    folder: Path, tables: Mapping[str, str], queries: Mapping[str, str] | None = None, **source: object
) -> Project:
    """A project file in `folder` with tables from line 10 on and queries from line 100 on, ten lines apart."""
    file = str(folder / "stoker.toml")
    return Project(
        file=file,
        source=Source(
            {
                name: SourceTable(name, path, Place("stoker.toml", 10 + i))
                for i, (name, path) in enumerate(tables.items())
            },
            place=Place("stoker.toml", 1),
            **source,  # type: ignore[arg-type]
        ),
        queries={
            name: Query(name, sql, Place("stoker.toml", 100 + 10 * i))
            for i, (name, sql) in enumerate((queries or {}).items())
        },
    )


@pytest.fixture
def open_sources(tmp_path: Path) -> Iterator[OpenSources]:
    """Opens the sources of a project in `tmp_path`; closes them when the test ends."""
    with ExitStack() as stack:

        def open_project(
            tables: Mapping[str, str],
            queries: Mapping[str, str] | None = None,
            *,
            query_seconds: float = 60,
            **source: object,
        ) -> Sources:
            scratch = tmp_path / "scratch"
            scratch.mkdir(mode=0o700)
            project = a_project(tmp_path, tables, queries, **source)
            return stack.enter_context(Sources(project, scratch=scratch, query_seconds=query_seconds))

        yield open_project
