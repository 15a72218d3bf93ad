"""Make every picture of this folder anew, from the real demo: `python screenshots/make.py [headless|screens|walk]…`.

`screens` are the stages of the app as SVG and PNG, `walk` is a recorded journey as asciinema's cast and as a GIF,
`headless` is the output of `stoker demo --headless`. It needs the project with its `dev` extra, and a monospaced font.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from headless import draw_headless
from screens import draw_screens
from walk import record_walk

_PARTS = {"headless": draw_headless, "screens": draw_screens, "walk": record_walk}


def main() -> None:
    """Make what was asked for, or everything."""
    for name in sys.argv[1:] or _PARTS:
        _PARTS[name]()


if __name__ == "__main__":
    main()
