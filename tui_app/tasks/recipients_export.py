"""Recipients of a campaign, written to a stream one by one, for scripts and for spreadsheets."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from typing import TextIO

from tui_app.core.visible import harmless_json
from tui_app.store.recipients_reading import ShownRecipient
from tui_app.tasks.run_report import moment
from tui_app.tasks.spreadsheet import harmless_cell

CSV_COLUMNS = ("id", "audience", "group", "held_out", "event", "at", "run", "entries")
HELD_OUT = "(held out)"


def write_recipients_json(recipients: Iterable[ShownRecipient], file: TextIO) -> None:
    """Write one list with an object for each."""
    file.write("[")
    for row, each in enumerate(recipients):
        document = {
            "id": each.id,
            "places": [{"audience": place.audience, "group": place.group} for place in each.places],
            "event": each.event,
            "at": moment(each.began),
            "run": each.run,
            "entries": each.entries,
        }
        file.write((",\n" if row else "\n") + harmless_json(json.dumps(document, ensure_ascii=False)))
    file.write("\n]\n")


def write_recipients_csv(recipients: Iterable[ShownRecipient], file: TextIO) -> None:
    """Write one row for each recipient and place; nearly everybody has one place."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for each in recipients:
        for place in each.places:
            is_held_out = "true" if place.group is None else "false"
            cells = (each.id, place.audience, place.group or "", is_held_out, each.event, moment(each.began), each.run)
            writer.writerow([*(harmless_cell(cell) for cell in cells), each.entries])


def places_text(recipient: ShownRecipient) -> str:
    """Where a recipient is, in words."""
    return ", ".join(f"{place.audience}: {place.group or HELD_OUT}" for place in recipient.places)
