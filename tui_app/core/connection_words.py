"""What a person reads about a workspace: its address while it is typed, the outcome of a test, places for a key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from tui_app.core.connection import Probe, ProbeOutcome
from tui_app.core.instances import Endpoint, RefusedEndpoint, endpoint_of
from tui_app.core.project import KeyReference

Weight = Literal["good", "warning", "bad", "note", "plain"]
"""`note` matters as it is, `plain` only helps."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence, and how much it matters."""

    weight: Weight
    text: str


KEY_KINDS: Final[Mapping[Literal["file", "keyring", "env"], str]] = {
    "file": "a file of mode 0600",
    "keyring": "the keyring",
    "env": "an environment variable",
}
"""Where a key can be kept, in the order in which it is offered."""

KEY_KIND_HELP: Final[Mapping[Literal["file", "keyring", "env"], str]] = {
    "file": "Readable by you alone; the path is relative to the project.",
    "keyring": "The system's own store; machines without a desktop have none.",
    "env": "Set by you or by what starts Stoker, which only reads it.",
}

_OUTCOMES: Final[Mapping[ProbeOutcome, str]] = {
    "ready": "Ready",
    "unreachable": "Nobody answers at this address",
    "untrusted": "The server could not prove that it is Braze",
    "busy": "Braze is too busy to judge the key now",
    "key": "Braze refused the key; or it is the wrong instance",
    "permission": "Braze knows the key, but it may not send attributes",
    "address": "This is not the address of the REST API",
    "not_braze": "Somebody else than Braze answered",
}

_SPEEDS: Final = ((0.1, "under 0.1 s"), (0.3, "under 0.3 s"), (1.0, "under 1 s"), (3.0, "1 to 3 s, which is slow"))
"""Upper ends in seconds. A single answer says no more than the order of magnitude."""
_SLOWEST: Final = "over 3 s, which is very slow"

_LIST_OF_NAMES: Final = re.compile(r" \(US-01, .*\)")
"""The choice beside the address shows them."""
_UNFIT_FOR_VARIABLE: Final = re.compile(r"[^A-Z0-9]+")
_UNFIT_FOR_FILE: Final = re.compile(r"[^A-Za-z0-9._-]+")


def address_remark(text: str) -> Remark:
    """What an address means, while it is typed: the instance and its endpoint, or why it is none."""
    if not text.strip():
        return Remark("plain", "Your dashboard's, or the REST endpoint that it names in its settings.")
    match endpoint_of(text):
        case RefusedEndpoint(reason, nearest):
            reason = _LIST_OF_NAMES.sub("", reason).rstrip(".")
            return Remark("bad", f"This {reason}. {f'Nearest: {nearest}' if nearest else ''}".rstrip())
        case Endpoint(url=url, is_loopback=True):
            return Remark("good", f"This machine · {url}")
        case Endpoint(url=url, instance=None):
            return Remark("warning", f"An instance that Braze does not list · {url}")
        case Endpoint(url=url, instance=instance):
            return Remark("good", f"{instance} · {url}")


def outcome_title(probe: Probe) -> str:
    """The outcome of a test in a few words."""
    return _OUTCOMES[probe.outcome]


def probe_remarks(probe: Probe, instance: str | None) -> tuple[Remark, ...]:
    """What a test found out, what matters first.

    Args:
        probe: What Braze said.
        instance: Of the endpoint that was asked; None if it has no name.
    """
    remarks: list[Remark] = []
    if probe.may_send:
        remarks += [Remark("good", "It may send attributes (users.track)."), _names_remark(probe)]
    elif probe.outcome == "key":
        remarks += _two_causes(instance)
    else:
        remarks.append(Remark("bad", probe.message))
    if probe.latency_seconds is not None:
        is_slow = probe.latency_seconds > _SPEEDS[-2][0]
        remarks.append(Remark("warning" if is_slow else "good", f"It answered in {speed(probe.latency_seconds)}."))
    return tuple(remarks)


def speed(seconds: float) -> str:
    """How fast an answer came, in classes."""
    return next((words for below, words in _SPEEDS if seconds <= below), _SLOWEST)


def key_name_for(kind: Literal["file", "keyring", "env"], destination: str) -> str:
    """A fitting name for the place of a destination's key; `braze` gives `braze.key`, `braze` and `BRAZE_API_KEY`."""
    match kind:
        case "file":
            return f"{_UNFIT_FOR_FILE.sub('-', destination).strip('-.') or 'braze'}.key"
        case "keyring":
            return destination.strip() or "braze"
        case "env":
            name = _UNFIT_FOR_VARIABLE.sub("_", destination.upper()).strip("_") or "BRAZE"
            return f"{'_' * name[0].isdigit()}{name}_API_KEY"


def kept_words(reference: KeyReference) -> str:
    """Where a key is kept, in words: `in the file braze.key`."""
    match reference.kind:
        case "file":
            return f"in the file {reference.name}"
        case "keyring":
            return f"in the keyring as {reference.name}"
        case "env":
            return f"in the variable {reference.name}"


def key_remark(reference: KeyReference, *, has_typed: bool, problem: str) -> Remark:
    """What is known about a key in a form.

    Args:
        reference: Where it is to be kept.
        has_typed: Whether one was typed.
        problem: Why there is none where it is kept; empty if there is one.
    """
    place = kept_words(reference)
    if has_typed and reference.kind == "env":
        return Remark("plain", "Used for the test alone: Stoker cannot set a variable.")
    if has_typed:
        return Remark("plain", f"Kept {place} when you save.")
    if problem:
        return Remark("plain", f"There is none {place}: type or paste it here.")
    return Remark("good", f"There is one {place}; empty keeps it.")


def place_remarks(reference: KeyReference, *, has_key: bool, is_in_git: bool) -> tuple[Remark, ...]:
    """What to do about the place of a key.

    Args:
        reference: Where it is kept.
        has_key: Whether there is one.
        is_in_git: Whether it is a file that git would commit.
    """
    if is_in_git:
        return (Remark("warning", f"git would commit it. Add {reference.name} to .gitignore first."),)
    if reference.kind == "env":
        state = Remark("good", "It is set now.") if has_key else Remark("warning", "It is not set now.")
        how = "" if has_key else f"Before you start Stoker: export {reference.name}=…"
        return (Remark(state.weight, f"{state.text} {how}".rstrip()),)
    return ()


def _two_causes(instance: str | None) -> list[Remark]:
    """A refused key has two causes that Braze answers alike.

    Source: braze.com/docs/api/errors, status 401; a key is known only to the instance of its workspace
    (braze.com/docs/api/basics, "API endpoints").
    """
    here = f"on {instance}" if instance else "at this address"
    return [
        Remark("note", "There are two causes, and Braze answers both alike (status 401):"),
        Remark("note", "1. The key is mistyped, cut off or revoked: copy it again, or make a new one."),
        Remark("note", f"2. Its workspace is not {here}: open its dashboard, and paste that address above."),
    ]


def _names_remark(probe: Probe) -> Remark:
    if probe.custom_attributes is not None:
        count = len(probe.custom_attributes)
        names = f"{count:,} custom attribute{'' if count == 1 else 's'}"
        return Remark("good", f"It may read the workspace's {names}: near-duplicates are found.")
    if probe.custom_attributes_message:
        lookup = "Custom attributes cannot be read, so near-duplicates of them are not found"
        return Remark("warning", f"{lookup}: {probe.custom_attributes_message}")
    return Remark("plain", "Custom attributes were not asked for, so near-duplicates of them are not found.")
