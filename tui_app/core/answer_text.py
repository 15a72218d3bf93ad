"""Text that a server sent: read strictly as JSON, told from a web page, made safe to show as one line."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Never

from tui_app.core.secret import without_secrets

LONGEST_LINE = 300
"""Characters of a server's words that are kept."""

_CREDENTIAL = re.compile(r"(?i)\b(bearer|api[ _-]?key)([\s:=\"']+)[a-z0-9._~+/-]{16,}=*")
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


class Unreadable(ValueError):
    """The text is not what it must be; the message continues a sentence about the answer."""


def json_object(body: bytes) -> dict[str, object]:
    """Read a body that must be one JSON object in UTF-8.

    Stricter than the standard library: a name that stands twice in one object and numbers that JSON does not have
    are refused, because two readers could understand two different things.

    Raises:
        Unreadable: The body is anything else.
    """
    try:
        value = _STRICT.decode(body.decode("utf-8"))
    except Unreadable:
        raise
    except (ValueError, RecursionError):
        # ValueError covers bad UTF-8, bad JSON and an integer of thousands of digits.
        raise Unreadable("cannot be read as JSON") from None
    if not isinstance(value, dict):
        raise Unreadable("is not a JSON object")
    return value


def looks_like_html(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a web page came instead of an API's answer."""
    content_type = headers.get("content-type", "").lower()
    return "html" in content_type or body[:256].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def one_line(words: str) -> str:
    r"""A server's words as one line of at most `LONGEST_LINE` characters that no terminal can act on.

    Characters that steer or hide (control, format, line separators) are written as `\u{202E}`; what follows the name
    of a credential is struck out, and what looks like a key wherever it stands.
    """
    # More than enough for the line, so that a megabyte is not searched for credentials.
    spaced = " ".join(words[: 8 * LONGEST_LINE].split())
    struck = without_secrets(_CREDENTIAL.sub(r"\1\2***", spaced))
    shown = "".join(_visible(character) for character in struck)
    return shown if len(shown) <= LONGEST_LINE else shown[: LONGEST_LINE - 1] + "…"


def _visible(character: str) -> str:
    if unicodedata.category(character) in _HIDDEN_CATEGORIES:
        return f"\\u{{{ord(character):04X}}}"
    return character


def _object_without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Unreadable("holds a name twice in one object")
    return members


def _no_number(text: str) -> Never:
    raise Unreadable(f"holds {text}, which is not JSON")


_STRICT = json.JSONDecoder(object_pairs_hook=_object_without_doubles, parse_constant=_no_number)
