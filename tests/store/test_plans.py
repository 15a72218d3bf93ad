"""A plan is immutable, found by its name, and never put over somebody else's files."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest

from tui_app.core.errors import Damaged, FixInput, Usage
from tui_app.store.files import sealed
from tui_app.store.plans import load_plan

OTHER_DISK = Path("/dev/shm")  # noqa: S108 - nothing stays there
SETS = {"a": {"tier": "gold"}, "b": {"tier": "silver"}}
FILES = ("changes.parquet", "requests.parquet", "withheld.parquet")


def test_the_same_content_is_the_same_plan(plans):
    first, second = plans.seal(SETS), plans.seal(SETS)

    assert (first.id, first.fingerprint) == (second.id, second.fingerprint)
    assert [path.name for path in plans.folder.iterdir()] == [first.id]


def test_other_content_is_another_plan(plans):
    assert plans.seal(SETS).id != plans.seal({"a": {"tier": "gold"}}).id


def test_a_plan_that_is_loaded_is_the_plan_that_was_sealed(plans):
    stored = plans.seal(SETS)

    assert load_plan(stored.folder) == stored
    load_plan(stored.folder).verify()


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_bit_in_a_file_is_noticed(plans, flipped, name):
    stored = plans.seal(SETS)
    path = stored.folder / name
    content = path.read_bytes()

    for bit in range(0, len(content) * 8, 211):
        path.write_bytes(flipped(content, bit))
        with pytest.raises(Damaged, match="it is not what Stoker wrote"):
            stored.verify()


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_noticed(plans, name):
    stored = plans.seal(SETS)
    (stored.folder / name).unlink()

    with pytest.raises(Damaged, match="it is missing"):
        stored.verify()


def test_an_edited_manifest_is_noticed(plans):
    """Somebody could take a guard's refusal out of it."""
    stored = plans.seal(SETS)
    path = stored.folder / "manifest.json"
    document = json.loads(path.read_bytes())
    path.write_text(json.dumps({**document, "requests": 0}))

    with pytest.raises(Damaged, match="is not what Stoker wrote"):
        load_plan(stored.folder)


def test_a_manifest_that_was_sealed_anew_is_another_plan(plans):
    """A checksum keeps nobody out, but a run names the fingerprint that it began with."""
    stored = plans.seal(SETS)
    path = stored.folder / "manifest.json"
    document = json.loads(path.read_bytes())
    del document["checksum"]
    path.write_bytes(sealed({**document, "max_rejected_share": 1.0}))

    assert load_plan(stored.folder).fingerprint != stored.fingerprint


def test_a_manifest_with_a_part_missing_is_damage(plans):
    stored = plans.seal(SETS)
    (stored.folder / "manifest.json").write_bytes(sealed({"format": 1, "activation": "club"}))

    with pytest.raises(Damaged, match="a part is missing"):
        load_plan(stored.folder)


def test_a_plan_of_another_version_is_not_guessed_at(plans):
    stored = plans.seal(SETS)
    (stored.folder / "manifest.json").write_bytes(sealed({"format": 2}))

    with pytest.raises(FixInput, match="another version of Stoker"):
        load_plan(stored.folder)


@pytest.mark.parametrize(
    "name_of",
    [
        lambda stored: stored.id,
        lambda stored: str(stored.folder),
        lambda stored: str(stored.folder / "manifest.json"),
        lambda stored: stored.id[:-3],
        lambda stored: stored.id.removeprefix("club-")[:6],
    ],
    ids=["id", "path", "manifest", "beginning of the id", "beginning of the fingerprint"],
)
def test_a_plan_is_found_by(plans, name_of):
    stored = plans.seal(SETS)
    plans.seal({"z": {"tier": "other"}})

    assert plans.store.find(name_of(stored)) == stored


@pytest.mark.parametrize("name", ["nothing", "../club", "/nowhere", "club-x", "*", "[", "\x00"])
def test_a_plan_that_does_not_exist_is_a_usage_error(plans, name):
    plans.seal(SETS)

    with pytest.raises(Usage, match="there is none of that name"):
        plans.store.find(name)


