"""One caller who writes much at once, and everybody else."""

from __future__ import annotations

import asyncio

from market.core.errors import TooManyRequests
from market.core.turns import Line, Turns


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


async def test_a_line_lets_few_in_and_sends_those_away_who_would_wait_too_long() -> None:
    line, inside, most = Line(at_once=2, most=6), 0, 0

    async def work() -> None:
        nonlocal inside, most
        async with line.turn():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.02)
            inside -= 1

    told = await asyncio.gather(*(work() for _ in range(9)), return_exceptions=True)
    refused = [one for one in told if isinstance(one, TooManyRequests)]
    assert (most, len(refused)) == (2, 3)
    assert all(int(one.headers["Retry-After"]) >= 1 for one in refused)
    await work()


async def test_a_line_of_slow_work_is_short() -> None:
    line = Line(at_once=1, most=100, patience=0.05)

    async def work() -> None:
        async with line.turn():
            await asyncio.sleep(0.2)

    await work()
    told = await asyncio.gather(*(work() for _ in range(10)), return_exceptions=True)
    assert 0 < sum(one is None for one in told) < 6
