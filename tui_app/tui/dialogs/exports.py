"""What can be written to a file from plans and runs, each as a `SaveFile`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from tui_app.backstage.questions.plan import ChangeFilter, Exported, ExportPlan, PlanSummary, SavePlan
from tui_app.backstage.questions.run import ExportRun
from tui_app.tui.dialogs.save_file import SaveFile
from tui_app.tui.text import counted

if TYPE_CHECKING:
    from tui_app.tui.session import Session

_PRIVATE = "It holds personal data: only you can read it."


def export_of_changes(session: Session, summary: PlanSummary, wanted: ChangeFilter) -> SaveFile:
    """The customers of a plan that match a filter, with their values before and after."""

    async def save(path: str, form: str) -> str:
        return _written(await session.ask(ExportPlan(summary.folder, path, _format(form), wanted)))

    whom = "Every customer of this plan" if wanted == ChangeFilter() else "The customers that are shown"
    explanation = f"{whom}, with the values before and after. JSON holds the exact payload as well. {_PRIVATE}"
    return SaveFile("Export changes", explanation, session.folder / summary.id, save, formats=("csv", "json"))


def copy_of_plan(session: Session, summary: PlanSummary) -> SaveFile:
    """The plan itself."""

    async def save(path: str, form: str) -> str:
        del form
        folder: str = await session.ask(SavePlan(summary.folder, path))
        return folder

    explanation = f"A new or empty folder. The copy stays a plan: stoker apply FOLDER sends it, once. {_PRIVATE}"
    return SaveFile("Save the plan", explanation, session.folder / summary.id, save)


def export_of_run(session: Session, run: str) -> SaveFile:
    """The report of a run with every rejected customer."""

    async def save(path: str, form: str) -> str:
        return _written(await session.ask(ExportRun(run, path, _format(form))))

    explanation = f"JSON: the report with every rejected customer. CSV: the rejected customers alone. {_PRIVATE}"
    return SaveFile("Export the report", explanation, session.folder / f"run-{run}", save, formats=("json", "csv"))


def _format(form: str) -> Literal["json", "csv"]:
    return cast("Literal['json', 'csv']", form)


def _written(exported: Exported) -> str:
    return f"{counted(exported.rows, 'row')}: {exported.path}"
