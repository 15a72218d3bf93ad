"""Writes the project around the sample data: `stoker.toml`, and the sandbox's key in a file for its owner only."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path
from typing import Final

ACTIVATION: Final = "early_access"
"""The campaign of the project."""
DUPLICATE_ATTRIBUTE: Final = "birthday"
"""The mistake that is to be found: a custom attribute that means a standard field."""
CURIOUS_CUSTOMER: Final = "00000003"
"""A member whose given name holds an escape sequence."""

_ENDPOINT_MARK = "ENDPOINT"


def write_sample_project(folder: Path, endpoint: str, key: str) -> None:
    """Write `stoker.toml` and `braze.key` into `folder`.

    Args:
        folder: Holds the sample data in `data`.
        endpoint: Of the sandbox, such as `http://127.0.0.1:40123`.
        key: That the sandbox accepts.
    """
    text = resources.files(__package__).joinpath("sample_project.toml").read_text(encoding="utf-8")
    (folder / "stoker.toml").write_text(text.replace(_ENDPOINT_MARK, endpoint), encoding="utf-8")
    descriptor = os.open(folder / "braze.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.write(f"{key}\n")
