"""The program edits the file of a person: what it does not mean to change stays byte for byte."""

from __future__ import annotations

import tomllib
from copy import deepcopy

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_app.config.edit import (
    AddTable,
    Edit,
    RemoveKey,
    RenameKey,
    SetValue,
    attribute_path,
    edited,
)
from tui_app.config.splice import rendered, rendered_key
from tui_app.core.errors import FixInput

PROJECT = """\
# The shop's project
state = ".stoker"  # beside the data

[source.tables]
customers = "data/*.csv" # nightly export


# Production
[destinations.braze]
instance   = "US-03"     # Virginia
api_key    = "env:KEY"
    # indented by hand
    objects_per_request = 50

[templates.profile]
destination = "braze"
identifier_column = "id"
[templates.profile.attributes]
# names
first_name = "given_name"   # as in the CRM
birthday   = { column = "birthdate", on_null = "keep" } # TODO: dob?
"Loyalty Tier" = { column = "tier" }

# Who is active
[segments.active]
table = "customers"
all = [
    { column = "days", op = "is", value = 1 },  # yesterday
]

# Campaigns come last
[campaigns.winback]
table = "customers"
include = ["active"]
template = "profile"
"""


def after(*edits: Edit, text: str = PROJECT) -> str:
    return edited(text, edits, "stoker.toml")


def replaced(old: str, new: str) -> str:
    assert PROJECT.count(old) == 1
    return PROJECT.replace(old, new)


def test_a_value_changes_in_its_place_and_keeps_its_comment():
    assert after(SetValue(("destinations", "braze", "instance"), "EU-01")) == replaced('"US-03"', '"EU-01"')
    assert after(SetValue(attribute_path("profile", "first_name"), {"column": "first", "trim": True})) == replaced(
        '"given_name"', '{ column = "first", trim = true }'
    )
    assert after(SetValue((*attribute_path("profile", "birthday"), "on_null"), "clear")) == replaced(
        '"keep"', '"clear"'
    )


def test_a_new_key_comes_behind_the_last_key_of_its_table_and_not_into_the_comment_of_the_next():
    assert after(SetValue(attribute_path("profile", "dob"), "birthdate")) == replaced(
        '"Loyalty Tier" = { column = "tier" }\n', '"Loyalty Tier" = { column = "tier" }\ndob = "birthdate"\n'
    )
    assert after(SetValue(("destinations", "braze", "send_consent"), True)) == replaced(
        "    objects_per_request = 50\n", "    objects_per_request = 50\n    send_consent = true\n"
    )
    assert after(SetValue((*attribute_path("profile", "Loyalty Tier"), "type"), "string")) == replaced(
        '{ column = "tier" }', '{ column = "tier", type = "string" }'
    )
    assert after(SetValue(("source", "threads"), 2)) == replaced(
        "# nightly export\n", "# nightly export\n\n[source]\nthreads = 2\n"
    )


def test_a_key_is_removed_with_its_line_and_nothing_else():
    assert after(RemoveKey(attribute_path("profile", "birthday"))) == replaced(
        'birthday   = { column = "birthdate", on_null = "keep" } # TODO: dob?\n', ""
    )
    assert after(RemoveKey((*attribute_path("profile", "birthday"), "on_null"))) == replaced(', on_null = "keep"', "")
    assert after(RemoveKey((*attribute_path("profile", "birthday"), "column"))) == replaced(
        'column = "birthdate", ', ""
    )
    assert after(RemoveKey((*attribute_path("profile", "Loyalty Tier"), "column"))) == replaced(
        '{ column = "tier" }', "{ }"
    )


def test_a_rename_keeps_place_value_and_comment():
    """The fix of a duplicate of a standard field is one rename."""
    assert after(RenameKey(attribute_path("profile", "birthday"), "dob")) == replaced("birthday   =", "dob   =")
    assert after(RenameKey(attribute_path("profile", "Loyalty Tier"), 'a "b"')) == replaced(
        '"Loyalty Tier"', '"a \\"b\\""'
    )
    assert after(RenameKey(("segments", "active"), "lively")) == replaced("[segments.active]", "[segments.lively]")


def test_a_new_table_comes_behind_its_siblings():
    segment: dict[str, object] = {
        "table": "customers",
        "any": [{"column": "tier", "op": "is in list", "value": ["gold", "silver"]}, {"segment": "active"}],
    }

    assert after(AddTable(("segments", "lapsed"), segment)) == replaced(  # type: ignore[arg-type]
        "    # yesterday\n]\n".lstrip(" "),
        "# yesterday\n]\n"
        '\n[segments.lapsed]\ntable = "customers"\nany = [\n'
        '    { column = "tier", op = "is in list", value = ["gold", "silver"] },\n    { segment = "active" },\n]\n',
    )


