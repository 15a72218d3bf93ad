"""Keeping a plan elsewhere, where it stays a plan: it can be shown, and applied as long as it is not stale."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tui_app.core.errors import FixInput
from tui_app.store.files import settle, sync_folder
from tui_app.store.plans import MANIFEST, StoredPlan, load_plan


def save_plan(stored: StoredPlan, folder: Path) -> StoredPlan:
    """Copy a plan to a new or an empty folder, which is there whole or not at all: 0700, its files 0600.

    Args:
        stored: The plan.
        folder: Absolute. The folder that it is to lie in must be there.

    Raises:
        FixInput: The folder holds something, or cannot be written.
        Damaged: The plan is not what was written.
    """
    try:
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder.parent))
    except (OSError, ValueError) as error:
        raise _not_written(folder, error) from error
    try:
        for name in (*(file.name for file in stored.plan.files), MANIFEST):
            shutil.copyfile(stored.folder / name, draft / name)
            settle(draft / name)
        # What was copied is what is judged.
        load_plan(draft).verify()
        # Takes the place of an empty folder, and of nothing else.
        draft.rename(folder)
        sync_folder(folder.parent)
    except OSError as error:
        raise _not_written(folder, error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return load_plan(folder)


def _not_written(folder: Path, error: OSError | ValueError) -> FixInput:
    cause = getattr(error, "strerror", None) or "it is no name for a folder"
    return FixInput.at(f"{folder}: the plan cannot be saved there ({cause}). Nothing was saved. Name a new folder.")
