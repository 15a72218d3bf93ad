"""The server: the way of a request from the socket to an answer, and the life of a sandbox.

A request is read, met by a fault or not, answered by `api`, counted and sent.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
import signal
import time
from collections.abc import Callable
from types import TracebackType

from aiohttp import web

from tui_app.braze.sandbox.answer import Answer
from tui_app.braze.sandbox.api import Api
from tui_app.braze.sandbox.call import Call
from tui_app.braze.sandbox.control import PREFIX, answer_control
from tui_app.braze.sandbox.delays import Delays
from tui_app.braze.sandbox.delivery import json_response, raw_response, receive, reset, send_cut
from tui_app.braze.sandbox.dump import load, profile_document, save
from tui_app.braze.sandbox.fault_replies import Reply, Silence, fault_reply
from tui_app.braze.sandbox.fault_spec import parse_fault
from tui_app.braze.sandbox.faults import Fault, Slow, striking
from tui_app.braze.sandbox.json_types import JsonObject
from tui_app.braze.sandbox.records import LogEntry, Records
from tui_app.braze.sandbox.settings import SandboxSettings
from tui_app.braze.sandbox.workspace import Workspace
from tui_app.core.errors import Usage

_SHUTDOWN_SECONDS = 2.0
"""How long a stop waits for answers under way."""


class Sandbox:
    """A Braze of one's own: `async with Sandbox(settings) as sandbox:` serves at `sandbox.url` until the block ends.

    Raises:
        Usage: A fault spec is wrong, the host is not loopback, or (on entering) the port cannot be had.
        FixInput: On entering: the state file cannot be used.
    """

    def __init__(self, settings: SandboxSettings | None = None) -> None:
        self.settings = settings or SandboxSettings()
        _check_loopback(self.settings.host)
        self._faults: list[Fault] = [parse_fault(spec) for spec in self.settings.faults]
        self._stopping = asyncio.Event()
        # A client that goes away takes its handler along, also one that hangs on purpose.
        self._runner = web.ServerRunner(
            web.Server(self._handle, access_log=None, handler_cancellation=True), shutdown_timeout=_SHUTDOWN_SECONDS
        )
        self._port = 0
        self._start_empty()

    def _start_empty(self) -> None:
        self._workspace = Workspace(self.settings, self._now)
        self._delays = Delays(self.settings)
        self._api = Api(self.settings, self._workspace, self._delays, self._now)
        self._records = Records()

    async def __aenter__(self) -> Sandbox:
        if self.settings.state_file is not None:
            load(self._workspace, self.settings.state_file)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.settings.host, self.settings.port)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            raise _cannot_listen(self.settings, error) from error
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        await self._runner.cleanup()
        self._delays.finish()
        if self.settings.state_file is not None:
            save(self._workspace, self.settings.state_file)

    @property
    def url(self) -> str:
        """Scheme, host and port, without a trailing slash."""
        host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        return f"http://{host}:{self._port}"

    def state(self) -> JsonObject:
        """Everything visible: profiles, types of custom attributes, counters."""
        return {
            "profiles": [profile_document(profile) for profile in self._workspace.profiles],
            "custom_attributes": {
                name: {"type": known.type, "is_forced": known.is_forced}
                for name, known in self._workspace.custom.known.items()
            },
            "counters": self.counters(),
        }

    def counters(self) -> JsonObject:
        """How much was received, answered, charged and kept."""
        return {
            "requests": self._records.requests,
            "objects": self._api.track.objects,
            "data_points": self._workspace.data_points,
            "profiles": len(self._workspace.profiles),
            "pending": self._delays.pending,
            "requests_per_status": {**self._records.statuses},
            "busiest_3_seconds": self._records.busiest.requests,
        }

    def log(self) -> list[LogEntry]:
        """Every request to /users/track in the order received, if `settings.record` says so."""
        return [*self._records.log]

    def faults(self) -> JsonObject:
        """The faults in force, and how often each struck."""
        return {"faults": [{"spec": fault.spec, "struck": fault.struck} for fault in self._faults]}

    def add_faults(self, *specs: str) -> None:
        """Set faults behind those in force.

        Raises:
            Usage: A spec is wrong; none was set.
        """
        self._faults += [parse_fault(spec) for spec in specs]

    def clear_faults(self) -> None:
        """Behave from now on."""
        self._faults.clear()

    def reset(self) -> None:
        """Forget profiles, attributes, counters, log, rate and pending effects; faults stay."""
        self._delays.forget()
        self._start_empty()

    def _now(self) -> float:
        return time.time() + self.settings.clock_skew_seconds

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path.startswith(PREFIX):
            return await answer_control(self, request)
        records = self._records
        records.requests += 1
        call = await receive(request, records.requests, self.settings.max_body_bytes)
        entry = self._log_entry(call)
        reply = await self._reply(call)
        status = None if isinstance(reply, Silence) else reply.status
        entry["status"] = status
        records.note_status(status)
        return await self._send(request, reply)

    def _log_entry(self, call: Call) -> LogEntry:
        entry: LogEntry = {"request": call.number, "time": self._now(), "status": None, "objects": call.objects}
        if call.path == "/users/track":
            self._records.busiest.note(time.monotonic())
            if self.settings.record:
                self._records.log.append(entry)
        return entry

    async def _reply(self, call: Call) -> Reply:
        action = striking(self._faults, call.path, call.external_ids) if self._faults else None
        if action is None:
            return self._api.answer(call)
        wait_seconds = action.seconds if isinstance(action, Slow) else 0.0
        if isinstance(action, Slow) and not action.is_applied:
            await self._wait(wait_seconds)
            wait_seconds = 0.0
        key = call.authorization.partition(" ")[2].strip()
        reply = fault_reply(action, key, lambda: self._api.answer(call), self._now())
        await self._wait(wait_seconds)
        return reply

    async def _wait(self, seconds: float | None) -> None:
        """Wait, at most until the sandbox stops; None waits for that alone."""
        if seconds == 0.0:
            return
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    async def _send(self, request: web.BaseRequest, reply: Reply) -> web.StreamResponse:
        if isinstance(reply, Answer):
            return json_response(reply, self._now())
        if isinstance(reply, Silence):
            if not reply.is_reset:
                await self._wait(None)
            return reset(request)
        if reply.sent_bytes is not None:
            return await send_cut(request, reply, self._now())
        return raw_response(reply, self._now())


def run_sandbox(settings: SandboxSettings, on_ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM, then stop cleanly and save the state.

    Args:
        settings: The sandbox.
        on_ready: Called once with the URL, when requests are answered.

    Raises:
        Usage, FixInput: As `Sandbox`.
    """
    asyncio.run(_serve(settings, on_ready))


async def _serve(settings: SandboxSettings, on_ready: Callable[[str], None]) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Sandbox(settings) as sandbox:
        on_ready(sandbox.url)
        await stop.wait()


def _check_loopback(host: str) -> None:
    is_loopback = host == "localhost"
    if not is_loopback:
        try:
            is_loopback = ipaddress.ip_address(host).is_loopback
        except ValueError:
            is_loopback = False
    if not is_loopback:
        raise Usage(
            f'Host "{host}" is not a loopback address, and the sandbox asks for no key on its control endpoints. '
            "It was not started. Use 127.0.0.1."
        )


def _cannot_listen(settings: SandboxSettings, error: OSError) -> Usage:
    fact = "is taken by another program" if error.errno == errno.EADDRINUSE else f"cannot be opened ({_reason(error)})"
    return Usage(
        f"Port {settings.port} on {settings.host} {fact}. The sandbox was not started. "
        "Choose another one with --port, or leave it out to get a free one."
    )


def _reason(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else str(error)