@pytest.mark.parametrize("name", ["club", ""])
def test_a_name_that_several_plans_have_is_a_usage_error(plans, name):
    plans.seal(SETS)
    plans.seal({"z": {"tier": "other"}})

    with pytest.raises(Usage, match="there are several"):
        plans.store.find(name)


def test_a_draft_is_not_a_plan(plans):
    """A planning process that died leaves one behind."""
    drafted = plans.store.draft()

    with pytest.raises(Usage, match="there is none"):
        plans.store.find(drafted.name)


def test_an_empty_shelf_has_no_plan(plans):
    with pytest.raises(Usage, match="there is none"):
        plans.store.find("club")


def test_a_plan_goes_where_it_is_wanted(plans, tmp_path):
    out = tmp_path / "deep" / "plan"

    stored = plans.seal(SETS, out)

    assert stored.folder == out
    assert plans.store.find(str(out)) == stored
    assert out.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(not OTHER_DISK.is_dir(), reason="there is no file system in memory here")
def test_a_plan_can_be_put_on_another_file_system(plans):
    """A rename cannot go there, and a copy has its name only when it is complete."""
    with tempfile.TemporaryDirectory(dir=OTHER_DISK) as name:
        out = Path(name) / "plan"
        if Path(name).stat().st_dev == plans.folder.parent.stat().st_dev:
            pytest.skip("the tests' own folder is on the same file system")

        stored = plans.seal(SETS, out)
        stored.verify()

        assert [path.name for path in Path(name).iterdir()] == ["plan"]
        assert {path.stat().st_mode & 0o777 for path in out.iterdir()} == {0o600}
    assert list(plans.folder.iterdir()) == []


def test_a_plan_replaces_an_earlier_plan(plans, tmp_path):
    plans.seal(SETS, tmp_path / "plan")

    stored = plans.seal({"z": {"tier": "new"}}, tmp_path / "plan")

    assert load_plan(tmp_path / "plan").fingerprint == stored.fingerprint


def test_an_empty_folder_takes_a_plan(plans, tmp_path):
    (tmp_path / "plan").mkdir()

    plans.seal(SETS, tmp_path / "plan").verify()


def test_a_folder_with_other_files_is_left_alone(plans, tmp_path):
    """`--out .` must not delete somebody's work."""
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "thesis.txt").write_text("years")

    with pytest.raises(FixInput, match="the folder holds other files"):
        plans.seal(SETS, tmp_path / "work")

    assert (tmp_path / "work" / "thesis.txt").read_text() == "years"


def test_a_foreign_manifest_does_not_make_a_folder_a_plan(plans, tmp_path):
    """Browsers' extensions and web apps have a manifest.json too."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "manifest.json").write_text('{"name": "my web app"}')
    (tmp_path / "app" / "thesis.txt").write_text("years")

    with pytest.raises(FixInput, match="the folder holds other files"):
        plans.seal(SETS, tmp_path / "app")

    assert (tmp_path / "app" / "thesis.txt").read_text() == "years"


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_is_no_folder_is_left_alone(plans, tmp_path, kind):
    (tmp_path / "real").mkdir()
    target = tmp_path / "target"
    target.write_text("mine") if kind == "file" else target.symlink_to(tmp_path / "real")

    with pytest.raises(FixInput, match="it is not a folder"):
        plans.seal(SETS, target)


def test_a_plans_name_is_safe_in_a_file_system(plans):
    stored = plans.seal(SETS, activation="../../é/" + "x" * 300)

    assert stored.folder.parent == plans.folder
    assert len(stored.id) < 100


def test_a_plan_that_cannot_be_made_leaves_nothing_of_the_customers(shop, customer):
    """A process that lives on, such as the one beside the screen, would keep a draft for days."""
    shop.customers([customer(1)])
    (shop.folder / "customers.parquet").write_bytes(b"PAR1 cut short")

    with pytest.raises(FixInput):
        shop.plan()

    assert list((shop.state / "plans").iterdir()) == []
