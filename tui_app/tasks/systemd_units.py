"""Units for systemd: a timer that calls `stoker schedule --once` every minute, and the service that it starts.

Source: systemd.service(5), systemd.timer(5), systemd.time(7).
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tui_app.core.digest import digest_of
from tui_app.wiring import Workplace


def systemd_units(workplace: Workplace) -> dict[str, str]:
    """File name → content, of a service and its timer, for `~/.config/systemd/user`."""
    folder = workplace.folder
    name = f"stoker-{digest_of(str(folder))[:8]}"
    program = shutil.which("stoker")
    command = [program] if program else [sys.executable, "-m", "tui_app"]
    words = " ".join(_word(each) for each in (*command, "schedule", "--once", "--project", str(folder)))
    service = f"""[Unit]
Description=Stoker: run what is due in {_text(str(folder))}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart={words}
Environment={_word(f"STOKER_STATE={workplace.state}")}
# Done with rejected customers is done.
SuccessExitStatus=5
# A run may take hours, and its worker goes on by itself.
TimeoutStartSec=infinity
KillMode=process
UMask=0077
"""
    timer = f"""[Unit]
Description=Stoker: look every minute what is due in {_text(str(folder))}

[Timer]
OnCalendar=*-*-* *:*:00 UTC
AccuracySec=1s
Persistent=true

[Install]
WantedBy=timers.target
"""
    return {f"{name}.service": service, f"{name}.timer": timer}


def write_units(workplace: Workplace, target: Path) -> list[Path]:
    """Write both files into a folder, and say where."""
    target.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in systemd_units(workplace).items():
        path = target / name
        path.write_text(content, encoding="utf-8")
        paths.append(path)
    return paths


def _word(text: str) -> str:
    """One word of a command line in a unit: quoted, and without what systemd expands."""
    escaped = _text(text).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{escaped}"'


def _text(text: str) -> str:
    return text.replace("%", "%%")
