"""`python -m tests.trials.proxy PORT UPSTREAM...`: hands each connection to the next port that takes it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sys
from collections.abc import Iterator, Sequence


async def _pass_on(source: asyncio.StreamReader, into: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while part := await source.read(65536):
            into.write(part)
            await into.drain()
    with contextlib.suppress(OSError):
        into.close()


async def _upstream(turns: Iterator[int], number: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
    for port in itertools.islice(turns, number):
        with contextlib.suppress(OSError):
            return await asyncio.open_connection("127.0.0.1", port)
    return None


async def serve(port: int, upstreams: Sequence[int]) -> None:
    """Until somebody ends it."""
    turns = itertools.cycle(upstreams)

    async def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        other = await _upstream(turns, len(upstreams))
        if other is None:
            writer.close()
            return
        await asyncio.gather(_pass_on(reader, other[1]), _pass_on(other[0], writer))

    server = await asyncio.start_server(taken, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), [int(given) for given in sys.argv[2:]]))
