"""A project that has only just begun is sound, and `stoker check` says what it still needs."""

from __future__ import annotations


def test_a_project_without_a_source_is_told_what_it_needs(shop, stoker):
    text = (shop.folder / "stoker.toml").read_text()
    destination = text[text.index("[destinations.braze]") : text.index("[templates.profile]")]
    (shop.folder / "stoker.toml").write_text(destination)

    printed = stoker("check")

    assert printed.code == 3
    assert "source: no table is named. Add [source.tables]" in printed.stdout + printed.stderr
    assert "Traceback" not in printed.stderr
