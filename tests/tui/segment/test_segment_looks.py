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


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_pictures(club: Any, open_segment: Any, picture: Any, size: Any) -> None:
    """The states that a person meets: sound, faulty, a condition, its values, an activation, a new segment."""
    club.add(NESTED)

    async with open_segment(size) as stage:
        await stage.wait()
        picture(stage.app)
        await stage.app.go("segment", segment="spring")
        for keys in ("down", "down e", "f2", "escape escape c vip", "escape n new enter"):
            await stage.press(*keys.split())
            await stage.wait()
            picture(stage.app)


async def test_everything_is_within_reach_at_80x24(club: Any, open_segment: Any) -> None:
    """Footer, choice of segments, conditions, number and members, and every button of the dialogs."""
    async with open_segment((80, 24)) as stage:
        assert all(word in stage.text for word in ("everybody", "is_member  is true", "200 of 300", "SQL", "? Keys"))
        assert "c00001" in stage.text
        text = await stage.press("a", "tie\n", "↓↓↓↓↓↓\n", "gold,silver,bronze,copper,iron\n")
        assert all(word in text for word in ("Add", "Values …", "Cancel", "iron", "customers whose value is one of"))
        text = await stage.press("f2")
        assert all(word in text for word in ("Take", "Cancel", "search", "silver"))
        text = await stage.press("escape", "escape", "c")
        assert all(word in text for word in ("Make it", "Cancel", "Audience attribute", "Template"))


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
