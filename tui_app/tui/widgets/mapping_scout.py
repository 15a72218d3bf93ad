"""Asks backstage what the stage Mapping shows beside the project: the table, the known names, withheld values."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from textual.worker import Worker

from tui_app.backstage.questions.connection import ReadLedger
from tui_app.backstage.questions.mapping import CountWithheldValues, FindNameWarnings
from tui_app.backstage.questions.source import ColumnTypes, ReportTable
from tui_app.core.errors import FixInput, Problem, StokerError
from tui_app.core.mapping import Template
from tui_app.core.project import Project
from tui_app.tui.widgets.mapping_rows import Knowledge

if TYPE_CHECKING:
    from tui_app.tui.screens.stage_screen import StageScreen

_EDITING_PAUSE_SECONDS: Final = 0.25
"""Several edits in a row are counted once."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is looked at."""

    project: Project
    template: Template
    table: str


@dataclass(slots=True)
class _Task:
    """Something that is asked, as far as that has come."""

    words: str
    """What is being done, for whoever waits."""
    about: object = None
    """What was asked about last: the same is not asked twice."""
    is_waiting: bool = False
    worker: Worker[None] | None = None


class MappingScout:
    """Keeps what is known up to date; one question of a kind is on its way at most.

    Args:
        screen: Whose workers ask, and who explains what goes wrong.
        tell: Called whenever more is known, or something is on its way.
    """

    def __init__(self, screen: StageScreen, tell: Callable[[], None]) -> None:
        self.knowledge = Knowledge()
        self._screen = screen
        self._tell = tell
        self._asks_again = False
        self._table = _Task("reading the table")
        self._names = _Task("asking the workspace")
        self._values = _Task("counting withheld values")

    @property
    def waiting(self) -> tuple[str, ...]:
        """What is on its way, in words."""
        return tuple(task.words for task in (self._table, self._names, self._values) if task.is_waiting)

    def look_at(self, subject: Subject, *, ask_again: bool = False) -> None:
        """Ask what is not known about this; what holds still stays.

        Args:
            subject: What is looked at now.
            ask_again: Ask everything, also a workspace that answered a moment ago.
        """
        self._asks_again |= ask_again
        source = _source_of(subject)
        if self._table.about not in {None, source}:
            self.knowledge = replace(
                self.knowledge, types=None, report=None, withheld=None, misfits=(), counted_of=None
            )
        destination = subject.project.destination_of(subject.template)
        for task, about, asking in (
            (self._table, source, self._read_table),
            (self._names, destination, self._find_names),
            (self._values, (source, subject.template, destination), self._count),
        ):
            if ask_again or task.about != about:
                self._begin(task, about, partial(asking, subject))

    def _begin(self, task: _Task, about: object, asking: Callable[[], Awaitable[None]]) -> None:
        task.about, task.is_waiting = about, True

        async def ask() -> None:
            try:
                await asking()
            except StokerError as error:
                self._screen.explain(error)
            finally:
                # A worker that was replaced leaves the waiting to the one that replaced it.
                if task.about is about:
                    task.is_waiting = False
                    self._tell()

        if task.worker is not None:
            task.worker.cancel()
        task.worker = self._screen.run_worker(ask, group=task.words)

    async def _read_table(self, subject: Subject) -> None:
        session = self._screen.session
        try:
            # The types come at once; samples and gaps need every row.
            types = await session.ask(ColumnTypes(subject.table))
            self._learn(types=types, is_unreadable=False)
            report = await session.ask(ReportTable(subject.table))
            self._learn(report=report)
        except StokerError:
            self._learn(is_unreadable=True)
            raise

    async def _find_names(self, subject: Subject) -> None:
        asks_again, self._asks_again = self._asks_again, False
        found = await self._screen.session.ask(FindNameWarnings(subject.template.name, ask_again=asks_again))
        self._learn(workspace_names=found.workspace_names, workspace_message=found.workspace_message)
        if asks_again and found.workspace_message:
            self._screen.explain(FixInput.at(found.workspace_message), "The workspace's names are not known")
        ledger = await self._screen.session.ask(ReadLedger(subject.template.destination))
        self._learn(ledger_names=ledger.attributes)

    async def _count(self, subject: Subject) -> None:
        if self.knowledge.counted_of is not None:
            await asyncio.sleep(_EDITING_PAUSE_SECONDS)
        try:
            withheld = await self._screen.session.ask(CountWithheldValues(subject.template.name, subject.table))
        except FixInput as error:
            misfits = tuple(problem for problem in error.problems if _is_shown(problem, subject.template))
            self._learn(withheld=(), misfits=misfits, counted_of=subject.template)
            if misfits != error.problems:
                raise
        else:
            self._learn(withheld=withheld, misfits=(), counted_of=subject.template)

    def _learn(self, **news: object) -> None:
        self.knowledge = replace(self.knowledge, **news)  # type: ignore[arg-type] # named as the fields are
        self._tell()


def _source_of(subject: Subject) -> Hashable:
    """What a table's content depends on; not where it is written, which every edit above it changes."""
    source = subject.project.source
    tables = tuple((name, table.location) for name, table in source.tables.items())
    queries = tuple((name, query.sql) for name, query in subject.project.queries.items())
    return subject.table, source.engine, tables, queries


def _is_shown(problem: Problem, template: Template) -> bool:
    """Whether a row, or the head, says what is wrong."""
    return problem.place == template.place or any(problem.place == mapping.place for mapping in template.attributes)
