"""An answer acknowledges exactly what it says, or nothing.

The shapes are Braze's own. Sources: braze.com/docs/api/endpoints/user_data/post_user_track, "Responses";
braze.com/docs/api/errors; and what the live API was seen to send, as published with github.com/leemour/braze-cli.
"""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.delivery import (
    MAX_ANSWER_BYTES,
    Accepted,
    Answer,
    Queued,
    Rejection,
    ServerTrouble,
    SlowDown,
    StopRun,
    TooLarge,
    Unclear,
    WholeRefused,
    read_answer,
)

NOW = 1_800_000_000.0


def answer(status=201, body=b"", **headers):
    """An answer with JSON's content type unless another is given."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, {"content-type": "application/json", **named}, raw)


def success(processed, *errors, **more):
    """The documented body of a success."""
    body = {"message": "success", "attributes_processed": processed, **more}
    return {**body, "errors": list(errors)} if errors else body


def error(index, words="'email_subscribe' must be 'subscribed', 'unsubscribed', or 'opted_in'", array="attributes"):
    """One entry of "errors"."""
    return {"index": index, "input_array": array, "type": words}


def read(given_answer, sent=3):
    return read_answer(given_answer, sent, NOW)


@pytest.mark.parametrize("status", [200, 201])
def test_a_readable_success_acknowledges_everybody(status):
    assert read(answer(status, success(3))) == Accepted(())


def test_the_rejected_are_named_by_position_and_the_others_acknowledged():
    """As measured on the live API: prose as reasons, and the counts add up to what was sent."""
    both = "You must specify only one of 'external_id', 'user_alias' or 'braze_id'"
    push = "'push_subscribe' must be 'subscribed', 'unsubscribed', or 'opted_in'"
    body = success(2, error(4, both), error(1), error(3, push))

    assert read(answer(201, body), sent=5) == Accepted(
        (
            Rejection(1, "'email_subscribe' must be 'subscribed', 'unsubscribed', or 'opted_in'"),
            Rejection(3, push),
            Rejection(4, both),
        )
    )


def test_reasons_may_be_the_documented_names():
    assert read(answer(201, success(2, error(0, "EMAIL_BAD_FORMAT")))) == Accepted((Rejection(0, "EMAIL_BAD_FORMAT"),))


def test_a_success_may_reject_everybody_and_leave_out_the_count():
    """Braze leaves a count out when it is zero."""
    body = {"message": "success", "errors": [error(0, "a"), error(1, "b"), error(2, "c")]}

    assert read(answer(201, body)) == Accepted((Rejection(0, "a"), Rejection(1, "b"), Rejection(2, "c")))


@pytest.mark.parametrize("words", [None, 7, "", ["x"], " \n"])
def test_a_rejection_without_words_is_still_a_rejection(words):
    assert read(answer(201, success(2, error(0, words)))) == Accepted((Rejection(0, "Braze named no reason"),))


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"]
)
def test_json_may_be_called_what_braze_calls_it(content_type):
    assert read(answer(201, success(3), content_type=content_type)) == Accepted(())


def test_a_success_without_a_content_type_is_judged_by_its_body():
    assert read(Answer(201, {}, json.dumps(success(3)).encode())) == Accepted(())


UNBELIEVABLE = {
    "empty": b"",
    "cut": b'{"message":"success","attributes_processed":3',
    "not json": b"success",
    "an array": b'[{"message":"success","attributes_processed":3}]',
    "a string": b'"success"',
    "trailing bytes": b'{"message":"success","attributes_processed":3} x',
    "two answers": b'{"message":"success","attributes_processed":3}{"message":"success","attributes_processed":3}',
    "a name twice": b'{"message":"success","attributes_processed":3,"attributes_processed":3}',
    "a name twice, deeper": b'{"message":"success","attributes_processed":3,"extra":{"a":1,"a":2}}',
    "not utf-8": b'{"message":"success","attributes_processed":3,"note":"\xff"}',
    "utf-16": '{"message":"success","attributes_processed":3}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"message":"success","attributes_processed":3}',
    "not a number of json": b'{"message":"success","attributes_processed":3,"x":NaN}',
    "deeper than anybody reads": b'{"a":' * 100_000,
    "a number of many digits": b'{"message":"success","attributes_processed":' + b"9" * 5_000 + b"}",
    "another message": {"message": "queued", "attributes_processed": 3},
    "no message": {"attributes_processed": 3},
    "no count": {"message": "success"},
    "one less": success(2),
    "one more": success(4),
    "count as text": success("3"),
    "count as fraction": success(3.0),
    "negative count": success(-1, error(0), error(1), error(2), error(2)),
    "counts of other kinds": success(3, events_processed=1),
    "odd count of another kind": success(3, purchases_processed="0"),
    "all processed and one rejected": success(3, error(0)),
    "errors as object": success(3, errors={}),
    "errors as null": success(3, errors=None),
    "error as text": success(2, "no"),
    "index below": success(2, error(-1)),
    "index above": success(2, error(3)),
    "index as text": success(2, error("0")),
    "index as fraction": success(2, error(0.0)),
    "index as boolean": success(2, error(False)),
    "index missing": success(2, {"input_array": "attributes", "type": "no"}),
    "index twice": success(1, error(0), error(0)),
    "index twice, counted once": success(2, error(0), error(0)),
    "another array": success(2, error(0, array="events")),
    "no array": success(2, {"index": 0, "type": "no"}),
}


@pytest.mark.parametrize("status", [200, 201])
@pytest.mark.parametrize("body", UNBELIEVABLE.values(), ids=UNBELIEVABLE.keys())
def test_a_success_that_does_not_fit_acknowledges_nobody(status, body):
    """A value taken for acknowledged is never sent again: a wrong one would stay wrong for ever."""
    assert isinstance(read(answer(status, body)), Unclear)


def test_a_count_that_is_true_is_not_one():
    assert isinstance(read(answer(201, success(True)), sent=1), Unclear)


@pytest.mark.parametrize("content_type", ["text/plain", "application/octet-stream", "application/jsonp", ""])
def test_a_success_of_another_content_type_acknowledges_nobody(content_type):
    assert isinstance(read(answer(201, success(3), content_type=content_type)), Unclear)


def test_a_success_over_the_size_limit_acknowledges_nobody():
    body = json.dumps(success(3)).encode()
    padded = body + b" " * (MAX_ANSWER_BYTES - len(body))

    assert read(answer(201, padded)) == Accepted(())
    assert isinstance(read(answer(201, padded + b" ")), Unclear)


def test_counts_that_disagree_are_named():
    verdict = read(answer(201, success(1, error(0))))

    assert "3 objects were sent, 1 processed, 1 rejected" in verdict.reason


def test_queued_is_no_acknowledgement():
    """No verdict on any object exists yet. Source: an older page of post_user_track, "maintenance"."""
    assert isinstance(read(answer(202, {"message": "queued"})), Queued)
    assert isinstance(read(answer(202, success(3))), Queued)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"message": "Max Input Length Exceeded"}, "Max Input Length Exceeded"),
        ({"error": "Error while parsing request body."}, "Error while parsing request body."),
        ({"message": "no", "errors": [error(0)]}, "no"),
        ({"message": "no", "errors": [error(0), error(1), error(7)]}, "no"),
        ({"message": "no", "errors": ["a", "b", "c"]}, "no"),
        ({"message": "no", "attributes_processed": 0, "errors": [error(0), error(1), error(2)]}, "no"),
        ({"message": 7}, "Braze refused the request without words (status 400)"),
        (b"", "Braze refused the request without readable words (status 400)"),
        (b"Bad Request", "Braze refused the request without readable words (status 400)"),
    ],
)
def test_a_refused_request_is_refused_whole(body, reason):
    assert read(answer(400, body)) == WholeRefused(reason)


def test_a_refusal_that_names_everybody_needs_no_splitting():
    """Braze's answer when no object survives its checks; the same errors come with 201 beside valid objects."""
    words = "'external_id', 'braze_id', 'user_alias', 'email' or 'phone' is required"
    body = {
        "message": "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields.",
        "errors": [error(0, words), error(1, "EMAIL_BAD_FORMAT")],
    }

    assert read(answer(400, body), sent=2) == Accepted((Rejection(0, words), Rejection(1, "EMAIL_BAD_FORMAT")))


