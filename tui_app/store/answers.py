"""What a run's journal says about every row of its plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tui_app.core.clock_reading import ClockReading, translated
from tui_app.core.run import Answered, Dispatched, Opened, Record, RunTotals

NOT_SENT: Final = 0
ACKNOWLEDGED: Final = 1
REJECTED: Final = 2
IN_DOUBT: Final = 3

_CODES: Final = {"not_sent": NOT_SENT, "acknowledged": ACKNOWLEDGED, "rejected": REJECTED, "in_doubt": IN_DOUBT}


@dataclass(frozen=True, slots=True)
class Answers:
    """The state of a run, row by row."""

    codes: NDArray[np.uint8]
    """One of the constants above per row of the plan."""
    reasons: Mapping[int, str]
    """Row → Braze's reason, for every rejected row."""
    doubtful_rejections: frozenset[int]
    """Rejected rows of which an earlier attempt had an unknown outcome."""
    data_points: NDArray[np.int32]
    """What Braze counts, per row of the plan."""
    announced: int
    """Requests below this number may have left."""
    newest_times: Mapping[ClockReading, float]
    """Epoch seconds of the newest record by each worker's clock."""

    def count(self, code: int) -> int:
        """How many rows have this state."""
        return int(np.count_nonzero(self.codes == code))

    def last_time(self, clock: ClockReading) -> float:
        """When the newest record was written, in epoch seconds by `clock`; 0 in an empty journal."""
        return max((translated(time, spoken, clock) for spoken, time in self.newest_times.items()), default=0.0)

    def totals(self) -> RunTotals:
        """Customers by answer."""
        return RunTotals(
            acknowledged=self.count(ACKNOWLEDGED),
            rejected=self.count(REJECTED),
            in_doubt=self.count(IN_DOUBT),
            not_sent=self.count(NOT_SENT),
            data_points=int(self.data_points[self.codes == ACKNOWLEDGED].sum()),
        )


def answers_of(
    records: Sequence[Record],
    request_starts: NDArray[np.int64],
    data_points: NDArray[np.int32],
    sample: int | None = None,
) -> Answers:
    """Replay a journal.

    Args:
        records: In order.
        request_starts: First row of each request, ascending.
        data_points: What Braze counts, per row of the plan.
        sample: Only so many rows are sent, so the last request of them has no more; None: all.
    """
    rows = len(data_points)
    # ends[k]: the first row that does not belong to a request below k, of those that are sent.
    ends = np.minimum(np.append(request_starts, rows), rows if sample is None else sample)
    codes: NDArray[np.uint8] = np.zeros(rows, dtype=np.uint8)
    reasons: dict[int, str] = {}
    doubtful: set[int] = set()
    below = 0
    clock, newest_times = ClockReading(), dict[ClockReading, float]()
    for record in records:
        clock = record.clock if isinstance(record, Opened) else clock
        newest_times[clock] = max(record.time, newest_times.get(clock, 0.0))
        match record:
            case Dispatched():
                newly = min(record.below, len(request_starts))
                codes[ends[below] : ends[newly]] = IN_DOUBT
                below = max(below, newly)
            case Answered():
                codes[record.first : record.end] = _CODES[record.outcome]
                for row, reason in record.reasons.items():
                    codes[row] = REJECTED
                    reasons[row] = reason
                    if record.was_in_doubt:
                        doubtful.add(row)
            case _:
                pass
    return Answers(
        codes=codes,
        reasons={row: reason for row, reason in reasons.items() if codes[row] == REJECTED},
        doubtful_rejections=frozenset(doubtful),
        data_points=data_points,
        announced=below,
        newest_times=newest_times,
    )
