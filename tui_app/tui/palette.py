"""The palette: every command of this stage and of the app, every stage, activation, segment and template by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tui_app.tui.everywhere import EVERYWHERE
from tui_app.tui.text import content

if TYPE_CHECKING:
    from tui_app.tui.app import StokerApp


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be done by name."""

    name: str
    """May come from the project file."""
    help: str
    """Our own words: the palette reads them as markup."""
    run: Callable[[], object]


class StokerCommands(Provider):
    """Feeds the palette."""

    async def discover(self) -> Hits:
        """What is shown before anything is typed."""
        for entry in self._entries():
            yield DiscoveryHit(content(entry.name), entry.run, text=entry.name, help=entry.help)

    async def search(self, query: str) -> Hits:
        """What matches."""
        matcher = self.matcher(query)
        for entry in self._entries():
            shown = content(entry.name)
            # `matcher.highlight` would read the name as markup.
            score, offsets = matcher.fuzzy_search.match(query, shown.plain)
            if score > 0:
                for offset in offsets:
                    shown = shown.stylize(matcher.match_style, offset, offset + 1)
                yield Hit(score, shown, entry.run, text=shown.plain, help=entry.help)

    def _entries(self) -> Iterator[Entry]:
        stoker: StokerApp = self.app  # type: ignore[assignment] # the palette belongs to this app alone
        screen = self.screen
        for command in (*getattr(screen, "COMMANDS_HERE", ()), *EVERYWHERE):
            if command.name not in ("command_palette", "go"):
                yield Entry(command.title, command.help, _running(screen, command.action))
        yield from stoker.palette_places()


def _running(screen: object, action: str) -> Callable[[], object]:
    async def run() -> None:
        await screen.run_action(action)  # type: ignore[attr-defined] # a Screen

    return run
