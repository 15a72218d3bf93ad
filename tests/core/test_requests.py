"""Requests are as few as Braze's limits allow, and always begin at the same places."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.requests import FRAME_BYTES, MAX_BYTES, RequestLimits


def cut_by_loop(limits: RequestLimits, sizes: list[int]) -> list[int]:
    """The obvious way: one object after the other, and a new request when the next does not fit."""
    starts: list[int] = []
    objects = body_bytes = 0
    for position, size in enumerate(sizes):
        is_full = objects == limits.max_objects or body_bytes + 1 + size > limits.max_bytes
        if not starts or is_full:
            starts.append(position)
            objects, body_bytes = 1, limits.frame_bytes + size
        else:
            objects, body_bytes = objects + 1, body_bytes + 1 + size
    return starts


def bodies(starts: list[int], sizes: list[int]) -> list[list[int]]:
    return [sizes[start:end] for start, end in pairwise([*starts, len(sizes)])]


SMALL = RequestLimits(max_objects=5, max_bytes=100)


@given(st.lists(st.integers(2, SMALL.max_object_bytes), max_size=60))
def test_cutting_agrees_with_the_obvious_loop(sizes):
    assert SMALL.cut(sizes) == cut_by_loop(SMALL, sizes)


@given(st.lists(st.sampled_from([2, 60_000, 53_333, 1_000_000, RequestLimits().max_object_bytes]), max_size=300))
def test_no_request_is_over_what_braze_takes(sizes):
    """At most 75 objects and 4 MB, in order, nobody left out and nobody twice."""
    limits = RequestLimits()

    requests = bodies(limits.cut(sizes), sizes)

    assert [size for request in requests for size in request] == sizes
    for request in requests:
        assert 1 <= len(request) <= 75
        assert FRAME_BYTES + sum(request) + len(request) - 1 <= MAX_BYTES


def test_the_frame_is_what_a_body_holds_beside_its_objects():
    payloads = ['{"external_id":"a"}', '{"external_id":"b","tier":"gold"}']
    body = json.dumps({"attributes": [json.loads(each) for each in payloads]}, separators=(",", ":"))

    assert len(body) == FRAME_BYTES + sum(map(len, payloads)) + len(payloads) - 1


def test_a_request_is_filled_before_the_next_one_opens():
    assert RequestLimits().cut([10] * 151) == [0, 75, 150]


@pytest.mark.parametrize(("last", "starts"), [(40, [0]), (41, [0, 1])], ids=["exactly full", "one byte over"])
def test_the_comma_counts(last, starts):
    limits = RequestLimits(max_bytes=FRAME_BYTES + 81)

    assert limits.cut([40, last]) == starts


def test_the_largest_object_travels_alone():
    limits = RequestLimits()

    assert limits.cut([2, limits.max_object_bytes, 2]) == [0, 1, 2]


def test_nothing_to_send_makes_no_request():
    assert RequestLimits().cut([]) == []


@given(st.integers(2, 120))
def test_always_full_promises_no_more_than_it_holds(largest):
    """Where it says yes, requests need not be measured; a wrong yes would send a body that Braze refuses."""
    limits = RequestLimits(max_objects=5, max_bytes=400)

    if limits.always_full(largest):
        assert limits.cut([largest] * 12) == [0, 5, 10]
