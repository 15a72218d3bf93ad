"""Whatever a cell holds takes exactly the cells of its column: one row that is off pushes every column after it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tui_app.core.visible import visible
from tui_app.tui.widgets.table_columns import Column, column_widths, fitted


@settings(max_examples=400, deadline=None)
@given(
    text=st.text(max_size=60) | st.text(alphabet="a全é́\u200d\ufe0f👩👧🇩🇪⏎\x1b\n\t ", max_size=40),
    width=st.integers(1, 30),
    align=st.sampled_from(["left", "right"]),
)
def test_any_text_takes_exactly_its_column(text: str, width: int, align: str) -> None:
    shown = fitted(text, width, align)  # type: ignore[arg-type]

    assert cell_len(shown) == width
    assert cell_len(f"{shown}  next") == width + 6
    assert shown == visible(shown)


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("gold", 6, "gold  "),
        ("loyalty", 6, "loyal…"),
        ("全角全角", 6, "全角… "),
        ("全角全", 6, "全角全"),
        ("e\u0301cole", 6, "e\u0301cole "),
        ("\x1b[2J", 6, "␛[2J  "),
        ("a\nb", 6, "a⏎b   "),
        ("x" * 10_000, 6, "xxxxx…"),
        ("", 3, "   "),
    ],
    ids=["short", "cut", "wide, cut", "wide, fits", "combining", "escape", "line break", "very long", "empty"],
)
def test_a_text_is_fitted(text: str, width: int, shown: str) -> None:
    assert fitted(text, width) == shown


def test_numbers_stand_at_the_right() -> None:
    assert fitted("1,204", 8, "right") == "   1,204"


def test_columns_without_a_width_share_what_is_left() -> None:
    columns = [Column("customer", 20), Column("before"), Column("after"), Column("kind", 9)]

    widths = column_widths(columns, 100)

    assert widths == (20, 32, 33, 9)
    assert sum(widths) + 2 * 3 == 100


def test_columns_that_all_fit_at_their_minimum_fit_into_the_table() -> None:
    """A column that needs more than an equal part takes it from the others, not from beyond the screen."""
    columns = [Column("name", minimum=14), Column("attribute", minimum=14), Column("samples", minimum=30)]

    assert column_widths(columns, 62) == (14, 14, 30)
    assert column_widths(columns, 65) == (15, 16, 30)
    assert column_widths(columns, 97) == (31, 31, 31)


def test_where_nothing_is_left_a_column_keeps_its_minimum() -> None:
    assert column_widths([Column("customer", 30), Column("name", minimum=12)], 32) == (30, 12)
