"""The process in which pools are solved (`core.child`): a problem in, a plan out, both as JSON."""

from __future__ import annotations

import msgspec

from market.core.child import answer_parent
from market.matching.pool_solver import solve_pool
from market.matching.pools import PoolProblem


def plan(asked: bytes) -> bytes:
    """The plan of a problem."""
    return msgspec.json.encode(solve_pool(msgspec.json.decode(asked, type=PoolProblem)))


if __name__ == "__main__":
    answer_parent(plan)
