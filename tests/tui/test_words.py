"""Times and cut texts, as screens write them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from rich.cells import cell_len

from tui_app.tui.moments import ago, lasting, moment
from tui_app.tui.text import counted, cut


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-3, "just now"),
        (4.9, "just now"),
        (5, "5 seconds ago"),
        (59.9, "59 seconds ago"),
        (60, "1 minute ago"),
        (3599, "59 minutes ago"),
        (3600, "1 hour ago"),
        (86_399, "23 hours ago"),
        (86_400, "1 day ago"),
        (400 * 86_400, "400 days ago"),
    ],
)
def test_how_long_ago_something_was(seconds, words):
    assert ago(1_000_000.0, 1_000_000.0 + seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (200, "3 min 20 s"),
        (3599.6, "1 h 00 min"),
        (7500, "2 h 05 min"),
        (3_600_000, "1,000 h 00 min"),
    ],
)
def test_how_long_something_lasts(seconds, words):
    assert lasting(seconds) == words


@pytest.fixture
def in_tokyo(monkeypatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("in_tokyo")
def test_moments_are_in_utc_wherever_the_screen_stands():
    """A run is named by UTC, and schedules are UTC: one time for one thing."""
    assert moment(1_795_504_859.9) == "2026-11-24 07:20"


@pytest.mark.parametrize(
    ("text", "cells", "shown"),
    [
        ("customers", 9, "customers"),
        ("customers", 8, "custome…"),
        ("two words", 5, "two…"),
        ("顧客顧客", 8, "顧客顧客"),
        ("顧客顧客", 6, "顧客…"),
        ("a\x1b[2J", 5, "a␛[2J"),
        ("customers", 1, "…"),
        ("customers", 0, ""),
        ("customers", -1, ""),
        ("", 0, ""),
    ],
)
def test_a_cut_text_is_never_wider_than_it_may_be(text, cells, shown):
    assert cut(text, cells) == shown
    assert cell_len(shown) <= max(cells, 0)


def test_one_is_no_plural():
    assert [counted(number, "row") for number in (0, 1, 2000)] == ["0 rows", "1 row", "2,000 rows"]
