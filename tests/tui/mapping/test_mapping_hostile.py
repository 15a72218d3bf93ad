"""Names and values of a table are text: they steer nothing, whatever they hold."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

HOSTILE = (
    "[/]",
    "[/foo]",
    "[link=http://x]",
    "[@click=app.quit]leave[/]",
    "\x1b[2J\x1b]0;title\x07",
    "\x9b31m",
    "line\nbreak",
    "rtl\u202eabc",
    "漢字の列名はとても幅が広いです" * 3,
    "long " * 300,
    "👩\u200d👩\u200d👧",
    " padded ",
)


async def test_hostile_names_and_values_are_shown_harmlessly_and_can_be_mapped(store, workspace_has, open_mapping):
    await workspace_has("[/red]Shoe-Size")
    columns = {"id": ["c1"], **{name: [name] for name in HOSTILE}, "[/red]shoe_size": ["1"]}
    pq.write_table(pa.table(columns), store / "customers.parquet")

    async with open_mapping(store, (80, 24)) as stage:
        await stage.press("r")
        for name in HOSTILE:
            await stage.pilot.press("down")
            assert stage.list.chosen.column == name
            assert not {"\x1b", "\x07", "\x9b", "\n", "\u202e"} & set(stage.shown)
        await stage.press("down")
        assert "m maps it to [/red]Shoe-Size" in stage.shown
        await stage.press("m")
        assert '"[/red]Shoe-Size" = "[/red]shoe_size"' in stage.text

        await stage.go("[@click=app.quit]leave[/]")
        await stage.press("enter")
        await stage.type("[/] odd")
        await stage.press("enter")
        assert stage.mapping("[/] odd").column == "[@click=app.quit]leave[/]"
        await stage.press("x", "u")
        assert "Undone: Unmap [/] odd" in stage.shown

        before = stage.text
        await stage.go("\x1b[2J\x1b]0;title\x07")
        await stage.press("enter")
        await stage.type("never")
        await stage.press("enter")
        assert stage.text == before
        assert "This did not work" in stage.shown
        await stage.press("escape", "M", "escape", "slash")
        await stage.type("[/")
        assert stage.pairs[0] == ("[/]", "")
