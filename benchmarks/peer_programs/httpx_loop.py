"""What many teams have: read the table, send it 75 customers at a time with httpx, a hundred requests at once."""

import asyncio
import sys
from collections.abc import Iterator

import httpx
import pyarrow.parquet as pq
from mapping import body_of

URL, TABLE = sys.argv[1:]


async def sender(client: httpx.AsyncClient, batches: Iterator) -> None:
    for batch in batches:
        answer = await client.post(
            f"{URL}/users/track",
            content=body_of(batch.to_pylist()),
            headers={"Authorization": "Bearer key", "Content-Type": "application/json"},
        )
        answer.raise_for_status()


async def main() -> None:
    batches = pq.ParquetFile(TABLE).iter_batches(batch_size=75)
    # A hundred: the connections that the client keeps open by itself.
    async with httpx.AsyncClient(timeout=30) as client:
        await asyncio.gather(*(sender(client, batches) for _ in range(100)))


asyncio.run(main())
