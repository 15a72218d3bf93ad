"""What a run came to, in one sentence, and what can be done next."""

from __future__ import annotations

from dataclasses import dataclass

from tui_app.backstage.questions.run import RunNews
from tui_app.tui.text import counted
from tui_app.tui.widgets.notice import NoticeTone


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended."""

    tone: NoticeTone
    title: str
    text: str
    key: str = ""
    """What helps, as people read it."""
    action: str = ""


def ending_of(news: RunNews) -> Ending:
    """The outcome of a run whose worker is through, or is gone."""
    progress, record = news.progress, news.record
    match progress.state:
        case "crashed" if not record.plan:
            return Ending("bad", "This run cannot be read", progress.note)
        case "crashed":
            text = (
                "Nothing is lost: what Braze acknowledged is in the journal. What was on its way is sent again first, "
                "with the same bytes."
            )
            return Ending("bad", "The worker died", text, "R", "goes on where it was")
        case "refused":
            return Ending("bad", "The worker refused to send", progress.note, "p", "plans again")
        case "stopped":
            title = f"Stopped early: {progress.acknowledged:,} acknowledged, {_open(news):,} still to be sent"
            return Ending("warning", title, _sentence(progress.note), "R", "goes on where it was")
        case _:
            return _done(news)


def _done(news: RunNews) -> Ending:
    progress, record = news.progress, news.record
    if not record.rows:
        return Ending("good", "There was nothing to send.", "", "p", "plans again")
    left_out = ""
    if record.sample is not None and record.sample < record.rows:
        left_out = f"It was a sample: {counted(record.rows - record.sample, 'customer')} of the plan still to be sent. "
    if progress.rejected:
        title = f"Done: {counted(progress.acknowledged, 'customer')} acknowledged, {progress.rejected:,} rejected"
        text = f"{left_out}Whom Braze rejected is withheld until one of the values changes."
        return Ending("warning", title, text, "p", "plans again")
    title = f"Done: every one of {counted(progress.acknowledged, 'customer')} was acknowledged"
    if progress.acknowledged == 1:
        title = "Done: the customer was acknowledged"
    return Ending("good", title, f"{left_out}The ledger knows it: the next plan sends only what changes.", "p",
                  "plans again")  # fmt: skip


def _open(news: RunNews) -> int:
    """Customers that a resumed run would send."""
    sampled_out = news.record.rows - min(news.record.rows, news.record.sample or news.record.rows)
    return max(news.progress.not_sent - sampled_out, 0) + news.progress.in_doubt


def _sentence(note: str) -> str:
    return note if not note or note.endswith((".", "!", "?")) else f"{note}."
