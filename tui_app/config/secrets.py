"""Fetches an API key from where the project file says that it is kept. No message and no traceback shows it."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final, assert_never

from tui_app.config.wording import quoted_path
from tui_app.core.errors import FixInput
from tui_app.core.project import KeyReference
from tui_app.core.secret import ApiKey

KEYRING_SERVICE: Final = "stoker"

_MAX_BYTES = 4096
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
    return _checked(text, reference)


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


def _from_keyring(reference: KeyReference) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError, NoKeyringError
    except ModuleNotFoundError as error:
        fact = "the package keyring is not installed. Run: pip install 'stoker[keyring]'"
        raise _refused(reference, fact, "no_keyring") from error
    try:
        text = keyring.get_password(KEYRING_SERVICE, reference.name)
    except NoKeyringError as error:
        fact = "this machine has no keyring that can be used (usual without a desktop). Use env:NAME or file:PATH."
        raise _refused(reference, fact, "no_keyring") from error
    except KeyringError as error:
        # The backend's own words are not repeated: nobody knows what they hold.
        fact = f"the keyring did not answer ({type(error).__name__}). Unlock it and try again."
        raise _refused(reference, fact, "no_keyring") from error
    if text is None:
        fact = f"the keyring has no such entry. Store it: keyring set {KEYRING_SERVICE} {reference.name}"
        raise _refused(reference, fact, "key_missing")
    return text


def _checked(text: str, reference: KeyReference) -> ApiKey:
    """Only what can stand in an HTTP header is a key; anything else is a slip of copy and paste."""
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


def _refused(reference: KeyReference, fact: str, code: str) -> FixInput:
    return FixInput.at(f"API key {quoted_path(str(reference))}: {fact}", None, code)
