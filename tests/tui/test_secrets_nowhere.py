"""A whole journey with a key, from the first check to a crash of the app; then every byte that was written is searched.

The key may be where the person keeps it, in memory, and in the header of a request. Nowhere else, however disguised.
"""

from __future__ import annotations

import base64
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

KEY = "00000000-1111-2222-3333-444444444444"
"""Of the sandbox."""


def disguises(key: str) -> list[bytes]:
    """Ways in which a key could be written down without anybody noticing."""
    raw = key.encode()
    # In base64 a text looks different at each of three places; what depends on its neighbours is cut off.
    encoded = [base64.b64encode(b"x" * shift + raw)[4 if shift else 0 : -4] for shift in range(3)]
    return [
        raw, raw[:23], raw[::-1], raw.replace(b"-", b""), raw.hex().encode(), raw.hex().upper().encode(),
        key.encode("utf-16-le"), quote(key, safe="").replace("-", "%2D").encode(),
        "".join(f"%{byte:02X}" for byte in raw).encode(), *encoded,
    ]  # fmt: skip


DESKTOP_KEYRING = f"""\
from keyring.backend import KeyringBackend

class Desktop(KeyringBackend):
    priority = 1

    def get_password(self, service, username):
        return {KEY!r} if (service, username) == ("stoker", "braze") else None

    def set_password(self, service, username, password):
        raise NotImplementedError
"""
"""A keyring as a desktop has it, for processes of their own."""

LOOKED_FOR = disguises(KEY)


def holds_key(content: bytes) -> bool:
    return any(disguise in content for disguise in LOOKED_FOR)


def unpacked(path: Path) -> bytes:
    """What a file holds; of Parquet also what its pages hold, which are compressed."""
    content = path.read_bytes()
    if not content.startswith(b"PAR1"):
        return content
    sink = pa.BufferOutputStream()
    table = pq.read_table(path)
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return content + sink.getvalue().to_pybytes()


def files_with_key(*folders: Path) -> set[str]:
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    assert files
    return {path.name for path in files if holds_key(unpacked(path)) or holds_key(str(path).encode())}


def command_lines_and_environments() -> Iterator[tuple[bytes, bytes]]:
    """Of every process below this one that runs Stoker, but the sandbox, which a test tells its key."""
    for process in psutil.Process().children(recursive=True):
        folder = Path(f"/proc/{process.pid}")
        try:
            command = (folder / "cmdline").read_bytes()
            environment = (folder / "environ").read_bytes()
        except OSError:
            continue
        if b"sandbox" not in command:
            yield command, environment


@pytest.mark.parametrize("disguise", range(len(LOOKED_FOR)))
def test_the_search_finds_a_key_that_was_written_down(tmp_path: Path, disguise: int) -> None:
    """The control: a search that finds nothing anywhere would prove nothing."""
    (tmp_path / "log").write_bytes(b"GET / Authorization=" + LOOKED_FOR[disguise] + b" 200")

    assert files_with_key(tmp_path) == {"log"}


def test_the_search_looks_into_compressed_pages(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [f"x{KEY}y{i}" for i in range(50)]}), tmp_path / "a.parquet", compression="zstd")

    assert files_with_key(tmp_path) == {"a.parquet"}


def write_project(shop: Any, customer: Callable[..., Mapping[str, Any]], reference: str) -> None:
    """A shop with a hundred customers, of whom some are withheld, whose key is kept where `reference` says."""
    shop.destination = {"quiet_period_seconds": "0", "objects_per_request": "5"}
    shop.write()
    shop.customers([customer(number, tier="x" * 300 if number % 9 == 0 else "gold") for number in range(100)])
    project = shop.folder / "stoker.toml"
    project.write_text(project.read_text().replace("file:braze.key", reference))
    if not reference.startswith("file:"):
        (shop.folder / "braze.key").unlink()


