"""Answers to /users/track that nobody would send in good faith, and what may become of each.

The oracle says on its own what an acknowledgement is; the reader of answers must never see one where it sees none.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from random import Random
from typing import Any, get_args

from tests.fuzz.bytes_of_trouble import damaged
from tui_app.core.delivery import Accepted, Answer, SlowDown, Verdict, read_answer
from tui_app.core.pace import LONGEST_WAIT_SECONDS, spacing_of_the_rest
from tui_app.core.visible import visible

NOW = 1_800_000_000.0
KEY = "00000000-1111-2222-3333-444444444444"
LONGEST_SECONDS = 2.0
"""For one answer, on a busy machine."""

_STATUSES = (
    200,
    201,
    201,
    201,
    201,
    202,
    203,
    204,
    206,
    301,
    307,
    400,
    400,
    401,
    403,
    404,
    408,
    413,
    418,
    425,
    429,
    429,
    500,
    502,
    503,
    504,
    520,
    599,
    100,
    0,
    -1,
    999,
    10**9,
)
_CONTENT_TYPES = (
    "application/json",
    "application/json",
    "application/json; charset=utf-8",
    "APPLICATION/JSON",
    "text/html",
    "text/plain",
    "application/json; charset=utf-16",
    "",
    "\x00",
    ";",
    "application/problem+json",
)
_ODD_HEADERS = (
    "1",
    "0",
    "-1",
    "1e9",
    "nan",
    "inf",
    "-inf",
    "9" * 400,
    "1799999999",
    "1800000005",
    "1800000005000",
    "99999999999999",
    "Wed, 21 Oct 2015 07:28:00 GMT",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Mon, 99 Foo 0000 99:99:99 +9999",
    "",
    " 3 ",
    "3, 4",
    "0x10",
    "³",
    "٣",
    "1_000",
    "+5",
    "5.5",
    "5.",
    "\x00",
    "x" * 9_000,
    "Thu, 01 Jan 1970 00:00:00 -2400",
)
_RATE_HEADERS = (
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-ratelimit-retry-after",
    "retry-after",
    "date",
)
_WORDS = (
    "EMAIL_BAD_FORMAT",
    "",
    None,
    7,
    ["x"],
    "\x1b]52;c;eA==\x07",
    "\u202etxt.exe",
    "<b>",
    "[/]",
    f"api key: {KEY}",
    "=1+1",
    "x" * 5_000,
)


def _error(random: Random, sent: int) -> Any:
    if random.random() < 0.05:
        return random.choice((None, 1, "x", [], {}))
    index = random.choice((*range(sent), random.randint(-2, sent + 2), sent, -1, "0", 0.0, True, None, 2**64, [0]))
    array = random.choice(("attributes",) * 12 + ("events", None, 1, "Attributes"))
    return {"index": index, "input_array": array, "type": random.choice(_WORDS)}


def _body(random: Random, sent: int) -> Any:
    if random.random() < 0.05:
        return random.choice(([], "success", None, 1, True, [{"message": "success", "attributes_processed": sent}]))
    if random.random() < 0.4:
        rejected = random.sample(range(sent), random.randint(0, sent))
        errors = [{"index": index, "input_array": "attributes", "type": random.choice(_WORDS)} for index in rejected]
    else:
        errors = [_error(random, sent) for _ in range(random.randint(0, sent + 1))]
    body: dict[str, Any] = {"message": "success", "attributes_processed": sent - len(errors)}
    if errors or random.random() < 0.2:
        body["errors"] = errors
    if random.random() < 0.3:
        odd = random.choice((sent, sent - 1, sent + 1, 0, -1, True, str(sent), float(sent), None, 10**30))
        body[
            random.choice(("attributes_processed", "events_processed", "purchases_processed", "message", "errors"))
        ] = odd
    for name in list(body):
        if random.random() < 0.04:
            del body[name]
    if random.random() < 0.1:
        body["extra"] = random.choice(({"a": [1, {"b": None}]}, "\ud800", 1e300, "ü"))
    return body


def an_answer(random: Random) -> tuple[Answer, int]:
    """An answer, and how many objects its request had."""
    sent = random.choice((1, 1, 2, 3, 5, 75))
    body = json.dumps(_body(random, sent), ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")
    if random.random() < 0.5:
        body = damaged(body, random)
    headers = {"content-type": random.choice(_CONTENT_TYPES)} if random.random() < 0.9 else {}
    for name in random.sample(_RATE_HEADERS, random.randint(0, 4)):
        headers[name] = random.choice(_ODD_HEADERS)
    return Answer(random.choice(_STATUSES), headers, body), sent


class _NotBelieved(Exception):
    """The answer says nothing that can be believed."""


def acknowledged(answer: Answer, sent: int) -> set[int] | None:
    """The positions that an answer acknowledges, by the letter; None if it says nothing that can be believed."""
    try:
        said = json.loads(answer.body.decode(), object_pairs_hook=_once, parse_constant=_no_constant)
        named = _named(said, sent)
    except (ValueError, RecursionError, _NotBelieved):
        return None
    if answer.status == 400:
        return set() if "attributes_processed" not in said and len(named) == sent else None
    counts = [said.get(f"{kind}_processed", 0) for kind in ("attributes", "events", "purchases")]
    do_agree = all(type(count) is int for count in counts) and counts == [sent - len(named), 0, 0]
    is_success = answer.status in (200, 201) and said.get("message") == "success"
    return set(range(sent)) - named if do_agree and is_success else None


def _named(said: Any, sent: int) -> set[int]:
    """The positions of the objects that are named as refused."""
    errors = said.get("errors", []) if isinstance(said, dict) else None
    if not isinstance(errors, list) or not all(isinstance(each, dict) for each in errors):
        raise _NotBelieved
    positions = [each.get("index") for each in errors]
    are_ours = all(each.get("input_array") == "attributes" for each in errors)
    if not are_ours or not all(type(each) is int and 0 <= each < sent for each in positions):
        raise _NotBelieved
    if len(set(positions)) != len(positions):
        raise _NotBelieved
    return set(positions)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise _NotBelieved
    return dict(pairs)


def _no_constant(text: str) -> None:
    raise ValueError(text)


def trial(random: Random, outcomes: Counter[str]) -> str | None:
    """Read one answer; what is wrong with what came out, or None."""
    answer, sent = an_answer(random)
    started = time.perf_counter()
    verdict = read_answer(answer, sent, NOW)
    spacing = spacing_of_the_rest(answer.headers, NOW)
    seconds = time.perf_counter() - started
    outcomes[type(verdict).__name__] += 1
    wrong = _wrong(answer, sent, verdict)
    if wrong is None and spacing is not None and not all(0 < each <= LONGEST_WAIT_SECONDS for each in spacing):
        wrong = f"the spacing is {spacing}"
    if wrong is None and seconds > LONGEST_SECONDS:
        wrong = f"it took {seconds:.1f} seconds"
    return None if wrong is None else f"{wrong}: {verdict} of {sent} objects from {answer}"


def _wrong(answer: Answer, sent: int, verdict: Verdict) -> str | None:
    if not isinstance(verdict, get_args(Verdict)):
        return "it is no documented outcome"
    if isinstance(verdict, SlowDown) and verdict.wait_seconds is not None:
        return None if 0 < verdict.wait_seconds <= LONGEST_WAIT_SECONDS else "the wait is out of range"
    if not isinstance(verdict, Accepted):
        return _wrong_words(verdict.reason)
    believed = acknowledged(answer, sent)
    if believed is None:
        return "it acknowledges what was not said"
    if believed != set(range(sent)) - {each.position for each in verdict.rejected}:
        return "it acknowledges others than were named"
    return next((wrong for each in verdict.rejected if (wrong := _wrong_words(each.reason))), None)


def _wrong_words(words: str) -> str | None:
    if visible(words) != words:
        return "its words would steer a terminal"
    if KEY in words:
        return "its words hold a key"
    return "its words are too long" if len(words) > 700 else None
