"""A key that was pasted into the wrong line of a file is not repeated on a screen that somebody shares."""

from __future__ import annotations

import pytest

from tui_app.core.secret import without_secrets

KEY = "00000000-1111-2222-3333-44444444aBcD"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (KEY, "***"),
        (f"Bearer {KEY}, {KEY}", "Bearer ***, ***"),
        (f"x{KEY}{KEY[-4:]}", "x***aBcD"),
        ("postgres://reader:s3cret@host/db", "postgres://***@host/db"),
        ("s3://id:secret@bucket/a@b.csv", "s3://***@bucket/a@b.csv"),
        ("https://rest.iad-03.braze.com", "https://rest.iad-03.braze.com"),
        ("ada@example.com", "ada@example.com"),
        ("data/2024-01-02/customers.csv", "data/2024-01-02/customers.csv"),
    ],
)
def test_keys_and_passwords_are_struck_out_and_nothing_else(text, shown):
    assert without_secrets(text) == shown
