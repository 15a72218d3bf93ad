"""Why something was not sent or not taken: how often, the reason, and an example. One reason below the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.content import Content

from tui_app.tui.text import cut, line, lines
from tui_app.tui.widgets.fitted import FittedText

_MOST_EXAMPLE_CELLS: Final = 60
_GAP: Final = 2


@dataclass(frozen=True, slots=True)
class CountedReason:
    """One reason."""

    count: int
    subject: str
    """What it is about, such as an attribute; "" if that goes without saying."""
    sentence: str
    example: str = ""
    """Such as …; "" if there is none."""


class ReasonList(FittedText):
    """Reasons with their counts in a column of their own; long ones wrap beside it.

    Args:
        id: As usual.
        classes: As usual.
    """

    DEFAULT_CSS: ClassVar[str] = "ReasonList { padding: 0 1; }"

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(lambda _width: Content(), id=id, classes=classes)

    def show(self, reasons: Sequence[CountedReason], most: int = 20) -> None:
        """Show other reasons.

        Args:
            reasons: Most important first.
            most: How many are shown; the rest is counted.
        """
        shown = tuple(reasons[:most])
        untold = len(reasons) - len(shown)
        self.fit(lambda width: _laid_out(shown, untold, width))


def _laid_out(reasons: Sequence[CountedReason], untold: int, width: int) -> Content:
    number_cells = max((len(f"{each.count:,}") for each in reasons), default=0)
    rows: list[Content] = []
    for each in reasons:
        number = line((f"{each.count:,}".rjust(number_cells) + " " * _GAP, "bold"))
        wrapped = _text(each).wrap(max(width - number.cell_length, 10))
        rows.append(number + wrapped[0])
        rows += [row.pad_left(number.cell_length) for row in wrapped[1:]]
    if untold:
        rows.append(line((f"… and {untold:,} more", "$foreground-muted")))
    return lines(*rows)


def _text(reason: CountedReason) -> Content:
    parts: list[str | tuple[str, str]] = []
    if reason.subject:
        parts += [(reason.subject, "$text-accent"), "  "]
    parts.append(reason.sentence)
    if reason.example:
        parts.append((f"  such as {cut(reason.example, _MOST_EXAMPLE_CELLS)}", "$foreground-muted"))
    return line(*parts)
