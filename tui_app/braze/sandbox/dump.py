"""Profiles as JSON and back: for `GET /sandbox/state` and for the state file."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

from tui_app.braze.sandbox.custom_attributes import KnownType
from tui_app.braze.sandbox.json_types import JsonObject
from tui_app.braze.sandbox.profiles import Profile, Tally
from tui_app.braze.sandbox.settings import AttributeType
from tui_app.braze.sandbox.workspace import Workspace
from tui_app.core.errors import FixInput

FORMAT = 1
"""Of the state file; another one is refused."""


def profile_document(profile: Profile) -> JsonObject:
    """Everything about one profile, as it is now."""
    return {
        "braze_id": profile.braze_id,
        "external_id": profile.external_id,
        "user_aliases": [{"alias_name": name, "alias_label": label} for label, name in profile.aliases.items()],
        "standard": {**profile.standard},
        "custom_attributes": {**profile.custom},
        "subscription_groups": {**profile.subscription_groups},
        "push_tokens": [*profile.push_tokens],
        "events": {name: asdict(tally) for name, tally in profile.events.items()},
        "purchases": {name: asdict(tally) for name, tally in profile.purchases.items()},
        "revenue": profile.revenue,
        "created_at": profile.created_at,
        "updates": profile.updates,
    }


def save(workspace: Workspace, file: Path) -> None:
    """Write the profiles and the types of their attributes; whoever reads the file sees the old or the new state."""
    document = {
        "stoker_sandbox": FORMAT,
        "custom_attributes": {name: known.type for name, known in workspace.custom.known.items()},
        "profiles": [profile_document(profile) for profile in workspace.profiles],
    }
    # Profiles are personal data: mkstemp makes a file that only its owner reads.
    descriptor, written = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        json.dump(document, stream)
        stream.flush()
        os.fsync(stream.fileno())
    Path(written).replace(file)


def load(workspace: Workspace, file: Path) -> None:
    """Take in the profiles of a file that `save` wrote; a file that does not exist is an empty workspace.

    Raises:
        FixInput: It is something else, or cannot be read.
    """
    if not file.exists():
        return
    try:
        document = json.loads(file.read_bytes())
        if document["stoker_sandbox"] != FORMAT:
            raise _unusable(file, f"has format {document['stoker_sandbox']} and this sandbox reads {FORMAT}")
        profiles = [_profile(each) for each in document["profiles"]]
        known = {name: KnownType(_type(kind)) for name, kind in document["custom_attributes"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unusable(file, "is not a state that a sandbox saved") from error
    except OSError as error:
        raise _unusable(file, f"cannot be read ({error.strerror})") from error
    for profile in profiles:
        workspace.profiles.add(profile)
    # What the settings force or know stands above what was once detected.
    workspace.custom.known = {**known, **workspace.custom.known}


def _unusable(file: Path, fact: str) -> FixInput:
    message = f"State file {file} {fact}. The sandbox was not started. Name another file, or remove this one."
    return FixInput.at(message, code="sandbox_state")


def _type(word: str) -> AttributeType:
    kind: AttributeType
    for kind in get_args(AttributeType):
        if kind == word:
            return kind
    raise ValueError(word)


def _profile(document: Mapping[str, Any]) -> Profile:
    return Profile(
        braze_id=document["braze_id"],
        external_id=document["external_id"],
        aliases={alias["alias_label"]: alias["alias_name"] for alias in document["user_aliases"]},
        standard=document["standard"],
        custom=document["custom_attributes"],
        subscription_groups=document["subscription_groups"],
        push_tokens=document["push_tokens"],
        events={name: Tally(**tally) for name, tally in document["events"].items()},
        purchases={name: Tally(**tally) for name, tally in document["purchases"].items()},
        revenue=document["revenue"],
        created_at=document["created_at"],
        updates=document["updates"],
    )
