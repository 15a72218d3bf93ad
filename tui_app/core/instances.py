"""Braze's clusters, and what may be called an endpoint: a key only ever travels to a host that this module accepts.

Every text is matched as a whole against closed patterns; nothing is repaired, resolved or decoded, so that no spelling
of a foreign host can pass. Source of the clusters: braze.com/docs/api/basics, "API endpoints" (there is no US-09).
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["instance", "dashboard", "endpoint"]
"""What a text was: a cluster's name, the address of its dashboard, or the address of its REST API."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One cluster of Braze."""

    name: str
    dashboard_host: str
    rest_host: str

    @property
    def endpoint(self) -> str:
        """Scheme and host of the REST API, without a trailing slash."""
        return f"https://{self.rest_host}"


INSTANCES: Final[tuple[Instance, ...]] = (
    Instance("US-01", "dashboard-01.braze.com", "rest.iad-01.braze.com"),
    Instance("US-02", "dashboard-02.braze.com", "rest.iad-02.braze.com"),
    Instance("US-03", "dashboard-03.braze.com", "rest.iad-03.braze.com"),
    Instance("US-04", "dashboard-04.braze.com", "rest.iad-04.braze.com"),
    Instance("US-05", "dashboard-05.braze.com", "rest.iad-05.braze.com"),
    Instance("US-06", "dashboard-06.braze.com", "rest.iad-06.braze.com"),
    Instance("US-07", "dashboard-07.braze.com", "rest.iad-07.braze.com"),
    Instance("US-08", "dashboard-08.braze.com", "rest.iad-08.braze.com"),
    Instance("US-10", "dashboard.us-10.braze.com", "rest.us-10.braze.com"),
    Instance("EU-01", "dashboard-01.braze.eu", "rest.fra-01.braze.eu"),
    Instance("EU-02", "dashboard-02.braze.eu", "rest.fra-02.braze.eu"),
    Instance("AU-01", "dashboard.au-01.braze.com", "rest.au-01.braze.com"),
    Instance("ID-01", "dashboard.id-01.braze.com", "rest.id-01.braze.com"),
    Instance("JP-01", "dashboard.jp-01.braze.com", "rest.jp-01.braze.com"),
    Instance("KR-01", "dashboard.kr-01.braze.com", "rest.kr-01.braze.com"),
)

LOOPBACK_HOSTS: Final[tuple[str, ...]] = ("127.0.0.1", "localhost", "[::1]")
"""The only hosts that may be reached without TLS or on a port of their own: a sandbox on this machine."""

_BY_NAME = {instance.name: instance for instance in INSTANCES}
_BY_DASHBOARD = {instance.dashboard_host: instance for instance in INSTANCES}
_BY_REST_HOST = {instance.rest_host: instance for instance in INSTANCES}

