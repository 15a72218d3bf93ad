"""How long a string may be and what is cut off it."""

from __future__ import annotations

from tui_app.braze.sandbox.dropped import Dropped

MAX_CHARACTERS = 255
"""Of a value. Source: braze.com/docs, custom attribute data types, "Strings"."""
MAX_BYTES = 479
"""Of a value and of a name, as UTF-8. Source: braze.com/docs, developer guide, analytics, and "Custom attributes"."""
_ALWAYS_FITS = MAX_BYTES // 4
"""Characters: UTF-8 has at most 4 bytes for one."""


def stored_text(text: str, max_characters: int = MAX_CHARACTERS, max_bytes: int | None = MAX_BYTES) -> str:
    """The text as Braze keeps it: no newlines at its ends, nothing that is not Unicode text.

    Raises:
        Dropped: It is too long. Braze's pages contradict each other on the limit and on truncating or not updating, so
            the sandbox takes the strictest reading of both.
    """
    text = readable(text).strip("\r\n")
    if len(text) > max_characters:
        raise Dropped
    if max_bytes is not None and len(text) > _ALWAYS_FITS and len(text.encode()) > max_bytes:
        raise Dropped
    return text


def stored_name(name: str) -> str:
    """The name of a custom attribute as Braze keeps it: trimmed, and truncated to the limit.

    Source: braze.com/docs, "Custom attributes", naming.
    """
    name = readable(name).strip()
    return name.encode()[:MAX_BYTES].decode(errors="ignore").strip()


def readable(text: str) -> str:
    """The text without halves of surrogate pairs, which JSON can spell and UTF-8 cannot."""
    return text if text.isascii() else text.encode(errors="ignore").decode()
