"""All about the row with the cursor: where its values come from, what becomes of them, and what should be looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from tui_app.core.fields import STANDARD_FIELDS
from tui_app.core.mapping import AttributeMapping
from tui_app.core.suggestions import Suggestion
from tui_app.tui.text import content, cut, line, lines
from tui_app.tui.widgets.fitted import FittedText
from tui_app.tui.widgets.mapping_rows import Concern, MappingRow
from tui_app.tui.widgets.mapping_words import braze_type, bucket_ranges, rule_words, transforms
from tui_app.tui.widgets.notice import Notice
from tui_app.tui.widgets.share_bar import share
from tui_app.tui.widgets.tones import TEXT_STYLES

FIX_KEY: Final = "f"
_MOST_CONCERNS: Final = 5
_LABEL_CELLS: Final = 10
_SAMPLE_CELLS: Final = 70
_MUTED: Final = TEXT_STYLES["muted"]
_ON_NULL: Final = {
    "clear": "Braze's value is cleared, if Stoker sent it before",
    "keep": "nothing is sent: Braze keeps what it has",
}
_BASES: Final = {
    "standard": "what the column's name means to Braze",
    "known": "known by nearly this name",
    "column": "a new custom attribute with the column's name",
}


class MappingDetail(VerticalScroll, can_focus=True):
    """The pane beside the list, or beneath it."""

    DEFAULT_CSS: ClassVar[str] = """
    MappingDetail {
        background: $background;
        & Notice { margin-bottom: 1; }
        & #facts { margin-bottom: 1; }
    }
    """

    def compose(self) -> ComposeResult:
        """Concerns, the gravest first, and facts."""
        for number in range(_MOST_CONCERNS):
            yield Notice(id=f"concern-{number}", classes="-hidden")
        yield FittedText(lambda _width: Content(), id="facts")

    def show(self, row: MappingRow | None, destination: str) -> None:
        """Show a row; None shows nothing.

        Args:
            row: With the cursor.
            destination: Name of it.
        """
        concerns = row.concerns[:_MOST_CONCERNS] if row else ()
        fixed_by_key = next((concern for concern in concerns if concern.remedy), None)
        for number in range(_MOST_CONCERNS):
            notice = self.query_one(f"#concern-{number}", Notice)
            notice.set_class(number >= len(concerns), "-hidden")
            if number < len(concerns):
                _tell(notice, concerns[number], has_key=concerns[number] is fixed_by_key)
        facts = tuple(_facts(row, destination)) if row else ()
        self.query_one("#facts", FittedText).fit(lambda width: _laid_out(facts, width))
        self.scroll_home(animate=False)


def _tell(notice: Notice, concern: Concern, *, has_key: bool) -> None:
    key = FIX_KEY if has_key else ""
    action = concern.remedy.words if concern.remedy and has_key else ""
    notice.show("bad" if concern.is_bad else "warning", concern.title, content_of(concern), key=key, action=action)


def content_of(concern: Concern) -> Content:
    """A concern's sentences; each withheld reason on a line of its own."""
    return lines(*concern.text.split("\n")) if concern.code == "withheld" else content(concern.text)


def _facts(row: MappingRow, destination: str) -> Iterator[tuple[str, Content]]:
    """Label and text, from the source to Braze."""
    yield "column", _column_words(row)
    if row.report is not None and row.report.samples:
        yield "samples", line(*_joined(row.report.samples))
    if row.identifier is not None:
        yield "feeds", line((row.identifier, "bold"), (f"  addresses customers in {destination}", _MUTED))
    elif row.mapping is not None:
        yield from _mapping_facts(row.mapping, row)
    else:
        yield "feeds", line("nothing", *_suggestion_words(row.suggestion))


def _column_words(row: MappingRow) -> Content:
    parts: list[str | tuple[str, str]] = [(row.column, "bold")]
    report = row.report
    if report is not None:
        engine = f" ({report.engine_type})" if report.engine_type != report.type else ""
        empty = share(round(report.null_share * 1_000_000), 1_000_000)
        distinct = share(round(report.distinct_share * 1_000_000), 1_000_000)
        parts.append((f"  {report.type}{engine}, {empty} empty, {distinct} different", _MUTED))
    elif row.type is not None:
        parts.append((f"  {row.type}", _MUTED))
    return line(*parts)


def _mapping_facts(mapping: AttributeMapping, row: MappingRow) -> Iterator[tuple[str, Content]]:
    field = STANDARD_FIELDS.get(mapping.attribute)
    sent_as = f"standard field: {rule_words(field.rule)}" if field else f"custom, {braze_type(mapping, row.type)}"
    yield "feeds", line((mapping.attribute, "bold"), (f"  {sent_as}", _MUTED))
    if mapping.latitude_column is not None:
        yield "from", line(f"longitude {mapping.column}, latitude {mapping.latitude_column}")
    changed = transforms(mapping)
    if changed:
        yield "transform", content(changed)
    for number, words in enumerate(bucket_ranges(mapping.buckets)):
        yield "" if number else "ranges", content(words)
    yield "on NULL", line(mapping.on_null, (f"  {_ON_NULL[mapping.on_null]}", _MUTED))


def _suggestion_words(suggestion: Suggestion | None) -> Iterator[str | tuple[str, str]]:
    if suggestion is not None:
        yield "; "
        yield ("m", "bold $footer-key-foreground")
        yield " maps it to "
        yield (suggestion.attribute, "bold")
        yield (f"  {_BASES[suggestion.basis]}", _MUTED)


def _joined(samples: tuple[str, ...]) -> Iterator[str | tuple[str, str]]:
    for number, sample in enumerate(samples):
        if number:
            yield (" · ", _MUTED)
        yield cut(sample, _SAMPLE_CELLS)


def _laid_out(facts: tuple[tuple[str, Content], ...], width: int) -> Content:
    """Labels in a column; texts beside them, wrapped."""
    room = max(width - _LABEL_CELLS, 8)
    rows: list[Content] = []
    for label, text in facts:
        first, *others = text.wrap(room) or [text]
        rows.append(line((label + " " * (_LABEL_CELLS - cell_len(label)), _MUTED)) + first)
        rows += [other.pad_left(_LABEL_CELLS) for other in others]
    return lines(*rows)
