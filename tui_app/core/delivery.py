"""What an answer of Braze to /users/track means: who is acknowledged, who is rejected, what is in doubt, when to stop.

The one promise: nothing is acknowledged unless a readable answer says so and its counts agree with what was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tui_app.core.answer_text import Unreadable, json_object, looks_like_html, one_line
from tui_app.core.errors import StokerError
from tui_app.core.pace import wait_seconds

MAX_ANSWER_BYTES = 1_000_000
"""Longest body that is read. 75 rejections are under 30 kB, so a longer one is not Braze's answer to our request."""

TRACK_PERMISSION = "users.track"
"""Source: braze.com/docs/api/endpoints/user_data/post_user_track, "Prerequisites"."""

InputArray = Literal["attributes", "purchases", "events"]
"""What a request is made of: one kind of objects, and so the only array that an error may name."""
INPUT_ARRAYS: tuple[InputArray, ...] = ("attributes", "purchases", "events")

StopCause = Literal["key", "permission", "address", "not_braze"]


class NotSent(StokerError):
    """No byte of the request can have left: Braze has not taken it, for certain."""

    def __init__(self, reason: str, *, waiting_helps: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.waiting_helps = waiting_helps
        """False when the server could not prove who it is: then nothing more may be sent to it."""


class NoAnswer(StokerError):
    """The request, or a part of it, left and no whole answer came: Braze may or may not have taken it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotRead(StokerError):
    """Braze answered a read with something else than what was asked for."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP, before anybody believes it."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    """At most `MAX_ANSWER_BYTES` + 1; the one byte more says that the answer was longer."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """One object that Braze refused, whole; nothing of it was applied."""

    position: int
    """In the request, from 0."""
    reason: str
    """Braze's words as one line of at most 300 characters, control characters made visible."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Every object of the request is acknowledged, but the rejected ones."""

    rejected: tuple[Rejection, ...] = ()
    """Ascending by position, each position once."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """A success that cannot be believed: send the same bytes again, then halves, then single objects; then in doubt."""

    reason: str


@dataclass(frozen=True, slots=True)
class Queued:
    """Accepted without a verdict (status 202): in doubt, and not to be repeated at once."""

    reason: str


@dataclass(frozen=True, slots=True)
class WholeRefused:
    """Nothing was applied (status 400): split; a single object is rejected with this reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class TooLarge:
    """Nothing was applied (status 413): split by bytes."""

    reason: str


@dataclass(frozen=True, slots=True)
class SlowDown:
    """Nothing was applied (status 429): all senders pause, then the same bytes; attempts are not consumed."""

    wait_seconds: float | None
    """Above 0 and at most one hour; None when Braze named no usable time, then back off."""
    reason: str


@dataclass(frozen=True, slots=True)
class ServerTrouble:
    """Braze may or may not have taken it (status 5xx): the same bytes again, after a backoff."""

    reason: str


@dataclass(frozen=True, slots=True)
class StopRun:
    """Nothing more may be sent until a person has looked."""

    reason: str
    cause: StopCause

    @property
    def may_be_applied(self) -> bool:
        """Whether the request stays in doubt: somebody else than Braze answered, so nobody knows what Braze did."""
        return self.cause == "not_braze"


Verdict: TypeAlias = Accepted | Unclear | Queued | WholeRefused | TooLarge | SlowDown | ServerTrouble | StopRun


def read_answer(answer: Answer, sent: int, now_epoch: float, array: InputArray = "attributes") -> Verdict:
    """Say what an answer means for the objects of its request.

    Args:
        answer: The answer to one POST of `sent` objects under `array` and nothing else.
        sent: Objects in the request.
        now_epoch: Epoch seconds by this machine's clock, to understand when a limit is full again.
        array: What was sent.

    Source: braze.com/docs/api/endpoints/user_data/post_user_track, "Responses", and braze.com/docs/api/errors.
    """
    match answer.status:
        case 413:
            return TooLarge("Braze says that the request is too large (status 413)")
        case 429:
            wait = wait_seconds(answer.headers, now_epoch)
            return SlowDown(wait, "Braze asks to slow down: a rate limit is reached (status 429)")
        case 408 | 425:
            return ServerTrouble(f"Braze did not get the request in time (status {answer.status})")
        case status if 500 <= status <= 599:
            return ServerTrouble(f"Braze, or a server before it, is in trouble (status {status})")
    return (
        stop(answer, TRACK_PERMISSION) if looks_like_html(answer.headers, answer.body) else _judge(answer, sent, array)
    )


def stop(answer: Answer, permission: str) -> StopRun:
    """The verdict on an answer after which nothing more may be sent.

    Braze's own words are left out on purpose: its answer to a bad key repeats the key.

    Args:
        answer: An answer that is neither a success nor worth a repeat.
        permission: What the key needs for the request that was answered, such as `users.track`.
    """
    status = answer.status
    if looks_like_html(answer.headers, answer.body):
        return StopRun(
            f"Somebody else than Braze answered: a web page (status {status}). A proxy, a firewall or a sign-in page "
            "stands between this machine and Braze, or the endpoint is a dashboard. Nothing more was sent. Check the "
            "endpoint of the destination and the proxy settings of this machine.",
            "not_braze",
        )
    match status:
        case 401:
            return StopRun(
                "Braze refused the API key (status 401). Nothing more was sent. Either the key is wrong or revoked, or "
                "it belongs to another instance than this endpoint: Braze answers both alike. Check the key and the "
                "instance of the destination.",
                "key",
            )
        case 403:
            return StopRun(
                f"Braze knows the API key but refuses the request (status 403). Nothing more was sent. The key lacks "
                f"the permission {permission}, allows other IP addresses only, or its account is inactive. What a key "
                f"may do is fixed when it is made: make a new one with {permission} in Braze under Settings > APIs and "
                "Identifiers.",
                "permission",
            )
        case 404:
            return StopRun(
                "The endpoint does not know this request (status 404). Nothing more was sent. It must be the REST "
                "endpoint of the instance, such as https://rest.iad-03.braze.com, without a path.",
                "address",
            )
        case _:
            what = "a redirect" if 300 <= status <= 399 else "an answer that Braze does not give"
            return StopRun(
                f"Somebody else than Braze answered: {what} (status {status}). It was not followed and nothing more "
                "was sent. Check the endpoint of the destination and the proxy settings of this machine.",
                "not_braze",
            )


def _judge(answer: Answer, sent: int, array: InputArray) -> Verdict:
    """The verdict on an answer that is Braze's own, and final for its request."""
    match answer.status:
        case 200 | 201:
            return _read_success(answer, sent, array)
        case 202:
            return Queued("Braze took the request without saying what becomes of it (status 202)")
        case 400:
            return _read_refusal(answer, sent, array)
        case _:
            return stop(answer, TRACK_PERMISSION)


def _read_success(answer: Answer, sent: int, array: InputArray) -> Accepted | Unclear:
    """Believe a 200 or 201 only if every word of it fits the request."""
    content_type = answer.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if content_type != "application/json":
        return Unclear("the answer says success but is not JSON by its content type")
    try:
        answered = _checked_object(answer.body)
        rejected = _rejections(answered.get("errors", []), sent, array)
        counts = {each: _count(answered, f"{each}_processed") for each in INPUT_ARRAYS}
        processed = counts.pop(array)
        foreign = sum(counts.values())
    except Unreadable as error:
        return Unclear(f"the answer says success but {error}")
    if answered.get("message") != "success":
        return Unclear("the answer has a status of success but not the message")
    if foreign or processed + len(rejected) != sent:
        return Unclear(
            f"the answer says success but its counts disagree: {sent} objects were sent, {processed} processed, "
            f"{len(rejected)} rejected and {foreign} of other kinds processed"
        )
    return Accepted(rejected)


def _read_refusal(answer: Answer, sent: int, array: InputArray) -> Accepted | WholeRefused | Unclear:
    """A 400 refuses the request whole. When no object was valid it names each, so that splitting is needless."""
    try:
        refused = _checked_object(answer.body)
    except Unreadable:
        return WholeRefused("Braze refused the request without readable words (status 400)")
    try:
        rejected = _rejections(refused.get("errors", []), sent, array)
    except Unreadable:
        rejected = ()
    if rejected and len(rejected) == sent and f"{array}_processed" not in refused:
        return Accepted(rejected)
    if array != "attributes" and any(refused.get(f"{each}_processed") for each in INPUT_ARRAYS):
        # What counts twice when it is sent again is not sent again on a contradiction.
        return Unclear("the answer refuses the request (status 400) and says that some of it was processed")
    # Source: braze.com/docs/api/errors: for a syntax error the words can stand under "error".
    words = next((refused[name] for name in ("message", "error") if isinstance(refused.get(name), str)), "")
    return WholeRefused(one_line(str(words)) or "Braze refused the request without words (status 400)")


def _checked_object(body: bytes) -> dict[str, object]:
    if len(body) > MAX_ANSWER_BYTES:
        raise Unreadable(f"is longer than {MAX_ANSWER_BYTES:,} bytes")
    return json_object(body)


def _count(answered: Mapping[str, object], name: str) -> int:
    """A count that Braze leaves out when it is zero."""
    count = answered.get(name, 0)
    if type(count) is not int or count < 0:
        raise Unreadable(f'its "{name}" is not a count')
    return count


def _rejections(errors: object, sent: int, array: InputArray) -> tuple[Rejection, ...]:
    """The objects that Braze names as refused.

    Raises:
        Unreadable: An entry does not name exactly one object of the request that no other entry names.
    """
    if not isinstance(errors, list):
        raise Unreadable('its "errors" is not a list')
    reasons: dict[int, str] = {}
    for error in errors:
        position = error.get("index") if isinstance(error, dict) else None
        # A bool is an int in Python and an index of nothing.
        if type(position) is not int or not 0 <= position < sent:
            raise Unreadable("names an object that was not sent")
        if error.get("input_array") != array:
            raise Unreadable(f'names an object outside "{array}"')
        if position in reasons:
            raise Unreadable("names an object twice")
        words = error.get("type")
        reasons[position] = (one_line(words) if isinstance(words, str) else "") or "Braze named no reason"
    return tuple(Rejection(position, reasons[position]) for position in sorted(reasons))