@pytest.mark.skipif(sys.platform != "linux", reason="looks at the environments of processes in /proc")
def test_the_key_of_a_whole_journey_is_nowhere(
    shop: Any,
    sandbox: Any,
    customer: Callable[..., Mapping[str, Any]],
    terminal: Any,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Check, plan, a worker that is killed, a refused key, a crash within, the end, exports, the app and its crash."""
    write_project(shop, customer, "env:BRAZE_API_KEY")
    (tmp_path / "tmp").mkdir()
    environment = {"BRAZE_API_KEY": KEY, "TMPDIR": str(tmp_path / "tmp")}
    said: list[str] = []

    def stoker(*arguments: str, **more: str) -> int:
        finished = shop.stoker(*arguments, environment={**environment, **more})
        said.extend((finished.stdout, finished.stderr))
        assert "Traceback" not in finished.stderr
        return int(finished.code)

    assert stoker("check", "--json") == 0
    sandbox.fail("429:retry=60,after=4")
    assert stoker("apply", "club", "--yes", "--detach", "--json") == 0
    run = kill_the_worker_while_it_sends(shop)
    sandbox.work_again()
    sandbox.fail("401")
    assert stoker("resume", run.id) == 6
    sandbox.work_again()
    stoker("resume", run.id, STOKER_FAILPOINT="send.answered:2")
    assert stoker("resume", run.id, "--json") == 0
    assert stoker("runs", run.id) == 0
    assert stoker("show", run.record().plan, "--format", "csv") == 0
    screens = look_at_everything_and_crash(terminal, shop, environment, tmp_path_factory.mktemp("apart"))

    logs = Path(os.environ["XDG_STATE_HOME"])
    assert "LookupError" in next(logs.rglob("errors.log")).read_text()
    assert files_with_key(tmp_path, logs.parent) == set()
    assert not holds_key("\n".join(said).encode())
    assert not holds_key(screens)
    assert not holds_key(str(sandbox.get("log")).encode() + str(sandbox.get("state")).encode())
    assert len(sandbox.profiles()) == 100


@pytest.mark.skipif(sys.platform != "linux", reason="looks at the environments of processes in /proc")
@pytest.mark.parametrize("reference", ["file:braze.key", "keyring:braze"])
def test_a_key_that_is_kept_elsewhere_is_in_no_environment_either(
    shop: Any,
    sandbox: Any,
    customer: Callable[..., Mapping[str, Any]],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    reference: str,
) -> None:
    """The worker fetches the key itself, where it is kept."""
    write_project(shop, customer, reference)
    keyrings = tmp_path_factory.mktemp("keyrings")
    (keyrings / "desktop_keyring.py").write_text(DESKTOP_KEYRING)
    environment = {
        "PYTHON_KEYRING_BACKEND": "desktop_keyring.Desktop",
        "PYTHONPATH": f"{keyrings}:{os.environ.get('PYTHONPATH', '')}",
    }
    sandbox.fail("429:retry=60,after=4")

    begun = shop.stoker("apply", "club", "--yes", "--detach", "--json", environment=environment)
    run = kill_the_worker_while_it_sends(shop)

    assert begun.code == 0
    assert not holds_key((begun.stdout + begun.stderr).encode())
    assert files_with_key(tmp_path) == ({"braze.key"} if reference == "file:braze.key" else set())
    assert run.answers().totals().acknowledged > 0


def kill_the_worker_while_it_sends(shop: Any) -> Any:
    """Wait until the worker waits for a limit, look at it from outside, and end it as the kernel would."""
    is_in_environment = "env:BRAZE_API_KEY" in (shop.folder / "stoker.toml").read_text()
    until = time.monotonic() + 60
    runs = shop.workplace.runs
    while not runs.all() or runs.all()[-1].progress().acknowledged == 0:
        assert time.monotonic() < until, "the worker sends nothing"
        time.sleep(0.02)
    run = runs.all()[-1]
    worker = psutil.Process(run.progress().process)
    assert not holds_key(Path(f"/proc/{worker.pid}/cmdline").read_bytes())
    assert holds_key(Path(f"/proc/{worker.pid}/environ").read_bytes()) == is_in_environment
    worker.send_signal(signal.SIGKILL)
    psutil.wait_procs([worker], timeout=20)
    return run


BREAKING_ON_SIGNAL = """\
import signal, sys

def look(frame, event, argument):
    if event == "call" and frame.f_code.co_name == "action_keys":
        raise LookupError("unforeseen")

signal.signal(signal.SIGUSR1, lambda number, frame: sys.setprofile(look))
"""
"""For every Python process; from SIGUSR1 on, a function of the app raises."""


def look_at_everything_and_crash(terminal: Any, shop: Any, environment: Mapping[str, str], apart: Path) -> bytes:
    """Stages on a real terminal, a test of the connection, and an error that nobody foresaw; the bytes shown."""
    (apart / "sitecustomize.py").write_text(BREAKING_ON_SIGNAL)
    python_path = f"{apart}:{os.environ.get('PYTHONPATH', '')}"
    app = terminal(size=(120, 36), folder=shop.folder, environment={**environment, "PYTHONPATH": python_path})
    app.wait_for("Activations")
    for command, environ in command_lines_and_environments():
        assert not holds_key(command)
        assert not holds_key(environ.replace(f"BRAZE_API_KEY={KEY}".encode(), b""))
    app.press("2")
    app.wait_for("update existing only")
    app.press("\x14")
    app.wait_for("may send attributes")
    app.press("8")
    app.wait_for("ledger serial")
    app.process.send_signal(signal.SIGUSR1)
    app.press("?")
    assert app.wait_for_end() == 1
    return bytes(app.output)
