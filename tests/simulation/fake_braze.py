"""Braze in this process, by the sandbox's own rules, on virtual time: a `ports.braze.BrazeApi` that outlives crashes.

It takes effect late and out of order, answers as badly as the weather says, and keeps its own record of what it
acknowledged and of which values are on their way, so that promises can be checked against it.
"""

from __future__ import annotations

import asyncio
import hashlib
import heapq
import json
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from email.utils import formatdate
from functools import partial
from typing import Any

from tests.simulation.faults import ACTIONS, FAIR, NOT_SENT, Weather
from tests.simulation.on_the_way import OnTheWay, Sent
from tests.simulation.shop import ENDPOINT, KEY
from tests.simulation.values import POISON
from tests.simulation.virtual_time import Time
from tui_app.braze.sandbox.answer import NOTHING_VALID, Answer, refused
from tui_app.braze.sandbox.api import Api
from tui_app.braze.sandbox.call import Call, read_document
from tui_app.braze.sandbox.fault_replies import RawReply, Silence, fault_reply
from tui_app.braze.sandbox.faults import Slow
from tui_app.braze.sandbox.settings import SandboxSettings
from tui_app.braze.sandbox.workspace import Workspace
from tui_app.core import delivery
from tui_app.core.delivery import NoAnswer, NotSent

_OF_ONE_PROCESS = ("_api", "_arriving", "_journal")
DEADLINE_SECONDS = 30.0
"""As the real client's: from the call to the last byte of the answer."""


