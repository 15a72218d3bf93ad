"""The rows of the stage Mapping: one per column and attribute, each with all that a person should look at.

Made anew from the project and from what is known of the table, so an edit shows at once; what is on its way is None.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias, TypeVar, assert_never

from tui_app.core.duplicates import MappingWarning, WarningCode, mapping_warnings
from tui_app.core.errors import Place, Problem
from tui_app.core.mapping import AttributeMapping, Template
from tui_app.core.plan import ReasonCount
from tui_app.core.project import Destination, Project
from tui_app.core.suggestions import Suggestion, identifier_columns_of, suggest_attributes
from tui_app.core.table_report import ColumnReport, ColumnType, TableReport
from tui_app.tui.text import counted, cut

RemedyKind: TypeAlias = Literal["rename", "choose_name", "remove", "opt_in", "add_buckets", "choose_column"]
ConcernCode: TypeAlias = WarningCode | Literal["withheld", "missing_column", "does_not_fit"]

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")

_NOWHERE: Final = Place("", 0)
_EXAMPLE_CELLS: Final = 60
_TITLES: Final[Mapping[WarningCode, str]] = {
    "duplicate_of_standard": "Duplicate of a standard field",
    "near_duplicate": "Near-duplicate",
    "two_columns": "Two columns, one attribute",
    "reserved_name": "Reserved name",
    "refused_name": "Braze refuses this name",
    "bad_name": "Not a name that Braze keeps",
    "consent_field": "Consent is not sent",
    "other_identifier": "An identifier, not an attribute",
    "changes_daily": "Changes daily",
}


@dataclass(frozen=True, slots=True)
class Remedy:
    """What the fix key does."""

    kind: RemedyKind
    words: str
    """Such as `rename it to dob`."""
    to: str | None = None
    """For rename: the new name."""


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing about a row that a person should look at."""

    code: ConcernCode
    title: str
    text: str
    """Sentences; may hold values of customers."""
    remedy: Remedy | None = None

    @property
    def is_bad(self) -> bool:
        """Whether nothing can be planned until it is mended."""
        return self.code in {"missing_column", "does_not_fit"}


RowKey: TypeAlias = tuple[str, str]
"""Column and attribute; an attribute "" for a column that feeds none."""


@dataclass(frozen=True, slots=True)
class MappingRow:
    """A column with what it feeds."""

    column: str
    mapping: AttributeMapping | None = None
    """None: it feeds the identifier or nothing."""
    identifier: str | None = None
    """What of the identifier it holds: `external_id`, `alias_name` …; None for any other column."""
    type: ColumnType | None = None
    """None: on its way, or the table has no such column."""
    report: ColumnReport | None = None
    """None: on its way, or the table has no such column."""
    suggestion: Suggestion | None = None
    concerns: tuple[Concern, ...] = ()
    """What keeps a plan from being made comes first."""

    @property
    def key(self) -> RowKey:
        """What stays the same while the table is read."""
        return self.column, self.attribute

    @property
    def attribute(self) -> str:
        """Name of the attribute; "" for none."""
        return self.mapping.attribute if self.mapping else ""

    @property
    def is_missing(self) -> bool:
        """Whether the table is known not to have the column."""
        return _MISSING in self.concerns

    @property
    def remedy(self) -> Remedy | None:
        """What the fix key does now: it mends one concern after the other."""
        return next((concern.remedy for concern in self.concerns if concern.remedy), None)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What backstage has told so far."""

    types: Mapping[str, ColumnType] | None = None
    report: TableReport | None = None
    is_unreadable: bool = False
    """The table could not be read."""
    workspace_names: tuple[str, ...] = ()
    workspace_message: str | None = None
    """Why the workspace's names are not known."""
    ledger_names: tuple[str, ...] = ()
    withheld: tuple[ReasonCount, ...] | None = None
    """None: not counted yet."""
    misfits: tuple[Problem, ...] = ()
    """Why the mapping does not fit the table."""
    counted_of: Template | None = None
    """What `withheld` and `misfits` are about."""

    @property
    def known_names(self) -> frozenset[str]:
        """Custom attributes that exist."""
        return frozenset(self.workspace_names) | frozenset(self.ledger_names)


