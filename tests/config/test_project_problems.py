"""Every mistake in a project file is one sentence with its line, its fact and its remedy, and all come out at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tui_app.config.read import project_of, read_project
from tui_app.core.errors import FixInput, Problem

CANARY = "00000000-1111-2222-3333-444444444444"

SOUND = """\
[source.tables]
customers = "data/*.csv"
[destinations.braze]
instance = "US-03"
api_key = "env:BRAZE_API_KEY"
[templates.profile]
destination = "braze"
identifier_column = "id"
[templates.profile.attributes]
first_name = "given_name"
[segments.active]
table = "customers"
all = [{ column = "days", op = "is", value = 1 }]
[campaigns.winback]
table = "customers"
include = ["active"]
template = "profile"
[orchestrations.nightly]
query = "customers"
template = "profile"
"""


def problems_of(text: str, folder: Path | None = None) -> tuple[Problem, ...]:
    try:
        project_of(text, (folder or Path()) / "stoker.toml")
    except FixInput as error:
        return error.problems
    return ()


def changed(old: str, new: str) -> str:
    assert SOUND.count(old) == 1, old
    return SOUND.replace(old, new)


def test_the_sound_project_has_no_problem():
    assert problems_of(SOUND) == ()


@dataclass(frozen=True, slots=True)
class Mistake:
    """One block of `mistakes.txt`."""

    name: str
    written: str
    instead: str
    problems: list[str]


def mistakes() -> list[Mistake]:
    """Blocks of `# name`, `- what the sound project has`, `+ what stands there instead`, `! every problem of that`."""
    blocks = (Path(__file__).parent / "mistakes.txt").read_text().strip().split("\n\n")
    return [
        Mistake(
            name=block.partition("\n")[0][2:],
            written="\n".join(line[2:] for line in block.splitlines() if line.startswith("- ")),
            instead="\n".join(line[2:] for line in block.splitlines() if line.startswith("+ ")),
            problems=[line[2:] for line in block.splitlines() if line.startswith("! ")],
        )
        for block in blocks
    ]


@pytest.mark.parametrize("mistake", mistakes(), ids=lambda mistake: mistake.name)
def test_a_mistake_is_named_with_its_line_and_its_remedy(mistake):
    """The texts are fixed as a whole: they are what a person has in hand when nothing works."""
    problems = problems_of(changed(mistake.written, mistake.instead))

    assert [str(problem).removeprefix("stoker.toml:") for problem in problems] == mistake.problems
    assert mistake.problems
    assert all(problem.code != "input" for problem in problems)


def test_all_problems_come_out_at_once_in_the_order_of_the_lines():
    text = (
        SOUND.replace("US-03", "US-99")
        .replace('"profile"', '"prof"')
        .replace('"active"', '"activ"')
        .replace('"data/*.csv"', "5")
    )

    problems = problems_of(text)

    assert [problem.place.line for problem in problems if problem.place] == [2, 4, 16, 17, 20]
    with pytest.raises(FixInput) as caught:
        project_of(text, Path("stoker.toml"))
    assert str(caught.value).count("\n") == 4


def test_two_campaigns_cannot_share_an_audience_attribute_on_one_destination():
    """Each run of one would take away what the other has set."""
    second = '[campaigns.other]\ntable = "customers"\ntemplate = "profile"\naudience_attribute = "winback"\n'

    (problem,) = problems_of(SOUND + second)

    assert 'campaign "other": audience attribute "winback" is also that of campaign "winback"' in problem.message


def test_segments_in_a_circle_are_named_once_with_the_way_around():
    circle = "".join(
        f'[segments.{name}]\ntable = "customers"\nany = [{{ segment = "{other}" }}]\n'
        for name, other in (("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"))
    )

    (problem,) = problems_of(SOUND + circle)

    assert '"a" → "b" → "c" → "a"' in problem.message


def test_one_segment_may_be_used_twice_without_being_a_circle():
    diamond = "".join(
        f'[segments.{name}]\ntable = "customers"\nany = [{conditions}]\n'
        for name, conditions in (
            ("top", '{ segment = "left" }, { segment = "right" }'),
            ("left", '{ segment = "active" }'),
            ("right", '{ segment = "active" }'),
        )
    )

    assert problems_of(SOUND + diamond) == ()


@pytest.mark.parametrize(
    "written",
    [
        CANARY,
        f"env:{CANARY}",
        f"keyring:{CANARY}",
        f"file:{CANARY}",
        f"Bearer {CANARY}",
        f"key:{CANARY}",
        f"${{{CANARY}}}",
    ],
)
def test_a_key_in_the_file_is_refused_and_never_repeated(written):
    (problem,) = problems_of(changed("env:BRAZE_API_KEY", written))

    assert problem.place is not None
    assert problem.place.line == 5
    assert CANARY[:8] not in str(problem)


@pytest.mark.parametrize(
    "engine",
    [
        f"postgres://reader:{CANARY}@host/db",
        f"snowflake://user@account/db?password={CANARY}",
        f"x://h/?access_token={CANARY}",
    ],
)
def test_a_password_in_the_engines_url_is_refused_and_never_repeated(engine):
    written = f'[source]\nengine = "{engine}"\n[source.tables]'

    (problem,) = problems_of(changed("[source.tables]", written))

    assert "password or a token" in problem.message
    assert CANARY[:8] not in str(problem)


def test_a_key_inside_an_endpoint_is_never_repeated():
    (problem,) = problems_of(changed('instance = "US-03"', f'endpoint = "https://{CANARY}@rest.iad-03.braze.com"'))

    assert "user name or a password" in problem.message
    assert CANARY[:8] not in str(problem)


WITH_QUERY_FILE = changed("[destinations.braze]", '[queries.q]\nfile = "q.sql"\n[destinations.braze]')


def test_a_query_file_that_is_missing_is_named(tmp_path):
    (problem,) = problems_of(WITH_QUERY_FILE, tmp_path)

    assert 'query "q": query file "q.sql": it does not exist.' in problem.message
    assert problem.place is not None
    assert problem.place.line == 4


def test_an_empty_query_file_is_named(tmp_path):
    (tmp_path / "q.sql").write_text("\n")

    (problem,) = problems_of(WITH_QUERY_FILE, tmp_path)

    assert 'file "q.sql" is empty. Give it a SELECT statement.' in problem.message


def test_a_query_file_that_is_not_text_is_named_with_its_own_line(tmp_path):
    (tmp_path / "q.sql").write_bytes(b"SELECT 1,\n'\xff'")

    (problem,) = problems_of(WITH_QUERY_FILE, tmp_path)

    assert str(problem).startswith("q.sql:2: ")
    assert "not UTF-8" in problem.message


@pytest.mark.parametrize("path", ["../outside.sql", "/etc/hostname", "link.sql", "a/../../outside.sql"])
def test_nothing_outside_of_the_project_is_read(tmp_path, path):
    """A project file from somebody else must not choose which files of this machine are shown."""
    folder = tmp_path / "project"
    folder.mkdir()
    (tmp_path / "outside.sql").write_text("SELECT 1")
    (folder / "link.sql").symlink_to(tmp_path / "outside.sql")

    (problem,) = problems_of(WITH_QUERY_FILE.replace("q.sql", path), folder)

    assert "outside of the project's folder and was not read" in problem.message


def test_a_folder_without_a_project_says_how_to_begin(tmp_path):
    with pytest.raises(FixInput, match=r"stoker\.toml\": it does not exist\. `stoker init` writes one\."):
        read_project(tmp_path)


@pytest.mark.parametrize(
    "line", ['identifier = "{key}"', 'instance = "{key}"', '{key} = "x"', 'api_key = "env:A"\n"{key}" = 1']
)
def test_a_key_in_the_wrong_line_is_not_repeated(line):
    with pytest.raises(FixInput) as caught:
        project_of(
            f'[source.tables]\na = "b.csv"\n[destinations.braze]\n{line.replace("{key}", CANARY)}\n', Path("s.toml")
        )

    assert CANARY not in str(caught.value)
