"""What `stoker demo --headless` prints on a terminal, as a picture: the parts of it that tell the story.

What is left out is marked by a line of dots.
"""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

PICTURE = Path(__file__).with_name("demo.svg")
COLUMNS = 120
COMMAND = "stoker demo --headless"
SHOWN = (
    "── 2",
    "Customers",
    "Withheld values",
    "── 3",
    "Customers",
    "Rejected by Braze",
    "── 4",
    "Customers",
    "Sending it",
    "── 5",
    "Everybody is accounted for",
)
"""The beginnings of the headings whose sections are shown, in the order of the output."""
DOTS = Text("  ⋮", style="dim")
THEME = TerminalTheme(
    (24, 26, 31), (214, 218, 226), [(62, 68, 81), *[(214, 218, 226)] * 7], [(110, 118, 132), *[(255, 255, 255)] * 7]
)


def draw_headless() -> None:
    """Write `demo.svg`."""
    sections = list(shown(sections_of(demo_output())))
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), color_system="truecolor", force_terminal=True)
    console.print(Text.assemble(("$ ", "dim"), COMMAND))
    for section in sections:
        console.print(section)
    console.print()
    svg = console.export_svg(title="Stoker", theme=THEME)
    # Rich would have every reader's browser ask a server for the font; the machine's own does as well.
    PICTURE.write_text(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL), encoding="utf-8")
    print(f"{PICTURE}: {len(svg.splitlines())} lines")


def demo_output() -> str:
    """What the demo writes on a terminal of `COLUMNS` columns, with its escape sequences."""
    reading, writing = pty.openpty()
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "tui_app", "demo", "--headless", "--folder", f"{folder}/demo"],
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "COLUMNS": str(COLUMNS), "TERM": "xterm-256color"},
        )
        os.close(writing)
        output = b"".join(chunks(reading))
        if process.wait():
            raise SystemExit(f"The demo ended with exit code {process.returncode}; no picture was drawn.")
    return output.decode()


def chunks(terminal: int) -> Iterator[bytes]:
    """What comes out of a terminal until nobody writes to it any more."""
    while True:
        try:
            chunk = os.read(terminal, 65_536)
        except OSError:
            # How Linux says that the last writer has closed its end.
            return
        if not chunk:
            return
        yield chunk


def sections_of(output: str) -> list[Text]:
    """The output, cut before every heading: the bold lines that are not indented."""
    sections = [Text()]
    for line in output.replace("\r\n", "\n").split("\n"):
        if line.startswith("\x1b[1m"):
            sections.append(Text())
        sections[-1].append_text(Text.from_ansi(line)).append("\n")
    return sections


def shown(sections: list[Text]) -> Iterator[Text]:
    """The sections of `SHOWN`, with dots where others stood between them.

    Raises:
        SystemExit: The demo has no such section any more.
    """
    remaining = iter(sections)
    for heading in SHOWN:
        skipped = 0
        for section in remaining:
            if section.plain.startswith(heading):
                break
            skipped += 1
        else:
            raise SystemExit(f"The demo has no section {heading!r} after the ones before it; no picture was drawn.")
        if skipped:
            yield DOTS
        section.rstrip()
        yield Text("\n").append_text(section)
