"""Heavy work kept at arm's length: a process that starts when something is asked and ends when nothing was for a while.

What it loads never weighs on the process that answers requests, and what takes it long holds up no other answer.
Both sides speak over pipes; each message is its length in four bytes and itself.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable

from market.core.errors import Unavailable
from market.core.traces import span

LENGTH_BYTES = 4
MOST_SECONDS = 60.0
"""After which a child that says nothing is taken for dead."""
IDLE_SECONDS = 60.0
MOST_WAITING = 4
"""More who wait at once are sent away: each holds a connection to the database."""


class ChildEnded(Unavailable):
    """It died over a question, or took too long: the same question would most likely end the next one too."""


class Child:
    """Asks one question at a time of a program (`python -m module`) that ends in `answer_parent`."""

    def __init__(self, module: str, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self._module = module
        self._idle_seconds = idle_seconds
        self._one_at_a_time = asyncio.Lock()
        self._process: Process | None = None
        self._end: asyncio.TimerHandle | None = None
        self._waiting = 0

    @property
    def pid(self) -> int | None:
        """Of the process while there is one that can be asked."""
        process = self._process
        if process is None or process.returncode is not None or process.stdin is None or process.stdin.is_closing():
            return None
        return process.pid

    async def ask(self, question: bytes) -> bytes:
        """The child's answer.

        Raises:
            Unavailable: too many wait already.
            ChildEnded: the child died or took too long.
        """
        if self._waiting >= MOST_WAITING:
            raise Unavailable(headers={"Retry-After": "3"})
        self._waiting += 1
        try:
            async with self._one_at_a_time:
                with span(f"child {self._module.rpartition('.')[2]}"):
                    return await self._exchange(question)
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if self._end is not None:
            self._end.cancel()
        if process is not None:
            if process.returncode is None:
                process.kill()
            await process.communicate()

    async def _exchange(self, question: bytes) -> bytes:
        if self._end is not None:
            self._end.cancel()
        answered = False
        try:
            async with asyncio.timeout(MOST_SECONDS):
                answer = await self._talk(question)
            answered = True
        except (asyncio.IncompleteReadError, TimeoutError, OSError) as error:
            raise ChildEnded(headers={"Retry-After": "3"}) from error
        finally:
            # Whoever stops waiting leaves an answer in the pipe that nobody may take for the next one's.
            if not answered:
                await self.close()
        self._end = asyncio.get_running_loop().call_later(self._idle_seconds, self._end_idle)
        return answer

    async def _talk(self, question: bytes) -> bytes:
        if self.pid is None:
            if self._process is not None:
                await self._process.wait()
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", self._module, stdin=PIPE, stdout=PIPE
            )
        if self._process is None or self._process.stdin is None or self._process.stdout is None:
            raise OSError("the child has no pipes")
        self._process.stdin.write(_framed(question))
        await self._process.stdin.drain()
        length = int.from_bytes(await self._process.stdout.readexactly(LENGTH_BYTES), "big")
        return await self._process.stdout.readexactly(length)

    def _end_idle(self) -> None:
        # Its end of the pipe closes, and the process ends by itself. It is kept until then: whoever closes us right now
        # has to see its end, or the loop ends first and nobody ever does.
        if not self._one_at_a_time.locked() and self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()


def answer_parent(answer: Callable[[bytes], bytes]) -> None:
    """In the child: answer one question after the other until nobody can ask any more."""
    # Ctrl-C is for whoever asks; the end of the pipe follows from it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    while length := questions.read(LENGTH_BYTES):
        answers.write(_framed(answer(questions.read(int.from_bytes(length, "big")))))
        answers.flush()


def _framed(message: bytes) -> bytes:
    return len(message).to_bytes(LENGTH_BYTES, "big") + message
