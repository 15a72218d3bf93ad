"""Stoker talks to the destination that the project names, and to nobody else: no telemetry, no search for updates."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

LISTENER = """
import json, os, sys

def note(event, details):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"):
        where = details[0] if event == "socket.getaddrinfo" else details[1]
        with open(os.environ["HEARD"], "a", encoding="utf-8") as heard:
            heard.write(json.dumps([event, where if isinstance(where, str) else list(where)], default=repr) + "\\n")

sys.addaudithook(note)
"""
"""Python imports `sitecustomize` in every process, before anything else."""


def test_a_whole_journey_speaks_to_the_local_braze_alone(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(LISTENER, encoding="utf-8")
    heard = tmp_path / "heard"
    paths = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": paths, "HEARD": str(heard), "HOME": str(tmp_path)}

    command = [sys.executable, "-m", "tui_app", "demo", "--headless", "--customers", "500"]
    ended = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stderr
    calls = [json.loads(line) for line in heard.read_text(encoding="utf-8").splitlines()]
    hosts = {where if isinstance(where, str) else where[0] for _, where in calls}
    assert hosts == {"127.0.0.1"}, calls