@dataclass(frozen=True, slots=True)
class Sheet:
    """All rows, and what concerns none of them alone."""

    template: Template
    destination: Destination
    rows: tuple[MappingRow, ...]
    concerns: tuple[Concern, ...] = ()

    @property
    def mapped(self) -> int:
        """Columns that feed something, the identifier included."""
        return len({row.column for row in self.rows if row.mapping or row.identifier})

    @property
    def columns(self) -> int:
        """Columns of the table, and those that a mapping wants."""
        return len({row.column for row in self.rows})

    @property
    def concern_count(self) -> int:
        """Of rows and of none."""
        return len(self.concerns) + sum(len(row.concerns) for row in self.rows)


def sheet_of(template: Template, project: Project, knowledge: Knowledge) -> Sheet:
    """All rows in the order of the table; while that is on its way, in the order of the template."""
    destination = project.destination_of(template)
    judged = _judged(template, project, knowledge)
    types = knowledge.types or {}
    suggestions = suggest_attributes(types, template, destination, knowledge.known_names) if types else {}
    reports = {report.name: report for report in knowledge.report.columns} if knowledge.report else {}
    rows = (
        replace(row, type=types.get(row.column), report=reports.get(row.column), suggestion=suggestions.get(row.column))
        for row in _in_order(_bare_rows(template, destination), types)
    )
    return Sheet(
        template,
        destination,
        tuple(replace(row, concerns=tuple(_concerns(row, judged, knowledge.types))) for row in rows),
        judged.about_all,
    )


def concerns_of_draft(
    draft: AttributeMapping, before: AttributeMapping | None, template: Template, project: Project, known: Knowledge
) -> tuple[Concern, ...]:
    """What should be looked at if a mapping were in a template; judged by its name and column alone.

    Args:
        draft: The mapping.
        before: The mapping of the template that it would replace; None: it would be added.
        template: As it is.
        project: Of the template.
        known: What else exists.
    """
    placed = replace(draft, place=_NOWHERE)
    if before is None:
        attributes = (*template.attributes, placed)
    else:
        attributes = tuple(placed if mapping == before else mapping for mapping in template.attributes)
    warnings = _warnings(replace(template, attributes=attributes), project, known)
    return tuple(_concern_of(warning) for warning in warnings if warning.place == _NOWHERE)


def _bare_rows(template: Template, destination: Destination) -> Iterator[MappingRow]:
    parts = ("alias_name", "alias_label") if destination.identifier == "user_alias" else (destination.identifier,)
    for column, part in zip(identifier_columns_of(template), parts, strict=False):
        yield MappingRow(column, identifier=part)
    for mapping in template.attributes:
        yield MappingRow(mapping.column, mapping)
        if mapping.latitude_column is not None:
            yield MappingRow(mapping.latitude_column, mapping)


def _in_order(rows: Iterator[MappingRow], types: Mapping[str, ColumnType]) -> list[MappingRow]:
    """Rows of columns that feed something, and of those that feed nothing; columns that do not exist come last."""
    by_column: dict[str, list[MappingRow]] = {column: [] for column in types}
    for row in rows:
        by_column.setdefault(row.column, []).append(row)
    return [row for column, fed in by_column.items() for row in fed or [MappingRow(column)]]


@dataclass(frozen=True, slots=True)
class _Judged:
    """Concerns by what they are about."""

    warnings: Mapping[str, Sequence[MappingWarning]]
    """Attribute → warnings about it."""
    misfits: Mapping[str, Sequence[Problem]]
    """Attribute → why it does not fit the table."""
    withheld: Mapping[str | None, Sequence[ReasonCount]]
    """Attribute → why values of it are not sent; None → why customers are not."""
    about_all: tuple[Concern, ...]


