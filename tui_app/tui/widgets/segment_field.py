"""One line to type in."""

from __future__ import annotations

from textual.widgets import Input


class Field(Input):
    """Compact; who comes to it goes on with what is there.

    Args:
        value: What is in it at first.
        id: As usual.
        placeholder: An example, or what it is for.
    """

    def __init__(self, value: str = "", *, id: str | None = None, placeholder: str = "") -> None:  # noqa: A002 - Textual's name
        super().__init__(value, id=id, placeholder=placeholder, compact=True, select_on_focus=False)
