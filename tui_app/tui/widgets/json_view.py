"""The exact JSON of something, laid out to be read and copied.

No value is read and written again: that may change it (`1.10`, integers of 64 bits), and what is shown must be what is
sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Literal, TypeAlias

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui_app.core.visible import harmless_json
from tui_app.tui.text import Part, line, lines

TokenKind: TypeAlias = Literal["name", "string", "number", "word", "sign", "other"]

_TOKEN: Final = re.compile(
    r'(?P<string>"(?:[^"\\]|\\.)*")'
    r"|(?P<number>-?\d[\d.eE+-]*)"
    r"|(?P<word>true|false|null)"
    r"|(?P<sign>[{}\[\],:])"
    r"|(?P<other>[^ \t\r\n])",
    re.DOTALL,
)
_STYLES: Final[Mapping[TokenKind, str]] = {
    "name": "$text-primary",
    "string": "",
    "number": "$text-accent",
    "word": "$text-accent",
    "sign": "$foreground-muted",
    "other": "$text-error",
}
_OPENING: Final = frozenset("{[")
_CLOSING: Final = frozenset("}]")
_INDENT: Final = "  "
_DEEPEST_INDENT: Final = 16
"""Levels. Deeper nesting goes on without more indentation, so that it cannot push text out of sight."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of JSON text, as it was written."""

    kind: TokenKind
    """A `name` is a string before a colon; `other` is what JSON does not know."""
    text: str


def tokens(text: str) -> Iterator[Token]:
    """The pieces of JSON text without the space between them; in a row they mean the same as `text`.

    Characters that would steer the terminal come as JSON escapes of the same meaning.

    Args:
        text: May be anything; what is no JSON comes as `other`.
    """
    held: Token | None = None
    for match in _TOKEN.finditer(harmless_json(text)):
        kind: TokenKind = match.lastgroup  # type: ignore[assignment] # groups are named as kinds
        token = Token(kind, match.group())
        if held is not None:
            yield Token("name", held.text) if held.kind == "string" and token.text == ":" else held
        held = token
    if held is not None:
        yield held


def laid_out(text: str) -> Content:
    """JSON text with a line for each member and element, and colours."""
    rows: list[list[Part]] = [[]]
    depth = 0
    before = ""
    for token in tokens(text):
        is_closing = token.text in _CLOSING
        depth = max(depth - is_closing, 0)
        if before == "," or (before in _OPENING) != is_closing:
            rows.append([_INDENT * min(depth, _DEEPEST_INDENT)])
        rows[-1].append((": " if token.text == ":" else token.text, _STYLES[token.kind]))
        depth += token.text in _OPENING
        before = token.text
    return lines(*(line(*row) for row in rows))


class JsonView(VerticalScroll):
    """JSON laid out, to scroll, and to select and copy: what is copied is JSON again.

    Args:
        id: As usual.
        classes: As usual.
    """

    DEFAULT_CSS: ClassVar[str] = """
    JsonView {
        background: $surface;
        padding: 0 1;
        & > Static { width: 1fr; }
        &:focus { background-tint: $foreground 4%; }
    }
    """

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._text = Static()

    def compose(self) -> ComposeResult:
        """One text."""
        yield self._text

    def show(self, text: str) -> None:
        """Show other JSON; "" shows nothing."""
        self._text.update(laid_out(text))
        self.scroll_home(animate=False)
