"""The feed of changes as it happens: on a line held for a while, or as server-sent events."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable

from market.core.changes import Cursor
from market.integrations.entities import Reader
from market.integrations.feed import Wanted, changes_since, decode_place, encode_place
from market.integrations.schemas import Changes
from market.integrations.watching import LogWatch, Sessions

PAGE = 200
PING_SECONDS = 15.0
RETRY_MS = 2000

ReaderOn = Callable[..., Reader]


async def changes_within(
    reader: Reader, cursor: Cursor, wanted: Wanted, *, limit: int, seconds: float, watch: LogWatch, sessions: Sessions
) -> Changes:
    """One page of the feed; when there is nothing to tell, wait for it so many seconds."""
    mark = watch.mark()
    page = await changes_since(reader, cursor, wanted, limit=limit)
    if page.items or page.more or not seconds:
        return page
    until = time.monotonic() + seconds
    async with watch.watching(sessions):
        while not page.items and not page.more:
            # Who waits holds no connection to the database.
            await reader.session.close()
            if not await watch.grown(mark, until - time.monotonic()):
                break
            mark = watch.mark()
            page = await changes_since(reader, decode_place(page.next_cursor, era=reader.era), wanted, limit=limit)
    return page


async def live_changes(
    reader_on: ReaderOn,
    cursor: Cursor,
    wanted: Wanted,
    *,
    era: int,
    seconds: float,
    watch: LogWatch,
    sessions: Sessions,
) -> AsyncIterator[bytes]:
    """Server-sent events: each thing that changes, and a sign of life in between.

    Only the last event of a page carries an id: who loses the line within a page gets all of it again.
    """
    until = time.monotonic() + seconds
    yield f"retry: {RETRY_MS}\n: {encode_place(cursor, era=era)}\n\n".encode()
    async with watch.watching(sessions):
        while True:
            mark = watch.mark()
            async with sessions() as session:
                page = await changes_since(reader_on(session=session), cursor, wanted, limit=PAGE)
            cursor = decode_place(page.next_cursor, era=era)
            if page.items:
                yield _events(page)
            if page.more:
                continue
            left = until - time.monotonic()
            if left <= 0:
                return
            if not await watch.grown(mark, min(PING_SECONDS, left)):
                yield b": still here\n\n"


def _events(page: Changes) -> bytes:
    events = [f"event: {item.change}\ndata: {item.model_dump_json()}" for item in page.items]
    return ("\n\n".join(events) + f"\nid: {page.next_cursor}\n\n").encode()
