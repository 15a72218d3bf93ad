"""Text from data is text: hostile values travel through every stage, and the bytes of a real terminal are searched."""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

HOSTILE = {
    "title": "\x1b]0;owned\x07",
    "clear": "\x1b[2Jgone",
    "where": "\x1b[6nwhere",
    "who": "\x1b[cwho",
    "report": "\x1bP$qm\x1b\\report",
    "picture": "\x1b_Gi=1;AAAA\x1b\\picture",
    "clipboard": "\x1b]52;c;b3duZWQ=\x07",
    "c1": "\x9b31mred",
    "markup": "[/] [bold]x[/bold] [@click=app.bell()]y[/]",
    "link": "[link=http://example.com]z",
    "bidi": "\u202egpj.exe",
    "wide": "全角" * 30,
    "emoji": "👩‍👩‍👧" * 10,
    "lines": "one\ntwo\r\nthree\ttabs\x00null",
    "long": "x" * 20_000,
}
STEERING = [text.encode() for text in HOSTILE.values() if text.startswith(("\x1b", "\x9b"))]
OURS = re.compile(
    # What Textual itself sends: colours, cursor, modes and questions, and the shape of the mouse pointer.
    rb"\x1b\[[0-9;:?<>=]*[ $\"]?[a-zA-Z]|\x1b[()][A-Z0-9]|\x1b[=>78]|\x1bP[^\x1b]*\x1b\\|\x1b_[^\x1b]*\x1b\\"
    rb"|\x1b\]22;[a-z-]*\x07"
)


@pytest.fixture
def hostile_shop(shop: Any) -> Any:
    """Every kind of hostile text as a value of every customer, as a column's name, and as a segment's value."""
    names = {f"col {kind}": [text] * 40 for kind, text in HOSTILE.items() if kind not in ("long", "lines")}
    table = pa.table(
        {
            "id": [f"{text[:30]} {number}" for number, text in enumerate([*HOSTILE.values()] * 4)][:40],
            "name": [text[:900] for text in ([*HOSTILE.values()] * 4)[:40]],
            "tier": [text[:900] for text in ([*reversed(HOSTILE.values())] * 4)[:40]],
            "points": list(range(40)),
            "is_member": [True] * 40,
            **names,
            "[/] [bold]column": ["plain"] * 40,
            "\x1b]0;column\x07": ["plain"] * 40,
        }
    )
    pq.write_table(table, shop.folder / "customers.parquet")
    shop.extra = (
        '[segments.odd]\ntable = "customers"\n'
        'all = [ { column = "name", op = "is not exactly", value = "[/] [bold]\\u001b]0;segment\\u0007" } ]'
    )
    shop.write()
    return shop


def test_no_value_ever_steers_the_terminal(hostile_shop: Any, terminal: Any) -> None:
    """A title, the clipboard or the screen itself belongs to the person, not to a customer's name."""
    app = terminal(size=(120, 36), folder=hostile_shop.folder, environment={"STOKER_STATE": str(hostile_shop.state)})
    app.wait_for("Activations")
    app.press("3")
    app.wait_for("points", 20)
    app.press("4")
    app.wait_for("profile", 20)
    app.wait_for("customers", 20)
    for _ in range(12):
        app.press("j")
        app.read(0.1)
    app.press("5")
    app.wait_for("owned", 20)
    app.press("6")
    app.wait_for("Plan now", 20)
    app.press("p")
    app.wait_for("data points", 20)
    app.press("c")
    app.wait_for("first_name", 20)
    app.press("s")
    app.wait_for("to send", 20)
    number = re.search(r"Type ([\d,]+) to send", app.text())
    assert number is not None
    app.press(number[1])
    app.wait_until_gone("The number is not typed yet")
    app.press("\r")
    app.wait_for("Done", 20)
    app.press("8")
    app.wait_for("ledger serial", 20)
    app.press("q")

    assert app.wait_for_end() == 0
    # Textual sends questions of the same kinds, but none with these words behind it.
    assert not [text for text in STEERING if text in app.output]
    assert b"[2Jgone" in app.output, "the values were never shown"
    left = OURS.sub(b"", bytes(app.output))
    assert b"\x1b" not in left
    assert b"\x07" not in left
    assert "\x9b".encode() not in left
    assert "\u202e".encode() not in left
    assert b"owned" in left, "the values were never shown"
    assert app.is_as_before()
