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
from tui_app.config.replace_file import replace_file
from tui_app.core.errors import FixInput

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
        FixInput: The file cannot be read, so that nothing of it would stay. It is as it was.
        OSError: It cannot be written. It is as it was.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    # People link their settings to where they keep them: what is written is that file, and not the link.
    file = Path(os.path.realpath(make_private(folder or config_folder()) / FILE_NAME))
    try:
        document = tomlkit.parse(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        file.touch(mode=0o600)
        document = tomlkit.document()
    except (UnicodeDecodeError, TOMLKitError) as error:
        raise FixInput.at(f"{file}: it is not TOML. Nothing was written. Mend or remove it.") from error
    document["theme"] = theme
    replace_file(file, tomlkit.dumps(document).encode())
    return replace(settings, theme=theme, message="")