class FakeBraze:
    """One workspace. What it holds can be pickled, so that a dying process can hand it over."""

    def __init__(self, seed: int, settings: SandboxSettings, time: Time) -> None:
        self.time = time
        self.chance = random.Random(seed)
        self.settings = settings
        self.workspace = Workspace(settings, partial(getattr, time, "true_epoch"))
        self.pending: list[tuple[float, int, Callable[[], None]]] = []
        """Effects by the moment when they are due."""
        self.acknowledged: dict[tuple[str, str], set[str]] = {}
        """(Customer, attribute) → canonical values that an answer acknowledged."""
        self.way = OnTheWay(time)
        self.weather = FAIR
        self.struck: Counter[tuple[str, str]] = Counter()
        """(Fault, step) → how often."""
        self.trace: list[str] = []
        """Of this process: every request and answer."""
        self.hurried = 0
        """Requests whose next step is a matter of milliseconds."""
        self._effects = 0
        self._open()

    def _open(self) -> None:
        self._api = Api(self.settings, self.workspace, self._later, partial(getattr, self.time, "true_epoch"))
        self._arriving: list[tuple[float, partial[None]]] = []
        self._journal: Callable[[], Sequence[int]] = list

    def __getstate__(self) -> dict[str, Any]:
        # The endpoint's rules are code; a rate window that a crash forgets is as if other tools had paused.
        return {name: value for name, value in self.__dict__.items() if name not in _OF_ONE_PROCESS}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._open()

    def begin_process(
        self, weather: Weather, payloads: Sequence[tuple[str, str]], batch: int, journal: Callable[[], Sequence[int]]
    ) -> None:
        """A process begins to send a plan.

        Args:
            weather: How its requests fare.
            payloads: Customers and objects of the plan, in order.
            batch: Objects in a request, at most.
            journal: Reads what the journal on disk says about each customer; 0: was not sent.
        """
        self.weather = weather
        self._journal = journal
        self.way.begin_process(payloads, batch)

    async def track(self, body: bytes) -> delivery.Answer:
        """Answer one request, in its own time and as the weather is."""
        sent = self.way.leave(body, self._journal())
        fault = self.weather.strikes(sent.number, self.chance, is_part=sent.attempt == "part")
        self._note(sent, fault, body)
        await self._hurry(self.chance.uniform(0.001, 0.2))
        if fault == NOT_SENT:
            self.way.lost(sent)
            raise NotSent("the fake has no connection")
        reply, late_seconds = self.arrive(sent, fault)
        await self._hurry(self.chance.uniform(0.001, 0.2))
        if late_seconds:
            await asyncio.sleep(min(late_seconds, DEADLINE_SECONDS))
        if reply is None or late_seconds > DEADLINE_SECONDS:
            self._tell(sent, "no answer")
            raise NoAnswer("the fake gave no whole answer")
        self._tell(sent, f"{reply.status} {hashlib.sha256(reply.body).hexdigest()[:12]}")
        if fault is None and reply.status != 201:
            self.struck[f"{reply.status} by the sandbox's own rules", f"{self.way.step}, {sent.attempt}"] += 1
        if fault is None or fault.startswith("slow"):
            self._acknowledge(sent, reply)
        return reply

    def arrive(self, sent: Sent, fault: str | None) -> tuple[delivery.Answer | None, float]:
        """A request arrives. Returns the answer, None if there is none, and how late it is, in seconds."""
        self.settle()
        call = _call(sent.number, "/users/track", sent.body)
        self._arriving = []
        epoch = self.time.true_epoch
        if fault is None:
            reply, late_seconds = self._answer(call), 0.0
        else:
            action = ACTIONS[fault]
            reply = fault_reply(action, KEY, lambda: self._answer(call), epoch)
            late_seconds = action.seconds if isinstance(action, Slow) else 0.0
        self._take_effect(sent)
        if isinstance(reply, Silence):
            return None, 0.0 if reply.is_reset else DEADLINE_SECONDS
        if isinstance(reply, RawReply) and reply.sent_bytes is not None:
            return None, 0.0
        return _on_the_wire(reply, epoch), late_seconds

    def _answer(self, call: Call) -> Answer:
        if any(POISON in each.values() for each in call.attributes if isinstance(each, dict)):
            return refused(400, NOTHING_VALID)
        return self._api.answer(call)

    def _later(self, effect: Callable[[], None]) -> None:
        assert isinstance(effect, partial)
        due = self.time.now + self.chance.uniform(0.01, self.settings.apply_delay_seconds[1])
        self._arriving.append((due, effect))

    def _take_effect(self, sent: Sent) -> None:
        due_of = {}
        for due, effect in self._arriving:
            due_of[effect.args[0].value] = due
            self._effects += 1
            heapq.heappush(self.pending, (due, self._effects, effect))
        self.way.arrived(sent, due_of)

    def settle(self, until: float | None = None) -> None:
        """Carry out what is due by now, or by another moment, in the order in which it is due."""
        moment = self.time.now if until is None else until
        while self.pending and self.pending[0][0] <= moment:
            heapq.heappop(self.pending)[2]()

    def die(self) -> None:
        """The process dies: of the requests that had just left, some arrive all the same."""
        for sent in list(self.way.leaving):
            if self.chance.random() < 0.5:
                self.arrive(sent, None)
            else:
                self.way.lost(sent)
        self.way.end_process()
        self.hurried = 0

    def profiles(self) -> dict[str, dict[str, Any]]:
        """External id → attributes, standard and custom, once everything pending has taken effect."""
        self.settle(float("inf"))
        return {
            str(each.external_id): {
                name: _as_sent(name, value) for name, value in {**each.standard, **each.custom}.items()
            }
            for each in self.workspace.profiles
        }

    def _acknowledge(self, sent: Sent, reply: delivery.Answer) -> None:
        if reply.status != 201:
            return
        refused_at = {error["index"] for error in json.loads(reply.body).get("errors", [])}
        taken = [each for position, each in enumerate(sent.objects) if position not in refused_at]
        for each in taken:
            for name, value in each.items():
                if name != "external_id":
                    self.acknowledged.setdefault((each["external_id"], name), set()).add(canonical(value))
        self.way.acknowledged(each["external_id"] for each in taken)

    async def _hurry(self, seconds: float) -> None:
        self.hurried += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            self.hurried -= 1

    def _note(self, sent: Sent, fault: str | None, body: bytes) -> None:
        self.struck[fault or "no fault", f"{self.way.step}, {sent.attempt}"] += 1
        digest = hashlib.sha256(body).hexdigest()[:12]
        ids = ",".join(each["external_id"] for each in sent.objects)
        self.trace.append(f"{self.time.now:.6f} request {sent.number} {digest} [{ids}] meets {fault or 'no fault'}")

    def _tell(self, sent: Sent, what: str) -> None:
        self.trace.append(f"{self.time.now:.6f} answer  {sent.number} {what}")

    async def export_users(self, body: bytes) -> delivery.Answer:
        """Show customers, whatever the weather is."""
        self.settle()
        return _on_the_wire(self._api.answer(_call(0, "/users/export/ids", body)), self.time.true_epoch)

    def meddle(self, customer: str, name: str, value: Any) -> None:
        """Somebody else writes one value, which takes effect at once."""
        body = json.dumps({"attributes": [{"external_id": customer, name: value}]}).encode()
        self._arriving = []
        reply = self._api.answer(_call(0, "/users/track", body))
        assert reply.status == 201, reply
        for _, effect in self._arriving:
            effect()

    async def custom_attribute_names(self) -> tuple[str, ...]:
        return tuple(self.workspace.custom.known)

    async def close(self) -> None:
        """Nothing is open."""


def _call(number: int, path: str, body: bytes) -> Call:
    return Call(number, "POST", path, {}, ENDPOINT, f"Bearer {KEY}", "application/json", read_document(body))


def _as_sent(name: str, value: Any) -> Any:
    """Braze keeps dates and times in one form, whichever they came in."""
    match name, value:
        case "a_date", str():
            return value.removesuffix("T00:00:00.000Z")
        case "a_datetime", str():
            return value.replace(".000Z", "Z")
        case _:
            return value


def canonical(value: Any) -> str:
    """One text per JSON value."""
    return json.dumps(value, sort_keys=True)


def _on_the_wire(reply: Answer | RawReply, epoch: float) -> delivery.Answer:
    body = reply.body if isinstance(reply, RawReply) else json.dumps(reply.body).encode()
    content_type = reply.content_type if isinstance(reply, RawReply) else "application/json"
    headers: Mapping[str, str] = {
        "date": formatdate(epoch, usegmt=True), "content-type": content_type, **reply.headers
    }  # fmt: skip
    return delivery.Answer(reply.status, headers, body)
