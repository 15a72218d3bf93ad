"""A saved plan is a plan: whole, private, the same, and never in the place of something else."""

from __future__ import annotations

import pytest

from tui_app.core.errors import Damaged, FixInput
from tui_app.store.plans import load_plan
from tui_app.tasks.save_plan import save_plan


@pytest.fixture
def stored(shop, customer):
    shop.customers([customer(i) for i in range(30)])
    return shop.plan("club")


@pytest.mark.parametrize("is_there", [False, True], ids=["new", "empty"])
def test_a_saved_plan_is_the_same_plan(stored, tmp_path, is_there):
    folder = tmp_path / "saved"
    if is_there:
        folder.mkdir(mode=0o755)

    saved = save_plan(stored, folder)

    saved.verify()
    assert (saved.folder, saved.fingerprint, saved.plan) == (folder, stored.fingerprint, stored.plan)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert {path.name for path in folder.iterdir()} == {path.name for path in stored.folder.iterdir()}
    stored.verify()


@pytest.mark.parametrize("kind", ["a folder with a file", "a file", "a link to an empty folder", "below nothing"])
def test_what_is_in_the_way_stays_as_it_is(stored, tmp_path, kind):
    place = tmp_path / "place"
    place.mkdir()
    target = place / "target"
    if kind == "a folder with a file":
        target.mkdir()
        (target / "mine").write_text("years")
    elif kind == "a file":
        target.write_text("years")
    elif kind == "a link to an empty folder":
        (place / "real").mkdir()
        target.symlink_to(place / "real")
    else:
        target = place / "no" / "such"
    before = sorted(place.rglob("*"))

    with pytest.raises(FixInput, match=r"the plan cannot be saved there .*Nothing was saved"):
        save_plan(stored, target)

    assert sorted(place.rglob("*")) == before


def test_a_damaged_plan_is_not_saved(stored, tmp_path):
    """A copy that looks whole would be trusted."""
    content = bytearray(stored.changes.read_bytes())
    content[100] ^= 1
    stored.changes.write_bytes(content)

    with pytest.raises(Damaged, match="it is not what Stoker wrote"):
        save_plan(stored, tmp_path / "saved")

    assert not (tmp_path / "saved").exists()
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".draft")] == []


def test_a_saved_plan_can_be_applied_once(stored, shop, tmp_path):
    """Its fingerprint is what a run remembers, wherever it lies."""
    saved = save_plan(stored, tmp_path / "saved")

    shop.carry_out(shop.begin(load_plan(saved.folder)))

    assert len(shop.ledger()) == 30
