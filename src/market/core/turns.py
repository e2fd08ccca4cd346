"""How much one caller writes at once: what waits for a lock of its own must not take the connections of everybody."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext
from weakref import WeakValueDictionary

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
