"""A key that prints itself ends up in a log, a screenshot or a bug report."""

from __future__ import annotations

import copy
import pickle
import traceback

import pytest

from tui_app.core.secret import ApiKey

CANARY = "00000000-1111-2222-3333-444444444444"


def test_no_way_of_printing_shows_the_key():
    key = ApiKey(CANARY)

    shown = [repr(key), str(key), f"{key}", f"{key!r:>60}", f"{[key]} { {'key': key} }"]

    assert not any(CANARY[:8] in text for text in shown)
    assert format(key, ">20") == "    ApiKey(redacted)"


def test_a_traceback_with_its_local_variables_does_not_show_the_key():
    """Textual prints local variables when it fails."""

    def fail(key: ApiKey) -> None:
        raise RuntimeError(key)

    with pytest.raises(RuntimeError) as caught:
        fail(ApiKey(CANARY))

    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "redacted" in shown
    assert CANARY not in shown.replace(f"CANARY = '{CANARY}'", "")


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_key_cannot_be_pickled(protocol):
    with pytest.raises(TypeError, match="cannot be pickled") as caught:
        pickle.dumps([ApiKey(CANARY)], protocol)

    assert CANARY not in str(caught.value)


def test_a_copy_is_the_key_itself():
    """So that copying a value that holds one works, and no second place holds the text."""
    key = ApiKey(CANARY)

    assert copy.copy(key) is key
    assert copy.deepcopy([key])[0] is key


def test_the_client_gets_the_text_and_equal_keys_are_equal():
    assert ApiKey(CANARY).reveal() == CANARY
    assert ApiKey(CANARY) == ApiKey(CANARY)
    assert len({ApiKey(CANARY), ApiKey(CANARY), ApiKey("other")}) == 2
    assert ApiKey(CANARY) != CANARY


def test_a_fingerprint_names_a_key_without_giving_it_away():
    """Ledgers are bound to a workspace by it; two ledgers must not show that they share a key."""
    fingerprint = ApiKey(CANARY).fingerprint("ledger a")

    assert len(fingerprint) == 16
    assert int(fingerprint, 16) >= 0
    assert fingerprint == ApiKey(CANARY).fingerprint("ledger a")
    assert fingerprint != ApiKey(CANARY).fingerprint("ledger b")
    assert fingerprint != ApiKey(CANARY[:-1]).fingerprint("ledger a")
