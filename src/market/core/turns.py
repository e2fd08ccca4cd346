"""How much is done at once: what waits for a lock of its caller's own, or for processors, must not take the connections
of everybody.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from math import ceil
from weakref import WeakValueDictionary

from market.core.errors import TooManyRequests

MOST_AT_ONCE = 5
"""A quarter of the connections of a process with the usual pool; more wait, before they take one."""


class Turns:
    """Lets each caller of this process do so many things at once; what comes beyond waits for its turn."""

    def __init__(self, most: int = MOST_AT_ONCE) -> None:
        self._most = most
        self._callers: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def of(self, caller: str | None) -> AbstractAsyncContextManager[None]:
        """A turn of this caller, to be taken with `async with`; nobody known waits for nobody.

        Args:
            caller: the credential as it was sent.
        """
        if caller is None:
            return nullcontext()
        turns = self._callers.get(caller)
        if turns is None:
            self._callers[caller] = turns = asyncio.Semaphore(self._most)
        return turns


class Line:
    """Those who wait for what takes processors (hashing passwords): few at once, and nobody for very long.

    Waiting holds nothing. Whoever would wait too long, by how long it took the others, is told so at once.
    """

    def __init__(self, *, at_once: int = 3, most: int = 40, patience: float = 3.0) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._at_once, self._most, self._patience = at_once, most, patience
        self._in_line = 0
        self._usual_seconds = 0.0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A turn, after those who came before.

        Raises:
            TooManyRequests: so many wait that this one would wait for longer than the patience.
        """
        expected = (self._in_line - self._at_once) * self._usual_seconds / self._at_once
        if self._in_line >= self._most or expected > self._patience:
            seconds = max(1, ceil(expected))
            raise TooManyRequests(headers={"Retry-After": str(seconds)}, seconds=seconds)
        self._in_line += 1
        try:
            async with self._places:
                began = asyncio.get_running_loop().time()
                yield
                took = asyncio.get_running_loop().time() - began
                self._usual_seconds += (took - self._usual_seconds) / 8
        finally:
            self._in_line -= 1
