"""Whether a file would end up in version control, where a key must never be."""

from __future__ import annotations

import asyncio
import shutil
from asyncio.subprocess import DEVNULL
from pathlib import Path
from typing import Final

_PATIENCE_SECONDS: Final = 2.0
_NOT_IGNORED: Final = 1
"""Source: git-scm.com/docs/git-check-ignore, "EXIT STATUS": 1 is a path that nothing ignores, 128 is no checkout."""


async def would_be_committed(path: Path) -> bool:
    """Whether git would offer a file for the next commit. Without git, or outside of a checkout, it would not.

    Args:
        path: Absolute; it need not exist yet.
    """
    git = shutil.which("git")
    folder = next((each for each in path.parents if each.is_dir()), None)
    if git is None or folder is None:
        return False
    # No hook of the checkout runs: somebody else may have put it there.
    command = (git, "-c", "core.fsmonitor=false", "-C", str(folder), "check-ignore", "--quiet", "--", str(path))
    process = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)
    try:
        return await asyncio.wait_for(process.wait(), _PATIENCE_SECONDS) == _NOT_IGNORED
    except TimeoutError:
        return False
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
