"""One customer before and after: which attributes change, from what to what."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal, TypeAlias

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from tui_app.core.visible import harmless_json
from tui_app.tui.text import Part, content, line, lines
from tui_app.tui.widgets.fitted import FittedText
from tui_app.tui.widgets.tones import TEXT_STYLES, Tone

ChangeMark: TypeAlias = Literal["+", "~", "-", "="]

LEGEND: Final[Mapping[ChangeMark, tuple[str, Tone]]] = {
    "+": ("set for the first time", "good"),
    "~": ("changed", "accent"),
    "-": ("cleared", "bad"),
    "=": ("sent again", "muted"),
}
_MOST_CHARACTERS: Final = 2_000
"""Of one value; a longer one is cut, so that it doesn't hide the attributes below it."""
_NOTHING: Final = "—"
_ARROW: Final = " → "


class _Number(str):
    """A JSON number as it was written; read and written again it might look different."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class AttributeChange:
    """What becomes of one attribute, as it is shown."""

    mark: ChangeMark
    attribute: str
    before: str
    after: str


def attribute_changes(before: str, after: str) -> tuple[AttributeChange, ...]:
    """Compare two records attribute by attribute.

    Args:
        before: JSON object; null or absent: nothing known. "" is an empty record.
        after: JSON object; null clears. "" is an empty record.

    Returns:
        One per attribute, in the order of `after`, then what only `before` has. A text that could be taken for
        something else, such as "5", "null" or "", is shown in quotes.
    """
    known, wanted = _record(before), _record(after)
    names = [*wanted, *(name for name in known if name not in wanted)]
    return tuple(_attribute_change(name, known.get(name), wanted.get(name)) for name in names)


def _attribute_change(name: str, before: Any, after: Any) -> AttributeChange:
    mark: ChangeMark
    if after is None:
        mark = "-"
    elif before is None:
        mark = "+"
    else:
        mark = "=" if _as_json(before) == _as_json(after) else "~"
    return AttributeChange(mark, name, _shown(before), _shown(after))


def _record(text: str) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(text, parse_int=_Number, parse_float=_Number) if text else {}
    return record


def _shown(value: Any) -> str:
    if value is None:
        return _NOTHING
    if isinstance(value, str) and not isinstance(value, _Number) and not _looks_like_json(value):
        return value
    return harmless_json(_as_json(value))


def _looks_like_json(text: str) -> bool:
    if text != text.strip() or not text or text[0] == '"' or text == _NOTHING:
        return True
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _as_json(value: Any) -> str:
    match value:
        case _Number():
            return str(value)
        case dict():
            return "{" + ", ".join(f"{_as_json(name)}: {_as_json(each)}" for name, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_as_json, value)) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)


class RecordDiff(VerticalScroll):
    """Attribute, before and after in three columns under a fixed head, with a legend of the marks below.

    Args:
        id: As usual.
        classes: As usual.
    """

    DEFAULT_CSS: ClassVar[str] = """
    RecordDiff {
        background: $surface;
        &:focus { background-tint: $foreground 4%; }
        & > FittedText { padding: 0 1; }
        & > .record-diff--head { dock: top; background: $panel; }
    }
    """

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._head = FittedText(lambda width: _head((), width), classes="record-diff--head")
        self._rows = FittedText(lambda _width: Content())

    def compose(self) -> ComposeResult:
        """Head and rows."""
        yield self._head
        yield self._rows

    def show(self, before: str, after: str) -> None:
        """Show a customer.

        Args:
            before: JSON object of the last acknowledged values; null where nothing is known.
            after: JSON object of what they become; null clears.

        Raises:
            ValueError: One of them is no JSON.
        """
        changes = attribute_changes(before, after)
        self._head.fit(lambda width: _head(changes, width))
        self._rows.fit(lambda width: _table(changes, width))
        self.scroll_home(animate=False)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Widths in cells; the mark, a gap and the arrow come on top."""

    attribute: int
    before: int
    after: int


def _columns(changes: Sequence[AttributeChange], width: int) -> _Columns:
    """Each column gets what it needs, if all fit; else the attribute gets up to 40 % and the values share the rest."""
    room = max(width - 2 - 2 - len(_ARROW), 3)
    attribute = max((cell_len(content(change.attribute).plain) for change in changes), default=0)
    attribute = min(max(attribute, len("attribute")), max(room * 2 // 5, 1))
    before_need = max((cell_len(change.before) for change in changes), default=0)
    before = min(max(before_need, len("before")), max((room - attribute) // 2, 1))
    return _Columns(attribute, before, max(room - attribute - before, 1))


def _head(changes: Sequence[AttributeChange], width: int) -> Content:
    columns = _columns(changes, width)
    titles = [
        content(title, "bold").truncate(column, pad=True)
        for title, column in (
            ("attribute", columns.attribute), ("before", columns.before), ("after", columns.after),
        )
    ]  # fmt: skip
    return Content.assemble("  ", titles[0], "  ", titles[1], " " * len(_ARROW), titles[2])


def _table(changes: Sequence[AttributeChange], width: int) -> Content:
    if not changes:
        return line(("No attribute changes.", TEXT_STYLES["muted"]))
    columns = _columns(changes, width)
    rows = [row for change in changes for row in _rows(change, columns)]
    return lines(*rows, "", *_legend(changes, width))


def _rows(change: AttributeChange, columns: _Columns) -> list[Content]:
    """The lines of one attribute: each text wraps within its column."""
    tone = TEXT_STYLES[LEGEND[change.mark][1]]
    muted = TEXT_STYLES["muted"]
    names = _wrapped(change.attribute, columns.attribute, "")
    befores = _wrapped(change.before, columns.before, muted if change.before == _NOTHING else "")
    afters = _wrapped(change.after, columns.after, muted if change.after == _NOTHING else f"bold {tone}")
    blank_name, blank_before = " " * columns.attribute, " " * columns.before
    rows: list[Content] = []
    for index in range(max(len(names), len(befores), len(afters))):
        is_first = index == 0
        parts: list[str | Content | tuple[str, str]] = [
            (change.mark if is_first else " ", f"bold {tone}"),
            " ",
            names[index] if index < len(names) else blank_name,
            "  ",
            befores[index] if index < len(befores) else blank_before,
            (_ARROW if is_first else " " * len(_ARROW), muted),
            afters[index] if index < len(afters) else "",
        ]
        rows.append(Content.assemble(*parts))
    return rows


def _wrapped(text: str, column: int, style: str) -> list[Content]:
    """Lines of exactly `column` cells."""
    if len(text) > _MOST_CHARACTERS:
        text = f"{text[:_MOST_CHARACTERS]}… ({len(text):,} characters)"
    return [row.pad_right(max(column - row.cell_length, 0)) for row in content(text, style).wrap(column)]


def _legend(changes: Sequence[AttributeChange], width: int) -> list[Content]:
    """The marks that occur, explained."""
    rows: list[list[Part]] = [[]]
    used = 0
    for mark, (meaning, tone) in LEGEND.items():
        if all(change.mark != mark for change in changes):
            continue
        size = len(meaning) + 5
        if used and used + size > width:
            rows.append([])
            used = 0
        rows[-1] += [(mark, f"bold {TEXT_STYLES[tone]}"), (f" {meaning}   ", TEXT_STYLES["muted"])]
        used += size
    return [line(*row) for row in rows]