@pytest.mark.parametrize("body", [b"", b"<html>413 Request Entity Too Large</html>", {"message": "too large"}])
def test_too_large_is_split_by_bytes(body):
    assert isinstance(read(answer(413, body)), TooLarge)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"x_ratelimit_reset": "1800000002"}, 2.0),
        ({"x_ratelimit_retry_after": "3"}, 3.0),
        ({"retry_after": "-5"}, None),
        ({}, None),
    ],
)
def test_slow_down_tells_how_long(headers, wait):
    verdict = read(answer(429, b"<html>", **headers))

    assert isinstance(verdict, SlowDown)
    assert verdict.wait_seconds == wait


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504, 520, 599])
@pytest.mark.parametrize("body", [b"", b"<html>Bad Gateway</html>", success(3)])
def test_trouble_of_the_server_leaves_the_outcome_open(status, body):
    """Braze may have taken the request, and even a body that says success is no acknowledgement."""
    assert isinstance(read(answer(status, body)), ServerTrouble)


@pytest.mark.parametrize(
    ("status", "cause", "words"),
    [
        (401, "key", ("wrong or revoked", "another instance")),
        (403, "permission", ("permission users.track", "make a new one")),
        (404, "address", ("REST endpoint of the instance", "https://rest.")),
        (301, "not_braze", ("redirect", "not followed")),
        (308, "not_braze", ("redirect", "not followed")),
        (407, "not_braze", ("status 407", "proxy")),
        (415, "not_braze", ("status 415", "proxy")),
        (418, "not_braze", ("status 418", "proxy")),
        (203, "not_braze", ("status 203", "proxy")),
        (204, "not_braze", ("status 204", "proxy")),
    ],
)
def test_what_no_repeat_can_mend_stops_the_run_with_the_remedy(status, cause, words):
    verdict = read(answer(status, {"message": "no"}))

    assert isinstance(verdict, StopRun)
    assert verdict.cause == cause
    assert all(part in verdict.reason for part in (*words, "othing more was sent"))


