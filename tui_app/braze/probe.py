"""Whether a key and an endpoint would work, without sending a customer: what `stoker check` asks Braze.

An empty body is sent to /users/track. Braze judges the key and its permission before the body, so a body that is
refused as empty means that both are good, and nothing was written. (Braze documents no other way to ask; that an empty
body is answered with 400 is an assumption from its error page. Source: braze.com/docs/api/errors.)
"""

from __future__ import annotations

from tui_app.core.answer_text import Unreadable, json_object
from tui_app.core.connection import Probe, ProbeOutcome
from tui_app.core.delivery import (
    Answer,
    NoAnswer,
    NotRead,
    NotSent,
    ServerTrouble,
    SlowDown,
    StopRun,
    read_answer,
)
from tui_app.ports.braze import BrazeApi
from tui_app.ports.clock import Clock

EMPTY_BODY = b"{}"


async def probe(client: BrazeApi, clock: Clock, *, read_names: bool = True) -> Probe:
    """Try a key and an endpoint.

    Args:
        client: Of the destination.
        clock: Measures the latency.
        read_names: Also read the custom attributes, which needs a permission of its own.
    """
    began = clock.monotonic_seconds()
    try:
        answer = await client.track(EMPTY_BODY)
    except NotSent as error:
        return Probe("unreachable" if error.waiting_helps else "untrusted", _unreachable(error.reason))
    except NoAnswer as error:
        return Probe("unreachable", _unreachable(error.reason))
    latency_seconds = clock.monotonic_seconds() - began
    outcome, message = _judge(answer, clock.epoch_seconds())
    if outcome != "ready" or not read_names:
        return Probe(outcome, message, latency_seconds)
    try:
        names = await client.custom_attribute_names()
    except (NotSent, NoAnswer, NotRead) as error:
        return Probe(outcome, message, latency_seconds, None, error.reason)
    return Probe(outcome, message, latency_seconds, names)


def _judge(answer: Answer, now_epoch: float) -> tuple[ProbeOutcome, str]:
    match read_answer(answer, 0, now_epoch):
        case StopRun(reason, cause):
            return cause, reason
        case SlowDown() | ServerTrouble():
            return "busy", (
                f"The key could not be judged: Braze is busy or limits requests now (status {answer.status}). No "
                "customer was sent. Try again in a minute."
            )
    if _speaks_like_braze(answer):
        return "ready", "The endpoint answers, the key is known and may send attributes (users.track)."
    return "not_braze", (
        f"The endpoint answers (status {answer.status}), but not as Braze does. No customer was sent. Check the "
        "endpoint of the destination and the proxy settings of this machine."
    )


def _speaks_like_braze(answer: Answer) -> bool:
    """Every answer of Braze is a JSON object with words; for a refused body they can stand under "error"."""
    try:
        words = json_object(answer.body)
    except Unreadable:
        return False
    return isinstance(words.get("message", words.get("error")), str)


def _unreachable(reason: str) -> str:
    return (
        f"Braze could not be asked: {reason}. No customer was sent. Check the endpoint of the destination and the "
        "network and proxy of this machine."
    )
