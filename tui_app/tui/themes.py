"""The themes of its own: dark, light, and one of high contrast. Textual's themes can be chosen as well."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

from tui_app.tui.settings import DEFAULT_THEME

THEMES: Final[tuple[Theme, ...]] = (
    Theme(
        name=DEFAULT_THEME,
        primary="#E8743B",
        secondary="#C99A5B",
        accent="#F2B84B",
        foreground="#E6E1DA",
        background="#14161A",
        surface="#1A1D22",
        panel="#23272E",
        success="#86B86B",
        warning="#E9B44C",
        error="#E8635A",
        dark=True,
        variables={
            # Within a line of text, Textual's own "auto 60%" loses its 60 %.
            "text-muted": "#A9A49C",
            "footer-key-foreground": "#F2B84B",
            "footer-description-foreground": "#A9A49C",
            "footer-background": "#1A1D22",
            "input-cursor-text-style": "reverse",
            "border": "#3A3F48",
            "border-blurred": "#2B3038",
        },
    ),
    Theme(
        name="stoker-light",
        primary="#B8501B",
        secondary="#7A5A26",
        accent="#9A5B00",
        foreground="#22262B",
        background="#FAF8F4",
        surface="#F2EFE8",
        panel="#E7E2D8",
        success="#2F6B2A",
        warning="#8A5A00",
        error="#A8251D",
        dark=False,
        variables={
            "text-muted": "#5E6369",
            "footer-key-foreground": "#B8501B",
            "border": "#B9B2A4",
            "border-blurred": "#D3CDC0",
        },
    ),
    Theme(
        name="high-contrast",
        primary="#FFFF00",
        secondary="#00FFFF",
        accent="#FFFF00",
        foreground="#FFFFFF",
        background="#000000",
        surface="#000000",
        panel="#1C1C1C",
        success="#00FF00",
        warning="#FFD700",
        error="#FF6E6E",
        dark=True,
        text_alpha=1.0,
        variables={
            "text-muted": "#E0E0E0",
            "text-disabled": "#C0C0C0",
            "foreground-muted": "#E0E0E0",
            "footer-key-foreground": "#FFFF00",
            "footer-description-foreground": "#FFFFFF",
            "border": "#FFFFFF",
            "border-blurred": "#A0A0A0",
        },
    ),
)
