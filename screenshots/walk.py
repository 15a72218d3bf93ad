"""A short walk through the app, recorded on a real terminal: `walk.cast` for asciinema, `walk.gif` for all others."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pyte
from PIL import Image, ImageDraw, ImageFont
from screens import FOLDER, demo_project

COLUMNS, LINES = 100, 30
FONT_FILE = "DejaVuSansMono.ttf"
CELL = (8, 17)
FONT_PIXELS = 13
LONGEST_PAUSE_SECONDS = 1.6
NUMBER = "number"
"""Stands for the number that the dialog asks for."""
BACKGROUND, FOREGROUND = (20, 22, 26), (230, 225, 218)

STEPS: tuple[tuple[str, str, float], ...] = (
    ("", "Activations", 1.5),
    ("2", "API key", 0.8),
    ("t", "Ready", 1.5),
    ("4", "to look at", 2.0),
    ("/", "column or attribute", 0.6),
    ("birthday\r", "Duplicate of a standard field", 2.0),
    ("f", "12 to look at", 1.2),
    ("\x1b", "", 1.0),
    ("5", "customers · ", 2.0),
    ("6", "Plan now", 0.8),
    ("p", "data points", 2.5),
    ("c", "first_name", 1.0),
    *[("j", "", 0.25)] * 5,
    ("s", "to send", 1.8),
    (NUMBER, "", 0.8),
    ("\r", "sending", 4.0),
    ("", "Done", 2.5),
    ("p", "This plan sends nobody", 1.0),
    ("o", "There is nothing to send", 2.5),
    ("q", "", 0.5),
)
"""Keys, words to wait for, and seconds to look at what is shown."""


def record_walk() -> None:
    """Write both files."""
    with demo_project() as folder:
        events = _record(folder)
    header = {"version": 2, "width": COLUMNS, "height": LINES, "title": "Stoker", "env": {"TERM": "xterm-256color"}}
    rows = [header, *([round(moment, 3), "o", text] for moment, text in events)]
    (FOLDER / "walk.cast").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    frames = _draw(events)
    first, *others = [image for image, _ in frames]
    lasting = [int(seconds * 1000) for _, seconds in frames]
    first.save(FOLDER / "walk.gif", save_all=True, append_images=others, duration=lasting, loop=0, optimize=True)
    print(f"walk.cast, walk.gif: {len(frames)} frames")


def _record(folder: Path) -> list[tuple[float, str]]:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "tui_app", "--project", str(folder)],
        stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
        env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    os.close(slave)
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.Stream(screen)
    events: list[tuple[float, str]] = []
    began = time.monotonic()

    def read(seconds: float) -> None:
        ready, _, _ = select.select([master], [], [], seconds)
        if ready:
            try:
                text = os.read(master, 1 << 20).decode("utf-8", "replace")
            except OSError:
                return
            events.append((time.monotonic() - began, text))
            stream.feed(text)

    for step, words, seconds in STEPS:
        keys = step
        if keys == NUMBER:
            asked = re.search(r"Type ([\d,]+) to send", "\n".join(screen.display))
            assert asked is not None
            keys = asked[1].replace(",", "")
        os.write(master, keys.encode())
        until = time.monotonic() + 60
        while words not in "\n".join(screen.display):
            if time.monotonic() > until:
                raise SystemExit(f"{words!r} did not appear after {keys!r}:\n" + "\n".join(screen.display))
            read(0.1)
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            read(left)
    process.wait(30)
    os.close(master)
    return events


def _draw(events: list[tuple[float, str]]) -> list[tuple[Image.Image, float]]:
    """One picture for each moment at which the screen stood still, with the seconds that it stood."""
    font = ImageFont.truetype(FONT_FILE, FONT_PIXELS)
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.Stream(screen)
    frames: list[tuple[Image.Image, float]] = []
    for (moment, text), (after, _) in zip(events, [*events[1:], (events[-1][0] + 1, "")], strict=True):
        stream.feed(text)
        if (stands := after - moment) > 0.12:
            frames.append((_picture(screen, font), min(stands, LONGEST_PAUSE_SECONDS)))
    return frames


def _picture(screen: pyte.Screen, font: ImageFont.FreeTypeFont) -> Image.Image:
    width, height = CELL
    image = Image.new("RGB", (COLUMNS * width, LINES * height), BACKGROUND)
    draw = ImageDraw.Draw(image)
    for y in range(LINES):
        for x in range(COLUMNS):
            cell = screen.buffer[y][x]
            fore, back = _colour(cell.fg, FOREGROUND), _colour(cell.bg, BACKGROUND)
            if cell.reverse:
                fore, back = back, fore
            left, top = x * width, y * height
            if back != BACKGROUND:
                draw.rectangle((left, top, left + width - 1, top + height - 1), fill=back)
            if cell.data.strip():
                draw.text((left, top), cell.data, font=font, fill=fore)
    return image.quantize(64)


def _colour(name: str, otherwise: tuple[int, int, int]) -> tuple[int, int, int]:
    if len(name) != 6:
        return otherwise
    try:
        return (int(name[:2], 16), int(name[2:4], 16), int(name[4:], 16))
    except ValueError:
        return otherwise
