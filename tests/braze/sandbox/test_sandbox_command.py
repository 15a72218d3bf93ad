"""`stoker sandbox` as a process: what it prints where, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from tui_app.cli.sandbox import sandbox

COMMAND = (sys.executable, "-m", "tui_app", "sandbox")


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and the first line that it prints."""
    process = subprocess.Popen((*COMMAND, *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().rstrip("\n")
        finally:
            process.kill()


def track(url: str, key: str = "sandbox-key") -> httpx.Response:
    body = {"attributes": [{"external_id": "u", "tier": "gold"}]}
    return httpx.post(f"{url}/users/track", json=body, headers={"authorization": f"Bearer {key}"})


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_its_url_serves_and_saves_when_it_is_stopped(tmp_path: Path, number: signal.Signals) -> None:
    """Standard output is for scripts: one line; how to use it goes to standard error."""
    file = tmp_path / "state.json"

    with running("--state", str(file)) as (process, url):
        answer = track(url)
        os.kill(process.pid, number)
        rest, narration = process.communicate(timeout=10)

    assert answer.status_code == 201
    assert (process.returncode, rest) == (0, "")
    assert f'endpoint = "{url}"' in narration
    assert "export BRAZE_API_KEY=sandbox-key" in narration
    assert json.loads(file.read_text())["profiles"][0]["external_id"] == "u"


def test_every_option_reaches_the_sandbox() -> None:
    arguments = (
        *("--json", "--key", "other", "--contract", "mau", "--requests-per-hour", "2", "--requests-per-3-seconds", "9"),
        *("--error-style", "enum", "--record", "--fault", "503:times=1"),
    )

    with running(*arguments) as (_, line):
        ready = json.loads(line)
        url = ready["url"]
        statuses = [track(url, "other").status_code for _ in range(4)]
        refusal = httpx.post(f"{url}/users/track", json={}, headers={"authorization": "Bearer sandbox-key"})
        logged = httpx.get(f"{url}/sandbox/log").json()

    assert ready == {"url": url, "key": "other"}
    assert statuses == [503, 201, 201, 429]
    assert refusal.status_code == 401
    assert len(logged) == 5


def finished(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run((*COMMAND, *arguments), capture_output=True, text=True, timeout=20, check=False)


def test_a_taken_port_ends_with_code_2_and_a_plain_message() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]

        ended = finished("--port", str(port))

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(
        f"Port {port} on 127.0.0.1 is taken by another program. The sandbox was not started."
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--fault", "503:evry=7"],
            'Fault "503:evry=7": 503 has no option "evry". No fault was set. Nearest: "every".',
        ),
        (["--requests-per-hour", "5"], "--requests-per-hour is a limit of --contract mau only."),
        (["--port", "70000"], "70000 is not in the range"),
    ],
)
def test_a_wrong_option_ends_with_code_2(arguments: list[str], message: str) -> None:
    ended = finished(*arguments)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert message in ended.stderr


def test_help_explains_every_fault() -> None:
    """Within 80 columns, line by line as written."""
    shown = CliRunner().invoke(sandbox, ["--help"], terminal_width=80).stdout

    assert "\n  every=N            each N-th\n" in shown
    assert all(kind in shown for kind in ("429", "500 502 503 504", "reset", "slow", "hang", "cut", "refuse"))
    assert max(map(len, shown.splitlines())) <= 80


def test_help_needs_no_server() -> None:
    """Importing aiohttp takes most of a second, which no other command should pay."""
    program = "import sys; from tui_app.cli.sandbox import sandbox; print('aiohttp' in sys.modules)"

    printed = subprocess.run((sys.executable, "-c", program), capture_output=True, text=True, check=True).stdout

    assert printed == "False\n"
