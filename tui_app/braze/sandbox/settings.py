"""Everything that can be set on a sandbox. The defaults are a current workspace on a data-point contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

SANDBOX_KEY = "sandbox-key"
"""An invented key that the sandbox accepts by default."""

Permission = Literal["users.track", "users.export.ids", "custom_attributes.get", "segments.list"]
ALL_PERMISSIONS: frozenset[str] = frozenset(
    {"users.track", "users.export.ids", "custom_attributes.get", "segments.list"}
)
"""Source: braze.com/docs/api/basics, "REST API key permissions"."""

Contract = Literal["data_points", "mau"]
ErrorStyle = Literal["prose", "enum"]
AttributeType = Literal["Boolean", "Number", "String", "Time", "Array", "Object", "Array of objects"]
"""Source: braze.com/docs, custom attribute data types."""


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """One sandbox: where it listens, who may call, its contract, its workspace and how it fails."""

    host: str = "127.0.0.1"
    """A loopback address; anything else is refused, because the control endpoints ask for no key."""
    port: int = 0
    """0 picks a free one."""
    keys: Mapping[str, frozenset[str]] = field(default_factory=lambda: {SANDBOX_KEY: ALL_PERMISSIONS})
    """API key → permissions."""

    contract: Contract = "data_points"
    """Which limit /users/track has and how its headers look. `mau`: monthly active users."""
    requests_per_3_seconds: int = 3000
    """Of /users/track. Data-point contracts: the limit; MAU contracts: the burst limit.

    Source: braze.com/docs/api/endpoints/user_data/post_user_track, "Rate limit".
    """
    requests_per_hour: int | None = None
    """Of /users/track, counted by the clock hour. Only MAU contracts have one; None is no hourly limit."""
    export_requests_per_minute: int = 250
    """Source: braze.com/docs/api/endpoints/export/user_data/post_users_identifier, "Rate limit"."""
    custom_attributes_requests_per_hour: int = 1000
    """Source: braze.com/docs/api/endpoints/export/custom_attributes/get_custom_attributes, "Rate limit"."""
    general_requests_per_hour: int = 250_000
    """Of all other endpoints. Source: braze.com/docs/api/api_limits."""
    max_body_bytes: int = 4_000_000
    """Source: braze.com/docs/api/api_limits: 4 MB."""
    legacy_objects_limit: bool = False
    """False: 75 objects in a request. True: 75 in each of its three arrays, as older contracts have.

    Source: braze.com/docs/api/api_limits, "Batching User Track requests".
    """
    error_style: ErrorStyle = "prose"
    """`prose`: sentences, as the live API sent in 2026; `enum`: the names in the docs of 2026."""

    blocked_external_ids: frozenset[str] = frozenset()
    blocked_attribute_names: frozenset[str] = frozenset()
    """Custom attributes that the workspace has on its blocklist: dropped without a word."""
    forced_types: Mapping[str, AttributeType] = field(default_factory=dict)
    """Custom attribute → the type that somebody set in the dashboard."""
    known_attributes: Mapping[str, AttributeType] = field(default_factory=dict)
    """Custom attribute → type, as if values had been received before."""
    subscription_group_ids: frozenset[str] | None = None
    """Groups of the workspace; None accepts every UUID."""
    app_ids: frozenset[str] | None = None
    """Apps of the workspace, for push tokens; None accepts every app."""
    segments: tuple[str, ...] = ("All Users",)
    """Names, oldest first."""
    max_array_length: int = 500
    """Elements. Source: braze.com/docs, custom attribute data types, "Arrays"."""
    nested_error_scope: Literal["attribute", "request"] = "attribute"
    """What one bad value inside an object spoils: this attribute, or every nested update of the request.

    Braze's page says both. Source: braze.com/docs/api/endpoints/user_data/post_user_track, "How does /users/track
    handle invalid nested custom attributes?".
    """
    requires_fields_to_export: bool = True
    """Workspaces since 2024-08-22 must name the fields. Source: as `export_requests_per_minute`."""

    faults: tuple[str, ...] = ()
    """Specs, as `faults` explains them; the first that strikes decides."""
    apply_delay_seconds: tuple[float, float] | None = None
    """Lowest and highest delay between an answer and its effect on a profile; None applies at once.

    Drawn anew for each object, so effects may overtake each other: Braze promises no order between calls.
    Source: braze.com/docs, "Race conditions".
    """
    seed: int = 0
    """Of the delays."""
    clock_skew_seconds: float = 0.0
    """Added to the machine's clock in `date`, in reset times and in created_at."""

    record: bool = False
    """Keep every request to /users/track for `GET /sandbox/log`."""
    state_file: Path | None = None
    """Profiles are loaded from it at the start, if it exists, and saved to it at a clean stop."""
