"""Keeps the programs of `market up` running, and ends them in order."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from market.local.program import LocalServiceError, Program, kill_group, log_tail, opened_log

FIRST_DELAY = 0.2
LONGEST_DELAY = 10.0
HEALTHY_SECONDS = 30.0
"""A child that lived this long before it ended is started again at once, as if for the first time."""

SLOW_START_SECONDS = 120.0
"""Until it was first found well, a child has so long: on a busy machine its start takes longer than a hang does."""
FAILURES_TO_MEND = 2
"""After so many starts in a row that ended at once, what it stands on is put right."""
READY_POLL_SECONDS = 0.05
HANG_CHECK_SECONDS, HANGS_TO_END = 5.0, 3
"""How often a child is looked at, and after how many bad looks in a row it is taken to hang."""


@dataclass
class Child:
    """A program under supervision."""

    program: Program
    process: asyncio.subprocess.Process | None = None
    watcher: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """Of the running process; None between an end and the next start."""
        return self.process.pid if self.process and self.process.returncode is None else None


@dataclass
class Supervisor:
    """Starts programs, brings back those that end by themselves, stops all in order of their stages.

    Linux ties children to the thread that forked them: its loop must run in the main thread.
    """

    say: Callable[[str], None]
    """Tells a person what happened, in a sentence."""
    changed: Callable[[], None] = lambda: None
    """Called whenever a child has a new process."""
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    async def start(self, program: Program, *, ready_seconds: float = 60.0) -> None:
        """Start a program, wait until it serves, and watch it from then on.

        Raises:
            LocalServiceError: it ended or did not serve in time; with the end of its log.
        """
        child = Child(program)
        self.children.append(child)
        process = await self._spawn(child)
        try:
            await _wait_until_ready(program, process, seconds=ready_seconds)
        except LocalServiceError:
            self.children.remove(child)
            kill_group(process.pid)
            await process.wait()
            raise
        child.watcher = asyncio.create_task(self._watch(child, process), name=f"watch {program.name}")

    async def run(self, program: Program) -> None:
        """Run a program to its end, on this console; a cancelled wait ends it.

        Raises:
            LocalServiceError: it failed; what it said is on the console.
        """
        process = await asyncio.create_subprocess_exec(
            *program.command_line(),
            env=program.full_environment(),
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            code = await process.wait()
        finally:
            kill_group(process.pid)
        if code != 0:
            raise LocalServiceError(f"{program.name} failed ({how(code)}); see above")

    def pids(self) -> dict[str, int]:
        """Name of every running child and its process."""
        return {child.program.name: child.pid for child in self.children if child.pid is not None}

    async def stop(self) -> None:
        """End all children, the highest stage first, each within its own time, then by force."""
        self.stopping = True
        watchers = [child.watcher for child in self.children if child.watcher]
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, return_exceptions=True)
        for child in sorted(self.children, key=lambda child: child.program.stage, reverse=True):
            await _end(child)

    def kill(self) -> None:
        """End all children at once, without asking."""
        self.stopping = True
        for child in self.children:
            if child.pid is not None:
                kill_group(child.pid)

    async def _spawn(self, child: Child) -> asyncio.subprocess.Process:
        if self.stopping:
            raise LocalServiceError(f"the {child.program.name} is not started: everything is being stopped")
        with opened_log(child.program) as log:
            child.process = await asyncio.create_subprocess_exec(
                *child.program.command_line(),
                env=child.program.full_environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.changed()
        return child.process

    async def _watch(self, child: Child, process: asyncio.subprocess.Process) -> None:
        name = child.program.name
        delay, failures = FIRST_DELAY, 0
        while True:
            started = time.monotonic()
            code = await self._ended(child, process)
            kill_group(process.pid)
            if time.monotonic() - started > HEALTHY_SECONDS:
                delay = FIRST_DELAY
            self.say(f"The {name} ended unexpectedly ({how(code)}); starting it again in {delay:.1f} s.")
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY)
            try:
                process = await self._spawn(child)
                await _wait_until_ready(child.program, process, seconds=60.0)
            except (LocalServiceError, OSError):
                failures += process.returncode is not None
                if failures == FAILURES_TO_MEND and (done := await asyncio.to_thread(child.program.mend)):
                    self.say(done)
            else:
                failures = 0
                self.say(f"The {name} is back.")

    async def _ended(self, child: Child, process: asyncio.subprocess.Process) -> int:
        """Wait for a process to end; one that is found hanging several times in a row is ended."""
        found, hopeful_until = 0, time.monotonic() + SLOW_START_SECONDS
        while True:
            try:
                return await asyncio.wait_for(process.wait(), HANG_CHECK_SECONDS)
            except TimeoutError:
                hangs = await asyncio.to_thread(child.program.hangs)
                if not hangs:
                    found, hopeful_until = 0, 0.0
                elif time.monotonic() > hopeful_until:
                    found += 1
            if found >= HANGS_TO_END:
                self.say(f"The {child.program.name} gives no sign of life; ending it.")
                kill_group(process.pid)


async def _wait_until_ready(program: Program, process: asyncio.subprocess.Process, *, seconds: float) -> None:
    started = time.monotonic()
    deadline = started + seconds
    while time.monotonic() < started + program.settle_seconds or not await asyncio.to_thread(
        program.is_ready, process.pid
    ):
        if process.returncode is not None:
            raise LocalServiceError(
                f"the {program.name} ended at its start ({how(process.returncode)}):\n{log_tail(program.log)}"
            )
        if time.monotonic() > deadline:
            raise LocalServiceError(f"the {program.name} was not ready in {seconds:.0f} s:\n{log_tail(program.log)}")
        await asyncio.sleep(READY_POLL_SECONDS)


async def _end(child: Child) -> None:
    if child.process is None:
        return
    if child.process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            child.process.send_signal(child.program.stop_signal)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(child.process.wait(), child.program.stop_seconds)
    kill_group(child.process.pid)
    await child.process.wait()


def how(code: int) -> str:
    """An exit code in words: `exit code 3`, `killed by SIGKILL`."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"
