"""A value from data is never a formula, and never steers what shows it."""

from __future__ import annotations

import pytest

from tui_app.tasks.spreadsheet import harmless_cell


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "@SUM(A1)", "-2+3", "\t=1", "-", "+49 30 1234"])
def test_a_formula_begins_with_an_apostrophe(text):
    assert harmless_cell(text).startswith("'")


@pytest.mark.parametrize("text", ["", "-5", "-1.5e3", "12", "Ann", "a=b", "a-b", "ümläut"])
def test_what_is_no_formula_stays_as_it_is(text):
    assert harmless_cell(text) == text


def test_controls_are_made_visible():
    assert harmless_cell("a\x1b[2J\n") == "a␛[2J⏎"
