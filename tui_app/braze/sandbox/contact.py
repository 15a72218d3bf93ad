"""The two contact fields that are also identifiers: which email addresses Braze takes and how it stores a phone."""

from __future__ import annotations

import re
import unicodedata

MIN_GMAIL_CHARACTERS = 5
MAX_LOCAL_CHARACTERS = 64
MAX_PHONE_DIGITS = 15
"""E.164 allows 15."""
MIN_PHONE_DIGITS = 7

_GMAIL = frozenset({"gmail.com", "googlemail.com"})
_MICROSOFT = frozenset({"msn", "hotmail", "outlook", "live"})
_NEVER_TOP_LEVEL = frozenset({"example", "invalid", "internal", "local", "localhost", "test"})
"""Top-level domains that ICANN never delegates. Its whole list is not kept here, so a misspelt one passes.

Source: RFC 2606, RFC 6761 and ICANN resolution 2024.07.29.06.
"""
_LOCAL_ASCII = re.compile(r"[A-Za-z0-9_\-^+$'&#/!%*=?`|~.]*")
_LOCAL_MICROSOFT = re.compile(r"\w[\w-]*(?:\.[\w-]+)*", re.ASCII)
_DOMAIN = re.compile(r"[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)+", re.ASCII)
_NOT_DIGITS = re.compile(r"[^0-9]+")


def is_email(text: str) -> bool:
    """Whether Braze takes `text` as an email address; judged by syntax alone.

    Whitespace anywhere makes it invalid. Source: braze.com/docs, "Email validation" (local part in general, Gmail,
    Microsoft, host part); a Gmail name has at least 5 characters.
    """
    local, _, domain = text.rpartition("@")
    domain = domain.lower()
    labels = domain.split(".")
    if not _DOMAIN.fullmatch(domain) or labels[-1].isdigit() or labels[-1] in _NEVER_TOP_LEVEL:
        return False
    if domain in _GMAIL and len(local.partition("+")[0]) < MIN_GMAIL_CHARACTERS:
        return False
    if not _MICROSOFT.isdisjoint(labels):
        return _LOCAL_MICROSOFT.fullmatch(local.partition("+")[0]) is not None
    return _is_general_local(local)


def _is_general_local(local: str) -> bool:
    if not 1 <= len(local) <= MAX_LOCAL_CHARACTERS or local[0] == "." or local[-1] == ".":
        return False
    if _LOCAL_ASCII.fullmatch(local):
        return True
    others = (character for character in local if not _LOCAL_ASCII.fullmatch(character))
    # Letters, marks, numbers, punctuation and symbols of any script; no whitespace, no control characters.
    return all(not character.isascii() and unicodedata.category(character)[0] in "LMNPS" for character in others)


def stored_phone(text: str) -> str | None:
    """The number as Braze keeps it, or None without a digit.

    All but digits is stripped; 10 digits without a plus get North America's +1. Source: braze.com/docs, "User phone
    numbers", importing.
    """
    digits = _NOT_DIGITS.sub("", text)
    if not digits:
        return None
    is_national = len(digits) == 10 and not text.lstrip().startswith("+")
    return f"+1{digits}" if is_national else f"+{digits}"


def is_phone_identifier(text: str) -> bool:
    """Whether a number can be used to find or to create a profile."""
    phone = stored_phone(text)
    return phone is not None and MIN_PHONE_DIGITS <= len(phone) - 1 <= MAX_PHONE_DIGITS
