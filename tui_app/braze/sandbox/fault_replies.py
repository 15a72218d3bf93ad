"""What a fault puts in the place of an answer.

Sources: braze.com/docs/api/errors for the statuses; shapes of malformed answers are invented.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, assert_never

from tui_app.braze.sandbox.answer import NOTHING_VALID, Answer, refused
from tui_app.braze.sandbox.faults import (
    Action,
    Cut,
    Hang,
    KeyRefused,
    LimitStyle,
    Malformed,
    Queued,
    RateLimited,
    Redirect,
    RefuseHolding,
    Reset,
    ServerError,
    Shape,
    Slow,
)
from tui_app.braze.sandbox.json_types import JsonObject

_SERVER_ERRORS = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}
_HTML = "<!DOCTYPE html><html><head><title>Welcome</title></head><body>Please sign in to this network.</body></html>"


@dataclass(frozen=True, slots=True)
class RawReply:
    """An answer that is not a whole JSON body."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    sent_bytes: int | None = None
    """Bytes of the body that leave before the connection closes; None sends all."""


@dataclass(frozen=True, slots=True)
class Silence:
    """No answer."""

    is_reset: bool
    """True: the connection is reset. False: it stays open."""


Reply: TypeAlias = Answer | RawReply | Silence


_PROCESSED = "_processed"


def fault_reply(action: Action, key: str, answer: Callable[[], Answer], epoch_seconds: float) -> Reply:
    """The reply of a struck request.

    Args:
        action: What goes wrong; for `Slow` the waiting is up to the caller.
        key: The API key of the request, which a 401 echoes.
        answer: Answers as if nothing were wrong, and lets the objects take effect.
        epoch_seconds: Now.
    """
    match action:
        case RateLimited(retry_seconds, style):
            headers = _limit_headers(retry_seconds, style, epoch_seconds)
            reply: Reply = Answer(429, {"message": "Rate Limited"}, headers)
        case KeyRefused(status):
            reply = refused(status, f"Invalid API key: {key}" if status == 401 else "Access Denied")
        case RefuseHolding():
            reply = refused(400, NOTHING_VALID)
        case Redirect(location):
            reply = RawReply(302, b"", "text/html", {"location": location})
        case ServerError(status):
            reply = refused(status, _SERVER_ERRORS[status])
        case Reset() | Hang():
            reply = Silence(is_reset=isinstance(action, Reset))
        case Slow() | Cut() | Malformed() | Queued():
            return _distorted(action, answer())
        case _:
            assert_never(action)
    if isinstance(action, (ServerError, Reset, Hang)) and action.is_applied:
        answer()
    return reply


def _distorted(action: Slow | Cut | Malformed | Queued, answer: Answer) -> Reply:
    # What is refused anyway is refused as usual: only a success can be malformed.
    if isinstance(action, Slow) or answer.status not in (200, 201):
        return answer
    body = json.dumps(answer.body).encode()
    match action:
        case Queued():
            return Answer(202, {"message": "queued"}, answer.headers)
        case Cut(sent_bytes):
            return RawReply(answer.status, body, headers=answer.headers, sent_bytes=min(sent_bytes, len(body) - 1))
        case Malformed(shape):
            content_type = "text/html" if shape == "html" else "application/json"
            status = 200 if shape == "html" else answer.status
            return RawReply(status, _malformed(shape, answer.body), content_type, answer.headers)


def _malformed(shape: Shape, body: JsonObject) -> bytes:
    array = next((name.removesuffix(_PROCESSED) for name in body if name.endswith(_PROCESSED)), "attributes")
    processed = body.get(f"{array}{_PROCESSED}", 0)
    count = processed if isinstance(processed, int) else 0
    error: JsonObject = {"index": 0, "input_array": array, "type": "'external_id' is not valid"}
    match shape:
        case "html":
            return _HTML.encode()
        case "truncated":
            return json.dumps(body).encode()[:-2]
        case "empty":
            return b""
        case "wrong-counts":
            return json.dumps({**body, f"{array}{_PROCESSED}": count + 1}).encode()
        case "duplicate-keys":
            return json.dumps(body).encode()[:-1] + f', "{array}{_PROCESSED}": 0}}'.encode()
        case "index-out-of-range":
            error["index"] = count + 1
        case "index-text":
            error["index"] = "0"
        case "index-missing":
            del error["index"]
        case "other-array":
            error["input_array"] = "purchases" if array == "events" else "events"
        case _:
            assert_never(shape)
    return json.dumps({**body, f"{array}{_PROCESSED}": max(0, count - 1), "errors": [error]}).encode()


def _limit_headers(retry_seconds: float, style: LimitStyle, now: float) -> dict[str, str]:
    whole_seconds = math.ceil(retry_seconds)
    match style:
        case "none":
            return {}
        case "mau":
            return {"x-ratelimit-retry-after": str(whole_seconds)}
        case "retry-after":
            return {"retry-after": str(whole_seconds)}
        case "epoch":
            reset = str(math.ceil(now + retry_seconds))
        case "seconds":
            reset = str(whole_seconds)
        case "past":
            reset = str(math.floor(now) - 60)
        case "huge":
            reset = str(10**15)
        case "text":
            reset = "soon"
        case _:
            assert_never(style)
    return {"x-ratelimit-limit": "3000", "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}
