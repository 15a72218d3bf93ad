"""Opens the app on a project, once it is sure that there is a terminal to open it on."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tui_app.core.errors import ExitCode, Usage
from tui_app.core.visible import visible


def lacking_terminal() -> str | None:
    """Why the app cannot be shown here; None if it can."""
    # A stream that was closed before Python began is None.
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        return "The terminal app needs a terminal for input and output"
    kind = os.environ.get("TERM", "")
    return f"This terminal (TERM={kind}) cannot show the terminal app" if kind in ("", "dumb") else None


def open_app(
    folder: Path, *, is_demo: bool = False, environment: Mapping[str, str] = os.environ
) -> tuple[int, str | None]:
    """Show the app until the person leaves.

    Args:
        folder: Of the project, or its file.
        is_demo: On invented data, with a sandbox beside it.
        environment: For the processes beside the screen.

    Returns:
        The exit code, and what the command line goes on with: `try_sandbox`, or None.

    Raises:
        Usage: There is no terminal.
    """
    if (reason := lacking_terminal()) is not None:
        raise Usage(f"{reason}. In scripts, use the command line: stoker --help")
    # Imported late, so that the command line never pays for it.
    from tui_app.backstage.client import Backstage
    from tui_app.tui.app import StokerApp
    from tui_app.tui.session import Session
    from tui_app.tui.settings import read_settings

    for size in ("COLUMNS", "LINES"):
        # Where a shell exports them they are believed before the terminal, and stay what they were when it is resized.
        os.environ.pop(size, None)
    session = Session(folder.absolute(), Backstage(folder.absolute(), environment), read_settings())
    app = StokerApp(session, is_demo=is_demo)
    outcome = app.run()
    if app.farewell:
        print(visible(app.farewell), file=sys.stderr)  # noqa: T201 - the app is gone, this is the terminal again
    return app.return_code or ExitCode.DONE, outcome
