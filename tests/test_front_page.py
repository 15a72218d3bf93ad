"""What the front page says is so: its files, its commands and its codes exist."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tui_app.cli.main import stoker
from tui_app.config.read import read_project
from tui_app.core.errors import ExitCode

PROJECT = Path(__file__).parents[1]
README = (PROJECT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "CONTRIBUTING.md",
        "docs/benchmarks.md",
        "docs/hostile-input.md",
        "docs/promises.md",
        "docs/campaigns.md",
        "docs/worked-project/README.md",
    ],
)
def test_every_file_that_a_page_names_is_there(page):
    path = PROJECT / page
    text = path.read_text(encoding="utf-8")
    linked = [path.parent / each for each in re.findall(r"\]\((?!http)([^)#]+)\)", text)]
    named = [PROJECT / each for each in re.findall(r"`((?:tui_app|tests|screenshots)/[\w./]+)`", text)]

    assert [each for each in (*linked, *named) if not each.exists()] == []


def test_every_command_of_the_front_page_exists():
    """Scripts are written from the front page."""
    shell = "\n".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL))
    commands = set(re.findall(r"stoker (?=[a-z])(\w+)", shell))

    assert commands - set(stoker.list_commands(None)) == set()


def test_the_exit_codes_of_the_front_page_are_those_of_the_program():
    documented = {int(code) for code in re.findall(r"^\| (\d) \|", README, re.MULTILINE)}

    # 1 is what no rule foresees, so the enum of foreseen ends does not have it.
    assert documented == {1, *map(int, ExitCode)}


def test_the_project_file_of_the_front_page_is_a_valid_one(tmp_path):
    """What people copy first must work."""
    example = re.search(r"```toml\n(.*?)```", README, re.DOTALL)
    assert example is not None
    (tmp_path / "stoker.toml").write_text(example[1], encoding="utf-8")

    project = read_project(tmp_path)

    assert project.campaigns["winback"].guards.max_leave_share == 0.30


def test_the_project_files_of_the_page_on_campaigns_are_valid(tmp_path):
    """All its tables together, on a project that has what they name."""
    page = (PROJECT / "docs" / "campaigns.md").read_text(encoding="utf-8")
    segments = ("lapsed", "opted_out", "gold")
    beside = [
        '[source.tables]\ncustomers = "customers.csv"\norder_lines = "order_lines.csv"\nvisits = "visits.csv"',
        '[destinations.braze]\ninstance = "US-03"\napi_key = "env:BRAZE_API_KEY"',
        '[templates.profile]\ndestination = "braze"\nidentifier_column = "id"',
        *(f'[segments.{name}]\ntable = "customers"\nall = [{{ column = "x", op = "is NULL" }}]' for name in segments),
    ]
    text = "\n".join([*beside, *re.findall(r"```toml\n(.*?)```", page, re.DOTALL)])
    (tmp_path / "stoker.toml").write_text(text, encoding="utf-8")

    project = read_project(tmp_path)

    assert [each.name for each in project.campaigns["winback"].audiences] == ["gold", "remaining"]
    assert project.groups["nightly"].activations == ("profiles", "winback")
    assert project.alerts is not None


def test_the_pinned_versions_hold_everything_that_the_project_asks_for():
    """What is not pinned changes by itself, and one day a fresh clone does not work."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *(each for extra in project["optional-dependencies"].values() for each in extra)]
    pinned = re.findall(r"^([\w.-]+)==", (PROJECT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)

    assert {re.match(r"[\w.-]+", requirement)[0] for requirement in asked} - set(pinned) == set()


def test_continuous_integration_runs_the_test_command_of_the_front_page():
    script = (PROJECT / ".ci" / "run").read_text(encoding="utf-8")

    assert ".venv/bin/python -m tests" in README
    assert "\npython -m tests" in script
