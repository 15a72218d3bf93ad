"""Small changes to a TOML text: what is not meant stays as it is, byte for byte, with its comments and its order.

Each function takes a valid text and gives a new one; nothing here touches a file or knows what a project is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import TypeAlias

import tomlkit

from tui_app.config.outline import Entry, KeyPath, Outline, Span, outline_of

TomlValue: TypeAlias = "str | bool | int | float | date | time | Sequence[TomlValue] | Mapping[str, TomlValue]"

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_INDENT = re.compile(r"[ \t]*")
_NOT_LITERAL = re.compile(r'[\\\x00-\x08\x0b-\x1f\x7f]|"(?="")|"\Z')
"""What cannot stand between three quotes as it is."""


def with_value(text: str, path: KeyPath, value: TomlValue) -> str:
    """Set what stands at `path`; where nothing stands, add it as the last key of its table."""
    entry = outline_of(text).entries.get(path)
    if entry is not None and entry.kind != "header":
        indent = _indent_at(text, _line_start(text, entry.value.start))
        return _replaced(text, {entry.value: rendered(value, indent)})
    # Written as a table of its own or in dotted parts: one value takes the place of all of them.
    return _with_new_key(without(text, path), path, value)


def without(text: str, path: KeyPath) -> str:
    """Remove what stands at `path`, however many lines it is spread over."""
    outline = outline_of(text)
    entry = outline.entries.get(path)
    if entry is not None and entry.kind == "member":
        return _without_member(text, entry)
    lines = [
        Span(
            _line_start(text, each.value.start if each.kind == "header" else each.keys[0].start), _line_end(text, each)
        )
        for each in outline.entries.values()
        if each.kind in ("header", "statement") and _is_within(each.path, path)
    ]
    return _replaced(text, dict.fromkeys(lines, ""))


def with_name(text: str, path: KeyPath, name: str) -> str:
    """Call what stands at `path` by another name, wherever its key is written."""
    spots = {}
    for entry in outline_of(text).entries.values():
        part = _names_in(path) - 1 - (_names_in(entry.path) - len(entry.keys))
        if _is_within(entry.path, path) and 0 <= part < len(entry.keys):
            spots[entry.keys[part]] = rendered_key(name)
    return _replaced(text, spots)


def _names_in(path: KeyPath) -> int:
    """How many parts of a path are keys; positions in lists are none."""
    return sum(isinstance(part, str) for part in path)


def with_table(text: str, path: KeyPath, content: Mapping[str, TomlValue]) -> str:
    """Add a table under a header of its own, behind its siblings if there are any, otherwise at the end."""
    outline = outline_of(text)
    if _inline_holder(outline, path) is not None:
        return _with_new_key(text, path, content)
    return _with_block(text, outline, path[:-1], _block(path, content))


def rendered(value: TomlValue, indent: str = "") -> str:
    """A value as TOML writes it; a list of tables gets a line for each, and so does a text of several lines.

    Args:
        value: What to write.
        indent: Of the line that it begins in; lines of a list are indented further.
    """
    return _rendered_lines(value) if isinstance(value, str) and "\n" in value else _rendered_inline(value, indent)


def _rendered_inline(value: TomlValue, indent: str) -> str:
    if isinstance(value, Mapping):
        pairs = (f"{rendered_key(key)} = {_rendered_inline(each, indent)}" for key, each in value.items())
        return "{ " + ", ".join(pairs) + " }"
    if isinstance(value, Sequence) and not isinstance(value, str):
        if any(isinstance(each, Mapping) for each in value):
            inner = f"{indent}    "
            rows = (f"{inner}{_rendered_inline(each, inner)},\n" for each in value)
            return "[\n" + "".join(rows) + f"{indent}]"
        return "[" + ", ".join(_rendered_inline(each, indent) for each in value) + "]"
    return tomlkit.item(value).as_string()


def _rendered_lines(text: str) -> str:
    """A text of several lines between three quotes, as it would be written by hand: SQL stays readable."""
    escaped = _NOT_LITERAL.sub(lambda match: tomlkit.item(match[0]).as_string()[1:-1], text)
    return f'"""\n{escaped}"""'


def rendered_key(name: str) -> str:
    """A key as TOML writes it, in quotes only where it must be."""
    return name if _BARE_KEY.fullmatch(name) else tomlkit.item(name).as_string()


def _with_new_key(text: str, path: KeyPath, value: TomlValue) -> str:
    outline = outline_of(text)
    holder = _inline_holder(outline, path)
    if holder is not None:
        return _with_member(text, holder, f"{_dotted(path[len(holder.path) :])} = {rendered(value)}")
    table = path[:-1]
    neighbour = _last_neighbour(outline, table)
    if neighbour is None and not table:
        return _with_lines(text, _top_end(text, outline), f"{_dotted(path)} = {rendered(value)}\n")
    if neighbour is None:
        return _with_block(text, outline, table, _block(table, {str(path[-1]): value}))
    key = _dotted(path[len(neighbour.header) :])
    indent = _indent_at(text, _line_start(text, neighbour.start))
    return _with_lines(text, _line_end(text, neighbour), f"{indent}{key} = {rendered(value)}\n")


def _inline_holder(outline: Outline, path: KeyPath) -> Entry | None:
    """The innermost inline table that is to hold `path`, if one is."""
    ancestors = (outline.entries.get(path[:length]) for length in range(len(path) - 1, 0, -1))
    return next((entry for entry in ancestors if entry is not None and entry.kind != "header"), None)


def _dotted(path: KeyPath) -> str:
    return ".".join(rendered_key(str(part)) for part in path)


def _last_neighbour(outline: Outline, table: KeyPath) -> Entry | None:
    """The line behind which a new key of `table` belongs: its last key, else its header, else its last dotted key."""
    under_header = [
        entry for entry in outline.entries.values() if entry.header == table and entry.kind in ("header", "statement")
    ]
    dotted = [
        entry
        for entry in outline.entries.values()
        if entry.kind == "statement" and _is_within(entry.path, table) and len(entry.header) < len(table)
    ]
    return next(reversed(under_header or dotted), None)


def _top_end(text: str, outline: Outline) -> int:
    """Where keys above all headers end if there is none yet: before the first header and the comment right above it."""
    first = next(iter(outline.entries.values()), None)
    if first is None:
        return len(text)
    position = _line_start(text, first.value.start)
    while position and text[(above := _line_start(text, position - 1)) : position].lstrip().startswith("#"):
        position = above
    return position


def _with_member(text: str, inline_table: Entry, pair: str) -> str:
    brace = inline_table.value.end - 1
    before = text[:brace].rstrip()
    comma = "" if before[-1] in "{," else ","
    return f"{before}{comma} {pair} {text[brace:]}"


def _without_member(text: str, entry: Entry) -> str:
    """Remove one key of an inline table and the comma that it needed."""
    start, end = entry.keys[0].start, entry.value.end
    behind = len(text) - len(text[end:].lstrip())
    if text[behind] == ",":
        after_comma = behind + 1
        return text[:start] + text[after_comma + len(_indent_at(text, after_comma)) :]
    return text[:start].rstrip().removesuffix(",").rstrip() + " " + text[behind:]


def _with_block(text: str, outline: Outline, parent: KeyPath, block: str) -> str:
    """Insert a header with its lines behind everything of `parent`, else at the end of the text."""
    entries = [entry for entry in outline.entries.values() if entry.kind in ("header", "statement")]
    siblings = [entry for entry in entries if _is_within(entry.path, parent)]
    if not siblings:
        return _with_lines(text, len(text), f"\n{block}" if text.strip() else block)
    # A header takes in every line up to the next one, so it goes behind the last line of the region.
    region = [entry for entry in entries if entry.header == siblings[-1].header]
    return _with_lines(text, _line_end(text, region[-1]), f"\n{block}")


def _block(path: KeyPath, content: Mapping[str, TomlValue]) -> str:
    """Header and keys of a table; tables in it follow under headers of their own."""
    plain = {key: value for key, value in content.items() if not isinstance(value, Mapping)}
    tables = {key: value for key, value in content.items() if isinstance(value, Mapping)}
    header = _dotted(path)
    lines = [f"[{header}]\n", *(f"{rendered_key(key)} = {rendered(value)}\n" for key, value in plain.items())]
    for name, table in tables.items():
        inner = ".".join((header, rendered_key(name)))
        lines += [f"[{inner}]\n", *(f"{rendered_key(key)} = {rendered(value)}\n" for key, value in table.items())]
    return "".join(lines)


def _with_lines(text: str, position: int, lines: str) -> str:
    """Insert whole lines, with the line ends that the text has."""
    if "\r\n" in text:
        lines = lines.replace("\n", "\r\n")
    before = text[:position]
    if before and not before.endswith("\n"):
        before += "\r\n" if "\r\n" in text else "\n"
    return before + lines + text[position:]


def _replaced(text: str, replacements: Mapping[Span, str]) -> str:
    for span in sorted(replacements, key=lambda span: span.start, reverse=True):
        text = text[: span.start] + replacements[span] + text[span.end :]
    return text


def _is_within(path: KeyPath, ancestor: KeyPath) -> bool:
    return path[: len(ancestor)] == ancestor


def _line_start(text: str, position: int) -> int:
    return text.rfind("\n", 0, position) + 1


def _line_end(text: str, entry: Entry) -> int:
    """Behind the line end that closes an entry, its comment included."""
    newline = text.find("\n", entry.value.end)
    return len(text) if newline < 0 else newline + 1


def _indent_at(text: str, position: int) -> str:
    indent = _INDENT.match(text, position)
    return indent[0] if indent else ""
