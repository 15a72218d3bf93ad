"""A key is kept where only its owner can read it, and never at the cost of something else."""

from __future__ import annotations

import os
from collections.abc import Iterator

import keyring
import keyring.backends.fail
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordSetError

from tui_app.config.secrets import checked_key, read_key, store_key
from tui_app.core.errors import FixInput
from tui_app.core.project import KeyReference

CANARY = "00000000-1111-2222-3333-444444444444"
FILE = KeyReference("file", "key")
ENTRY = KeyReference("keyring", "braze-eu")


class MemoryKeyring(KeyringBackend):
    """A keyring of this process, through the interface that desktops implement."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def get_password(self, service: str, username: str) -> str | None:
        """The entry."""
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store an entry, unless the keyring is locked."""
        if self.is_locked:
            raise PasswordSetError(f"could not store {password}")
        self.entries[service, username] = password


@pytest.fixture
def use_keyring() -> Iterator[object]:
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


def store(reference: KeyReference, folder, text: str = CANARY) -> None:
    store_key(reference, checked_key(text, reference), folder)


def refusal(reference: KeyReference, folder) -> str:
    with pytest.raises(FixInput) as caught:
        store(reference, folder)
    assert CANARY[:8] not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o277], ids=oct)
def test_a_new_key_file_is_for_its_owner_only(tmp_path, umask):
    before = os.umask(umask)
    try:
        store(FILE, tmp_path)
    finally:
        os.umask(before)

    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
    assert read_key(FILE, tmp_path).reveal() == CANARY


@pytest.mark.parametrize("content", ["", "11111111-old\n", "11111111-old\r\n", "11111111-old"])
def test_an_older_key_is_replaced_and_its_file_closed_to_others(tmp_path, content):
    (tmp_path / "key").write_bytes(content.encode())
    (tmp_path / "key").chmod(0o644)

    store(FILE, tmp_path)

    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert read_key(FILE, tmp_path).reveal() == CANARY


@pytest.mark.parametrize(
    "content",
    [b"-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n", b"[source.tables]\n", b"two words", b"\xff\xfe", b"x" * 5000],
    ids=["another kind of key", "a project", "words", "binary", "long"],
)
def test_a_file_that_holds_something_else_is_left_as_it_is(tmp_path, content):
    """A slip in a path must not cost a person a file."""
    (tmp_path / "key").write_bytes(content)

    assert "something else than a key" in refusal(FILE, tmp_path)
    assert (tmp_path / "key").read_bytes() == content


@pytest.mark.parametrize("target", ["real", "missing"])
def test_a_link_is_refused(tmp_path, target):
    """Whoever can place the link could choose where the key is written."""
    (tmp_path / "real").write_text("old")
    (tmp_path / "key").symlink_to(target)

    assert "symbolic link" in refusal(FILE, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["key", "real"]
    assert (tmp_path / "real").read_text() == "old"


@pytest.mark.parametrize("name", ["no/such/folder/key", "folder", "real/key", "a\0b", "n" * 300])
def test_a_path_that_cannot_be_written_is_an_error_with_a_remedy(tmp_path, name):
    (tmp_path / "folder").mkdir()
    (tmp_path / "real").write_text("old")

    message = refusal(KeyReference("file", name), tmp_path)

    assert "Name another" in message
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["folder", "real"]


def test_the_environment_cannot_be_written_and_the_message_says_what_can_be_done(tmp_path):
    assert "Set it before you start Stoker: export BRAZE_API_KEY=…" in refusal(
        KeyReference("env", "BRAZE_API_KEY"), tmp_path
    )
    assert "BRAZE_API_KEY" not in os.environ


def test_a_keyring_keeps_a_key_under_its_name(tmp_path, use_keyring):
    use_keyring(MemoryKeyring())

    store(ENTRY, tmp_path)

    assert keyring.get_password("stoker", "braze-eu") == CANARY
    assert read_key(ENTRY, tmp_path).reveal() == CANARY


def test_a_keyring_that_refuses_is_not_quoted(tmp_path, use_keyring):
    """Its own words may hold the key."""
    locked = MemoryKeyring()
    locked.is_locked = True
    use_keyring(locked)

    assert "the keyring did not answer (PasswordSetError)" in refusal(ENTRY, tmp_path)


def test_a_machine_without_a_keyring_says_what_else_there_is(tmp_path, use_keyring):
    use_keyring(keyring.backends.fail.Keyring())

    assert "Use env:NAME or file:PATH" in refusal(ENTRY, tmp_path)
