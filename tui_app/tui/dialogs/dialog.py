"""What all dialogs are: a frame with a title, what is asked, and a row of buttons; Escape changes nothing."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static
from textual.widgets.button import ButtonVariant

from tui_app.tui.text import content, line

ResultT = TypeVar("ResultT")


class Dialog(ModalScreen[ResultT | None]):
    """One question above a stage. Gives its answer; None: nothing is to be changed.

    A subclass gives a heading and a body, says in its style how wide it is (`& > .dialog { width: 84; }`), and
    dismisses itself in `action_accept`. The body scrolls where there is no room; heading and buttons stay in sight.
    """

    DEFAULT_CSS: ClassVar[str] = """
    Dialog {
        & > .dialog {
            width: 76; max-width: 95%; height: auto; max-height: 95%;
            padding: 1 2; background: $surface; border: round $primary;
        }
        & > .dialog > .title { dock: top; }
        & > .dialog > .body { height: auto; max-height: 100%; margin-top: 1; }
        & > .dialog > .foot { dock: bottom; height: auto; }
        & .label, & .note { color: $text-muted; height: auto; }
        & Input.-textual-compact { padding: 0 1; }
        & .said { height: auto; min-height: 1; margin-top: 1; color: $text-muted; }
        & .buttons { height: 1; margin-top: 1; }
        & .buttons Button { margin-right: 2; min-width: 10; }
        & .buttons .hint { width: 1fr; color: $text-muted; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("down", "scroll_body(1)", "Down", show=False),
        Binding("up", "scroll_body(-1)", "Up", show=False),
        Binding("pagedown", "page_body(1)", "Page down", show=False),
        Binding("pageup", "page_body(-1)", "Page up", show=False),
        Binding("home", "end_of_body(-1)", "Start", show=False),
        Binding("end", "end_of_body(1)", "End", show=False),
    ]

    HEADING: ClassVar[str] = ""
    ACCEPT: ClassVar[str] = ""
    """What the button is called that goes with the answer."""
    HINT: ClassVar[str] = ""
    """Keys, beside the buttons."""
    SAYS: ClassVar[bool] = False
    """Whether there is a line for `say` and `refuse` below the body."""

    def compose(self) -> ComposeResult:
        """Heading, body, foot."""
        with Vertical(classes="dialog"):
            yield Static(self.heading(), classes="title")
            with VerticalScroll(classes="body", can_focus=False):
                yield from self.compose_body()
            with Vertical(classes="foot"):
                yield from self.compose_foot()
                with Horizontal(classes="buttons"):
                    yield from self.compose_buttons()
                    yield Static(self.hint(), classes="hint")

    def heading(self) -> Content:
        """What it is about."""
        return content(self.HEADING)

    def compose_body(self) -> ComposeResult:
        """What is asked."""
        yield from ()

    def compose_foot(self) -> ComposeResult:
        """What stays in sight above the buttons."""
        if self.SAYS:
            yield Static(classes="said")

    def compose_buttons(self) -> ComposeResult:
        """One goes with the answer, one without."""
        yield button(self.ACCEPT, "accept", variant="primary")
        yield button("Cancel", "cancel")

    def hint(self) -> Content:
        """Keys, beside the buttons."""
        return content(self.HINT)

    def action_accept(self) -> None:
        """Go with the answer, once it is whole."""

    def action_cancel(self) -> None:
        """Change nothing."""
        self.dismiss(None)

    def action_scroll_body(self, rows: int) -> None:
        """Read on, wherever the focus is."""
        self.query_one(".body").scroll_relative(y=rows, animate=False)

    def action_page_body(self, direction: int) -> None:
        """By what is seen at once."""
        body = self.query_one(".body")
        body.scroll_relative(y=direction * max(body.size.height - 1, 1), animate=False)

    def action_end_of_body(self, direction: int) -> None:
        """To its start or its end."""
        body = self.query_one(".body")
        body.scroll_to(y=0 if direction < 0 else body.max_scroll_y, animate=False)

    def say(self, said: Content | str) -> None:
        """Tell what comes of what is filled in."""
        self.query_one(".said", Static).update(content(said) if isinstance(said, str) else said)

    def refuse(self, fact: str, field: str = "") -> None:
        """Tell why it cannot be, and go to the field where it can be mended."""
        self.say(line(("! ", "bold $text-warning"), (fact, "$foreground")))
        if field:
            self.query_one(field).focus()


class Form(Dialog[ResultT]):
    """A dialog with something to fill in: ^s goes with it from anywhere, and so does enter in a line."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "accept", "Accept", show=False, priority=True)]

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a line."""
        event.stop()
        self.line_entered(event.input)

    def line_entered(self, line_: Input) -> None:
        """Go with what is filled in, unless the line is one that enter goes on from."""
        del line_
        self.action_accept()


def button(label: str, action: str, *, variant: ButtonVariant = "default") -> Button:
    """A button of a dialog, which does an action of it."""
    return Button(content(label), action=f"screen.{action}", variant=variant, compact=True, id=action)
