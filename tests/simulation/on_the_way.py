"""Which values are on their way to Braze, and the promises about sending that are checked whenever a request leaves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

from tests.simulation.virtual_time import Time

QUIET_SECONDS = 300.0


@dataclass(eq=False, slots=True)
class Sent:
    """One request."""

    number: int
    """Of its process, from 0."""
    body: bytes
    objects: list[dict[str, Any]]
    attempt: str
    """first, repeat or part."""
    left_at: float


@dataclass(slots=True)
class _Flight:
    """A value of one customer's attribute that may still come to take effect."""

    value: str
    sent: Sent
    until: float = inf
    """When it takes effect at the latest."""


@dataclass(slots=True)
class _Process:
    """What one process has sent."""

    payloads: dict[str, str] = field(default_factory=dict)
    order: dict[str, int] = field(default_factory=dict)
    bodies: set[bytes] = field(default_factory=set)
    sent_ids: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    most_objects: int = 75
    requests: int = 0


class OnTheWay:
    """Keeps what has left; `violations` grows when a promise is broken."""

    def __init__(self, time: Time) -> None:
        self.violations: list[str] = []
        self.step = ""
        self.leaving: list[Sent] = []
        """Left, not arrived."""
        self.sent_again: dict[str, set[str]] = {}
        """Run → customers who were sent although another process of the run had got them acknowledged."""
        self._time = time
        self._flights: dict[tuple[str, str], list[_Flight]] = {}
        self._process = _Process()
        self._acknowledged_by_run: dict[str, set[str]] = {}
        self._run = ""

    def begin_process(self, payloads: Sequence[tuple[str, str]], batch: int) -> None:
        self._process = _Process(
            dict(payloads), {customer: position for position, (customer, _) in enumerate(payloads)}, most_objects=batch
        )

    def name_run(self, run: str) -> None:
        """Say which run the process works on."""
        self._run = run

    def end_process(self) -> None:
        """Its requests can no longer be answered."""
        self._acknowledged_by_run.setdefault(self._run, set()).update(self._process.acknowledged)

    def leave(self, body: bytes, journal: Sequence[int]) -> Sent:
        """A request leaves; `journal` says of each customer of the plan what is recorded, 0 if nothing is."""
        objects = json.loads(body)["attributes"]
        ids = {each["external_id"] for each in objects}
        process = self._process
        attempt = "repeat" if body in process.bodies else "part" if ids & process.sent_ids else "first"
        sent = Sent(process.requests, body, objects, attempt, self._time.now)
        self._check_form(sent, ids)
        if secret := [each for each in sorted(ids) if not journal[process.order.get(each, 0)]]:
            self._violated(f"left without a word in the journal: {secret}")
        self._check_order(sent)
        self._check_minimal(ids)
        process.requests += 1
        process.bodies.add(body)
        process.sent_ids |= ids
        self.leaving.append(sent)
        return sent

    def lost(self, sent: Sent) -> None:
        """It never arrived."""
        self.arrived(sent, {})

    def arrived(self, sent: Sent, due_of: Mapping[str, float]) -> None:
        """It arrived; what Braze took of it takes effect when `due_of` says, by customer."""
        if sent in self.leaving:
            self.leaving.remove(sent)
        for key, flight in self._flights_of(sent):
            if (due := due_of.get(key[0])) is None:
                self._flights[key].remove(flight)
            else:
                flight.until = due

    def acknowledged(self, ids: Iterable[str]) -> None:
        """A whole and readable answer said so."""
        self._process.acknowledged.update(ids)

    def _flights_of(self, sent: Sent) -> list[tuple[tuple[str, str], _Flight]]:
        keys = [(each["external_id"], name) for each in sent.objects for name in each if name != "external_id"]
        return [(key, flight) for key in keys for flight in self._flights.get(key, []) if flight.sent is sent]

    def _check_form(self, sent: Sent, ids: set[str]) -> None:
        process = self._process
        if len(sent.objects) > process.most_objects:
            self._violated(f"a request of {len(sent.objects)} objects; the limit is {process.most_objects}")
        if len(ids) < len(sent.objects):
            self._violated(f"two objects of one customer in a request: {sorted(ids)}")
        planned = [process.payloads.get(each["external_id"], "") for each in sent.objects]
        if sent.body != b'{"attributes":[' + ",".join(planned).encode() + b"]}":
            self._violated(f"the bytes of a request are not those of the plan: {sent.body!r}")
        positions = [process.order.get(each["external_id"], -1) for each in sent.objects]
        if positions != sorted(positions):
            self._violated("objects left in another order than planned")

    def _check_order(self, sent: Sent) -> None:
        """Never two values of one attribute on their way, nor a changed one within the quiet period."""
        now = self._time.now
        for each in sent.objects:
            for name, value in each.items():
                if name == "external_id":
                    continue
                key, text = (each["external_id"], name), json.dumps(value)
                flights = self._flights.setdefault(key, [])
                flights[:] = [other for other in flights if other.until > now - 2 * QUIET_SECONDS]
                for other in flights:
                    if other.value != text and (other.until > now or other.sent.left_at + QUIET_SECONDS > now):
                        self._violated(
                            f"{key}: {text} left at {now:.1f} although {other.value} left at {other.sent.left_at:.1f} "
                            f"and takes effect at {other.until:.1f}"
                        )
                flights.append(_Flight(text, sent))

    def _check_minimal(self, ids: set[str]) -> None:
        """A process never sends again what was acknowledged to it, and each sends little that was before it died."""
        if again := ids & self._process.acknowledged:
            self._violated(f"sent again although acknowledged: {sorted(again)}")
        before = self._acknowledged_by_run.get(self._run, set())
        self.sent_again.setdefault(self._run, set()).update(ids & before)

    def _violated(self, what: str) -> None:
        self.violations.append(what)
