"""Text from data is text: what `visible` returns cannot steer a terminal, turn the writing direction or hide."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.visible import harmless_json, visible

JOINERS = {"\u200c", "\u200d"}
ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=40)


@pytest.mark.parametrize("code", range(0x20), ids=hex)
def test_a_control_character_becomes_its_picture(code):
    assert visible(f"a{chr(code)}b") == ("a⏎b" if chr(code) == "\n" else f"a{chr(0x2400 + code)}b")


@pytest.mark.parametrize(
    "hidden",
    [
        *map(chr, range(0x80, 0xA0)),
        *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c",
        *"\u200b\u2060\ufeff\u00ad\u180e",
        *"\u2028\u2029",
        *"\ud800\udfff",
        *"\U000e0001\U000e0041\U000e007f",
        *"\ue000\U0010fffd\ufffe",
    ],
    ids=lambda character: f"U+{ord(character):04X}",
)
def test_what_steers_turns_or_hides_becomes_a_replacement_character(hidden):
    """C1 controls, direction marks, zero widths, separators, lone surrogates, tags, private use and no characters."""
    assert visible(f"a{hidden}b") == "a\ufffdb"


def test_delete_becomes_its_picture():
    assert visible("a\x7fb") == "a␡b"


@pytest.mark.parametrize(
    "text",
    [
        "Zoë O'Neill",
        "日本語",
        "👩\u200d👩\u200d👧",
        "می\u200cخواهم",
        "क्\u200dष",
        "e\u0301",
        "[bold]x[/bold]",
        "=1+1",
        "🇩🇪",
    ],
)
def test_what_people_write_stays_as_it_is(text):
    assert visible(text) == text


@pytest.mark.parametrize(
    ("attack", "shown"),
    [
        ("\x1b[2J\x1b[31m", "␛[2J␛[31m"),
        ("\x1b]52;c;cm0gLXJm\x07", "␛]52;c;cm0gLXJm␇"),
        ("\x9b2J", "\ufffd2J"),
        ("paid\r\x1b[1A", "paid␍␛[1A"),
    ],
    ids=["clears the screen", "writes the clipboard", "8-bit sequence", "overwrites a line"],
)
def test_an_escape_sequence_is_shown_instead_of_obeyed(attack, shown):
    assert visible(attack) == shown


@pytest.mark.parametrize("text", ["admin\u200d", "\u200cadmin", "ad\u200dmin", "全\u200d\u200d全", "👩\u200d 👧"])
def test_a_joiner_that_joins_nothing_is_seen(text):
    """It would make two customers look the same, and terminals and measuring disagree about its width."""
    assert visible(text) == text.replace("\u200d", "\ufffd").replace("\u200c", "\ufffd")


@given(ANY_TEXT)
def test_no_text_whatever_comes_out_with_a_character_that_acts_or_cannot_be_written(text):
    shown = visible(text)

    acting = {each for each in shown if unicodedata.category(each) in {"Cc", "Cf", "Cs", "Zl", "Zp"}} - JOINERS
    assert acting == set()
    assert len(shown) == len(text)
    assert shown.encode("utf-8").decode("utf-8") == shown


@given(ANY_TEXT)
def test_what_was_made_visible_once_stays_as_it_is(text):
    assert visible(visible(text)) == visible(text)


@given(ANY_TEXT, ANY_TEXT)
def test_harmless_json_means_the_same_and_holds_nothing_that_acts(name, value):
    document = {name: [value, 1.5]}

    text = harmless_json(json.dumps(document, ensure_ascii=False, indent=2))

    assert json.loads(text) == document
    assert visible(text.replace("\n", "")) == text.replace("\n", "")


def test_harmless_json_leaves_what_people_write():
    assert harmless_json('{"name": "Zoë 😀\x9b\x7f\u202e\U000e0041"}') == (
        '{"name": "Zoë 😀\\u009b\\u007f\\u202e\\udb40\\udc41"}'
    )
