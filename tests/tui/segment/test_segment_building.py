"""Conditions are built by keys, counted while they are built, and saved without touching anything else."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tui_app.backstage.questions.segment import CountMembers
from tui_app.config.read import read_project
from tui_app.core.segment import Comparison, Group, Segment

pytestmark = pytest.mark.asyncio(loop_scope="session")

KEY_REPEAT_SECONDS = 0.03
"""Between the letters of a key that is held."""
COMMENTED = """
# Whom we write to in spring
[segments.spring]
table = "customers" # all of them
any = [
    { column = "tier", op = "is exactly", value = "gold" }, # they pay
    { column = "points", op = "is less than", value = 10 },
]
"""


def figure(text: str) -> str:
    """The line with the number of members."""
    return next((line for line in text.splitlines() if " customers · " in line), "").strip(" │")


def asked(questions: list[Any]) -> list[Segment]:
    """What was to be counted."""
    return [each.segment for each in questions if isinstance(each, CountMembers)]


def saved(folder: Path, name: str) -> Group:
    return read_project(folder).segments[name].condition


async def test_a_segment_is_built_by_keys_alone(club: Any, open_segment: Any) -> None:
    """Name, column, operator and values from what is in the table, with its counts: no SQL and no mouse."""
    async with open_segment() as stage:
        text = await stage.press("n", "precious\n")
        assert "a adds the first condition" in text

        await stage.press("a", "tie\n")
        await stage.press("↓↓↓↓↓↓\n")
        text = await stage.press("f2")
        assert "5 values · 0 marked" in text
        assert any("gold" in line and " 60 " in line for line in text.splitlines())
        await stage.press("slash", "gol\n", "sil\n", "enter")
        assert "tier  is in list  gold, silver" in stage.text

        text = await stage.press("ctrl+s")
        assert "120 of 300 customers · 40 %" in figure(text)
        assert "● not saved" in text
        text = await stage.press("s")

    (condition,) = saved(club.folder, "precious").members
    assert isinstance(condition, Comparison)
    assert (condition.column, condition.op, condition.value) == ("tier", "is in list", ("gold", "silver"))
    assert "● not saved" not in text


async def test_a_group_within_a_group_counts_as_it_reads(club: Any, rows: Any, open_segment: Any) -> None:
    """Members, and gold or at least 250 points: counted here once more, row by row."""
    expected = sum(row["is_member"] and (row["tier"] == "gold" or row["points"] >= 250) for row in rows)

    async with open_segment() as stage:
        await stage.press("down", "g", "a", "tier\n", "↓↓↓↓\n", "gold\n")
        text = await stage.press("a", "poi\n", "↓↓↓\n", "250\n")

    assert f"{expected:,} of 300 customers" in figure(text)
    assert "any of" in text


async def test_turning_and_moving_change_what_is_counted(club: Any, rows: Any, open_segment: Any) -> None:
    golds = sum(row["tier"] == "gold" for row in rows)
    few = sum(row["points"] < 10 for row in rows)
    both = sum(row["tier"] == "gold" and row["points"] < 10 for row in rows)
    club.add(COMMENTED)

    async with open_segment() as stage:
        stage.app.session.choose(segment="spring")
        await stage.app.go("segment", segment="spring")
        text = await stage.press("down")
        assert f"{golds + few - both} of 300" in figure(text)
        assert f"{both} of 300" in figure(await stage.press("o", "o"))
        await stage.press("w", "x", "J")
        text = await stage.press("u", "u", "u", "u")
        assert f"{golds + few - both} of 300" in figure(text)
        assert "not saved" not in text


async def test_saving_another_value_keeps_every_comment_and_every_other_line(club: Any, open_segment: Any) -> None:
    club.add(COMMENTED)
    before = club.file.read_text()

    async with open_segment() as stage:
        await stage.app.go("segment", segment="spring")
        await stage.press("end", "e", "backspace", "backspace", "25\n", "s")

    after = club.file.read_text()
    assert after == before.replace("value = 10 }", "value = 25 }")


async def test_a_burst_of_changes_is_counted_once(club: Any, open_segment: Any) -> None:
    """The count of conditions that are gone already is not even asked for."""
    async with open_segment() as stage:
        stage.backstage.answered.clear()
        stage.backstage.given_up.clear()
        for _ in range(8):
            stage.app.simulate_key("o")
            await asyncio.sleep(KEY_REPEAT_SECONDS)
        text = await stage.press()
        counts = asked(stage.backstage.given_up) + asked(stage.backstage.answered)

    # On a busy machine the burst may last longer than the pause after which a count begins.
    assert len(counts) < 4
    assert counts[-1].condition.kind == "none"
    assert "100 of 300 customers" in figure(text)


async def test_a_slow_count_is_given_up_when_nobody_waits_for_it(club: Any, open_segment: Any) -> None:
    """The question is cancelled beside the screen too, so that it does not hold up the next one."""
    slow = """
