"""The solver kept at arm's length: a process that starts when a pool is asked for and ends when none has been a while.

The solver's libraries weigh more than the API, so they are never loaded here; and a plan that takes long to find does
not hold up other answers.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections import OrderedDict
from hashlib import blake2b

import msgspec

from market.core.errors import Unavailable
from market.matching.pools import PoolPlan, PoolProblem

WORKER = "market.matching.pool_worker"
LENGTH_BYTES = 4
MOST_SECONDS = 60.0
"""After which a solver that says nothing is taken for dead."""
IDLE_SECONDS = 60.0
MOST_WAITING = 4
"""More who wait at once are sent away: each holds a connection to the database."""
MOST_REMEMBERED = 64


class PoolSolver:
    """Solves one problem at a time; the same problem is solved once."""

    def __init__(self, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self._idle_seconds = idle_seconds
        self._one_at_a_time = asyncio.Lock()
        self._process: Process | None = None
        self._end: asyncio.TimerHandle | None = None
        self._waiting = 0
        self._remembered: OrderedDict[bytes, PoolPlan] = OrderedDict()

    @property
    def pid(self) -> int | None:
        """Of the process while there is one."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    async def solve(self, problem: PoolProblem) -> PoolPlan:
        """The best plan.

        Raises:
            Unavailable: too many wait already, or the solver died.
        """
        asked = msgspec.json.encode(problem)
        key = blake2b(asked, digest_size=16).digest()
        if key not in self._remembered:
            if self._waiting >= MOST_WAITING:
                raise Unavailable(headers={"Retry-After": "3"})
            self._waiting += 1
            try:
                async with self._one_at_a_time:
                    self._remembered[key] = msgspec.json.decode(await self._exchange(asked), type=PoolPlan)
            finally:
                self._waiting -= 1
        self._remembered.move_to_end(key)
        while len(self._remembered) > MOST_REMEMBERED:
            self._remembered.popitem(last=False)
        return self._remembered[key]

    async def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if self._end is not None:
            self._end.cancel()
        if process is not None:
            if process.returncode is None:
                process.kill()
            await process.communicate()

    async def _exchange(self, asked: bytes) -> bytes:
        if self._end is not None:
            self._end.cancel()
        answered = False
        try:
            async with asyncio.timeout(MOST_SECONDS):
                body = await self._ask(asked)
            answered = True
        except (asyncio.IncompleteReadError, TimeoutError, OSError) as error:
            raise Unavailable(headers={"Retry-After": "3"}) from error
        finally:
            # Whoever stops waiting leaves an answer in the pipe that nobody may take for the next one's.
            if not answered:
                await self.close()
        self._end = asyncio.get_running_loop().call_later(self._idle_seconds, self._end_idle)
        return body

    async def _ask(self, asked: bytes) -> bytes:
        if self.pid is None:
            self._process = await asyncio.create_subprocess_exec(sys.executable, "-m", WORKER, stdin=PIPE, stdout=PIPE)
        if self._process is None or self._process.stdin is None or self._process.stdout is None:
            raise OSError("the solver has no pipes")
        self._process.stdin.write(len(asked).to_bytes(LENGTH_BYTES, "big") + asked)
        await self._process.stdin.drain()
        length = int.from_bytes(await self._process.stdout.readexactly(LENGTH_BYTES), "big")
        return await self._process.stdout.readexactly(length)

    def _end_idle(self) -> None:
        # Its end of the pipe closes, and the process ends by itself.
        if not self._one_at_a_time.locked() and self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process = None
