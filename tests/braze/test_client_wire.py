"""A body is its objects, unchanged, and nothing else."""

from __future__ import annotations

import json

from tui_app.braze.wire import body_of
from tui_app.core.requests import FRAME_BYTES


def test_objects_stand_in_one_array_unchanged_and_in_order():
    """What was previewed is what is sent, byte for byte: nothing is parsed and written anew."""
    objects = ['{"external_id":"b", "n":1.0}', '{"external_id":"a","name":"Zoë"}', '{"external_id":"é"}']

    body = body_of(objects)

    assert body == (
        b'{"attributes":[{"external_id":"b", "n":1.0},{"external_id":"a","name":"Zo\xc3\xab"},'
        b'{"external_id":"\xc3\xa9"}]}'
    )


def test_one_object_has_no_comma():
    assert body_of(["{}"]) == b'{"attributes":[{}]}'


def test_a_body_is_as_long_as_its_plan_says():
    """Requests are cut before they are written, by counting the frame and one comma per object."""
    objects = [json.dumps({"external_id": f"c{number}"}) for number in range(75)]

    assert len(body_of(objects)) == FRAME_BYTES + sum(len(text) + 1 for text in objects) - 1
