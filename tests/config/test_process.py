"""A process of Stoker's holds keys and personal data."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PRIVATE = """
import os, resource
from tui_app.config.process import keep_private

hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
os.umask(0)
keep_private()
print(resource.getrlimit(resource.RLIMIT_CORE)[0], oct(os.umask(0)))
"""


def test_a_process_dumps_no_core_and_writes_for_its_owner_alone():
    assert subprocess.check_output([sys.executable, "-c", PRIVATE], text=True).split() == ["0", "0o77"]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_commands_begin_with_that(sandbox_process):
    limits = Path(f"/proc/{sandbox_process.process.pid}/limits").read_text(encoding="ascii")

    assert re.search(r"Max core file size +0 ", limits)