[queries.numbers]
sql = "SELECT a.range AS id, sqrt(a.range * b.range) AS root FROM range(200000) a, range(200000) b"
[segments.aslow]
table = "numbers"
all = [{ column = "root", op = "is greater than", value = 1000 }]
"""
    club.add(slow)

    async with open_segment() as stage, asyncio.timeout(20):
        await begin_counting(stage, "aslow")
        await stage.app.go("segment", segment="everybody")
        assert "200 of 300 customers" in figure(await stage.press("home"))
        await begin_counting(stage, "aslow")
        # Nothing is left to count: the number that was on its way must not come any more.
        text = await stage.press("end", "x")

    assert [each.name for each in asked(stage.backstage.given_up)] == ["aslow", "aslow"]
    assert "Nobody is picked yet" in text


async def begin_counting(stage: Any, segment: str) -> None:
    """Look at a segment until its count is on its way."""
    await stage.app.go("segment", segment=segment)
    await stage.pilot.pause()
    while not stage.backstage.busy:
        await stage.pilot.pause()
    assert "counting …" in stage.text


async def test_what_is_wrong_stands_beneath_its_condition(club: Any, open_segment: Any) -> None:
    """Two faults of two kinds; the engine is asked for one of them, the other shows before it answers."""
    wrong = """