def test_the_first_table_of_its_kind_comes_to_the_end_with_its_inner_tables():
    orchestration = AddTable(
        ("orchestrations", "nightly run"), {"query": "customers", "template": "profile", "guards": {"max_changes": 5}}
    )

    assert after(orchestration) == PROJECT + (
        '\n[orchestrations."nightly run"]\nquery = "customers"\ntemplate = "profile"\n'
        '[orchestrations."nightly run".guards]\nmax_changes = 5\n'
    )


def test_an_inner_table_that_is_missing_comes_behind_its_parent():
    assert after(SetValue(("campaigns", "winback", "guards", "max_leave_share"), 0.3)) == PROJECT + (
        "\n[campaigns.winback.guards]\nmax_leave_share = 0.3\n"
    )


WAYS_OF_WRITING: dict[str, tuple[str, Edit, str]] = {
    "dotted keys": (
        "[t]\na.x = 1 # one\n\nb = 2\n",
        SetValue(("t", "a", "y"), 3),
        "[t]\na.x = 1 # one\na.y = 3\n\nb = 2\n",
    ),
    "a dotted table that becomes a value": (
        "[t]\na.x = 1\na.y = 2\nb = 3\n",
        SetValue(("t", "a"), 4),
        "[t]\nb = 3\na = 4\n",
    ),
    "a table that is removed": (
        "[t.a]\nx = 1\n# kept\n[t.a.b]\ny = 2\n[t.c]\n",
        RemoveKey(("t", "a")),
        "# kept\n[t.c]\n",
    ),
    "a rename in dotted keys and headers": (
        "t.a.x = 1\nt.a.y = 2\n[t.a.b]\n",
        RenameKey(("t", "a"), "c"),
        "t.c.x = 1\nt.c.y = 2\n[t.c.b]\n",
    ),
    "a rename above a list of tables": (
        "[[t.a.all]]\nx = 1\n[[t.a.all]]\nx = 2\n",
        RenameKey(("t", "a"), "b"),
        "[[t.b.all]]\nx = 1\n[[t.b.all]]\nx = 2\n",
    ),
    "a list of tables that becomes a value": (
        "[t.a]\n[[t.a.all]]\nx = 1\n[[t.a.all]]\nx = 2\n",
        SetValue(("t", "a", "all"), [{"x": 3}]),
        "[t.a]\nall = [\n    { x = 3 },\n]\n",
    ),
    "an empty inline table": ("a = {}\n", SetValue(("a", "b"), "c"), 'a = { b = "c" }\n'),
    "a table that is missing in an inline table": (
        "a = { x = 1 }\n",
        SetValue(("a", "b", "c"), 2),
        "a = { x = 1, b.c = 2 }\n",
    ),
    "a section inside of an inline table": (
        "a = { b = { x = 1 } }\n",
        AddTable(("a", "c"), {"y": 2}),
        "a = { b = { x = 1 }, c = { y = 2 } }\n",
    ),
    "a header behind keys above all headers": (
        "a.b.x = 1\nz = 2\n",
        AddTable(("a", "c"), {"y": 3}),
        "a.b.x = 1\nz = 2\n\n[a.c]\ny = 3\n",
    ),
    "the first key above all headers": (
        "# project\n\n# about a\n[a]\nx = 1\n",
        SetValue(("state",), "s"),
        '# project\n\nstate = "s"\n# about a\n[a]\nx = 1\n',
    ),
    "no line end at the end": ("a = 1", SetValue(("b",), 2), "a = 1\nb = 2\n"),
    "Windows line ends": ("a = 1\r\n[t]\r\n", SetValue(("b",), 2), "a = 1\r\nb = 2\r\n[t]\r\n"),
    "an empty file": ("", AddTable(("a", "b"), {"c": 1}), "[a.b]\nc = 1\n"),
    "nothing but a comment": ("# a\n", SetValue(("b",), 1), "# a\nb = 1\n"),
    "a text of several lines": (
        'a = """\nb = 1\n""" # end\n',
        SetValue(("b",), 2),
        'a = """\nb = 1\n""" # end\nb = 2\n',
    ),
}


@pytest.mark.parametrize("name", WAYS_OF_WRITING)
def test_every_way_of_writing_a_table_can_be_edited(name):
    text, edit, expected = WAYS_OF_WRITING[name]

    assert after(edit, text=text) == expected


