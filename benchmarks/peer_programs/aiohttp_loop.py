"""What many teams have: read the table, send it 75 customers at a time with aiohttp, a hundred requests at once."""

import asyncio
import sys
from collections.abc import Iterator

import aiohttp
import pyarrow.parquet as pq
from mapping import body_of

URL, TABLE = sys.argv[1:]


async def sender(session: aiohttp.ClientSession, batches: Iterator) -> None:
    for batch in batches:
        async with session.post(
            f"{URL}/users/track",
            data=body_of(batch.to_pylist()),
            headers={"Authorization": "Bearer key", "Content-Type": "application/json"},
        ) as answer:
            answer.raise_for_status()
            await answer.read()


async def main() -> None:
    batches = pq.ParquetFile(TABLE).iter_batches(batch_size=75)
    # A hundred: the connections that a session has by itself.
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(sender(session, batches) for _ in range(100)))


asyncio.run(main())
