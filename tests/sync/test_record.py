"""One fsync serves many answers; what announces something does not wait for company."""

from __future__ import annotations

import asyncio

from tui_app.core.run import Answered, Dispatched
from tui_app.store.journal import Journal, read_journal
from tui_app.sync import record
from tui_app.sync.record import Recorder

ANSWERS = 40


class CountedJournal(Journal):
    """A journal that knows how often it was written to."""

    appends = 0

    def append(self, records):
        """As every journal does."""
        super().append(records)
        self.appends += 1


def answered(row):
    return Answered(row, row + 1, "acknowledged", 1_800_000_000.0, {})


async def test_answers_that_come_soon_after_each_other_share_an_fsync(tmp_path):
    """At a thousand requests a second, an fsync for each would cost as much as sending."""
    journal = CountedJournal(tmp_path / "journal")
    recorder = Recorder(journal)
    recording = []
    for row in range(ANSWERS):
        recording.append(asyncio.create_task(recorder.record(answered(row))))
        for _ in range(10):
            await asyncio.sleep(0)
    await asyncio.gather(*recording)

    assert [each.first for each in read_journal(tmp_path / "journal")] == list(range(ANSWERS))
    assert journal.appends < ANSWERS / 4


async def test_an_announcement_takes_along_what_waits_and_is_written_at_once(tmp_path, monkeypatch):
    """A request may leave only after its announcement, so that one must not wait."""
    monkeypatch.setattr(record, "GATHER_SECONDS", 3600.0)
    recorder = Recorder(CountedJournal(tmp_path / "journal"))
    answer = asyncio.create_task(recorder.record(answered(0)))
    await asyncio.sleep(0)
    await asyncio.wait_for(recorder.record(Dispatched(1, 1_800_000_000.0)), 10)
    written = read_journal(tmp_path / "journal")
    await asyncio.wait_for(answer, 10)

    assert [type(record) for record in written] == [Answered, Dispatched]
