"""What the stage looks like: whole at 80×24, beside each other where there is room, and as the pictures show."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="session")

NESTED = """
[segments.spring]
table = "customers"
all = [
    { any = [
        { column = "tier", op = "is in list", value = ["gold", "silver"] },
        { column = "points", op = "is greater than or equal to", value = 250 },
    ] },
    { none = [{ segment = "everybody" }, { column = "nmae", op = "contains", value = "7" }] },
]
"""


SEEN = {
    "down": ("spring", "tier  is in list  gold, silver", '! table customers has no column "nmae"', "SQL", "? Keys"),
    "down e": ("Change", "Values …", "Cancel", "silver", "is one of the list", "enter next"),
    "f2": ("Take", "Cancel", "search", "2 marked", "bronze"),
    "escape escape c vip": ("Make it", "Cancel", "Audience attribute", "Template", "everybody in customers"),
    "escape n new enter": ("not saved", "a adds the first condition", "g\N{NO-BREAK SPACE}group"),
}
"""Keys → words that the screen then has, at every size."""


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_pictures(club: Any, open_segment: Any, picture: Any, size: Any) -> None:
    """The states that a person meets, with all that must be within reach on the smallest screen too."""
    club.add(NESTED)

    async with open_segment(size) as stage:
        await stage.wait()
        picture(stage.app)
        await stage.app.go("segment", segment="spring")
        for keys, words in SEEN.items():
            await stage.press(*keys.split())
            await stage.wait()
            picture(stage.app)
            assert [word for word in words if word not in stage.text] == []


async def test_conditions_and_result_stand_beside_each_other_where_there_is_room(club: Any, open_segment: Any) -> None:
    async with open_segment((180, 40)) as stage:
        title = next(line for line in stage.text.splitlines() if "customers of customers" in line)
        assert "200 of 300 customers" in title
        assert "c00001" in stage.text
        text = await stage.press("t")
        assert 'FROM "customers"' in text
        assert "c00001" not in text
        assert "c00001" in await stage.press("t")


async def test_a_click_moves_the_cursor_and_a_second_one_edits(club: Any, open_segment: Any) -> None:
    """The mouse reaches what the keys reach."""
    async with open_segment() as stage:
        await stage.pilot.click("#segment-outline", offset=(6, 1))
        await stage.wait()
        assert stage.app.screen.editor.path == (0,)
        await stage.pilot.click("#segment-outline", offset=(6, 1))
        await stage.wait()
        assert "Change a condition of" in stage.text
        await stage.press("escape")
        await stage.pilot.click("#segment-keys", offset=(2, 0))
        await stage.wait()

        assert len(stage.app.screen.draft.segment.condition.members) == 2
