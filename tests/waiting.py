"""Waiting for what another task or process does."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable

PATIENCE_SECONDS = 30.0


async def eventually(probe: Callable[[], Awaitable[bool]], *, what: str) -> None:
    """Ask again and again until the answer is yes.

    Raises:
        AssertionError: it never was.
    """
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            for attempt in itertools.count():
                if await probe():
                    return
                await asyncio.sleep(min(0.02 * 2**attempt, 0.2))
    except TimeoutError:
        raise AssertionError(f"never: {what}") from None
