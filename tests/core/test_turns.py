"""One caller who writes much at once, and everybody else."""

from __future__ import annotations

import asyncio

from market.core.turns import Turns


async def test_one_caller_does_so_many_things_at_once_and_others_do_not_wait_for_it() -> None:
    turns, under_way, most = Turns(2), {"a": 0, "b": 0}, {"a": 0, "b": 0}

    async def work(caller: str) -> None:
        async with turns.of(caller):
            under_way[caller] += 1
            most[caller] = max(most[caller], under_way[caller])
            await asyncio.sleep(0.01)
            under_way[caller] -= 1

    greedy = [asyncio.create_task(work("a")) for _ in range(20)]
    await asyncio.sleep(0)
    await asyncio.wait_for(work("b"), 0.05)
    assert not all(task.done() for task in greedy)
    await asyncio.gather(*greedy)
    assert most == {"a": 2, "b": 1}


async def test_nobody_known_waits_for_nobody() -> None:
    turns = Turns(1)
    async with turns.of(None), turns.of(None):
        pass
