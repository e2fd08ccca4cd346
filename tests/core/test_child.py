"""A process that is asked questions, ends when nobody asks, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os

import pytest

from market.core.child import Child

ECHO = "tests.core.echo"


async def test_a_child_that_was_told_to_end_has_ended_when_its_owner_closes() -> None:
    child = Child(ECHO, idle_seconds=0.01)
    assert await child.ask(b"one") == b"one"
    pid = child.pid
    assert pid is not None
    while child.pid is not None:  # noqa: ASYNC110  (let go of in the turn before: the process has had no time to end)
        await asyncio.sleep(0)

    await child.close()

    assert child.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_child_that_ended_is_started_again_by_the_next_question() -> None:
    child = Child(ECHO, idle_seconds=0.01)
    try:
        assert await child.ask(b"one") == b"one"
        first = child.pid
        await asyncio.sleep(0.05)
        assert child.pid is None
        assert await child.ask(b"two") == b"two"
        assert child.pid not in (None, first)
    finally:
        await child.close()
