"""What somebody sees who has nothing yet: two ways to begin."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Button, Static

from tui_app.tui.text import line


class Welcome(Vertical):
    """Explains in three lines, and offers the sandbox or a workspace."""

    DEFAULT_CSS = """
    Welcome {
        align: center middle; height: 1fr;
        & > Vertical { width: 68; max-width: 100%; height: auto; }
        & Button { width: 100%; margin-top: 1; }
        & .what { margin-bottom: 1; }
        & .why { color: $text-muted; padding: 0 1; }
    }
    """

    def compose(self) -> ComposeResult:
        """What it is, and the two ways."""
        with Vertical():
            yield Static(line(("Stoker", "bold $primary"), " feeds Braze with your customer tables."), classes="what")
            yield Static(
                "Connect a workspace, map columns to attributes, pick customers, look at the exact "
                "difference, and send only what changed. Nothing leaves this machine before you agree to its numbers.",
                classes="what",
                markup=False,
            )
            yield Button("t   Try the sandbox", id="try", variant="primary")
            yield Static("Invented customers and a Braze on this machine. Ready in seconds.", classes="why")
            yield Button("c   Connect Braze", id="connect")
            yield Static("Writes a stoker.toml into this folder; you need a REST API key.", classes="why")

    def focus_first(self) -> None:
        """The sandbox is the safe choice."""
        self.query_one("#try", Button).focus()

    async def on_button_pressed(self, event: Button.Pressed) -> None:
        """As the keys do."""
        event.stop()
        await self.run_action("screen.try_sandbox" if event.button.id == "try" else "screen.connect")
