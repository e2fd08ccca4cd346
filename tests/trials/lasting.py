"""Load that lasts: minutes at half of what the market carries, without growth and without waves."""

from __future__ import annotations

import itertools
import statistics
import threading
import time
from functools import partial
from pathlib import Path

import httpx

from tests.trials.faults import Fault
from tests.trials.market import Market
from tests.trials.reckoning import Outcome, outcome_of, recovered
from tests.trials.writing import Ledger, Writer

PEOPLE = 8
CAPACITY_SECONDS, SETTLING_SECONDS, LASTING_SECONDS = 15.0, 60.0, 180.0
LOOKS = 6
"""How often the memory is looked at between the first minute and the end."""
MOST_GROWTH, GRAIN_MEGABYTES = 0.10, 8.0
"""Of a process's memory between the first minute and the end; and what is no growth but a page here and there."""
MOST_SPREAD, UNNOTICED_SECONDS = 3.0, 0.05
"""p95 of a question over its p50; and what is so quick that its spread is the scheduler's."""
READ = ("listings?q=thanh long", "listings", "organizations", "needs", "listings?q=xoài", "reference/units")


class Customer(Writer):
    """Reads three times for each write, no faster than it is told."""

    def __init__(self, url: str, ledger: Ledger) -> None:
        super().__init__(url, ledger)
        self.interval, self.reads, self.done = 0.0, list[tuple[str, float]](), 0
        self._read = httpx.Client(base_url=f"{url}/api/v1/", timeout=20)

    def run(self) -> None:
        """Until told to stop."""
        paths, writes = itertools.cycle(READ), itertools.cycle((self._list, self._price, self._price, self._need))
        due = time.monotonic()
        for turn in itertools.count():
            if self.halt.is_set():
                break
            if turn % 4:
                self._look(next(paths))
            else:
                next(writes)()
            self.done += 1
            due = max(due + self.interval, time.monotonic() - self.interval)
            time.sleep(max(0.0, due - time.monotonic()))
        self._read.close()

    def _look(self, path: str) -> None:
        began = time.monotonic()
        try:
            status = self._read.get(path).status_code
        except httpx.TransportError:
            status = 0
        self.reads.append((path, time.monotonic() - began))
        if status >= 500 and status != 503:
            self.ledger.strange.append(f"GET {path}: {status}")


def minutes_at_half(name: str, market: Market, *, seconds: float = LASTING_SECONDS) -> Outcome:
    """What it carries is measured first, then half of it goes on; memory and times of answers are compared."""
    ledger = Ledger()
    people = [Customer(market.url, ledger) for _ in range(PEOPLE)]
    for person in people:
        person.register()
        person.start()
    time.sleep(CAPACITY_SECONDS)
    carried = sum(person.done for person in people) / CAPACITY_SECONDS
    for person in people:
        person.interval = PEOPLE / (carried / 2)
    time.sleep(SETTLING_SECONDS)
    for person in people:
        person.reads.clear()
    looks = [_megabytes(market)]
    for _ in range(LOOKS):
        time.sleep((seconds - SETTLING_SECONDS) / LOOKS)
        looks.append(_megabytes(market))
    reads = [read for person in people for read in list(person.reads)]
    recovery = recovered(market, ledger, since=time.monotonic())
    _let_go(people)
    note = f"carries {carried:.0f}/s; {_growth(looks)}; {_spread(reads)}"
    return outcome_of(name, market, ledger, recovery, note)


def _let_go(people: list[Customer]) -> None:
    for person in people:
        person.halt.set()
    for person in people:
        threading.Thread.join(person, 60)


def _megabytes(market: Market) -> dict[str, float]:
    """Memory of our own processes: what each has for itself alone and what it shares, by what a person calls it."""
    processes = {f"answering {place}": pid for place, pid in enumerate(sorted(market.answering()), 1)}
    processes |= {"API": market.pid("API"), "worker": market.pid("worker")}
    return {name: _resident(pid) for name, pid in processes.items()}


def _resident(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


def _growth(looks: list[dict[str, float]]) -> str:
    told = []
    for name in sorted(set.intersection(*(set(look) for look in looks))):
        seen = [look[name] for look in looks]
        grown = seen[-1] - seen[0]
        sign = "! " if grown > max(GRAIN_MEGABYTES, seen[0] * MOST_GROWTH) else ""
        told.append(f"{sign}{name} {' '.join(f'{value:.0f}' for value in seen)} MB")
    return ", ".join(told)


def _spread(reads: list[tuple[str, float]]) -> str:
    """The question whose times lie farthest apart: questions of different kinds differ of themselves."""
    kinds = {path: sorted(took for asked, took in reads if asked == path) for path in READ}
    if min(map(len, kinds.values())) < 50:
        return "! too few reads"
    highs = {path: (times[int(len(times) * 0.95)], statistics.median(times)) for path, times in kinds.items()}
    path = max(highs, key=lambda path: highs[path][0] / highs[path][1])
    high, middle = highs[path]
    sign = "! " if high > max(MOST_SPREAD * middle, UNNOTICED_SECONDS) else ""
    return f"{sign}{len(reads)} reads, widest {path}: p50 {middle * 1000:.0f} ms, p95 {high * 1000:.0f} ms"


def lasting(minutes: float) -> Fault:
    """The trial at half load of so many minutes."""
    seconds = minutes * 60
    return Fault(
        f"{minutes:g} minutes at half of what it carries",
        partial(minutes_at_half, seconds=seconds),
        CAPACITY_SECONDS + seconds + 40,
    )


LASTING = (lasting(LASTING_SECONDS / 60),)
