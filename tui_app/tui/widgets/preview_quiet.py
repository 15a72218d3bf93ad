"""The quiet period, told before anything is sent: whoever sends and then waits for minutes should have known."""

from __future__ import annotations

from tui_app.backstage.questions.plan import PlanSummary
from tui_app.tui.moments import lasting


def quiet_words(summary: PlanSummary, now: float) -> str:
    """What a plan that were sent now would wait for.

    Args:
        summary: The plan.
        now: Epoch seconds.

    Returns:
        A sentence; "" if nothing would wait.
    """
    quiet = summary.plan.quiet_period_seconds
    if summary.newest_send is None:
        return ""
    # A clock that was set back does not make a run wait longer than one quiet period.
    left = min(summary.newest_send + quiet - now, quiet)
    if left <= 0:
        return ""
    return (
        f"Changed values wait out the quiet period of {lasting(quiet)} since their customers were last sent: "
        f"up to {lasting(left)} from now."
    )