@pytest.mark.parametrize(
    ("edit", "fact"),
    [
        (RemoveKey(attribute_path("profile", "dob")), '"templates.profile.attributes.dob" does not exist'),
        (RenameKey(attribute_path("profile", "dob"), "x"), "does not exist"),
        (RenameKey(attribute_path("profile", "birthday"), "first_name"), 'first_name" exists already'),
        (AddTable(("segments", "active"), {}), '"segments.active" exists already'),
        (SetValue(("state", "x"), 1), '"state" is not a table'),
    ],
)
def test_an_edit_that_does_not_fit_the_file_is_refused(edit, fact):
    with pytest.raises(FixInput) as caught:
        after(edit)

    assert fact in str(caught.value)
    assert "Nothing was written." in str(caught.value)


def test_a_text_that_does_not_say_what_was_meant_is_never_written():
    """NaN differs from itself: the only value that no reading of the new text can confirm."""
    with pytest.raises(
        FixInput, match=r"\"state\" is written in a way that Stoker cannot change\. Nothing was written\."
    ):
        after(SetValue(("state",), float("nan")))


NAMES = st.sampled_from(["a", "b", "c", "a b", "x.y", "é", '"', "1"])
LEAVES = st.integers(-9, 9) | st.text(max_size=5) | st.booleans() | st.lists(st.integers(0, 3), max_size=2)
TREES = st.dictionaries(
    NAMES, LEAVES | st.dictionaries(NAMES, LEAVES | st.dictionaries(NAMES, LEAVES, max_size=3), max_size=3), max_size=4
)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(tuple)
EDITS = (
    st.builds(SetValue, PATHS, LEAVES | st.dictionaries(NAMES, LEAVES, max_size=2))
    | st.builds(RemoveKey, PATHS)
    | st.builds(RenameKey, PATHS, NAMES)
    | st.builds(AddTable, PATHS, st.dictionaries(NAMES, LEAVES, max_size=3))
)


def expected_content(content: dict, edit: Edit) -> dict | None:
    """What the edit means for the parsed file; None if it does not fit."""
    content = deepcopy(content)
    *parents, key = edit.path
    table = content
    for parent in parents:
        table = table.setdefault(parent, {})
        if not isinstance(table, dict):
            return None
    match edit:
        case SetValue(_, value):
            table[key] = value
        case AddTable(_, value) if key not in table:
            table[key] = value
        case RemoveKey() if key in table:
            del table[key]
        case RenameKey(_, name) if key in table and name not in table:
            table[name] = table.pop(key)
        case _:
            return None
    return content


def without_empty_tables(content: object) -> object:
    if not isinstance(content, dict):
        return content
    inner = {key: without_empty_tables(value) for key, value in content.items()}
    return {key: value for key, value in inner.items() if value != {}}


def dotted_lines(tree: dict, prefix: str = "") -> str:
    """The tree without headers and inline tables: every value under its whole key."""
    return "".join(
        dotted_lines(value, f"{prefix}{rendered_key(key)}.")
        if isinstance(value, dict) and value
        else f"{prefix}{rendered_key(key)} = {rendered(value)} # note\n"
        for key, value in tree.items()
    )


STYLES = {
    "headers": tomlkit.dumps,
    "inline": lambda tree: "".join(f"{rendered_key(key)} = {rendered(value)}\r\n" for key, value in tree.items()),
    "dotted": dotted_lines,
    "dotted under a header": lambda tree: "[a]\n" + dotted_lines(tree),
}


@settings(max_examples=150, deadline=None)
@given(TREES, st.sampled_from(sorted(STYLES)), st.lists(EDITS, max_size=4))
def test_any_edits_of_any_file_change_what_they_say_and_nothing_else(tree, style, edits):
    text = STYLES[style](tree)
    content = tomllib.loads(text)

    for edit in edits:
        expected = expected_content(content, edit)
        if expected is None:
            with pytest.raises(FixInput):
                after(edit, text=text)
        else:
            text = after(edit, text=text)
            content = tomllib.loads(text)
            assert without_empty_tables(content) == without_empty_tables(expected)


def test_a_text_of_several_lines_stays_readable():
    """SQL with its line breaks written as escapes is nothing that a person could go on editing."""
    sql = 'SELECT id,\n       tier AS "Tier"\nFROM customers\n'

    assert after(AddTable(("queries", "profile"), {"sql": sql})).endswith(
        '[queries.profile]\nsql = """\nSELECT id,\n       tier AS "Tier"\nFROM customers\n"""\n'
    )


@given(st.text(alphabet=st.sampled_from("a\"\\\n\r\t\x00\x1b\x7f'é ")))
def test_a_text_means_the_same_however_it_is_written(text):
    assert tomllib.loads(f"x = {rendered(text)}") == {"x": text}
    assert tomllib.loads(f"x = {rendered({'y': text})}") == {"x": {"y": text}}