_MAX_CHARACTERS = 2000
"""Longer than any address that a browser shows."""
_URL = re.compile(r"(?P<scheme>[a-z]+)://(?P<host>[a-z0-9.-]+|\[::1\])(?P<port>:[0-9]+)?(?P<rest>[/?#].*)?")
_AUTHORITY = re.compile(r"(?:[^/?#]*://)?[^/?#]*")
_BARE_HOST = re.compile(r"(?P<host>(?:dashboard|rest)[a-z0-9.-]+)(?P<rest>[/?#].*)?")
_REST_HOST = re.compile(r"rest\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.braze\.(?:com|eu)")
_WHERE_TO_LOOK = "Braze shows the REST endpoint under Settings > APIs and Identifiers"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where requests may be sent."""

    url: str
    """Scheme and host (on loopback also the port), lower case, without a trailing slash."""
    kind: Kind
    """What the text was that led here."""
    instance: str | None
    """`US-03` and so on; None for loopback and for a cluster that Braze does not list."""
    is_loopback: bool = False

    @property
    def is_unlisted(self) -> bool:
        """True for a cluster of Braze that its documentation does not list: worth a warning."""
        return self.instance is None and not self.is_loopback


@dataclass(frozen=True, slots=True)
class RefusedEndpoint:
    """Why a text is no endpoint. It names the text only where that cannot hold a secret."""

    reason: str
    """Fact and remedy, to stand after the name of what was written."""
    nearest: str | None = None
    """The instance, dashboard or endpoint that was probably meant."""


def endpoint_of(text: str) -> Endpoint | RefusedEndpoint:
    """The endpoint that an instance's name, a dashboard's address or a REST address means; no socket is opened.

    Args:
        text: Such as `US-03`, `https://dashboard-03.braze.com/…` as pasted from a browser,
            `https://rest.iad-03.braze.com` or `http://127.0.0.1:8099`. Case does not matter.
    """
    text = text.strip(" ")
    if (reason := _hostile(text)) is not None:
        return RefusedEndpoint(reason)
    if (instance := _BY_NAME.get(text.upper())) is not None:
        return Endpoint(instance.endpoint, "instance", instance.name)
    lowered = text.lower()
    url = _URL.fullmatch(lowered)
    if url is not None:
        return _of_url(url["scheme"], url["host"], url["port"], url["rest"] or "")
    bare = _BARE_HOST.fullmatch(lowered)
    if bare is not None:
        return _of_url("https", bare["host"], None, bare["rest"] or "")
    nearest = _nearest(text.upper(), _BY_NAME)
    return RefusedEndpoint(f"is neither an instance of Braze ({_names()}) nor an address of one", nearest)


def is_loopback(endpoint: str) -> bool:
    """True if `endpoint`, as `Endpoint.url` writes it, is on this machine."""
    found = _URL.fullmatch(endpoint)
    return found is not None and found["host"] in LOOPBACK_HOSTS


def _hostile(text: str) -> str | None:
    """Why a text is refused before it is taken apart; the patterns would refuse it too, but could not say why."""
    authority = _AUTHORITY.match(text)
    host_as_written = authority[0] if authority else text
    verdicts = (
        (not text, "is empty"),
        (len(text) > _MAX_CHARACTERS, "is longer than any address"),
        (not text.isascii(), "holds characters that are not ASCII and can look like others; type the address by hand"),
        (not text.isprintable() or " " in text, "holds white space or a control character"),
        ("@" in host_as_written, "holds a user name or a password; write scheme and host alone"),
        (any(mark in host_as_written for mark in "\\%"), "holds a backslash or a percent sign, which no host has"),
    )
    return next((reason for is_bad, reason in verdicts if is_bad), None)


def _of_url(scheme: str, host: str, port: str | None, rest: str) -> Endpoint | RefusedEndpoint:
    if host in LOOPBACK_HOSTS:
        return _of_loopback(scheme, host, port, rest)
    if scheme != "https":
        return RefusedEndpoint("does not begin with https://; without TLS anyone on the way reads the key")
    if port is not None:
        return RefusedEndpoint("names a port; Braze answers on the port of https only. Leave it out")
    if (dashboard := _BY_DASHBOARD.get(host)) is not None:
        # Only the host counts, and it is never contacted: a pasted page of the dashboard is as good as its front.
        return Endpoint(dashboard.endpoint, "dashboard", dashboard.name)
    return _of_rest_host(host, rest)


def _of_rest_host(host: str, rest: str) -> Endpoint | RefusedEndpoint:
    if _REST_HOST.fullmatch(host) is None:
        known = _BY_DASHBOARD if host.startswith("dashboard") else _BY_REST_HOST
        nearest = _nearest(host, known)
        reason = f"is not a dashboard or REST endpoint of Braze. {_WHERE_TO_LOOK}"
        return RefusedEndpoint(reason, f"https://{nearest}" if nearest else None)
    if rest not in ("", "/"):
        return RefusedEndpoint("goes on after the host; write scheme and host alone", f"https://{host}")
    listed = _BY_REST_HOST.get(host)
    return Endpoint(f"https://{host}", "endpoint", listed.name if listed else None)


def _of_loopback(scheme: str, host: str, port: str | None, rest: str) -> Endpoint | RefusedEndpoint:
    if scheme not in ("http", "https"):
        return RefusedEndpoint("begins with neither http:// nor https://")
    if rest not in ("", "/"):
        return RefusedEndpoint("goes on after the host; write scheme, host and port alone")
    if port is not None and not (len(port) <= len(":65535") and 1 <= int(port[1:]) <= 65535 and port[1] != "0"):
        return RefusedEndpoint("names a port that is not in 1..65535")
    return Endpoint(f"{scheme}://{host}{port or ''}", "endpoint", None, is_loopback=True)


def _nearest(written: str, known: dict[str, Instance]) -> str | None:
    # Braze's hosts have at most 25 characters; comparing a very long text with all of them would only cost time.
    return next(iter(difflib.get_close_matches(written[:60], known, n=1, cutoff=0.6)), None)


def _names() -> str:
    return ", ".join(_BY_NAME)
