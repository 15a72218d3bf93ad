"""Text that is composed for the width it gets, and laid out anew only if that changes its height."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import ClassVar

from textual.content import Content
from textual.css.styles import RulesMap
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual
from textual.widgets import Static


class FittedVisual(Visual):
    """A visual whose lines depend on the width.

    Args:
        compose: Width in cells (from 1) → lines that are not wider, as one content.
    """

    def __init__(self, compose: Callable[[int], Content]) -> None:
        # Height and lines are asked for one after the other, and twice while a scroll bar appears.
        self.at = lru_cache(4)(compose)

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:  # noqa: ARG002 - Textual's signature
        """All there is."""
        return container_width

    def get_height(self, rules: RulesMap, width: int) -> int:  # noqa: ARG002 - Textual's signature
        """Lines at this width."""
        return self.height_at(width)

    def height_at(self, width: int) -> int:
        """Lines at this width."""
        return self.at(max(width, 1)).plain.count("\n") + 1

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """The lines."""
        return self.at(max(width, 1)).render_strips(width, height, style, options)


class FittedText(Static):
    """A widget that shows a `FittedVisual`; its text can be selected and copied."""

    DEFAULT_CSS: ClassVar[str] = """
    FittedText { width: 1fr; height: auto; text-wrap: nowrap; text-overflow: clip; }
    """

    def __init__(
        self,
        compose: Callable[[int], Content],
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(FittedVisual(compose), id=id, classes=classes)

    def fit(self, compose: Callable[[int], Content]) -> None:
        """Show something else."""
        fitted = FittedVisual(compose)
        needs_layout = not self.size.width or fitted.height_at(self.size.width) != self.size.height
        self.update(fitted, layout=needs_layout)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, for the clipboard."""
        fitted = self.visual
        if not isinstance(fitted, FittedVisual):
            return None
        return selection.extract(fitted.at(max(self.size.width, 1)).plain), "\n"