@pytest.mark.parametrize("status", [200, 201, 202, 400, 401, 403, 404])
@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"<!DOCTYPE html><title>Sign in</title>", {}),
        (b"\xef\xbb\xbf\n  <html>", {"content_type": "application/json"}),
        (b"Sign in", {"content_type": "text/html; charset=utf-8"}),
        (json.dumps(success(3)).encode(), {"content_type": "application/xhtml+xml"}),
    ],
    ids=["page", "page called json", "html by its type", "xhtml by its type"],
)
def test_a_web_page_is_not_braze(status, body, headers):
    """A proxy's sign-in page says 200; taking it for Braze would acknowledge or reject everybody."""
    verdict = read(answer(status, body, **headers))

    assert isinstance(verdict, StopRun)
    assert verdict.cause == "not_braze"
    assert "web page" in verdict.reason


def test_only_a_foreign_answer_leaves_the_request_in_doubt():
    """Braze itself applies nothing before it refuses a key; what happened behind a proxy nobody knows."""
    assert not read(answer(401, {"message": "no"})).may_be_applied
    assert not read(answer(403, {"message": "no"})).may_be_applied
    assert not read(answer(404, {"message": "no"})).may_be_applied
    assert read(answer(302)).may_be_applied


@pytest.mark.parametrize("status", [301, 401, 403, 404, 429, 500, 413, 200, 201, 202])
def test_no_verdict_repeats_a_key(status):
    """Braze's answer to a bad key repeats it."""
    key = "00000000-1111-2222-3333-444444444444"
    verdict = read(answer(status, {"message": f"Invalid API key: {key}"}))

    assert key not in repr(verdict)


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 80), st.floats(allow_nan=False), st.text("ab", max_size=3)
)
ERRORS = st.fixed_dictionaries(
    {},
    optional={
        "index": st.one_of(st.integers(-1, 6), SCALARS),
        "input_array": st.sampled_from(["attributes", "attributes", "attributes", "events", None]),
        "type": SCALARS,
    },
)
BODIES = st.fixed_dictionaries(
    {},
    optional={
        "message": st.sampled_from(["success", "success", "queued", None]),
        "attributes_processed": st.one_of(st.integers(0, 6), SCALARS),
        "events_processed": st.sampled_from([0, 0, 1, None]),
        "errors": st.one_of(st.lists(ERRORS, max_size=4), SCALARS),
    },
)


@given(status=st.sampled_from([200, 201, 400]), body=BODIES, sent=st.integers(1, 5))
def test_whatever_is_accepted_says_so_itself(status, body, sent):
    """The rule of the acknowledgement, written down a second time."""
    verdict = read_answer(answer(status, body), sent, NOW)

    if isinstance(verdict, Accepted):
        positions = [rejection.position for rejection in verdict.rejected]
        named = [entry["index"] for entry in body.get("errors", [])]
        assert positions == sorted(set(positions)) == sorted(named)
        assert all(type(index) is int and 0 <= index < sent for index in named)
        assert all(entry["input_array"] == "attributes" for entry in body.get("errors", []))
        processed = body.get("attributes_processed", 0)
        assert processed + len(positions) == sent
        assert (status == 400 and processed == 0) or body["message"] == "success"


@given(
    status=st.integers(200, 599),
    body=st.one_of(
        st.binary(max_size=60), st.recursive(SCALARS, st.lists, max_leaves=4).map(json.dumps).map(str.encode)
    ),
    content_type=st.sampled_from(["application/json", "text/html", "", "\x00"]),
)
def test_every_answer_has_a_verdict_and_noise_acknowledges_nobody(status, body, content_type):
    verdict = read_answer(answer(status, body, content_type=content_type), 3, NOW)

    assert not isinstance(verdict, Accepted)
