"""The control endpoints under /sandbox/, for tests and demonstrations. They ask for no key, so: loopback only.

GET /sandbox/state · GET /sandbox/counters · GET /sandbox/log · GET, POST, DELETE /sandbox/faults · POST /sandbox/reset
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from aiohttp import web

from tui_app.braze.sandbox.call import read_document
from tui_app.core.errors import Usage

if TYPE_CHECKING:
    from tui_app.braze.sandbox.server import Sandbox

PREFIX = "/sandbox/"


async def answer_control(sandbox: Sandbox, request: web.BaseRequest) -> web.Response:
    """Answer one control request."""
    name = request.path.removeprefix(PREFIX)
    if (request.method, name) == ("POST", "faults"):
        return _add_faults(sandbox, await request.read())
    if (request.method, name) == ("DELETE", "faults"):
        sandbox.clear_faults()
    elif (request.method, name) == ("POST", "reset"):
        sandbox.reset()
        name = "counters"
    elif request.method != "GET":
        name = ""
    view = _VIEWS.get(name)
    if view is None:
        return _json({"message": f"Invalid URL. Known under {PREFIX}: {', '.join(_VIEWS)}, reset."}, 404)
    return _json(view(sandbox))


_VIEWS: Mapping[str, Callable[[Sandbox], object]] = {
    "state": lambda sandbox: sandbox.state(),
    "counters": lambda sandbox: sandbox.counters(),
    "log": lambda sandbox: sandbox.log(),
    "faults": lambda sandbox: sandbox.faults(),
}


def _add_faults(sandbox: Sandbox, body: bytes) -> web.Response:
    """Set the specs of `{"faults": [SPEC, …]}` behind those in force; one bad spec sets none."""
    document = read_document(body)
    specs = document.get("faults") if isinstance(document, dict) else None
    if not isinstance(specs, list) or not all(isinstance(spec, str) for spec in specs):
        return _json({"message": 'The body must be {"faults": ["SPEC", …]}. No fault was set.'}, 400)
    try:
        sandbox.add_faults(*map(str, specs))
    except Usage as error:
        return _json({"message": error.message}, 400)
    return _json(sandbox.faults())


def _json(document: object, status: int = 200) -> web.Response:
    return web.Response(status=status, body=json.dumps(document).encode(), content_type="application/json")
