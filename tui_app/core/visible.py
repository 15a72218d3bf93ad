"""Text from data is text: the one function through which data reaches a screen."""

from __future__ import annotations

import json
import re
import unicodedata

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"
"""Invisible, but part of how Persian, Indic scripts and emoji are spelled."""
_LOOSE_JOINERS = re.compile(r"[\u200c\u200d]{2,}|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])")
"""Joiners that join nothing: two in a row, or at an end, or beside ASCII. They only hide, and are measured wrongly."""
_CONTROL_PICTURES = 0x2400
"""Unicode has a picture for each C0 control character, in their order, from here on."""


def visible(text: str) -> str:
    """`text` with every character that would steer a terminal, turn the writing direction or hide, made visible.

    C0 controls become their pictures (U+2400…), a line break ⏎, everything else that hides �. What this returns holds
    no escape sequence, but may hold rich markup: hand it on as `rich.text.Text`, never as markup.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _LOOSE_JOINERS.sub(lambda joiners: "\ufffd" * len(joiners.group()), text)
    return "".join(_shown(character) for character in text)


def harmless_json(text: str) -> str:
    """JSON text that means the same, with every character that `visible` would replace written as an escape.

    Args:
        text: Valid JSON, so that such characters stand within strings only, apart from line breaks between members.
    """
    if text.isascii() and "\x7f" not in text:
        return text
    text = _LOOSE_JOINERS.sub(lambda joiners: "".join(map(_json_escape, joiners.group())), text)
    return "".join(_json_escape(each) if each >= "\x7f" and _shown(each) != each else each for each in text)


def _json_escape(character: str) -> str:
    # Python writes pairs of surrogates beyond U+FFFF, as JSON wants them.
    return json.dumps(character).strip('"') if character != "\x7f" else "\\u007f"


def _shown(character: str) -> str:
    if character == "\n":
        return "⏎"
    if character < " ":
        return chr(_CONTROL_PICTURES + ord(character))
    if character == "\x7f":
        return "\u2421"
    if unicodedata.category(character) in _HIDDEN_CATEGORIES and character not in _JOINERS:
        return "\ufffd"
    return character
