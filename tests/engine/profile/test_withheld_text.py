"""What is kept of a value that is withheld: enough to recognise it, and never more."""

from __future__ import annotations

from tui_app.engine.profile import SHOWN_CHARACTERS, mapped_rows


def test_a_cell_of_megabytes_is_kept_by_its_beginning(a_table, a_mapping, a_template, a_destination):
    """A file of kilobytes can hold one for every customer, and a plan must not write it out for each."""
    mapped = mapped_rows(a_table("VARCHAR", ["ü" * 2_000_000]), a_template(a_mapping("nick")), a_destination())

    (row,) = mapped.to_pyarrow().to_pylist()

    assert (row["p0"], row["w0"]) == ("text_too_long", "ü" * SHOWN_CHARACTERS)


def test_an_identifier_of_megabytes_is_kept_by_its_beginning(a_table, a_mapping, a_template, a_destination):
    template = a_template(a_mapping("nick"), identifier_column="x")
    mapped = mapped_rows(a_table("VARCHAR", ["i" * 2_000_000]), template, a_destination())

    (row,) = mapped.to_pyarrow().to_pylist()

    assert (row["id"], row["bad_id"], row["raw_id"]) == (None, "id_too_long", "i" * SHOWN_CHARACTERS)
