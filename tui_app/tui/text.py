"""The one way from data to the screen: text that can neither steer the terminal nor be read as markup.

Every name, value, path and answer passes here, whichever widget shows it: `content` for most widgets, `cell` for the
tables and trees that are built on rich, `plain` for what a person may edit.
"""

from __future__ import annotations

from typing import TypeAlias

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.content import Content

from tui_app.core.visible import visible

Part: TypeAlias = str | tuple[str, str]
"""Text, or text with a style of the theme, such as `("12 rows", "$foreground-muted")`."""


def content(text: str, style: str = "") -> Content:
    """Text for Static, Label, Button, OptionList, Select, tooltips, notifications and titles of borders."""
    return Content.styled(visible(text), style) if style else Content(visible(text))


def cell(text: str, style: str = "") -> Text:
    """Text for DataTable and Tree; `style` is rich's, such as `bold`."""
    return Text(visible(text), style, no_wrap=True, end="")


def plain(text: str) -> str:
    """Text for Input and TextArea, which take everything literally but pass escapes on."""
    return visible(text)


def line(*parts: Part) -> Content:
    """One line of several parts, each harmless."""
    return Content.assemble(
        *(visible(part) if isinstance(part, str) else (visible(part[0]), part[1]) for part in parts)
    )


def lines(*rows: Content | str) -> Content:
    """Rows under each other."""
    return Content("\n").join(row if isinstance(row, Content) else content(row) for row in rows)


def cut(text: str, cells: int) -> str:
    """Text in at most `cells` columns of the terminal, ending in … where something is missing."""
    shown = visible(text)
    if cell_len(shown) <= cells:
        return shown
    return set_cell_size(shown, cells - 1).rstrip() + "…" if cells > 0 else ""


def counted(number: int, thing: str) -> str:
    """`1 customer`, `2,000 customers`."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
