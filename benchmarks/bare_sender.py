"""The floor of sending: ready bodies, a plain aiohttp session, and a clock; no plan, no journal, no repeats.

    python -m benchmarks.bare_sender URL SECONDS REQUESTS_PER_SECOND BODY_BYTES

Prints, as JSON, requests per second and cores.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

import aiohttp

_HEADERS = {"Authorization": "Bearer none", "Content-Type": "application/json"}
_TICK_SECONDS = 0.02
"""As Stoker's limiter wakes up."""


async def send(url: str, seconds: float, per_second: float, body: bytes) -> dict[str, float]:
    """Send what is due at every tick, side by side."""
    connector = aiohttp.TCPConnector(limit=192)
    async with aiohttp.ClientSession(connector=connector) as session, asyncio.TaskGroup() as group:

        async def post() -> None:
            async with session.post(f"{url}/users/track", data=body, headers=_HEADERS) as answer:
                await answer.read()

        began, cpu, sent = time.monotonic(), time.process_time(), 0
        while (passed := time.monotonic() - began) < seconds:
            for _ in range(int(passed * per_second) - sent):
                group.create_task(post())
                sent += 1
            await asyncio.sleep(_TICK_SECONDS)
    return {"requests_per_second": sent / seconds, "cores": (time.process_time() - cpu) / seconds}


def main() -> None:
    """Send."""
    url, seconds, per_second, body_bytes = sys.argv[1], *map(float, sys.argv[2:5])
    item = b'{"external_id":"c1"},'
    print(json.dumps(asyncio.run(send(url, seconds, per_second, item * (int(body_bytes) // len(item))))))


if __name__ == "__main__":
    main()
