"""What Braze keeps of one value, and what it drops or alters without a word."""

from __future__ import annotations

from typing import Any

import pytest

REFUSED_EMAIL = "The value provided for the 'email' field is not a valid email."


@pytest.mark.parametrize(
    ("email", "refusals"),
    [
        ("jane.doe@gmail.com", []),
        ("jane.doe@gnail.com", []),  # misspelt, and good syntax all the same
        ("jane.doe+news@example.com", []),
        ("jürgen@example.com", []),
        ("ja&ne#/x@example.com", []),
        ("jane+news@outlook.com", []),
        ("j" * 64 + "@example.com", []),
        ("jane", [REFUSED_EMAIL]),
        ("jane@", [REFUSED_EMAIL]),
        ("@gmail.com", [REFUSED_EMAIL]),
        ("jane@gmail", [REFUSED_EMAIL]),
        ("jane@50", [REFUSED_EMAIL]),
        ("jane@1.2.3.4", [REFUSED_EMAIL]),
        ("jane@example.123", [REFUSED_EMAIL]),
        ("jane@exa_mple.com", [REFUSED_EMAIL]),
        ("jane@-example.com", [REFUSED_EMAIL]),
        ("jane@beispiel.invalid", [REFUSED_EMAIL]),
        ("jane@bücher.com", [REFUSED_EMAIL]),
        ("joan@gmail.com", [REFUSED_EMAIL]),  # a Gmail name has 5 characters
        ("ja..ne@hotmail.com", [REFUSED_EMAIL]),
        ("-jane@hotmail.co.uk", [REFUSED_EMAIL]),
        (".jane@example.com", [REFUSED_EMAIL]),
        ("jane.@example.com", [REFUSED_EMAIL]),
        ('ja"ne@example.com', [REFUSED_EMAIL]),
        (" jane@example.com", [REFUSED_EMAIL]),
        ("ja ne@example.com", [REFUSED_EMAIL]),
        ("j" * 65 + "@example.com", [REFUSED_EMAIL]),
        (7, [REFUSED_EMAIL]),
    ],
)
async def test_an_email_address_is_judged_by_its_syntax(start: Any, email: object, refusals: list[str]) -> None:
    """Source: braze.com/docs, "Email validation"."""
    caller = await start()

    answer = (await caller.track({"external_id": "ok"}, {"external_id": "u", "email": email})).json()

    assert [error["type"] for error in answer.get("errors", [])] == refusals


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("+49 (30) 555-0123", "+49305550123"),
        ("(202) 555-0123", "+12025550123"),
        ("2025550123", "+12025550123"),
        ("+4712345678", "+4712345678"),
        ("12025550123", "+12025550123"),
        ("none", "+1999"),
        (5, "+1999"),
        (None, None),
    ],
)
async def test_a_phone_number_loses_all_but_its_digits(start: Any, sent: object, kept: str | None) -> None:
    """Source: braze.com/docs, "User phone numbers", importing. Without a digit the stored number stays."""
    caller = await start()
    await caller.track({"external_id": "u", "phone": "+1999"})

    await caller.track({"external_id": "u", "phone": sent})

    assert (await caller.profile())["standard"].get("phone") == kept


