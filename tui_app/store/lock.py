"""One writer per ledger: a lock that dies with its process, a note of who holds it, and a fencing token."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from filelock import FileLock, Timeout

from tui_app.core.errors import LedgerHeld
from tui_app.store.files import private_folder, to_json_bytes, write_private


class LedgerLock:
    """Held for as long as a ledger may change. Use as a context manager.

    The operating system releases it when the process dies, however it dies. Each holder gets a higher `token` than
    every holder before; a commit with an older token is refused (see `ledger.commit`).
    """

    def __init__(
        self, folder: Path, purpose: str, epoch_seconds: float, committed_token: Callable[[], int] = lambda: 0
    ) -> None:
        """Prepare, without taking it yet.

        Args:
            folder: The ledger's folder; created when missing.
            purpose: What the holder does, such as "run 20260102T030405-winback", shown to whoever must wait.
            epoch_seconds: Now.
            committed_token: The newest token that the ledger was committed with, asked once the lock is held. It counts
                if the note of the last holder is lost.
        """
        self._folder = private_folder(folder)
        self._holder = folder / "holder.json"
        self._purpose = purpose
        self._since = epoch_seconds
        self._committed_token = committed_token
        self._lock = FileLock(folder / "lock", mode=0o600)
        self.token = 0

    def __enter__(self) -> LedgerLock:
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise LedgerHeld(_held_message(self._folder, self._holder)) from error
        try:
            self.token = max(_token_in(self._holder), self._committed_token()) + 1
            self._leave_note()
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    def _leave_note(self) -> None:
        note = {
            "token": self.token,
            "purpose": self._purpose,
            "host": socket.gethostname(),
            "process": os.getpid(),
            "since": self._since,
        }
        write_private(self._holder, to_json_bytes(note))


def _read_holder(path: Path) -> dict[str, Any]:
    try:
        holder = json.loads(path.read_bytes())
    except (OSError, ValueError):
        # A holder note is a courtesy: the lock itself does not depend on it.
        return {}
    return holder if isinstance(holder, dict) else {}


def _token_in(path: Path) -> int:
    token = _read_holder(path).get("token")
    return token if type(token) is int else 0


def _held_message(folder: Path, path: Path) -> str:
    holder = _read_holder(path)
    try:
        since = datetime.fromtimestamp(float(holder["since"]), UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return f"The ledger {folder.name} is held by another process. Nothing was done. Try again when it has ended."
    return (
        f"The ledger {folder.name} is held by {holder.get('purpose')} (process {holder.get('process')} on "
        f"{holder.get('host')}, since {since}). Nothing was done. Wait for it, or stop it with: stoker stop RUN"
    )
