"""Answers about a template: what its names mean to Braze, and which of its values would not be sent."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from tui_app.backstage.answers.workspace_names import KnownNames, WorkspaceNames
from tui_app.backstage.desk import Desk
from tui_app.backstage.questions.mapping import CountWithheldValues, FindNameWarnings, NameFindings
from tui_app.backstage.questions.question import Question, UnknownQuestion
from tui_app.core.duplicates import mapping_warnings
from tui_app.core.errors import FixInput, Usage
from tui_app.core.mapping import Template
from tui_app.core.plan import ReasonCount
from tui_app.core.project import Destination, Project
from tui_app.ports.store import LedgerFiles
from tui_app.wiring import SystemClock, Workplace

_workspace_names: Final = WorkspaceNames(SystemClock())
_ledger_names: Final[dict[tuple[str, str, int], tuple[str, ...]]] = {}
"""Ledger, lineage, serial → the names that were sent. To look into a ledger is to verify it, which takes seconds where
it is large; to know its serial is not."""


def answer(question: Question[Any], desk: Desk) -> object:
    """See `backstage.questions.mapping`."""
    match question:
        case FindNameWarnings(template, ask_again):
            return _find_warnings(template, desk, ask_again=ask_again)
        case CountWithheldValues(template, table):
            return _count_withheld(template, table, desk)
        case _:
            raise UnknownQuestion(question)


def _find_warnings(name: str, desk: Desk, *, ask_again: bool) -> NameFindings:
    workplace = desk.workplace()
    project = workplace.project
    template, destination = _template(name, project)
    known = _names_of_workspace(workplace, destination, desk, ask_again=ask_again)
    warnings = mapping_warnings(
        template,
        destination,
        ledger_attributes=_names_of_ledger(workplace.ledger_of(destination)),
        workspace_attributes=known.names,
        audience_attributes=[each.audience_attribute for each in project.campaigns.values() if each.template == name],
    )
    return NameFindings(warnings, known.names, known.message)


def _template(name: str, project: Project) -> tuple[Template, Destination]:
    template = project.templates.get(name)
    if template is None:
        raise Usage(f"There is no template {name!r} in the project. Nothing was read.")
    return template, project.destinations[template.destination]


def _names_of_workspace(workplace: Workplace, destination: Destination, desk: Desk, *, ask_again: bool) -> KnownNames:
    if destination.custom_attributes == "off":
        return KnownNames()
    try:
        key = workplace.key_of(destination)
    except FixInput as error:
        return KnownNames(message=error.message)
    return _workspace_names.of(destination.endpoint, key, desk.cancellation, ask_again=ask_again)


def _names_of_ledger(ledger: LedgerFiles) -> Collection[str]:
    state = ledger.state()
    key = (ledger.name, state.lineage, state.serial)
    if key not in _ledger_names:
        _ledger_names[key] = tuple(ledger.view().columns)
    return _ledger_names[key]


def _count_withheld(name: str, table: str, desk: Desk) -> tuple[ReasonCount, ...]:
    from tui_app.engine.withheld_counts import count_withheld

    template, destination = _template(name, desk.workplace().project)
    with desk.sources() as sources:
        return count_withheld(sources, table, template, destination)
