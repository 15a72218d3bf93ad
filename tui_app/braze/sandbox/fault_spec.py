"""How a fault is written: `KIND` or `KIND:OPTION=VALUE,OPTION=VALUE…`, such as `503:applied=yes,p=0.1,seed=7`.

`HELP` lists kinds and options.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tui_app.braze.sandbox.faults import (
    LIMIT_STYLES,
    SHAPES,
    Action,
    Cut,
    Fault,
    Hang,
    KeyRefused,
    Malformed,
    Queued,
    RateLimited,
    Redirect,
    RefuseHolding,
    Reset,
    Selector,
    ServerError,
    Slow,
)
from tui_app.core.errors import Usage

HELP = """\
429                rate limited, not applied; retry=SECONDS (1) and
                   style=epoch|seconds|past|huge|text: x-ratelimit-reset
                   style=mau: x-ratelimit-retry-after
                   style=retry-after: retry-after; style=none: no header
500 502 503 504    server error; applied=yes|no (no)
reset              the connection is reset; applied=yes|no (no)
slow               a late answer; seconds=N (1), applied=yes|no (yes)
hang               no answer, ever; applied=yes|no (no)
cut                the full length is declared, bytes=N (10) are sent
html truncated empty wrong-counts duplicate-keys index-out-of-range
index-text index-missing other-array
                   a malformed success; the objects are applied
queued             202 {"message":"queued"}; the objects are applied
redirect           302, not applied; to=URL (http://127.0.0.1:9/)
401 403            key revoked, permission withdrawn; try after=N
refuse             400 for a request that holds external_id=ID

Which requests (all that are given must hold; otherwise every one):
after=N            not the first N
first=N            only the first N, counted behind those of after=N
every=N            each N-th
p=SHARE            by chance, 0 to 1; seed=N (0) repeats it
times=N            at most N times
path=PATH          only this path (/users/track); * is any"""

_SELECTOR_OPTIONS = ("after", "first", "every", "p", "seed", "times", "path")


def parse_fault(spec: str) -> Fault:
    """Read a spec.

    Raises:
        Usage: The spec is wrong; the message says what is known instead.
    """
    kind, _, rest = spec.partition(":")
    known = _KINDS.get(kind)
    if known is None:
        raise _wrong(spec, f'there is no kind "{kind}"', kind, _KINDS)
    values: dict[str, str] = {}
    for part in filter(None, rest.split(",")):
        name, _, value = part.partition("=")
        if name not in known.options and name not in _SELECTOR_OPTIONS:
            raise _wrong(spec, f'{kind} has no option "{name}"', name, (*known.options, *_SELECTOR_OPTIONS))
        if not value:
            raise _wrong(spec, f"{name} has no value", "", [f"{name}=VALUE"])
        values[name] = value
    options = _Options(spec, values)
    selector = Selector(
        after=options.count("after", 0),
        first=options.optional_count("first", at_least=1),
        every=options.count("every", 1, at_least=1),
        share=options.number("p", 1.0, at_most=1.0),
        seed=options.count("seed", 0),
        times=options.optional_count("times"),
        path=options.text("path", "/users/track"),
    )
    return Fault(spec, known.make(options), selector)


def _wrong(spec: str, fact: str, given: str, known: Iterable[str]) -> Usage:
    words = list(known)
    nearest = difflib.get_close_matches(given, words, 1)
    remedy = f'Nearest: "{nearest[0]}".' if nearest else f"Known: {', '.join(words)}."
    return Usage(f'Fault "{spec}": {fact}. No fault was set. {remedy}')


@dataclass(frozen=True, slots=True)
class _Options:
    """The options of one spec, read as what they should be; each reader raises `Usage`."""

    spec: str
    values: Mapping[str, str]

    def count(self, name: str, default: int, at_least: int = 0) -> int:
        text = self.values.get(name, str(default))
        if text.isascii() and text.isdecimal() and int(text) >= at_least:
            return int(text)
        raise self._wrong(name, f"a whole number from {at_least}")

    def optional_count(self, name: str, at_least: int = 0) -> int | None:
        return self.count(name, at_least, at_least) if name in self.values else None

    def number(self, name: str, default: float, at_most: float = math.inf) -> float:
        try:
            number = float(self.values.get(name, default))
        except ValueError:
            number = math.nan
        if 0.0 <= number <= at_most and number < math.inf:
            return number
        raise self._wrong(name, "a number from 0" + (f" to {at_most:g}" if at_most < math.inf else ""))

    def yes(self, name: str, *, default: bool) -> bool:
        return self.word(name, "yes" if default else "no", ("yes", "no")) == "yes"

    def word(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        text = self.values.get(name, default)
        if text in allowed:
            return text
        raise self._wrong(name, f"one of {', '.join(allowed)}")

    def text(self, name: str, default: str | None = None) -> str:
        text = self.values.get(name, default)
        if text is None:
            raise _wrong(self.spec, f"{name} is missing", "", [f"{name}=VALUE"])
        return text

    def _wrong(self, name: str, needed: str) -> Usage:
        message = f'Fault "{self.spec}": {name} is "{self.values[name]}". No fault was set. Give {needed}.'
        return Usage(message)


@dataclass(frozen=True, slots=True)
class _Kind:
    options: tuple[str, ...]
    make: Callable[[_Options], Action]


def _rate_limited(options: _Options) -> Action:
    style = options.word("style", "epoch", LIMIT_STYLES)
    return RateLimited(options.number("retry", 1.0), next(known for known in LIMIT_STYLES if known == style))


def _server_error(status: int) -> _Kind:
    return _Kind(("applied",), lambda options: ServerError(status, options.yes("applied", default=False)))


def _plain(action: Action) -> _Kind:
    return _Kind((), lambda _: action)


_KINDS: Mapping[str, _Kind] = {
    "429": _Kind(("retry", "style"), _rate_limited),
    **{str(status): _server_error(status) for status in (500, 502, 503, 504)},
    "reset": _Kind(("applied",), lambda options: Reset(options.yes("applied", default=False))),
    "slow": _Kind(
        ("seconds", "applied"),
        lambda options: Slow(options.number("seconds", 1.0), options.yes("applied", default=True)),
    ),
    "hang": _Kind(("applied",), lambda options: Hang(options.yes("applied", default=False))),
    "cut": _Kind(("bytes",), lambda options: Cut(options.count("bytes", 10))),
    **{shape: _plain(Malformed(shape)) for shape in SHAPES},
    "queued": _plain(Queued()),
    "redirect": _Kind(("to",), lambda options: Redirect(options.text("to", "http://127.0.0.1:9/"))),
    "401": _plain(KeyRefused(401)),
    "403": _plain(KeyRefused(403)),
    "refuse": _Kind(("external_id",), lambda options: RefuseHolding(options.text("external_id"))),
}
