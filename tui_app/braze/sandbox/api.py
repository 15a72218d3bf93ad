"""The front door: path, key, permission, rate limit, body; then the endpoint.

Source: braze.com/docs/api/errors, "Fatal errors"; github.com/leemour/braze-cli for the body of a live 401;
github.com/api-evangelist/braze for that of a live 404.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tui_app.braze.sandbox.answer import Answer, refused
from tui_app.braze.sandbox.call import Call, Unread
from tui_app.braze.sandbox.export import Export
from tui_app.braze.sandbox.json_types import JsonValue
from tui_app.braze.sandbox.listings import Listings
from tui_app.braze.sandbox.rate import rate_limits
from tui_app.braze.sandbox.settings import Permission, SandboxSettings
from tui_app.braze.sandbox.track import Later, Track
from tui_app.braze.sandbox.workspace import Workspace


@dataclass(frozen=True, slots=True)
class _Route:
    method: str
    permission: Permission
    answer: Callable[[Call, JsonValue], Answer]


class Api:
    """All endpoints of one workspace."""

    def __init__(
        self, settings: SandboxSettings, workspace: Workspace, later: Later, epoch_seconds: Callable[[], float]
    ) -> None:
        self._keys = settings.keys
        self._epoch_seconds = epoch_seconds
        self._limits = rate_limits(settings)
        self.track = Track(settings, workspace, later)
        export, listings = Export(settings, workspace.profiles), Listings(settings, workspace.custom)
        self._routes: Mapping[str, _Route] = {
            "/users/track": _Route("POST", "users.track", lambda _, document: self.track.answer(document)),
            "/users/export/ids": _Route("POST", "users.export.ids", lambda _, document: export.answer(document)),
            "/custom_attributes": _Route(
                "GET", "custom_attributes.get", lambda call, _: listings.custom_attributes(call.query, call.base_url)
            ),
            "/segments/list": _Route("GET", "segments.list", lambda call, _: listings.segments(call.query)),
        }

    def answer(self, call: Call) -> Answer:
        """What Braze would answer; accepted objects take effect."""
        route = self._routes.get(call.path)
        if route is None or route.method != call.method:
            has_trailing_slash = call.path.rstrip("/") in self._routes and call.path.endswith("/")
            return refused(403, "Access Denied") if has_trailing_slash else refused(404, "Invalid URL")
        scheme, _, key = call.authorization.strip().partition(" ")
        key = key.strip()
        if scheme.lower() != "bearer" or key not in self._keys:
            return refused(401, f"Invalid API key: {key}")
        if route.permission not in self._keys[key]:
            return refused(403, "Access Denied")
        admission = self._limits[call.path].admit(self._epoch_seconds())
        answer = _answer(route, call) if admission.is_admitted else refused(429, "Rate Limited")
        return replace(answer, headers={**admission.headers, **answer.headers})


def _answer(route: _Route, call: Call) -> Answer:
    if route.method == "GET":
        return route.answer(call, None)
    if call.content_type != "application/json":
        return refused(415, "Unsupported Media Type")
    if call.document is Unread.TOO_LARGE:
        return refused(413, "Request Entity Too Large")
    if isinstance(call.document, Unread):
        return refused(400, "Error while parsing request body. Please check your syntax.")
    return route.answer(call, call.document)
