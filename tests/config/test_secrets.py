"""A key is fetched from where only its owner can read it, and appears in no message."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from tui_app.config.secrets import read_key
from tui_app.core.errors import FixInput
from tui_app.core.project import KeyReference

CANARY = "00000000-1111-2222-3333-444444444444"


class MemoryKeyring(KeyringBackend):
    """A keyring of this process, through the interface that desktops implement."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def get_password(self, service: str, username: str) -> str | None:
        """The entry, unless the keyring is locked."""
        if self.is_locked:
            raise KeyringLocked(f"secret detail {CANARY}")
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store an entry."""
        self.entries[service, username] = password


@pytest.fixture
def memory_keyring() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


def refusal(reference: KeyReference, folder, environment: dict[str, str] | None = None) -> str:
    with pytest.raises(FixInput) as caught:
        read_key(reference, folder, environment or {})
    assert CANARY[:8] not in str(caught.value)
    return str(caught.value)


@pytest.fixture
def key_file(tmp_path):
    file = tmp_path / "key"
    file.write_text(f"{CANARY}\n")
    file.chmod(0o600)
    return file


FILE = KeyReference("file", "key")


def test_a_key_comes_from_the_environment(tmp_path, monkeypatch):
    assert read_key(KeyReference("env", "KEY"), tmp_path, {"KEY": CANARY}).reveal() == CANARY

    monkeypatch.setenv("STOKER_TEST_KEY", CANARY)
    assert read_key(KeyReference("env", "STOKER_TEST_KEY"), tmp_path).reveal() == CANARY


def test_a_variable_that_is_not_set_is_named(tmp_path):
    message = refusal(KeyReference("env", "BRAZE_API_KEY"), tmp_path)

    assert message == (
        'API key "env:BRAZE_API_KEY": the environment variable is not set. Set it: export BRAZE_API_KEY=…'
    )


@pytest.mark.parametrize("mode", [0o600, 0o400])
@pytest.mark.parametrize("line_end", ["", "\n", "\r\n"], ids=["no line end", "line end", "Windows line end"])
def test_a_key_comes_from_a_private_file_beside_the_project(key_file, mode, line_end):
    key_file.write_bytes(f"{CANARY}{line_end}".encode())
    key_file.chmod(mode)

    assert read_key(FILE, key_file.parent).reveal() == CANARY
    assert read_key(KeyReference("file", str(key_file)), key_file.parent / "elsewhere").reveal() == CANARY


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o620, 0o700, 0o601, 0o4600, 0o777])
def test_a_file_that_others_could_read_or_change_is_refused(key_file, mode):
    key_file.chmod(mode)

    message = refusal(FILE, key_file.parent)

    assert f"mode {mode:04o}" in message
    assert "chmod 600 key" in message


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_refused(key_file):
    os.chown(key_file, 12345, -1)

    assert "belongs to another user" in refusal(FILE, key_file.parent)


def test_a_link_to_a_private_file_is_refused(key_file):
    """Whoever can place the link could choose which key is used."""
    key_file.rename(key_file.with_name("real"))
    key_file.symlink_to("real")

    assert "symbolic link" in refusal(FILE, key_file.parent)


def test_a_pipe_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "key", 0o600)

    assert "no regular file" in refusal(FILE, tmp_path)


def test_a_folder_and_a_missing_file_are_refused(tmp_path):
    assert "cannot be read (No such file or directory)" in refusal(FILE, tmp_path)

    (tmp_path / "key").mkdir()
    assert "no regular file" in refusal(FILE, tmp_path)


def test_a_long_file_is_no_key(key_file):
    key_file.write_text("x" * 5000)

    assert "over 4,096 bytes" in refusal(FILE, key_file.parent)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("", "it is empty"),
        (f"{CANARY} ", "white space"),
        (f"Bearer {CANARY}", "white space"),
        (f"{CANARY}\n\n", "white space"),
        (f"{CANARY}\r\nX-Header: 1", "white space"),
        (f"{CANARY}\u00e9", "not ASCII"),
        (f"\ufeff{CANARY}", "not ASCII"),
        (f"{CANARY}\x7f", "control character"),
    ],
    ids=["empty", "space", "header", "two line ends", "another header", "accent", "byte order mark", "control"],
)
def test_what_cannot_be_a_key_is_refused_wherever_it_comes_from(key_file, memory_keyring, text, fact):
    """A line end in a key would let it write headers of its own."""
    key_file.write_bytes(text.encode())
    memory_keyring.set_password("stoker", "key", text)

    assert fact in refusal(KeyReference("env", "KEY"), key_file.parent, {"KEY": text})
    assert fact in refusal(FILE, key_file.parent)
    assert fact in refusal(KeyReference("keyring", "key"), key_file.parent)


def test_a_key_comes_from_the_keyring(tmp_path, memory_keyring):
    memory_keyring.set_password("stoker", "production", CANARY)

    assert read_key(KeyReference("keyring", "production"), tmp_path).reveal() == CANARY
    assert "keyring set stoker staging" in refusal(KeyReference("keyring", "staging"), tmp_path)


def test_a_locked_keyring_is_named_without_its_words(tmp_path, memory_keyring):
    memory_keyring.is_locked = True

    message = refusal(KeyReference("keyring", "production"), tmp_path)

    assert "the keyring did not answer (KeyringLocked). Unlock it and try again." in message


def test_a_machine_without_a_keyring_is_told_what_to_use_instead():
    """Servers and containers have none, and a silent fallback to a plain file would be worse."""
    program = (
        "import sys; from pathlib import Path\n"
        "from tui_app.config.secrets import read_key\n"
        "from tui_app.core.errors import FixInput\n"
        "from tui_app.core.project import KeyReference\n"
        "if sys.argv[1] == 'missing': sys.modules['keyring'] = None\n"
        "try: read_key(KeyReference('keyring', 'x'), Path())\n"
        "except FixInput as error: print(error)\n"
    )

    def message(case: str) -> str:
        environment = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
        command = [sys.executable, "-c", program, case]
        return subprocess.run(command, capture_output=True, text=True, check=True, env=environment, timeout=60).stdout

    assert "no keyring that can be used (usual without a desktop). Use env:NAME or file:PATH." in message("no backend")
    assert "the package keyring is not installed. Install it beside Stoker: pip install keyring" in message("missing")
