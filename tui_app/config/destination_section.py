"""`[destinations.NAME]`: one Braze workspace, how customers are addressed in it and how fast it is fed."""

from __future__ import annotations

import re
from typing import Final

from tui_app.config.table import COUNT, MAX_INTEGER, Range, TableReader
from tui_app.config.wording import listed, quoted
from tui_app.core.instances import Endpoint, RefusedEndpoint, endpoint_of
from tui_app.core.project import IDENTIFIERS, Destination, KeyReference, RateLimit

_ADDRESS_KEYS = ("instance", "dashboard", "endpoint")
_NOWHERE: Final = Endpoint("", "endpoint", None)
"""Stands in for an endpoint that was refused."""

_BRAZE_RATE: Final = Range(
    0,
    1000,
    excludes_low=True,
    remark="Braze takes 3,000 requests per 3 seconds; more is for endpoints on this machine.",
)
"""Source: braze.com/docs/api/endpoints/user_data/post_user_track, "Rate limit"."""
_LOOPBACK_RATE: Final = Range(0, 1_000_000, excludes_low=True)
_REQUESTS_PER_HOUR: Final = Range(1, MAX_INTEGER)
OBJECTS_PER_REQUEST: Final = Range(1, 75, remark="Braze takes at most 75 customers in one request.")
"""Source: braze.com/docs/api/api_limits."""
_QUIET_SECONDS: Final = Range(0, 7 * 24 * 3600)

_KEY_REFERENCE = re.compile(r"(env|file|keyring):(\S(?:.*\S)?)")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BRAZE_KEY = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_NO_KEY: Final = KeyReference("env", "")
"""Stands in for a reference that is missing or wrong."""


def read_destinations(top: TableReader) -> dict[str, Destination]:
    """Every destination."""
    return {name: _read_destination(name, reader) for name, reader in top.named_tables("destinations", "destination")}


def _read_destination(name: str, reader: TableReader) -> Destination:
    endpoint = _endpoint(reader)
    defaults = Destination(name, endpoint.url, _NO_KEY, reader.place(), endpoint.instance)
    destination = Destination(
        name=name,
        endpoint=endpoint.url,
        api_key=_key_reference(reader),
        place=defaults.place,
        instance=endpoint.instance,
        identifier=reader.choice("identifier", IDENTIFIERS, defaults.identifier),
        update_existing_only=reader.flag("update_existing_only", default=defaults.update_existing_only),
        rate=_rate(reader, endpoint),
        objects_per_request=reader.whole("objects_per_request", OBJECTS_PER_REQUEST, defaults.objects_per_request),
        quiet_period_seconds=reader.number("quiet_period_seconds", _QUIET_SECONDS, defaults.quiet_period_seconds),
        send_consent=reader.flag("send_consent", default=defaults.send_consent),
        custom_attributes=reader.choice("custom_attributes", ("warn", "off"), defaults.custom_attributes),
        cost_per_1000_data_points=reader.number("cost_per_1000_data_points", COUNT, defaults.cost_per_1000_data_points),
    )
    reader.close()
    return destination


def _rate(reader: TableReader, endpoint: Endpoint) -> RateLimit:
    defaults = RateLimit()
    allowed = _LOOPBACK_RATE if endpoint.is_loopback else _BRAZE_RATE
    return RateLimit(
        requests_per_second=reader.number("requests_per_second", allowed, defaults.requests_per_second),
        requests_per_hour=reader.whole("requests_per_hour", _REQUESTS_PER_HOUR, defaults.requests_per_hour),
    )


def _endpoint(reader: TableReader) -> Endpoint:
    """What exactly one of `instance`, `dashboard` and `endpoint` names."""
    texts = {key: reader.text(key) for key in _ADDRESS_KEYS}
    written = [key for key in _ADDRESS_KEYS if key in reader]
    if len(written) > 1:
        reader.problem(f"{' and '.join(written)} name the workspace more than once. Keep one.", "both_keys", written[1])
        return _NOWHERE
    if not written:
        reader.problem('it names no workspace. Add instance = "US-03", or dashboard or endpoint.', "missing_key")
        return _NOWHERE
    key = written[0]
    text = texts[key]
    return _NOWHERE if text is None else _judge_endpoint(reader, key, text)


def _judge_endpoint(reader: TableReader, key: str, text: str) -> Endpoint:
    match endpoint_of(text):
        case RefusedEndpoint(reason, nearest):
            hint = f" Nearest: {quoted(nearest)}." if nearest else ""
            # The text itself is not shown: a user name or a password may stand in it.
            reader.problem(f"{key} {reason}.{hint}", "bad_endpoint", key)
            return _NOWHERE
        case Endpoint(kind=kind) as endpoint:
            if kind != key:
                reader.problem(
                    f"{key} holds what belongs to {kind}. Write {kind} = {quoted(text)}.", "bad_endpoint", key
                )
            return endpoint


def _key_reference(reader: TableReader) -> KeyReference:
    """Where the key is kept. What is written is never shown: it may be the key itself."""
    written = reader.needed_text("api_key")
    if not written:
        return _NO_KEY
    parts = _KEY_REFERENCE.fullmatch(written)
    if parts is None or _BRAZE_KEY.search(written):
        fact = "api_key holds something else than a reference, perhaps the key itself, which no project file may hold"
        remedy = f"Write one of {listed(('env:NAME', 'file:PATH', 'keyring:NAME'))}; a key that stood here is spent"
        reader.problem(f"{fact}. {remedy}.", "secret_in_file", "api_key")
        return _NO_KEY
    kind, name = parts[1], parts[2]
    if kind == "file":
        return KeyReference("file", name)
    if kind == "keyring":
        return KeyReference("keyring", name)
    if _VARIABLE.fullmatch(name) is None:
        fact = "api_key names no environment variable: letters, digits and _ stand behind env: alone"
        reader.problem(f"{fact}. Write the variable's name, not its value.", "bad_variable", "api_key")
        return _NO_KEY
    return KeyReference("env", name)