@pytest.mark.parametrize(
    ("field", "sent", "kept"),
    [
        ("time_zone", "Europe/Berlin", "Europe/Berlin"),
        ("time_zone", "Eastern Time (US & Canada)", "Eastern Time (US & Canada)"),
        ("time_zone", "Berlin time", "before"),
        ("country", "DE", "DE"),
        ("country", "de", "DE"),
        ("country", "Germany", "DE"),
        ("country", "United States of America", "US"),
        ("country", "DEU", "DE"),
        ("country", "Atlantis", "gone"),
        ("country", 49, "gone"),
        ("language", "pt", "pt"),
        ("language", "haw", "haw"),
        ("language", "Portuguese", "before"),
        ("gender", "P", "P"),
        ("gender", "female", "before"),
        ("dob", "1988-02-29", "1988-02-29"),
        ("dob", "1989-02-29", "before"),
        ("dob", "29/02/1988", "before"),
        ("first_name", "\nJo\n", "Jo"),
        ("first_name", "é" * 255, "é" * 255),
        ("first_name", "é" * 256, "before"),
        ("first_name", 7, "before"),
        ("image_url", "https://example.com/" + "x" * 1004, "https://example.com/" + "x" * 1004),
        ("image_url", "https://example.com/" + "x" * 1005, "before"),
        ("email_open_tracking_disabled", True, True),
        ("email_open_tracking_disabled", "true", "before"),
        ("marked_email_as_spam_at", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"),
        ("date_of_first_session", "not a date", "before"),
        ("facebook", {"id": "1", "likes": ["x"]}, {"id": "1", "likes": ["x"]}),
        ("twitter", "@jane", "before"),
    ],
)
async def test_a_standard_field_keeps_only_what_it_can_be(start: Any, field: str, sent: object, kept: object) -> None:
    """Source: braze.com/docs/api/objects_filters/user_attributes_object and braze.com/docs, standard attributes.

    `before`: the value is ignored and the one stored before stays. `gone`: it is cleared.
    """
    caller = await start()
    before = {
        "time_zone": "UTC", "country": "FR", "language": "fr", "gender": "O", "dob": "2000-01-01", "first_name": "Ann",
        "image_url": "https://example.com/", "email_open_tracking_disabled": False, "twitter": {"id": 1},
        "marked_email_as_spam_at": "2020-01-01T00:00:00.000Z", "date_of_first_session": "2020-01-01T00:00:00.000Z",
    }  # fmt: skip
    await caller.track({"external_id": "u", **before})

    response = await caller.track({"external_id": "u", field: sent})

    assert response.json() == {"message": "success", "attributes_processed": 1}
    expected = {"before": before.get(field), "gone": None}.get(str(kept), kept)
    assert (await caller.profile())["standard"].get(field) == expected


@pytest.mark.parametrize(
    ("sent", "exported"),
    [
        ("2026-09-15", "2026-09-15T00:00:00.000Z"),
        ("2026-09-15T10:20:30", "2026-09-15T10:20:30.000Z"),
        ("2026-09-15 10:20:30", "2026-09-15T10:20:30.000Z"),
        ("2026-09-15T10:20Z", "2026-09-15T10:20:00.000Z"),
        ("2026-09-15T10:20:30.1234567+02:00", "2026-09-15T08:20:30.123Z"),
        ("2026-09-15T10:20:30-0530", "2026-09-15T15:50:30.000Z"),
        ("2026-09-15T10:20:30:123Z", "2026-09-15T10:20:30.123Z"),
        ("09/15/2026", "2026-09-15T00:00:00.000Z"),
        ("9/5/2026", "2026-09-05T00:00:00.000Z"),
        ("9-15-2026", "2026-09-15T00:00:00.000Z"),
        ("Tue 09 15 10:20:30.Z 2026", "2026-09-15T10:20:30.000Z"),
        ("Tue Sep 15 10:20:30 +0200 2026", "2026-09-15T08:20:30.000Z"),
        ("3000-12-31", "3000-12-31T00:00:00.000Z"),
        ("0999-01-01", "0999-01-01T00:00:00.000Z"),
        ("3001-01-01", "3001-01-01"),
        ("0000-01-01", "0000-01-01"),
        ("0001-01-01T00:00:00+05:00", "0001-01-01T00:00:00+05:00"),
        ("2021-02-30", "2021-02-30"),
        ("15/09/2026", "15/09/2026"),
        ("20260915", "20260915"),
        ("2026-09", "2026-09"),
        ("on 2026-09-15", "on 2026-09-15"),
        ("2026-09-15T25:00:00", "2026-09-15T25:00:00"),
    ],
)
async def test_a_string_in_a_date_format_becomes_a_time(start: Any, sent: str, exported: str) -> None:
    """Sources: braze.com/docs, custom attribute data types; github.com/leemour/braze-cli for the exported form."""
    caller = await start()

    await caller.track({"external_id": "u", "when": sent})

    exported_user = (await caller.export("u")).json()["users"][0]
    assert exported_user["custom_attributes"] == {"when": exported}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a" * 255, "a" * 255),
        ("a" * 256, "before"),
        ("字" * 159, "字" * 159),
        ("字" * 160, "before"),
        ("two\nlines\r\n", "two\nlines"),
        ("half \ud83d pair", "half  pair"),
        ("whole \U0001f600 pair", "whole \U0001f600 pair"),
        ({"k": "a" * 256}, "before"),
        (["a" * 256], "before"),
    ],
    ids=["255", "256", "477 bytes", "480 bytes", "newlines", "half a pair", "a pair", "in an object", "in an array"],
)
async def test_a_string_that_is_too_long_is_dropped(start: Any, sent: object, kept: object) -> None:
    """Sources: braze.com/docs, custom attribute data types (255 characters); developer guide, analytics (479 bytes)."""
    caller = await start()
    await caller.track({"external_id": "u", "text": "before"})

    response = await caller.track({"external_id": "u", "text": sent})

    assert response.status_code == 201
    assert (await caller.profile())["custom_attributes"]["text"] == kept


