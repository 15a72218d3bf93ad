"""A person's own settings: the theme, and other keys for commands. `settings.toml` in the platform's config folder.

theme = "stoker"
[keys]
resume = "R"
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from tui_app.config.locations import config_folder, make_private

FILE_NAME: Final = "settings.toml"
DEFAULT_THEME: Final = "stoker"


@dataclass(frozen=True, slots=True)
class Settings:
    """What was chosen, as far as it makes sense."""

    theme: str = DEFAULT_THEME
    keys: Mapping[str, str] = field(default_factory=dict)
    """Action → key."""
    message: str = ""
    """Why the file was not used; empty if it was, or if there is none."""


def read_settings(folder: Path | None = None) -> Settings:
    """The settings; a file that cannot be read is said, and never stands in the way.

    Args:
        folder: Where the file is; None is the platform's folder.
    """
    file = (folder or config_folder()) / FILE_NAME
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as error:
        fact = error.strerror if isinstance(error, OSError) else f"it is not TOML: {error}"
        return Settings(message=f"{file}: it cannot be read ({fact}). The defaults are used. Mend or remove it.")
    theme, keys = document.get("theme"), document.get("keys")
    known_keys = {name: key for name, key in keys.items() if isinstance(key, str)} if isinstance(keys, dict) else {}
    return Settings(theme if isinstance(theme, str) else DEFAULT_THEME, known_keys)


def keep_theme(settings: Settings, theme: str, folder: Path | None = None) -> Settings:
    """Remember a theme; comments and other settings in the file stay.

    Raises:
        OSError: It cannot be written.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    file = make_private(folder or config_folder()) / FILE_NAME
    try:
        document = tomlkit.parse(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, TOMLKitError):
        document = tomlkit.document()
    document["theme"] = theme
    temporary = file.with_name(f".{FILE_NAME}.{os.getpid()}.part")
    temporary.write_text(tomlkit.dumps(document), encoding="utf-8")
    temporary.replace(file)
    return replace(settings, theme=theme, message="")
