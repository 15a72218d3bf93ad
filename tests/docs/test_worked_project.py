"""The worked project is worked: each command of its page in order, by a shell, against a sandbox."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import KEY

FOLDER = Path(__file__).parents[2] / "docs" / "worked-project"
PAGE = (FOLDER / "README.md").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the page, and the lines that it shows of the answer."""

    command: str
    shown: tuple[str, ...]


def steps() -> Iterator[Step]:
    blocks = "".join(re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL))
    for each in blocks.split("$ ")[1:] if blocks.startswith("$ ") else []:
        command, *shown = each.splitlines()
        yield Step(command, tuple(line for line in shown if line.strip()))


def pattern_of(line: str) -> re.Pattern[str]:
    """A line as it is, whatever the width of its columns, and with anything where it has dots."""
    words = [r"\s+".join(re.escape(word) for word in part.split()) for part in line.split("…")]
    return re.compile(".*?".join(words))


@pytest.fixture
def project(tmp_path, sandbox) -> Path:
    """A copy that speaks to the sandbox of the tests."""
    folder = tmp_path / "worked-project"
    shutil.copytree(FOLDER, folder)
    text = (folder / "stoker.toml").read_text(encoding="utf-8")
    assert "http://127.0.0.1:8099" in text
    (folder / "stoker.toml").write_text(text.replace("http://127.0.0.1:8099", sandbox.url), encoding="utf-8")
    return folder


@pytest.mark.long
def test_every_command_of_the_page_says_what_the_page_shows(project, tmp_path):
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, arguments in (("stoker", "-m tui_app"), ("python", "")):
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments} "$@"\n')
        (programs / name).chmod(0o755)
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "200"}
    ran = list(steps())

    for step in ran:
        command = step.command.replace("sandbox-key", KEY)
        done = subprocess.run(
            ["/bin/sh", "-c", command], cwd=project, env=environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        missing = [line for line in step.shown if not any(map(pattern_of(line).search, done.stdout.splitlines()))]
        assert missing == [], f"{command}\n{done.stdout}"

    assert len(ran) > 20
