"""A server's words are text: one line, short, without a credential, and nothing that a terminal acts on."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.answer_text import LONGEST_LINE, one_line


def test_words_cannot_act_on_a_terminal():
    """Braze repeats what customers are called; an escape sequence among it must arrive as text."""
    hostile = "\x1b]52;c;ZXZpbA==\x07a\r\nb\u202ec\x9bd\x00\u2028e\ud800 \U000e0041"

    assert one_line(hostile) == r"\u{001B}]52;c;ZXZpbA==\u{0007}a b\u{202E}c\u{009B}d\u{0000} e\u{D800} \u{E0041}"


def test_words_are_short():
    assert one_line("é" * LONGEST_LINE) == "é" * LONGEST_LINE
    assert one_line("é" * 100_000) == "é" * (LONGEST_LINE - 1) + "…"


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("Invalid API key: 00000000-1111-2222-3333-444444444444, sorry", "Invalid API key: ***, sorry"),
        ("authorization: Bearer 00000000-1111-2222-3333-444444444444", "authorization: Bearer ***"),
        ("'api_key' must be a string", "'api_key' must be a string"),
    ],
)
def test_a_credential_is_struck_out(words, line):
    assert one_line(words) == line


@given(words=st.text(st.characters(max_codepoint=0x2100), max_size=400))
def test_a_line_is_always_one_short_visible_line(words):
    line = one_line(words)

    assert len(line) <= LONGEST_LINE
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in line)


def test_a_key_is_struck_out_whatever_stands_before_it():
    assert one_line("refused 00000000-1111-2222-3333-444444444444 today") == "refused *** today"
