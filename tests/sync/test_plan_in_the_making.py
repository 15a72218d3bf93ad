"""A draft becomes a plan or goes away, and a place that is taken is told before the work."""

from __future__ import annotations

import pytest

from tui_app.core.errors import FixInput
from tui_app.sync.plan_in_the_making import draft


def test_a_draft_of_which_nothing_comes_goes_away(shop):
    begun = []

    def begin() -> None:
        with draft(shop.workplace.plans, None) as drafted:
            begun.append(drafted)
            (drafted / "changes.parquet").write_bytes(b"customers")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        begin()

    assert [each.exists() for each in begun] == [False]


@pytest.mark.parametrize("name", ["taken", "file"])
def test_a_place_that_is_taken_is_told_before_the_work(shop, name):
    (shop.folder / "taken").mkdir()
    (shop.folder / "taken" / "notes.txt").write_text("mine")
    (shop.folder / "file").write_text("mine")

    with pytest.raises(FixInput, match="--out"), draft(shop.workplace.plans, shop.folder / name):
        pytest.fail("the work was begun")
