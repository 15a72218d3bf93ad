"""Tell whom the project names what went wrong. What is told holds counts and names, no customer's data."""

from __future__ import annotations

import json
import logging
import os
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tui_app.core.alert import Alerts, Occasion
from tui_app.core.project import Project
from tui_app.tasks.run_unit import Outcome, Status

_LOG = logging.getLogger(__name__)
_PATIENCE_SECONDS = 30.0
_OCCASIONS: Mapping[Status, Occasion] = {
    "failed": "failed",
    "stopped": "failed",
    "held": "failed",
    "missed": "failed",
    "refused": "refused",
    "rejections": "rejections",
}


def raise_alerts(project: Project, outcomes: Sequence[Outcome]) -> list[str]:
    """Tell of each outcome that is an occasion for it.

    An alert that fails changes nothing of the run.

    Returns:
        Why alerts could not be given, in words.
    """
    alerts = project.alerts
    failures: list[str] = []
    if alerts is None:
        return failures
    for outcome in outcomes:
        occasion = _OCCASIONS.get(outcome.status)
        if occasion in alerts.on:
            failures += _tell(alerts, _event(project, outcome, occasion), _environment(project, alerts))
    return failures


def _environment(project: Project, alerts: Alerts) -> dict[str, str]:
    """What a program that is told needs to know: not where keys and secret addresses are."""
    secret = {each.api_key.name for each in project.destinations.values() if each.api_key.kind == "env"}
    secret.add((alerts.webhook or "").removeprefix("env:"))
    return {name: value for name, value in os.environ.items() if name not in secret}


def _event(project: Project, outcome: Outcome, occasion: Occasion) -> dict[str, Any]:
    return {
        "event": occasion,
        "project": project.file,
        "activation": outcome.activation,
        "status": outcome.status,
        "message": outcome.message,
        "run": outcome.run,
        "acknowledged": outcome.acknowledged,
        "rejected": outcome.rejected,
        "in_doubt": outcome.in_doubt,
        "at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }


def _tell(alerts: Alerts, event: Mapping[str, Any], environment: Mapping[str, str]) -> list[str]:
    failures = []
    text = json.dumps(event, ensure_ascii=False)
    if alerts.command and (failure := _run(alerts.command, text, environment)):
        failures.append(failure)
    if alerts.webhook and (failure := _post(alerts.webhook, text)):
        failures.append(failure)
    for failure in failures:
        _LOG.warning("%s", failure)
    return failures


def _run(command: Sequence[str], text: str, environment: Mapping[str, str]) -> str | None:
    """Give an event to a program. Its arguments may be secrets, so no message holds them."""
    try:
        subprocess.run(
            command,
            input=text.encode(),
            timeout=_PATIENCE_SECONDS,
            check=True,
            stdout=subprocess.DEVNULL,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        return f"Alert: {command[0]} did not end within {_PATIENCE_SECONDS:.0f} seconds and was killed."
    except subprocess.CalledProcessError as error:
        return f"Alert: {command[0]} ended with code {error.returncode}."
    except OSError as error:
        return f"Alert: {command[0]} could not be started: {error.strerror}."
    return None


def _post(webhook: str, text: str) -> str | None:
    """Post an event. The address may be a secret, so no message holds it."""
    import httpx

    address = os.environ.get(webhook.removeprefix("env:"), "") if webhook.startswith("env:") else webhook
    if not address:
        return f"Alert: {webhook} is not set, so the webhook was not called."
    try:
        answer = httpx.post(
            address, content=text.encode(), headers={"Content-Type": "application/json"}, timeout=_PATIENCE_SECONDS
        )
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        return f"Alert: the webhook could not be called: {type(error).__name__}."
    return None if answer.is_success else f"Alert: the webhook answered {answer.status_code}."
