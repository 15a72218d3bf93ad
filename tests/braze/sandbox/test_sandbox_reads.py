"""POST /users/export/ids, GET /custom_attributes and GET /segments/list."""

from __future__ import annotations

import re
from typing import Any

import pytest

ALL_FIELDS = [
    "created_at", "external_id", "user_aliases", "braze_id", "random_bucket", "first_name", "last_name", "dob",
    "home_city", "country", "phone", "language", "time_zone", "gender", "email_subscribe", "push_subscribe", "email",
    "custom_attributes", "custom_events", "purchases", "total_revenue", "last_coordinates", "push_tokens",
]  # fmt: skip


async def test_an_export_shows_everything_that_was_asked_for(start: Any) -> None:
    """Source: braze.com/docs/api/endpoints/export/user_data/post_users_identifier, sample user."""
    caller = await start()
    await caller.track(
        {
            "external_id": "u",
            "first_name": "Alexis",
            "dob": "1980-12-21",
            "time_zone": "Eastern Time (US & Canada)",
            "push_subscribe": "opted_in",
            "current_location": {"longitude": -87.6, "latitude": 41.8},
            "push_tokens": [{"app_id": "app", "token": "t"}],
            "points": "321",
            "number": 107,
        },
        events=[{"external_id": "u", "name": "seen", "time": "2021-06-28T17:02:43.032Z"}],
        purchases=[
            {
                "external_id": "u",
                "product_id": "p",
                "currency": "USD",
                "price": 2.5,
                "quantity": 2,
                "time": "2021-06-28",
            }
        ],
    )

    response = await caller.export("u", fields_to_export=ALL_FIELDS)

    body = response.json()
    user = body["users"][0]
    assert body == {"message": "success", "users": [user]}
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC", user.pop("created_at"))
    assert re.fullmatch(r"[0-9a-f]{24}", user.pop("braze_id"))
    assert 0 <= user.pop("random_bucket") < 10_000
    assert user == {
        "external_id": "u",
        "first_name": "Alexis",
        "dob": "1980-12-21",
        "time_zone": "Eastern Time (US & Canada)",
        "push_subscribe": "opted_in",
        "last_coordinates": [-87.6, 41.8],
        "push_tokens": [{"app": "app", "token": "t"}],
        "total_revenue": 5.0,
        "custom_attributes": {"points": "321", "number": 107},
        "custom_events": [
            {"name": "seen", "first": "2021-06-28T17:02:43.032Z", "last": "2021-06-28T17:02:43.032Z", "count": 1}
        ],
        "purchases": [
            {"name": "p", "first": "2021-06-28T00:00:00.000Z", "last": "2021-06-28T00:00:00.000Z", "count": 2}
        ],
    }


async def test_an_unknown_user_is_listed_and_no_error(start: Any) -> None:
    """Source: braze.com/docs/api/endpoints/export/user_data/post_users_identifier."""
    caller = await start()

    response = await caller.export("nobody", fields_to_export=["external_id"])

    assert response.is_success
    assert response.json() == {"message": "success", "users": [], "invalid_user_ids": ["nobody"]}


async def test_users_are_found_by_every_identifier(start: Any) -> None:
    caller = await start()
    alias = {"alias_name": "n", "alias_label": "l"}
    await caller.track(
        {"external_id": "a", "email": "same@example.com"},
        {"external_id": "b", "email": "same@example.com", "phone": "+15550100100"},
        {"user_alias": alias, "_update_existing_only": False},
    )
    braze_id = (await caller.profile("a"))["braze_id"]

    async def found(**request: Any) -> list[str | None]:
        users = (await caller.export(**request)).json()["users"]
        return [user.get("external_id") for user in users]

    assert await found(email_address="Same@example.com") == ["a", "b"]
    assert await found(phone="(+1) 555 010 0100") == ["b"]
    assert await found(braze_id=braze_id) == ["a"]
    assert await found(user_aliases=[alias]) == [None]
    assert await found(external_ids=["b"], email_address="same@example.com") == ["b", "a"]


@pytest.mark.parametrize(
    ("request_body", "message"),
    [
        ({"external_ids": ["u"]}, "'fields_to_export' must be an array of strings"),
        ({"fields_to_export": ["email"]}, "At least one user identifier must be provided"),
        (
            {"external_ids": [str(number) for number in range(51)], "fields_to_export": ["email"]},
            "The max number of external_ids and aliases per request was exceeded",
        ),
    ],
    ids=["no fields", "no users", "51 users"],
)
async def test_a_wrong_export_is_a_400(start: Any, request_body: dict[str, Any], message: str) -> None:
    """Source: braze.com/docs/api/errors for the 51st id; the other words are not documented."""
    caller = await start()

    response = await caller.http.post("/users/export/ids", json=request_body)

    assert (response.status_code, response.json()) == (400, {"message": message})


async def test_an_older_workspace_exports_all_fields_without_asking(start: Any) -> None:
    """fields_to_export became a must for companies that came since 2024-08-22."""
    caller = await start(requires_fields_to_export=False)
    await caller.track({"external_id": "u", "tier": "gold"})

    response = await caller.http.post("/users/export/ids", json={"external_ids": ["u"]})

    assert response.json()["users"][0]["custom_attributes"] == {"tier": "gold"}


async def test_custom_attributes_are_listed_by_name_50_to_a_page(start: Any) -> None:
    """Source: braze.com/docs/api/endpoints/export/custom_attributes/get_custom_attributes."""
    caller = await start(forced_types={"zz": "Array"})
    names = [f"name {number:03d}" for number in range(119)]
    for name in names[:70]:
        await caller.track({"external_id": "u", name: 1})
    await caller.track({"external_id": "u", **dict.fromkeys(names[70:], "text")})

    pages, link = [], "/custom_attributes"
    while link:
        response = await caller.http.get(link)
        pages.append(response.json()["attributes"])
        link = response.links.get("next", {}).get("url", "")

    assert [len(page) for page in pages] == [50, 50, 20]
    listed = [attribute for page in pages for attribute in page]
    assert [attribute["name"] for attribute in listed] == [*names, "zz"]
    assert listed[0] == {
        "array_length": None,
        "data_type": "Number",
        "description": None,
        "name": "name 000",
        "status": "Active",
        "tag_names": [],
    }
    assert (listed[-1]["data_type"], listed[-1]["array_length"]) == ("Array", 500)


async def test_a_cursor_of_another_kind_is_refused(start: Any) -> None:
    caller = await start()

    assert (await caller.http.get("/custom_attributes?cursor=c2tpcDow")).status_code == 200
    assert (await caller.http.get("/custom_attributes?cursor=nonsense!")).status_code == 400


async def test_segments_are_listed_by_age_100_to_a_page(start: Any) -> None:
    """Source: braze.com/docs/api/endpoints/export/segments/get_segment."""
    caller = await start(segments=tuple(f"segment {number}" for number in range(101)))

    first = (await caller.http.get("/segments/list?page=0")).json()
    second = (await caller.http.get("/segments/list?page=1")).json()
    newest = (await caller.http.get("/segments/list?sort_direction=desc")).json()

    assert first["message"] == "success"
    assert [len(page["segments"]) for page in (first, second)] == [100, 1]
    assert second["segments"][0]["name"] == newest["segments"][0]["name"] == "segment 100"
    assert first["segments"][0].keys() == {"id", "name", "analytics_tracking_enabled", "tags"}
    assert (await caller.http.get("/segments/list?page=-1")).status_code == 400
