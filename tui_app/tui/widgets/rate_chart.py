"""How fast it goes against how fast it may go: a label, and a chart of the last samples whose top is the limit."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import ClassVar, Final

from textual.content import Content

from tui_app.tui.text import line, lines
from tui_app.tui.widgets.fitted import FittedText
from tui_app.tui.widgets.tones import FILL_STYLES, TEXT_STYLES

_LEVELS: Final = " ▁▂▃▄▅▆▇█"
_MOST_SAMPLES: Final = 512
"""More than the widest terminal has columns."""


class RateChart(FittedText):
    """The last samples, newest at the right edge. It is repainted when a sample comes, and never moves on its own.

    Args:
        limit: What the top of the chart stands for; above 0.
        rows: Lines of the chart below its label, 1 to 3.
        id: As usual.
        classes: As usual.
    """

    DEFAULT_CSS: ClassVar[str] = "RateChart { min-width: 20; }"

    def __init__(
        self,
        limit: float,
        *,
        rows: int = 3,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        self._limit = limit
        self._rows = rows
        self._samples: deque[float] = deque(maxlen=_MOST_SAMPLES)
        super().__init__(self._picture, id=id, classes=classes)

    def add(self, rate: float) -> None:
        """Add a sample.

        Args:
            rate: Per second, from 0.
        """
        self._samples.append(rate)
        self.fit(self._picture)

    def restart(self, limit: float) -> None:
        """Forget the samples, and take another limit, above 0."""
        self._limit = limit
        self._samples.clear()
        self.fit(self._picture)

    def _picture(self, width: int) -> Content:
        newest = list(self._samples)[-width:]
        return lines(self._label(width), *_plot(newest, self._limit, self._rows, width))

    def _label(self, width: int) -> Content:
        """Now, limit and peak, underlined: the line under it is the limit."""
        muted = TEXT_STYLES["muted"]
        now = f"{self._samples[-1]:,.0f}/s" if self._samples else "–"
        label = line((now, "bold"), (f" of {self._limit:,.0f}/s", muted))
        peak = f"peak {max(self._samples, default=0):,.0f}/s"
        room = width - label.cell_length
        if self._samples and room >= len(peak) + 3:
            label += line((peak.rjust(room), muted))
        return label.truncate(width, pad=True).stylize("underline")


def _plot(samples: Sequence[float], limit: float, rows: int, width: int) -> list[Content]:
    """The chart's lines, top first; columns without a sample are empty."""
    heights = [_eighths(sample, limit, rows) for sample in samples]
    empty = width - len(heights)
    plot: list[Content] = []
    for row in range(rows):
        below = (rows - 1 - row) * 8
        filled = "".join(_LEVELS[min(max(height - below, 0), 8)] for height in heights)
        plot.append(line((" " * empty + filled, FILL_STYLES["accent"])))
    return plot


def _eighths(sample: float, limit: float, rows: int) -> int:
    """Height in eighths of a line; anything above nothing shows, anything below the limit stays below the top."""
    most = rows * 8
    if sample <= 0:
        return 0
    if sample >= limit:
        return most
    return min(max(round(most * sample / limit), 1), most - 1)