[segments.wrong]
table = "customers"
all = [
    { column = "teir", op = "is exactly", value = "gold" },
    { column = "points", op = "is less than", value = 10 },
    { ids = "nowhere.csv", column = "id" },
]
"""
    club.add(wrong)

    async with open_segment() as stage:
        await stage.app.go("segment", segment="wrong")
        text = await stage.press("home")

    rows = text.splitlines()
    column = next(index for index, row in enumerate(rows) if "teir  is exactly" in row)
    file = next(index for index, row in enumerate(rows) if "id  is in file" in row)
    assert '! table customers has no column "teir". Nearest: "tier".' in rows[column + 1]
    assert "points  is less than  10" in rows[column + 2]
    assert '! the list "nowhere.csv" cannot be read' in rows[file + 1]
    assert "Not counted: 2 faults above" in text


async def test_a_draft_outlives_the_stage_and_is_undone_before_the_file(club: Any, open_segment: Any) -> None:
    """U goes back step by step: first what was not saved, then what was."""
    async with open_segment() as stage:
        await stage.press("o", "s")
        assert saved(club.folder, "everybody").kind == "any"
        await stage.press("o")
        await stage.press("1", "5")
        assert "● not saved" in stage.text
        await stage.press("u")
        assert "● not saved" not in stage.text
        assert saved(club.folder, "everybody").kind == "any"
        await stage.press("u")
        assert saved(club.folder, "everybody").kind == "all"
        text = await stage.press("U")
        assert saved(club.folder, "everybody").kind == "any"
        assert "any of" in text


async def test_a_file_changed_outside_is_followed_unless_there_is_work(club: Any, open_segment: Any) -> None:
    file = club.file

    def write(old: str, new: str) -> None:
        file.write_text(file.read_text().replace(old, new))

    async with open_segment() as stage:
        write('op = "is true"', 'op = "is false"')
        stage.app._look_outside()
        text = await stage.press("home")
        assert "is_member  is false" in text
        assert "100 of 300" in figure(text)

        await stage.press("g")
        write('op = "is false"', 'op = "is NULL"')
        stage.app._look_outside()
        text = await stage.press("home")
        assert "is_member  is false" in text
        assert "● not saved" in text
        text = await stage.press("R")
        assert "is_member  is NULL" in text
        assert "● not saved" not in text


async def test_a_change_of_somebody_else_is_not_written_over_unseen(club: Any, open_segment: Any) -> None:
    """The first save is refused and says why; the second is meant. Who takes theirs goes on without being asked."""

    def write(old: str, new: str) -> None:
        club.file.write_text(club.file.read_text().replace(old, new))

    async with open_segment() as stage:
        await stage.press("o")
        write('op = "is true"', 'op = "is NULL"')
        stage.app._look_outside()
        text = await stage.press("s")
        assert "everybody was changed outside meanwhile" in text
        assert "R takes what stoker.toml says now" in text
        assert "is NULL" in club.file.read_text()
        text = await stage.press("s")
        assert "changed outside meanwhile" not in text
        assert "is true" in club.file.read_text()

        await stage.press("o")
        write('op = "is true"', 'op = "is false"')
        stage.app._look_outside()
        await stage.press("R", "o")
        text = await stage.press("s")
        assert "changed outside meanwhile" not in text
        assert "none = [" in club.file.read_text()
        assert "is false" in club.file.read_text()


async def test_a_segment_that_somebody_else_deleted_does_not_come_back_unseen(club: Any, open_segment: Any) -> None:
    club.add(COMMENTED)

    async with open_segment() as stage:
        await stage.app.go("segment", segment="spring")
        await stage.press("o")
        club.file.write_text(club.file.read_text().replace(COMMENTED, ""))
        stage.app._look_outside()
        assert "spring was deleted outside meanwhile" in await stage.press("s")
        assert "spring" not in club.file.read_text()
        await stage.press("s")

    assert "spring" in club.file.read_text()


async def test_a_segment_is_deleted_after_a_question_unless_it_is_used(club: Any, open_segment: Any) -> None:
    """Who uses it is said, and undo brings a deleted one back byte for byte."""
    club.add(COMMENTED)
    before = club.file.read_text()

    async with open_segment() as stage:
        text = await stage.press("D")
        assert "campaign club use it" in " ".join(text.split())

        await stage.app.go("segment", segment="spring")
        text = await stage.press("D")
        assert "Delete segment spring" in text
        await stage.press("escape")
        assert list(read_project(club.folder).segments) == ["everybody", "spring"]
        await stage.press("D", "enter")
        assert list(read_project(club.folder).segments) == ["everybody"]
        await stage.press("u")

    assert club.file.read_text() == before


async def test_nothing_to_show_says_what_is_missing_and_the_key_that_goes_on(club: Any, open_segment: Any) -> None:
    file = club.file
    whole = file.read_text()
    without = whole[: whole.index("[segments.everybody]")]

    file.write_text(without)
    async with open_segment() as stage:
        assert "There is no segment yet" in stage.text
        text = await stage.press("n")
        assert "New segment" in text

    file.write_text("[source.tables]\n")
    async with open_segment() as stage:
        assert "There is no table yet" in stage.text

    file.write_text("nonsense = 1\n")
    async with open_segment() as stage:
        assert "stoker.toml cannot be used" in stage.text
        assert "nonsense" in stage.text


async def test_a_condition_on_a_campaign_is_shown_and_left_to_the_file(club: Any, open_segment: Any) -> None:
    """No form knows all that it may say, so none opens that would lose some of it."""
    club.file.write_text(
        club.file.read_text().replace('op = "is true" }', 'op = "is true" }, { campaign = "club", op = "was in" }')
    )

    async with open_segment() as stage:
        text = await stage.press("end", "enter")

    assert "club" in text
    assert "A condition on a campaign is written in stoker.toml." in text
    assert "Change a condition" not in text
