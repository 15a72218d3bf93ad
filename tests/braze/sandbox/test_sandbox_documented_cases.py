"""Requests to /users/track whose effect Braze documents or others measured, with our own people in them.

Each case in `cases/` names the public page or repository that its expectation comes from.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

FILES = sorted((Path(__file__).parent / "cases").glob("*.json"))
CASES = [case for file in FILES for case in json.loads(file.read_text())]
SETS = ("blocked_external_ids", "blocked_attribute_names", "subscription_group_ids", "app_ids")
ONE_PROCESSED = {"message": "success", "attributes_processed": 1}


def settings_of(case: dict[str, Any]) -> dict[str, Any]:
    given = case.get("settings", {})
    return {name: frozenset(value) if name in SETS else value for name, value in given.items()}


def shown(profiles: list[dict[str, Any]], expected: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each profile, the members that the case speaks of; of surplus profiles everything."""
    wanted = [tuple(each) for each in expected]
    wanted += [tuple(each) for each in profiles[len(wanted) :]]
    return [{name: each[name] for name in names} for each, names in zip(profiles, wanted, strict=True)]


@pytest.mark.parametrize("case", CASES, ids=[case["promise"] for case in CASES])
async def test_the_sandbox_does_what_braze_documents(start: Any, case: dict[str, Any]) -> None:
    """Answer, profiles and detected types; without an answer in the case, one object was processed."""
    caller = await start(**settings_of(case))
    for attributes in case.get("given", []):
        assert (await caller.track(attributes)).json() == ONE_PROCESSED

    response = await caller.http.post("/users/track", json=case["send"])

    state = await caller.state()
    assert response.status_code == case.get("status", 201)
    assert response.json() == case.get("answer", ONE_PROCESSED)
    assert {name: state["custom_attributes"][name]["type"] for name in case.get("types", {})} == case.get("types", {})
    if "profiles" in case:
        assert shown(state["profiles"], case["profiles"]) == case["profiles"]
