"""A process that has loaded what backstage loads, and becomes one, in a fork, for each who asks.

Hundreds of tests open the app, and the engine takes most of a second to load. What answers them is the same program, in
a process of its own, on the same pipes; only its loading is shared. How backstage is started is for its own tests.

    python -m tests.warm.nursery SOCKET       is that process; it ends when its stdin does
    python nursery.py SOCKET ARGUMENTS        is started in place of `python -m tui_app.backstage ARGUMENTS`

The second gives its pipes, environment and folder away, and lives as long as the fork that got them.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import sys
import time
from pathlib import Path
from typing import NoReturn

_CHUNK_BYTES = 1 << 16


def keep(path: str) -> None:
    """Fork a backstage for each who comes to the socket at `path`, until stdin ends."""
    _load()
    # Nobody waits for the forks: whoever asked for one sees that its end of the line is closed.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(path)
        door.listen()
        sys.stdout.write("open\n")
        sys.stdout.flush()
        while True:
            ready, _, _ = select.select([door, sys.stdin], [], [])
            if sys.stdin in ready:
                return
            line, _ = door.accept()
            with line:
                if os.fork() == 0:
                    door.close()
                    _be_backstage(line)


def _load() -> None:
    import importlib
    import pkgutil

    from tests.warm.loading import warm_up
    from tui_app.backstage import answers

    for name in ("desk", "server", "open_sources"):
        importlib.import_module(f"tui_app.backstage.{name}")
    for module in pkgutil.iter_modules(answers.__path__):
        importlib.import_module(f"{answers.__name__}.{module.name}")
    warm_up()


def _be_backstage(line: socket.socket) -> NoReturn:
    from tui_app.backstage.__main__ import main

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    text, descriptors, _, _ = socket.recv_fds(line, _CHUNK_BYTES, 3)
    while chunk := line.recv(_CHUNK_BYTES):
        text += chunk
    asked = json.loads(text)
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    sys.argv[1:] = asked["arguments"]
    main()
    os._exit(0)


def be_forked(path: str, arguments: list[str]) -> None:
    """Live as long as a backstage with these arguments and with everything that this process was given."""
    asked = {"arguments": arguments, "environment": dict(os.environ), "folder": str(Path.cwd())}
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(path)
        text = json.dumps(asked).encode()
        socket.send_fds(line, [text[:1]], [0, 1, 2])
        line.sendall(text[1:])
        line.shutdown(socket.SHUT_WR)
        line.recv(1)


if __name__ == "__main__":
    _path, *_arguments = sys.argv[1:]
    if _arguments:
        be_forked(_path, _arguments)
    else:
        keep(_path)
