"""The dialogs of conditions ask by type, say what is meant, and never change what nobody touched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from tui_app.config.read import read_project
from tui_app.core.segment import InFile, InSegment

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOSTILE = "[/]\x1b]0;x\x07[@click=app.bell]\u202e"


def members(folder: Any, name: str = "everybody") -> tuple[Any, ...]:
    return read_project(folder).segments[name].condition.members


def figure(text: str) -> str:
    return next((line for line in text.splitlines() if " customers · " in line), "").strip(" │")


async def test_days_are_typed_as_days_or_counted_from_today(club: Any, rows: Any, open_segment: Any) -> None:
    """What a relative day means today is said while it is typed, and counted as it is said."""
    today = datetime.now(UTC).date()
    for number, row in enumerate(rows):
        row["seen"] = today - timedelta(days=number)
    kinds = {"id": pa.string(), "seen": pa.date32(), "points": pa.int64(), "is_member": pa.bool_()}
    club.customers(rows, kinds)

    async with open_segment() as stage:
        await stage.press("down", "x", "a", "see\n", "↓↓↓↓\n", "10 days ago")
        assert f"Today that is {today - timedelta(days=10)}" in stage.text
        text = await stage.press("enter")
        assert "seen  is on or after  10 days ago" in text
        assert "11 of 300 customers" in figure(text)

        await stage.press("e", "⌫⌫⌫⌫⌫⌫⌫⌫⌫⌫⌫next tuesday\n")
        assert "Write a day, such as" in stage.text
        await stage.press("escape", "a", "poi\n", "↓↓↓↓↓↓\n", "20")
        assert "It needs two values, the lower one first." in stage.text
        await stage.press("enter", "10\n")
        assert "nothing lies between 20 and 10" in stage.text
        text = await stage.press("backspace", "backspace", "30\n")
        assert "points  is between  20 and 30" in text
        assert "0 of 300" in figure(text)
        assert "9 of 300" in figure(await stage.press("up", "x"))


async def test_operators_are_those_of_the_type_with_what_they_mean(club: Any, open_segment: Any) -> None:
    async with open_segment() as stage:
        text = await stage.press("a", "is_m\n")
        offered = [line for line in text.splitlines() if " is " in line and "customers" not in line]
        assert any("is false" in line for line in offered)
        assert any("is NULL" in line and "was never set" in line for line in offered)
        assert not any("contains" in line for line in offered)
        # An operator without a value is done at once.
        text = await stage.press("down", "enter")

    assert "is_member  is false" in text


async def test_a_list_is_typed_with_commas_picked_and_taken_apart(club: Any, open_segment: Any) -> None:
    """Values that the table does not have can be typed, and stay when others are picked."""
    async with open_segment() as stage:
        await stage.press("a", "tie\n", "↓↓↓↓↓↓\n")
        await stage.press('gold, "with, comma", copper\n')
        assert 'tier  is in list  gold, "with, comma", copper' in stage.text
        await stage.press("shift+tab", "down", "down", "x", "f2")
        assert "2 marked" in stage.text
        await stage.press("down", "down", "a")
        assert "5 marked" in stage.text
        await stage.press("enter", "ctrl+s", "s")

    _, condition = members(club.folder)
    assert condition.value[:2] == ("gold", "with, comma")
    assert sorted(condition.value[2:]) == ["Bronze", "bronze", "silver"]


async def test_values_are_picked_for_the_condition_under_the_cursor(club: Any, open_segment: Any) -> None:
    club.add(
        '\n[segments.golden]\ntable = "customers"\nall = [{ column = "tier", op = "is exactly", value = "gold" }]\n'
    )

    async with open_segment() as stage:
        await stage.app.go("segment", segment="golden")
        text = await stage.press("end", "v", "silv\n")

    assert "tier  is exactly  silver" in text
    assert "60 of 300" in figure(text)


async def test_other_segments_and_files_are_conditions_too(club: Any, open_segment: Any) -> None:
    """What would lead back to the segment itself is not offered."""
    club.add(
        """
[segments.lucky]
table = "customers"
all = [{ column = "points", op = "is less than", value = 30 }]
[segments.circle]
table = "customers"
all = [{ segment = "everybody" }]
"""
    )
    (club.folder / "vips.csv").write_text("id\n" + "".join(f"c{number:05}\n" for number in range(0, 60, 2)))
    expected = sum(number % 3 != 0 and number >= 30 and number in range(0, 60, 2) for number in range(300))

    async with open_segment() as stage:
        text = await stage.press("a", "shift+tab", "right")
        assert "lucky" in text.split("Add a condition")[1]
        assert "circle" not in text.split("Add a condition")[1]
        await stage.press("tab", "tab", "tab", "down", "enter", "ctrl+s")
        assert "is not in segment  lucky" in stage.text
        await stage.press("a", "shift+tab", "right", "right", "tab", "vip")
        assert "There is no such file yet." in stage.text
        text = await stage.press("s.csv\n", "enter")
        assert f"{expected} of 300" in figure(text)
        await stage.press("s")

    _, segment, file = members(club.folder)
    assert isinstance(segment, InSegment)
    assert (segment.segment, segment.negated) == ("lucky", True)
    assert isinstance(file, InFile)
    assert (file.path, file.column, file.negated) == ("vips.csv", "id", False)


async def test_text_from_data_is_text_in_every_corner(club: Any, rows: Any, open_segment: Any) -> None:
    """Names and values, in the outline, the dialogs, the members and the SQL; what no field can show stays as it is."""
    markup = "[/][@click=app.bell]x"
    kinds = {**dict.fromkeys(("id", markup, HOSTILE), pa.string()), "is_member": pa.bool_()}
    hostile = [{markup: HOSTILE if number % 2 else "tame", HOSTILE: "x"} for number in range(20)]
    club.customers([{**row, **values} for row, values in zip(rows, hostile, strict=False)], kinds)
    written = r'"[/]\u001b]0;x\u0007[@click=app.bell]\u202e"'
    club.add(f"""
[segments."[bold]s[@click=app.bell]"]
table = "customers"
all = [{{ column = "{markup}", op = "is exactly", value = {written} }}]
""")
    before = club.file.read_text()

    async with open_segment((80, 24)) as stage:
        await stage.app.go("segment", segment="[bold]s[@click=app.bell]")
        seen = [await stage.press("end")]
        assert "10 of 20" in figure(seen[0])
        for keys in ("t", "e", "f2", "escape ctrl+s", "v", "escape c", "escape n", "escape"):
            seen += [await stage.press(*keys.split())]
        await stage.press("a", "shift+tab", "right", "escape", "s")
        await stage.pilot.resize_terminal(180, 50)
        seen += [await stage.press()]

    assert all("\x1b" not in text and "\x07" not in text and "\u202e" not in text for text in seen)
    assert all("[bold]s" in text for text in seen[:2])
    assert club.file.read_text() == before


async def test_a_column_that_cannot_be_compared_can_still_be_asked_whether_it_is_set(
    club: Any, rows: Any, open_segment: Any
) -> None:
    kinds = {"id": pa.string(), "tags": pa.map_(pa.string(), pa.string()), "is_member": pa.bool_()}
    club.customers([{**rows[1], "tags": [("a", "b")]}, rows[2]], kinds)

    async with open_segment() as stage:
        text = await stage.press("a", "tag\n")
        assert "is not NULL" in text
        assert "contains" not in text
        text = await stage.press("down", "enter")

    assert "tags  is not NULL" in text
    assert "1 of 2 customers" in figure(text)
