"""Everything that must hold before a commit: `python -m tests`, with further arguments for pytest.

The first step that fails is the last one, and its exit code is the command's.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1]
PROCESSES = min((os.cpu_count() or 1) + 2, 8)
"""More than processors: most tests wait for processes of their own now and then."""
STEPS: dict[str, list[str]] = {
    "Format": ["ruff", "format", "--check"],
    "Lint": ["ruff", "check"],
    "Types": ["mypy"],
    "Import contracts": ["lint-imports"],
    "Tests": ["pytest", f"--numprocesses={PROCESSES}", "--dist=worksteal", *sys.argv[1:]],
}


def main() -> int:
    """Run the steps in their order; the exit code of the first that fails, or 0."""
    for headline, (tool, *arguments) in STEPS.items():
        print(f"\n── {headline}: {tool}", flush=True)
        # The tools of this environment, not whichever ones the shell would find.
        command = [Path(sys.executable).with_name(tool), *arguments]
        exit_code = subprocess.run(command, cwd=PROJECT, check=False).returncode
        if exit_code:
            print(f"\n{headline}: failed. What comes after it was not run.", file=sys.stderr)
            return exit_code
    print("\nEverything holds.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
