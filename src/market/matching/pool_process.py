"""The solver of pools, in a process of its own; the same problem is solved once."""

from __future__ import annotations

from collections import OrderedDict
from hashlib import blake2b

import msgspec

from market.core.child import IDLE_SECONDS, Child
from market.matching.pools import PoolPlan, PoolProblem

MOST_REMEMBERED = 64


class PoolSolver:
    """Solves one problem at a time and remembers the last plans."""

    def __init__(self, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self._child = Child("market.matching.pool_worker", idle_seconds=idle_seconds)
        self._remembered: OrderedDict[bytes, PoolPlan] = OrderedDict()

    @property
    def pid(self) -> int | None:
        """Of the process while there is one."""
        return self._child.pid

    async def solve(self, problem: PoolProblem) -> PoolPlan:
        """The best plan.

        Raises:
            Unavailable: too many wait already, or the solver died.
        """
        asked = msgspec.json.encode(problem)
        key = blake2b(asked, digest_size=16).digest()
        plan = self._remembered.get(key) or msgspec.json.decode(await self._child.ask(asked), type=PoolPlan)
        self._remembered[key] = plan
        self._remembered.move_to_end(key)
        while len(self._remembered) > MOST_REMEMBERED:
            self._remembered.popitem(last=False)
        return plan

    async def close(self) -> None:
        """End the process."""
        await self._child.close()
