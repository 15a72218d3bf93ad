"""A project file may come from anybody. Whatever it is, it is refused with a message, at once, without a traceback."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_app.config.read import project_of, read_project
from tui_app.config.table import MAX_PROBLEMS
from tui_app.core.errors import FixInput, Problem

TABLE = '[source.tables]\na = "b"\n'


def refusal(text: str) -> str:
    with pytest.raises(FixInput) as caught:
        project_of(text, Path("stoker.toml"))
    return str(caught.value)


HOSTILE_TEXTS = {
    "lists in lists": ("x = " + "[" * 200_000, "1: this nests deeper than 80 levels."),
    "tables in tables": ("\nx = " + "{a=" * 100_000, "2: this nests deeper"),
    "a dotted key": ("a." * 300_000 + "b = 1", "1: this nests deeper"),
    "a dotted header": ("[" + "a." * 300_000 + "b]", "1: this nests deeper"),
    "an integer of thousands of digits": ("\nx = " + "9" * 5000, "2: this is not TOML: a number has thousands"),
    "a hexadecimal integer of a megabyte": (
        TABLE + "[source]\nthreads = 0x" + "f" * 900_000,
        "4: source: threads is a number of more than 20 digits; it must be 1..1,024.",
    ),
    "a text without end": ('\nx = """' + "\\\\a" * 300_000, "2: this is not TOML: Unterminated string at the end"),
    "nothing but quotes": ("x = " + "'''" * 300_001, "1: this is not TOML"),
    "NUL": ('x = "\0"', "1: this is not TOML"),
    "half a document": ('[source.tables]\na = "b', "2: this is not TOML"),
    "a broken line": ("[source.tables]\na = b\nc = 'd'", "2: this is not TOML: Invalid value (column 5)."),
    "a list without end": ("a = 1\nb = [1,\n2\n", "3: this is not TOML: Unclosed array at the end of the file."),
    "a query of nothing": ("[queries.q]\nsql = 'SELECT 1'", "1: source: no table is named."),
}


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_a_hostile_text_is_refused_within_seconds(name):
    text, expected = HOSTILE_TEXTS[name]
    started = time.monotonic()

    assert f"stoker.toml:{expected}" in refusal(text)
    assert time.monotonic() - started < 10


def test_thousands_of_valid_lines_are_read():
    project = project_of(TABLE + "".join(f't{number} = "x"\n' for number in range(15_000)), Path("stoker.toml"))

    assert len(project.source.tables) == 15_001


def test_a_long_chain_of_segments_does_not_fill_the_stack():
    chain = "".join(
        f"[segments.s{number}]\ntable = 'a'\nany = [{{segment = 's{number + 1}'}}]\n" for number in range(3000)
    )
    end = "[segments.s3000]\ntable = 'a'\nany = [{ segment = 's0' }]\n"

    message = refusal(TABLE + chain + end)

    assert 'segment "s3000": it is made of itself: "s0" → "s1" → ' in message
    assert len(message) < 400


def test_groups_may_nest_32_deep_and_no_deeper():
    def nested(depth: int) -> str:
        inner = "{ any = [" * (depth - 1) + "{ column = 'a', op = 'is NULL' }" + "] }" * (depth - 1)
        return TABLE + f"[segments.s]\ntable = 'a'\nall = [{inner}]\n"

    project = project_of(nested(32), Path("stoker.toml"))

    assert project.segments["s"].condition.kind == "all"
    assert "groups nest deeper than 32. Flatten them." in refusal(nested(33))


def test_countless_problems_are_cut_off():
    message = refusal(TABLE + "[campaigns.c]\ninclude = [" + "".join(f"'s{number}', " for number in range(5_000)) + "]")

    assert message.count("\n") == MAX_PROBLEMS
    assert f"there are {MAX_PROBLEMS} problems or more" in message


def test_keys_and_tables_that_stand_twice_are_all_named_with_both_lines():
    message = refusal('[source.tables]\na = "b"\n[segments.x]\n[segments.y]\n[segments.x]\n[state]\nk = 1\nk = 2\n')

    remedy = "Nothing of the file was read. Remove one of the two."
    assert message.splitlines() == [
        f'stoker.toml:5: "segments.x" is written twice, first in line 3. {remedy}',
        f'stoker.toml:8: "state.k" is written twice, first in line 7. {remedy}',
    ]


