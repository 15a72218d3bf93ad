"""A loopback server that keeps every request to judge it later, and answers at once or after a given time.

    python -m benchmarks.recording_braze FILE [SECONDS]

Bodies are appended to FILE, one a line: JSON holds no line break. What they say is found out when nobody is measured.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from benchmarks.loopback import accepted, serve


def main() -> None:
    """Serve."""
    delay_seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    # Not buffered: the bodies of a run are read while the server lives on for the next one.
    with Path(sys.argv[1]).open("ab", buffering=0) as kept:

        def respond(_head: bytes, body: memoryview) -> tuple[bytes, bool]:
            line = bytes(body)
            kept.write(line.replace(b"\n", b" ") + b"\n")
            # The name itself: it is written with and without a space behind it.
            return accepted(line.count(b'"external_id"')), True

        asyncio.run(serve(respond, delay_seconds))


if __name__ == "__main__":
    main()
