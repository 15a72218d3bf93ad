"""An API key as a value that does not show itself: not printed, not formatted, not pickled, not logged."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Final, NoReturn

REDACTED: Final = "ApiKey(redacted)"

_FINGERPRINT_DIGITS = 16
_LIKE_A_KEY = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_USER_AND_PASSWORD = re.compile(r"(?<=://)[^/@\s]*@")


def without_secrets(text: str) -> str:
    """`text` with whatever looks like a key of Braze, or like the password in a URL, struck out.

    For words that people wrote by hand, since a key that is pasted into the wrong line must not be repeated.
    """
    return _USER_AND_PASSWORD.sub("***@", _LIKE_A_KEY.sub("***", text))


class ApiKey:
    """A key of Braze. Only `reveal` gives its text, and only the client that signs a request asks for it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The key itself, for the header of a request. Don't keep it in a variable: tracebacks may show those."""
        return self._text

    def fingerprint(self, salt: str) -> str:
        """16 hex digits that are the same for the same key and salt, and from which the key cannot be computed.

        Args:
            salt: Ties the fingerprint to one use, such as the ledger of one destination.
        """
        return hmac.digest(salt.encode(), self._text.encode(), hashlib.sha256).hex()[:_FINGERPRINT_DIGITS]

    def __repr__(self) -> str:
        return REDACTED

    def __str__(self) -> str:
        return REDACTED

    def __format__(self, specification: str) -> str:
        return format(REDACTED, specification)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ApiKey) and hmac.compare_digest(self._text, other._text)

    def __hash__(self) -> int:
        return hash((ApiKey, self._text))

    def __copy__(self) -> ApiKey:
        return self

    def __deepcopy__(self, _memo: dict[int, object]) -> ApiKey:
        return self

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError(
            "An API key cannot be pickled: it would be written somewhere. Read it again where it is needed."
        )
