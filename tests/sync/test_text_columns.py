"""A CSV column that is sent as text keeps its exact text, although a segment compares it as a number."""

from __future__ import annotations


def test_a_column_is_a_number_for_a_segment_and_exact_text_for_braze(shop, sandbox):
    (shop.folder / "customers.csv").write_text(
        "id,version,zip,is_member\n007,1.10,01234,true\n8,2.50,99999,true\n9,9.90,00001,true\n", encoding="utf-8"
    )
    shop.attributes = {
        "version": '{ column = "version", type = "string" }',
        "zip": '{ column = "zip", type = "string" }',
    }
    shop.write()
    text = (shop.folder / "stoker.toml").read_text(encoding="utf-8")
    text = text.replace("customers.parquet", "customers.csv")
    text = text.replace(
        '{ column = "is_member", op = "is true" }', '{ column = "version", op = "is less than", value = 5 }'
    )
    (shop.folder / "stoker.toml").write_text(text, encoding="utf-8")

    shop.sync("club")

    assert sandbox.profiles() == {
        "007": {"version": "1.10", "zip": "01234", "club": True},
        "8": {"version": "2.50", "zip": "99999", "club": True},
    }
