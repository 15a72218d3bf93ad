"""A box that says something: an error, a warning, an empty state, and the key that helps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal, Self, TypeAlias

from textual import events
from textual.content import Content
from textual.message import Message
from textual.style import Style

from tui_app.tui.text import content, line, lines
from tui_app.tui.widgets.fitted import FittedText
from tui_app.tui.widgets.tones import TEXT_STYLES, Tone

NoticeTone: TypeAlias = Literal["info", "warning", "bad", "good"]

_SIGNS: Final[Mapping[NoticeTone, tuple[str, Tone]]] = {
    "info": ("i", "accent"),
    "warning": ("!", "warning"),
    "bad": ("✗", "bad"),
    "good": ("✓", "good"),
}
_INDENT: Final = 2
_KEY_META: Final = "notice_key"


@dataclass(frozen=True, slots=True)
class _Said:
    tone: NoticeTone
    title: str
    text: Content
    key: str
    action: str


class Notice(FittedText):
    """A title with its mark, text below, and at the end the key that helps.

    Args:
        id: As usual.
        classes: As usual.
    """

    DEFAULT_CSS: ClassVar[str] = """
    Notice {
        padding: 0 1;
        background: $panel;
        border-left: outer $accent;
        &.-warning { border-left: outer $warning; }
        &.-bad { border-left: outer $error; }
        &.-good { border-left: outer $success; }
    }
    """

    @dataclass
    class Chosen(Message):
        """The key was clicked."""

        notice: Notice
        key: str

        @property
        def control(self) -> Notice:
            """The notice, for selectors of `on`."""
            return self.notice

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        self._said = _Said("info", "", Content(), "", "")
        super().__init__(self._composed, id=id, classes=classes)

    def show(self, tone: NoticeTone, title: str, text: Content | str = "", *, key: str = "", action: str = "") -> Self:
        """Say something. Gives itself, so that one can be composed in one expression.

        Args:
            tone: How bad it is.
            title: What is the matter, in a few words.
            text: Sentences; lines of a `Content` stay lines.
            key: As people read it, such as `f` or `^r`; "" for none. The screen binds it; a click on it sends `Chosen`.
            action: What the key does: `rename it to dob`.
        """
        self._said = _Said(tone, title, content(text) if isinstance(text, str) else text, key, action)
        for each in _SIGNS:
            self.set_class(each == tone, f"-{each}")
        self.fit(self._composed)
        return self

    def on_click(self, event: events.Click) -> None:
        """Tell the screen that the key was clicked."""
        key = event.style.meta.get(_KEY_META)
        if isinstance(key, str):
            event.stop()
            self.post_message(self.Chosen(self, key))

    def _composed(self, width: int) -> Content:
        said = self._said
        sign, tone = _SIGNS[said.tone]
        room = max(width - _INDENT, 2)
        title = content(said.title, "bold").wrap(room)
        rows = [line((sign.ljust(_INDENT), f"bold {TEXT_STYLES[tone]}")) + title[0], *_indented(title[1:])]
        if said.text:
            rows += _indented(said.text.wrap(room))
        if said.key:
            remedy = line((said.key, "bold $footer-key-foreground"), f"  {said.action}")
            rows += _indented(remedy.stylize(Style.from_meta({_KEY_META: said.key})).wrap(room))
        return lines(*rows)


def _indented(rows: Sequence[Content]) -> list[Content]:
    return [row.pad_left(_INDENT) for row in rows]