def test_a_mistake_before_a_repeated_key_is_named_too():
    first, second = refusal("a = 1\nb = foo\na = 2\n").splitlines()

    assert first.startswith("stoker.toml:2: this is not TOML: Invalid value")
    assert second.startswith('stoker.toml:3: "a" is written twice')


def refusal_of_file(path: Path) -> str:
    started = time.monotonic()
    with pytest.raises(FixInput) as caught:
        read_project(path)
    assert time.monotonic() - started < 1
    return str(caught.value)


def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path):
    os.mkfifo(tmp_path / "stoker.toml")

    assert "it is a pipe, a device or a socket and was not opened" in refusal_of_file(tmp_path)


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/tty"])
def test_a_device_is_refused(tmp_path, device):
    (tmp_path / "stoker.toml").symlink_to(device)

    assert "was not opened" in refusal_of_file(tmp_path)


def test_a_folder_is_refused(tmp_path):
    (tmp_path / "stoker.toml").mkdir()

    assert "it is a folder. Name a file." in refusal_of_file(tmp_path)


def test_a_file_over_a_megabyte_is_refused(tmp_path):
    (tmp_path / "stoker.toml").write_bytes(b"#" * 1_000_001)

    assert "it is over 1,000,000 bytes and was not read" in refusal_of_file(tmp_path)


def test_a_file_that_is_not_utf8_is_refused_with_its_line(tmp_path):
    (tmp_path / "stoker.toml").write_bytes(b"# fine\n# caf\xe9\n")

    assert refusal_of_file(tmp_path).startswith(f"{tmp_path}/stoker.toml:2: byte 12 of this project file is not UTF-8.")


@pytest.mark.parametrize("path", ["missing/stoker.toml", "missing.toml"])
def test_a_missing_file_is_refused(tmp_path, path):
    assert "it does not exist. `stoker init` writes one." in refusal_of_file(tmp_path / path)


def test_a_link_in_a_circle_is_refused(tmp_path):
    (tmp_path / "stoker.toml").symlink_to(tmp_path / "stoker.toml")

    assert "cannot be read (Too many levels of symbolic links)" in refusal_of_file(tmp_path)


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000])
def test_a_path_that_cannot_exist_is_refused(path):
    assert "it cannot be read" in refusal_of_file(Path(path))


def test_a_name_with_escape_sequences_is_shown_harmlessly(tmp_path):
    assert "\x1b" not in refusal_of_file(tmp_path / "\x1b[31m.toml")


SCALARS = ["1", "0", "-1", "1.5", "nan", "inf", "true", '"a"', '""', '"\\u001b"', "2024-01-01", "07:30:00", "9" * 30]
VALUES = st.recursive(
    st.sampled_from(SCALARS),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda values: f"[{', '.join(values)}]")
        | st.tuples(inner, inner).map(lambda pair: f"{{ column = {pair[0]}, op = {pair[1]} }}")
    ),
    max_leaves=6,
)
KEYS = (
    "state", "engine", "memory_limit", "threads", "tables", "sql", "file", "instance", "dashboard", "endpoint",
    "identifier", "api_key", "requests_per_second", "objects_per_request", "destination", "identifier_column",
    "attributes", "table", "all", "any", "none", "include", "exclude", "template", "audience_attribute", "guards",
    "schedule", "control_share", "on_leave", "query", "current_location",
)  # fmt: skip
SECTIONS = (
    "source", "source.tables", "queries.a", "destinations.a", "templates.a", "templates.a.attributes",
    "templates.a.attributes.b", "segments.a", "campaigns.a", "campaigns.a.guards", "orchestrations.a",
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(SECTIONS), st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4), min_size=1, max_size=4
    )
)
def test_any_value_under_any_key_is_taken_or_is_a_problem_with_its_line(sections):
    text = "".join(
        f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items()) for name, keys in sections.items()
    )
    problems: tuple[Problem, ...] = ()

    try:
        project_of(text, Path("stoker.toml"))
    except FixInput as error:
        problems = error.problems

    assert all(problem.place and 1 <= problem.place.line <= text.count("\n") + 1 for problem in problems)
    assert not any("\x1b" in problem.message for problem in problems)