async def test_an_external_id_has_fewer_than_988_bytes(start: Any) -> None:
    """Bytes, not characters. Source: braze.com/docs/api/endpoints/user_data/post_user_track."""
    caller = await start()
    longest = "ü" * 493 + "x"

    answer = (await caller.track({"external_id": longest}, {"external_id": longest + "x"})).json()

    assert [error["type"] for error in answer["errors"]] == ["'external_id' must be fewer than 988 bytes"]
    assert (await caller.profile())["external_id"] == longest


async def test_a_name_over_479_bytes_is_cut_between_characters(start: Any) -> None:
    """Two long names can become one. Source: braze.com/docs, custom attributes, naming."""
    caller = await start()

    await caller.track({"external_id": "u", "字" * 160 + "a": 1, "字" * 160 + "b": 2, "x" * 480: 3})

    assert (await caller.profile())["custom_attributes"] == {"字" * 159: 2, "x" * 479: 3}


@pytest.mark.parametrize("value", ["object", "array of objects", "array"])
async def test_an_object_or_array_over_100_kb_is_dropped(start: Any, value: str) -> None:
    """Source: braze.com/docs, Array of objects, limitations."""
    texts = [f"{number:04d}" + "x" * 246 for number in range(420)]
    caller = await start()
    large: dict[str, object] = {
        "object": {f"k{number}": text for number, text in enumerate(texts)},
        "array of objects": [{"k": text} for text in texts],
        "array": texts,
    }

    await caller.track({"external_id": "u", "large": large[value], "small": {"k": texts[0]}})

    assert (await caller.profile())["custom_attributes"] == {"small": {"k": texts[0]}}


async def test_a_merge_that_grows_over_100_kb_is_dropped(start: Any) -> None:
    """The limit is on what is stored, not on what is sent."""
    caller = await start()
    halves = [{f"{half}{number}": "x" * 250 for number in range(250)} for half in "ab"]

    for half in halves:
        await caller.track({"external_id": "u", "_merge_objects": True, "grown": half})

    assert (await caller.profile())["custom_attributes"] == {"grown": halves[0]}


async def test_an_object_of_any_depth_is_survived(start: Any) -> None:
    """A sandbox that dies of one request would hide what it should show."""
    caller = await start()
    deep: dict[str, Any] = {"k": 1}
    for _ in range(80):
        deep = {"k": deep}

    response = await caller.track({"external_id": "u", "deep": deep, "a": 1})

    assert response.status_code == 201
    assert (await caller.profile())["custom_attributes"] == {"a": 1}


async def test_a_decimal_beyond_all_doubles_is_dropped(start: Any) -> None:
    caller = await start()

    response = await caller.send(b'{"attributes": [{"external_id": "u", "huge": 1e999, "small": 1e-999}]}')

    assert response.status_code == 201
    assert (await caller.profile())["custom_attributes"] == {"small": 0.0}


async def test_of_a_repeated_key_the_last_value_counts(start: Any) -> None:
    """An assumption of the sandbox."""
    caller = await start()

    await caller.send(b'{"attributes": [{"external_id": "u", "a": 1, "a": 2}]}')

    assert (await caller.profile())["custom_attributes"] == {"a": 2}


async def test_events_and_purchases_of_the_future_happened_now(start: Any) -> None:
    """Source: braze.com/docs/api/objects_filters/user_attributes_object."""
    caller = await start()
    event = {"external_id": "u", "name": "visit", "time": "2990-01-01T00:00:00Z"}

    await caller.track(events=[event, {**event, "time": "2001-01-01T00:00:00Z"}])

    visit = (await caller.profile())["events"]["visit"]
    assert (visit["count"], visit["first"]) == (2, "2001-01-01T00:00:00.000Z")
    assert "2026" <= visit["last"] < "2990"
