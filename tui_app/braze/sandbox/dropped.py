"""The signal that Braze drops a value without a word."""

from __future__ import annotations


class Dropped(Exception):
    """Braze ignores this value: the attribute stays as it was and the object still counts as processed."""
