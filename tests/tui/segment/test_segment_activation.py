"""From a segment to something that can be run: a campaign of its members, or an orchestration of everybody."""

from __future__ import annotations

from typing import Any

import pytest

from tui_app.config.read import read_project

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_campaign_is_made_of_a_segment_that_is_saved_with_it(club: Any, open_segment: Any) -> None:
    """One edit, so that undo never leaves a campaign without its segment."""
    before = club.file.read_text()

    async with open_segment() as stage:
        await stage.press("n", "rich\n", "a", "poi\n", "↓↓↓\n", "250\n")
        text = await stage.press("c", "spring")
        assert "Sends the attributes of profile to braze. Members get spring = true" in text
        await stage.press("tab", "tab", "down", "-", "ctrl+s")

        assert stage.app.screen.STAGE == "preview"
        assert stage.app.session.choice.activation == "spring"
        project = read_project(club.folder)
        stage.app.action_undo()

    campaign = project.campaigns["spring"]
    assert (campaign.table, campaign.include, campaign.exclude) == ("customers", ("rich",), ("everybody",))
    assert (campaign.template, campaign.audience_attribute) == ("profile", "spring")
    assert "rich" in project.segments
    assert club.file.read_text() == before


async def test_everybody_in_the_table_is_an_orchestration_and_leaves_the_draft_alone(
    club: Any, open_segment: Any
) -> None:
    async with open_segment() as stage:
        await stage.press("o", "c", "nightly", "tab", "down", "enter")
        assert "for every row of customers to braze" in stage.text
        await stage.press("ctrl+s")
        assert stage.app.screen.STAGE == "preview"

    project = read_project(club.folder)
    assert (project.orchestrations["nightly"].query, project.orchestrations["nightly"].template) == (
        "customers",
        "profile",
    )
    assert project.segments["everybody"].condition.kind == "all"


async def test_what_cannot_be_made_says_why_before_anything_is_written(club: Any, open_segment: Any) -> None:
    before = club.file.read_text()

    async with open_segment() as stage:
        await stage.press("c", "ctrl+s")
        assert "It needs a name." in stage.text
        assert "There is an activation club already." in await stage.press("club")
        assert "is in use for something else" in await stage.press(*["backspace"] * 4, "loyalty")
        await stage.press("⌫⌫⌫⌫⌫⌫⌫good", "tab", "tab", "-")
        assert "Include a segment, or choose everybody." in stage.text
        await stage.press("escape")
        assert stage.app.screen.STAGE == "segment"

    assert club.file.read_text() == before


async def test_preview_plans_the_first_campaign_that_includes_the_segment_or_offers_to_make_one(
    club: Any, open_segment: Any
) -> None:
    club.add('\n[segments.unused]\ntable = "customers"\nall = [{ column = "tier", op = "is not NULL" }]\n')

    async with open_segment() as stage:
        await stage.app.go("segment", segment="unused")
        assert "New activation" in await stage.press("p")
        await stage.press("escape")
        await stage.app.go("segment", segment="everybody")
        await stage.press("p")

        assert stage.app.screen.STAGE == "preview"
        assert stage.app.session.choice.activation == "club"
