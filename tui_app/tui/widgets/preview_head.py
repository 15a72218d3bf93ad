"""Which plan this is, in two lines that always stay: where it goes, and how old it is and what became of it."""

from __future__ import annotations

from pathlib import Path

from textual.content import Content

from tui_app.backstage.questions.plan import PlanSummary
from tui_app.tui.moments import ago, lasting
from tui_app.tui.text import Part, line


def where_it_goes(summary: PlanSummary) -> Content:
    """Activation, destination, endpoint, and the state of the ledger that it was made against."""
    plan = summary.plan
    return line(
        (plan.activation, "bold"),
        (" → ", "$text-muted"),
        (plan.destination, "bold"),
        (f"  {plan.endpoint}  ledger serial {plan.ledger_serial}  {summary.id}", "$text-muted"),
    )


def age_and_fate(summary: PlanSummary, project_file: Path, now: float) -> Content:
    """When it was made, and whether it was applied.

    Args:
        summary: The plan.
        project_file: If it was changed later than the plan was made, that is said.
        now: Epoch seconds.
    """
    made, changed = _changed_at(Path(summary.folder)), _changed_at(project_file)
    parts: list[Part] = []
    if made is not None:
        parts.append((f"made {ago(made, now)}", "$text-muted"))
    if summary.seconds is not None:
        parts.append((f" in {_short(summary.seconds)}", "$text-muted"))
    if summary.run is not None:
        parts.append((f"  ✓ applied by run {summary.run}", "$text-success"))
    elif made is not None and changed is not None and changed > made:
        parts.append(("  ! stoker.toml was changed since", "$text-warning"))
    else:
        parts.append(("  not sent", "$text-muted"))
    return line(*parts)


def _short(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 10 else lasting(seconds)


def _changed_at(path: Path) -> float | None:
    """Epoch seconds; None if it is not there. A plan's folder is never touched again."""
    try:
        return path.stat().st_mtime
    except OSError:
        return None