def _judged(template: Template, project: Project, knowledge: Knowledge) -> _Judged:
    warnings = _warnings(template, project, knowledge)
    about_rows = [warning for warning in warnings if warning.place != template.place]
    # The warnings about audience attributes carry the template's place.
    about_all = [_concern_of(warning) for warning in warnings if warning.place == template.place]
    still_true = _unchanged(template, knowledge.counted_of)
    # What is missing is told by the rows of the missing columns.
    misfits = [problem for problem in knowledge.misfits if problem.code != "unknown_column"]
    if None in still_true:
        at_template = [problem for problem in misfits if problem.place == template.place]
        about_all += [Concern("does_not_fit", "The identifier does not fit", each.message) for each in at_template]
    return _Judged(
        warnings=_grouped((warning.subject, warning) for warning in about_rows),
        misfits=_grouped(
            (mapping.attribute, problem)
            for mapping in (knowledge.counted_of.attributes if knowledge.counted_of else ())
            for problem in misfits
            if mapping.attribute in still_true and problem.place == mapping.place
        ),
        withheld=_grouped(
            (reason.attribute, reason) for reason in knowledge.withheld or () if reason.attribute in still_true
        ),
        about_all=tuple(about_all),
    )


def _warnings(template: Template, project: Project, knowledge: Knowledge) -> tuple[MappingWarning, ...]:
    """Judged here and not backstage, so that an edit is judged at once."""
    campaigns = [each for each in project.campaigns.values() if each.template == template.name]
    return mapping_warnings(
        template,
        project.destination_of(template),
        ledger_attributes=knowledge.ledger_names,
        workspace_attributes=knowledge.workspace_names,
        audience_attributes=tuple(dict.fromkeys(campaign.audience_attribute for campaign in campaigns)),
    )


def _unchanged(template: Template, counted_of: Template | None) -> frozenset[str | None]:
    """Attributes whose mapping is what it was when the values were counted; None if the identifier is."""
    if counted_of is None:
        return frozenset()
    before = {replace(mapping, place=_NOWHERE) for mapping in counted_of.attributes}
    same = {each.attribute for each in template.attributes if replace(each, place=_NOWHERE) in before}
    is_same_identifier = identifier_columns_of(template) == identifier_columns_of(counted_of)
    return frozenset((*same, None)) if is_same_identifier else frozenset(same)


def _grouped(pairs: Iterable[tuple[KeyT, ValueT]]) -> dict[KeyT, list[ValueT]]:
    groups: dict[KeyT, list[ValueT]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups


def _concerns(row: MappingRow, judged: _Judged, types: Mapping[str, ColumnType] | None) -> Iterator[Concern]:
    if types is not None and row.column not in types:
        yield _MISSING
    elif row.mapping is not None:
        for problem in judged.misfits.get(row.attribute, ()):
            yield Concern("does_not_fit", "Column and attribute do not fit", problem.message)
    if row.mapping is not None:
        yield from (_concern_of(warning) for warning in judged.warnings.get(row.attribute, ()))
        yield from _withheld(judged.withheld.get(row.attribute, ()), "value")
    elif row.identifier not in {None, "alias_label"}:
        yield from _withheld(judged.withheld.get(None, ()), "customer")


_MISSING: Final = Concern(
    "missing_column",
    "No such column",
    "The table does not have this column. Nothing can be planned.",
    Remedy("choose_column", "choose another column"),
)


def _withheld(reasons: Sequence[ReasonCount], thing: str) -> Iterator[Concern]:
    if not reasons:
        return
    total = sum(reason.count for reason in reasons)
    counts = [f"{reason.count:,} × the" for reason in reasons] if len(reasons) > 1 else ["The"]
    rows = "\n".join(f"{count} {thing} {_against(reason)}" for count, reason in zip(counts, reasons, strict=True))
    yield Concern("withheld", f"{counted(total, thing)} will be withheld", rows)


def _against(reason: ReasonCount) -> str:
    example = "" if reason.example is None else f' Example: "{cut(reason.example, _EXAMPLE_CELLS)}".'
    return f"{reason.sentence}.{example}"


def _concern_of(warning: MappingWarning) -> Concern:
    fix = warning.fix
    remedy: Remedy
    match fix.kind:
        case "rename" if fix.to is not None:
            remedy = Remedy("rename", f"rename it to {fix.to}", fix.to)
        case "rename":
            remedy = Remedy("choose_name", "choose another name")
        case "remove":
            remedy = Remedy("remove", "remove it from the template")
        case "opt_in":
            remedy = Remedy("opt_in", "let the destination send consent; asks first")
        case "add_buckets":
            remedy = Remedy("add_buckets", "give it ranges")
        case _:
            assert_never(fix.kind)
    return Concern(warning.code, _TITLES[warning.code], warning.message, remedy)
