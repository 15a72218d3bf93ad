"""The stages of the app on the demo's project, drawn by pressing keys as a person does: SVG, and PNG from it."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import resvg_py
from textual.pilot import Pilot

from tui_app.backstage.client import Backstage
from tui_app.demo.sample_data import write_sample_data
from tui_app.demo.sample_project import write_sample_project
from tui_app.demo.sandbox_process import running_sandbox
from tui_app.tui.app import StokerApp
from tui_app.tui.session import Session
from tui_app.tui.settings import Settings

FOLDER = Path(__file__).parent
FONT = "DejaVu Sans Mono"
CUSTOMERS = 10_000


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: what is pressed before it is taken."""

    name: str
    keys: tuple[str, ...]
    """Keys; `until:TEXT` waits for words, `seconds:N` for time, `number` types what the dialog asks for."""
    size: tuple[int, int] = (120, 36)


PICTURES = (
    Picture("connect", ("2", "t", "until:Ready")),
    Picture("source", ("3", "until:signed_up_on")),
    Picture("mapping", ("4", "until:to look at", *["j"] * 7)),
    Picture("segment", ("5", "until:of 10,", "j")),
    Picture("preview", ("6", "until:Plan now", "p", "until:data points")),
    Picture("customers", ("c", "until:first_name", *["j"] * 5)),
    Picture("send", ("s", "until:to send")),
    Picture("sync", ("number", "enter", "until:sending", "seconds:6")),
    Picture("runs", ("until:Done", "8", "until:ledger serial")),
    Picture("home", ("1",)),
    Picture("keys", ("question_mark",)),
)


def draw_screens() -> None:
    """Write all pictures."""
    with demo_project() as folder:
        asyncio.run(_draw_all(folder))
    with tempfile.TemporaryDirectory() as home:
        empty = Path(home) / "shop"
        empty.mkdir()
        asyncio.run(_draw_welcome(empty))


@contextmanager
def demo_project(customers: int = CUSTOMERS) -> Iterator[Path]:
    """The demo's project in `~/shop`, with its sandbox running."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["HOME"] = home
        os.environ.pop("STOKER_STATE", None)
        folder = Path(home) / "shop"
        folder.mkdir(mode=0o700)
        write_sample_data(folder / "data", customers, datetime.now(UTC).date())
        with running_sandbox(folder / "sandbox.json", folder / "sandbox.log") as sandbox:
            write_sample_project(folder, sandbox.url, sandbox.key)
            _slow_down(folder / "stoker.toml")
            yield folder


def _slow_down(project: Path) -> None:
    """A run of the demo is over in a moment; a picture of one needs a few seconds."""
    text = project.read_text(encoding="utf-8")
    slow = "requests_per_second = 20\nobjects_per_request = 25\n"
    project.write_text(re.sub(r"(?m)^(?=identifier = )", slow, text), encoding="utf-8")


async def _draw_all(folder: Path) -> None:
    backstage = Backstage(folder, os.environ)
    app = StokerApp(Session(folder, backstage, Settings()), is_demo=True)
    async with app.run_test(size=PICTURES[0].size, notifications=False, tooltips=False) as pilot:
        for picture in PICTURES:
            await pilot.resize_terminal(*picture.size)
            for key in picture.keys:
                await _press(app, pilot, key)
            await _settle(app, pilot)
            _write(picture.name, app.export_screenshot(title="stoker"))


async def _draw_welcome(folder: Path) -> None:
    app = StokerApp(Session(folder, Backstage(folder, os.environ), Settings()))
    async with app.run_test(size=(120, 36)) as pilot:
        await _settle(app, pilot)
        _write("welcome", app.export_screenshot(title="stoker"))


async def _press(app: StokerApp, pilot: Pilot[object], key: str) -> None:
    if key.startswith("until:"):
        await _until(app, pilot, key.removeprefix("until:"))
    elif key.startswith("seconds:"):
        await pilot.pause(float(key.removeprefix("seconds:")))
    elif key == "number":
        asked = re.search(r"Type ([\d,]+) to send", shown_text(app))
        assert asked is not None
        await pilot.press(*asked[1].replace(",", ""))
    else:
        await pilot.press(key)
        await _settle(app, pilot)


async def _until(app: StokerApp, pilot: Pilot[object], text: str, seconds: float = 60.0) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while text not in shown_text(app):
        if loop.time() > end:
            raise SystemExit(f"{text!r} did not appear; no picture was drawn:\n{shown_text(app)}")
        await pilot.pause(0.05)


def shown_text(app: StokerApp) -> str:
    """What stands on the screen."""
    return "\n".join("".join(each.text for each in strip) for strip in app.screen._compositor.render_strips())  # noqa: SLF001


async def _settle(app: StokerApp, pilot: Pilot[object]) -> None:
    await pilot.pause()
    await app.session.backstage.settled()
    await pilot.pause(0.3)
    await app.session.backstage.settled()
    await pilot.pause()


def _write(name: str, svg: str) -> None:
    # Textual would have every reader's browser ask a server for the font; the machine's own does as well.
    svg = re.sub(r"@font-face\s*\{.*?\}\s*", "", svg, flags=re.DOTALL).replace("Fira Code", FONT)
    (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")
    picture = resvg_py.svg_to_bytes(svg_string=svg, font_family=FONT, monospace_family=FONT)
    (FOLDER / f"{name}.png").write_bytes(bytes(picture))
    print(f"{name}.svg, {name}.png")
