"""What a disk that refuses means for a person."""

from __future__ import annotations

import errno
from typing import Final

from tui_app.core.errors import FixInput

FULL_DISK: Final = "No space left on device"
"""What the operating system says, and an engine repeats."""

_REMEDIES: Final = {
    errno.ENOSPC: "Make room on it",
    errno.EDQUOT: "Make room within the quota",
    errno.EROFS: "Make it writable, or name another folder for the state",
    errno.EACCES: "Allow it to whoever runs Stoker",
    errno.EPERM: "Allow it to whoever runs Stoker",
    errno.EIO: "Mend or replace it",
}


def explain_disk(error: OSError) -> FixInput | None:
    """What to tell a person of an error that the disk made; None if it was something else."""
    remedy = _REMEDIES.get(error.errno or 0)
    if remedy is None:
        return None
    where = f"{error.filename}: the disk" if error.filename else "The disk"
    return FixInput.at(
        f"{where} refused to write or read ({error.strerror}). Nothing more was done; what was recorded before "
        f"is kept. {remedy}, then do the same again.",
        code="disk",
    )
