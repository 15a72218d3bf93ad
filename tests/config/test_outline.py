"""Lines and spans come from a scanner of our own, values from tomllib: the two must see the same file."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_app.config.outline import MAX_NESTING, KeyPath, outline_of
from tui_app.config.splice import rendered, rendered_key

KEYS = st.text(min_size=0, max_size=6) | st.sampled_from(["a", "a.b", "1979-05-27", "'", '"', "#", "x y", "é", "="])
SCALARS = (
    st.text(max_size=12)
    | st.integers(min_value=-(2**63), max_value=2**63 - 1)
    | st.floats(allow_nan=False)
    | st.booleans()
    | st.datetimes().map(lambda moment: moment.replace(microsecond=0))
    | st.dates()
    | st.sampled_from(["]", "}", "#", '"""', "'''", "\\", 'a"b', "a\nb", "[x]", "= 1"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, max_size=4)


def leaves(value: Any, path: KeyPath = ()) -> list[tuple[KeyPath, Any]]:
    """Every value that is no table and no list, with its path."""
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in leaves(inner, (*path, key))]
    if isinstance(value, list):
        return [leaf for position, inner in enumerate(value) for leaf in leaves(inner, (*path, position))]
    return [(path, value)]


@settings(max_examples=80, deadline=None)
@given(DOCUMENTS)
def test_every_value_is_found_where_it_is_written_under_headers_and_inline(document):
    inline = "".join(f"{rendered_key(key)} = {rendered(value)} # note\n" for key, value in document.items())
    for text in (inline.replace("[\n", "[ # note\n"), tomlkit.dumps(document)):
        content = tomllib.loads(text)

        outline = outline_of(text)

        assert not outline.repeats
        for path, value in leaves(content):
            span = outline.entries[path].value
            assert tomllib.loads(f"value = {text[span.start : span.end]}")["value"] == value
            assert outline.line_of(path) == text.count("\n", 0, outline.entries[path].start) + 1


def test_every_form_of_toml_has_its_line():
    text = (
        "a.'b'.\"c\" = 1\n"
        "[t . u]\r\n"
        "x = [1,\n  2, # ]\n  { y = 'z' },\n]\n"
        'm = """\n[not.a.header]\n""""\n'
        "l = '''\nk = 1'''\n"
        "d = 1979-05-27 07:32:00\n"
        "[[list]]\nv = 1\n[[list]]\nv = 2\n[list.w]\nq = 1.5 # two\n"
    )
    tomllib.loads(text)

    outline = outline_of(text)

    expected: dict[KeyPath, int] = {
        ("a", "b", "c"): 1,
        ("t", "u"): 2,
        ("t", "u", "x", 1): 4,
        ("t", "u", "x", 2, "y"): 5,
        ("t", "u", "m"): 7,
        ("t", "u", "l"): 10,
        ("t", "u", "d"): 12,
        ("list", 0, "v"): 14,
        ("list", 1, "v"): 16,
        ("list", 1, "w", "q"): 18,
    }
    assert {path: outline.line_of(path) for path in expected} == expected
    assert outline.line_of(("t", "u", "missing")) == 2
    assert outline.line_of(("nothing",)) == 1


@pytest.mark.parametrize(
    "text",
    ["a", "a =", "= 1", "[a", "[[a]", "a = [1", "a = {b", "a = 1 2 'x'", "a = ]", '"\\q" = 1', "[a] b = 1\n", "\0"],
)
def test_what_is_no_toml_ends_the_outline_and_nothing_else(text):
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(text)

    assert outline_of(f"good = 1\n{text}").line_of(("good",)) == 1


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="ab.=[]{}\"'#\\\n \t1,", max_size=40))
def test_no_text_is_too_strange(text):
    outline = outline_of(text)

    assert all(0 <= entry.value.start <= entry.value.end <= len(text) for entry in outline.entries.values())


def test_nesting_ends_where_parsers_would_leave_pythons_stack():
    fits = "x = " + "[" * MAX_NESTING + "]" * MAX_NESTING
    too_deep = "y = 1\nx = " + "[" * (MAX_NESTING + 1)

    assert outline_of(fits).too_deep_line is None
    assert outline_of(too_deep).too_deep_line == 2
    assert outline_of("a." * MAX_NESTING + "b = 1").too_deep_line == 1
