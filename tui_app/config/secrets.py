"""Fetches an API key from where the project file says that it is kept, and puts one there. No message shows it."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, assert_never

from tui_app.config.wording import quoted_path
from tui_app.core.errors import FixInput
from tui_app.core.project import KeyReference
from tui_app.core.secret import ApiKey

KEYRING_SERVICE: Final = "stoker"

_MAX_BYTES = 4096
_LIKE_A_KEY = re.compile(rb"[A-Za-z0-9_-]*\r?\n?")
"""What a file may hold that a key takes the place of."""
_PRIVATE_MODES = (0o600, 0o400)


def read_key(reference: KeyReference, folder: Path, environment: Mapping[str, str] = os.environ) -> ApiKey:
    """The key that a destination refers to.

    Args:
        reference: From the project file.
        folder: Of the project file; a key file is relative to it.
        environment: Where `env:NAME` is looked up.

    Raises:
        FixInput: There is no such key, its file can be read or replaced by others, no keyring is at hand, or what is
            kept there cannot be a key.
    """
    match reference.kind:
        case "env":
            text = _from_environment(reference, environment)
        case "file":
            text = _from_file(reference, folder)
        case "keyring":
            text = _from_keyring(reference)
        case _:
            assert_never(reference.kind)
    return checked_key(text, reference)


def store_key(reference: KeyReference, key: ApiKey, folder: Path) -> None:
    """Keep a key where `read_key` finds it; one that was kept there before is replaced.

    Args:
        reference: A keyring entry or a file.
        key: From `checked_key`.
        folder: Of the project file; a key file is relative to it.

    Raises:
        FixInput: It cannot be kept there: the keyring or the disk refuses, the file is a link or holds something else
            than a key, or it would have to go into the environment of another process. What was there is as it was.
    """
    match reference.kind:
        case "env":
            fact = "no program can set a variable for the next one. Set it before you start Stoker: export "
            raise _refused(reference, f"{fact}{reference.name}=…", "not_storable")
        case "file":
            _to_file(reference, key, folder)
        case "keyring":
            _to_keyring(reference, key)
        case _:
            assert_never(reference.kind)


def checked_key(text: str, reference: KeyReference) -> ApiKey:
    """A text as a key, if it can be one.

    Args:
        text: As it was typed or kept.
        reference: Where it is kept, or is to be kept; for the message.

    Raises:
        FixInput: Only what can stand in an HTTP header is a key; anything else is a slip of copy and paste.
    """
    verdicts = (
        (not text, "it is empty"),
        (not text.isascii(), "it holds characters that are not ASCII"),
        (any(character.isspace() for character in text), "it holds white space or a line end"),
        (not text.isprintable(), "it holds a control character"),
    )
    fact = next((fact for is_bad, fact in verdicts if is_bad), None)
    if fact is not None:
        raise _refused(reference, f"{fact}, so it is no key of Braze. Copy the key again.", "bad_key")
    return ApiKey(text)


def _from_environment(reference: KeyReference, environment: Mapping[str, str]) -> str:
    text = environment.get(reference.name)
    if text is None:
        raise _refused(
            reference, f"the environment variable is not set. Set it: export {reference.name}=…", "key_missing"
        )
    return text


def _from_file(reference: KeyReference, folder: Path) -> str:
    try:
        # O_NOFOLLOW: whoever can place a link must not choose which file is read. O_NONBLOCK: a pipe must not wait.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(folder / reference.name, flags)
        try:
            _check_file(reference, os.fstat(descriptor))
            raw = os.read(descriptor, _MAX_BYTES + 1)
        finally:
            os.close(descriptor)
    except OSError as error:
        if (folder / reference.name).is_symlink():
            fact = "the file is a symbolic link and was not read. Name the file itself."
            raise _refused(reference, fact, "key_not_private") from error
        raise _refused(reference, f"the file cannot be read ({error.strerror}).", "key_missing") from error
    if len(raw) > _MAX_BYTES:
        raise _refused(
            reference, f"the file is over {_MAX_BYTES:,} bytes and holds no key. Name the right file.", "bad_key"
        )
    # Editors end a file with one line end; anything else around the key is a mistake.
    return raw.decode("latin-1").removesuffix("\n").removesuffix("\r")


def _check_file(reference: KeyReference, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise _refused(reference, "it is no regular file and was not read. Name a file.", "key_not_private")
    if status.st_uid != os.geteuid():
        fact = "the file belongs to another user, who could replace the key. Make a copy of your own."
        raise _refused(reference, fact, "key_not_private")
    mode = stat.S_IMODE(status.st_mode)
    if mode not in _PRIVATE_MODES:
        fact = f"the file has mode {mode:04o}, so that others may read or change it. Nothing was read. "
        raise _refused(reference, f"{fact}Run: chmod 600 {reference.name}", "key_not_private")


def _to_file(reference: KeyReference, key: ApiKey, folder: Path) -> None:
    path = folder / reference.name
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        _check_replaceable(reference, path)
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            os.fchmod(descriptor, 0o600)
            os.write(descriptor, key.reveal().encode("ascii") + b"\n")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        # Takes the place of the name itself: of a link that was put there meanwhile, never of what it leads to.
        temporary.replace(path)
    except (OSError, ValueError) as error:
        with suppress(OSError, ValueError):
            temporary.unlink(missing_ok=True)
        cause = getattr(error, "strerror", None) or "the path cannot exist"
        raise _refused(reference, f"the file cannot be written ({cause}). Name another.", "not_writable") from error


def _check_replaceable(reference: KeyReference, path: Path) -> None:
    """Only a file that holds a key, or nothing, is replaced by one."""
    if not os.path.lexists(path):
        return
    if path.is_symlink():
        fact = "the file is a symbolic link, and the key could land anywhere. Nothing was written. Name the file."
        raise _refused(reference, fact, "key_not_private")
    if not _may_hold_key(path):
        fact = "there is something else than a key. It was left as it is. Name another file."
        raise _refused(reference, fact, "not_a_key_file")


def _may_hold_key(path: Path) -> bool:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode) or status.st_size > _MAX_BYTES:
        return False
    return _LIKE_A_KEY.fullmatch(path.read_bytes()) is not None


def _from_keyring(reference: KeyReference) -> str:
    with _keyring_explained(reference):
        import keyring

        text = keyring.get_password(KEYRING_SERVICE, reference.name)
    if text is None:
        fact = f"the keyring has no such entry. Store it: keyring set {KEYRING_SERVICE} {reference.name}"
        raise _refused(reference, fact, "key_missing")
    return text


def _to_keyring(reference: KeyReference, key: ApiKey) -> None:
    with _keyring_explained(reference):
        import keyring

        keyring.set_password(KEYRING_SERVICE, reference.name, key.reveal())


@contextmanager
def _keyring_explained(reference: KeyReference) -> Iterator[None]:
    try:
        from keyring.errors import KeyringError, NoKeyringError
    except ModuleNotFoundError as error:
        fact = "the package keyring is not installed. Install it beside Stoker: pip install keyring"
        raise _refused(reference, fact, "no_keyring") from error
    try:
        yield
    except NoKeyringError as error:
        fact = "this machine has no keyring that can be used (usual without a desktop). Use env:NAME or file:PATH."
        raise _refused(reference, fact, "no_keyring") from error
    except KeyringError as error:
        # The backend's own words are not repeated: nobody knows what they hold.
        fact = f"the keyring did not answer ({type(error).__name__}). Unlock it and try again."
        raise _refused(reference, fact, "no_keyring") from error


def _refused(reference: KeyReference, fact: str, code: str) -> FixInput:
    return FixInput.at(f"API key {quoted_path(str(reference))}: {fact}", None, code)
