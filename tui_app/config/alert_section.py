"""`[alerts]`: whom to tell when a run failed, was refused, or was done with rejections."""

from __future__ import annotations

from tui_app.config.table import TableReader
from tui_app.config.wording import kind_of, quoted
from tui_app.core.alert import OCCASIONS, Alerts, Occasion


def read_alerts(top: TableReader) -> Alerts | None:
    """The section; None if there is none."""
    if "alerts" not in top:
        top.ignore("alerts")
        return None
    reader = top.table("alerts", "alerts")
    names = reader.references("on", OCCASIONS, "occasion")
    occasions: tuple[Occasion, ...] = tuple(each for each in OCCASIONS if each in names) or OCCASIONS
    alerts = Alerts(reader.place(), occasions, _command(reader), _webhook(reader))
    if not alerts.command and alerts.webhook is None:
        reader.problem('it tells nobody. Add command = ["PROGRAM"] or webhook = "https://…".', "missing_key")
    reader.close()
    return alerts


def _command(reader: TableReader) -> tuple[str, ...]:
    """A list of words, which no shell reads."""
    words = reader.raw("command")
    if words is None:
        return ()
    if isinstance(words, list) and words and all(isinstance(word, str) and word and "\0" not in word for word in words):
        return tuple(words)
    given = kind_of(words) if not isinstance(words, list) else "a list with something else in it"
    fact = f'command is {given}; it must be a list of words, such as ["notify", "--quiet"].'
    reader.problem(fact, "wrong_type", "command")
    return ()


def _webhook(reader: TableReader) -> str | None:
    webhook = reader.text("webhook")
    if webhook is None or webhook.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        return webhook
    if webhook.startswith("env:") and webhook.removeprefix("env:").isidentifier():
        return webhook
    scheme = webhook.partition(":")[0]
    fact = (
        f"webhook begins with {quoted(scheme)}; it must be https://… or env:NAME, which keeps the address out of here."
    )
    reader.problem(fact, "bad_webhook", "webhook")
    return None
