"""Too many at once: connections that ask, that say nothing, and that stop half-way."""

from __future__ import annotations

import asyncio
import resource
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx

from tests.trials.faults import Fault, under_writes
from tests.trials.market import Market

CROWD, CROWD_SECONDS = 400, 8.0
MOST_IDLE, IDLE_SECONDS, OWN_FILES = 10_000, 8.0, 500
HALF, HALF_SECONDS = 200, 8.0
HALF_A_HEAD = b"POST /api/v1/listings HTTP/1.1\r\nHost: market\r\nContent-Type: appli"
HALF_A_BODY = (
    b"POST /api/v1/auth/token HTTP/1.1\r\nHost: market\r\nContent-Type: application/json\r\n"
    b'Content-Length: 4000\r\n\r\n{"identifier": "'
)


def permitted() -> int:
    """How many connections this process may hold: the machine's limit of open files, once raised, less its own."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_IDLE + OWN_FILES
    allowed = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
    return allowed - OWN_FILES


IDLE = permitted()


class Pulse(threading.Thread):
    """Asks every fifth of a second whether the process lives; notes the slowest answer and how many did not come."""

    def __init__(self, market: Market) -> None:
        super().__init__(daemon=True)
        self._market, self.halt = market, threading.Event()
        self.slowest, self.missed, self.asked = 0.0, 0, 0

    def run(self) -> None:
        """On a connection of its own each time, as a health check does."""
        while not self.halt.wait(0.2):
            began = time.monotonic()
            self.asked += 1
            try:
                httpx.get(f"{self._market.url}/health/live", timeout=5).raise_for_status()
            except httpx.HTTPError:
                self.missed += 1
            self.slowest = max(self.slowest, time.monotonic() - began)

    def said(self) -> str:
        """The figures, a complaint where health was not answered."""
        sign = "! " if self.missed else ""
        return f"{sign}live: {self.asked - self.missed} of {self.asked} answered, slowest {self.slowest:.2f} s"


@contextmanager
def pulse_of(market: Market) -> Iterator[Pulse]:
    """Health asked beside whatever happens."""
    pulse = Pulse(market)
    pulse.start()
    try:
        yield pulse
    finally:
        pulse.halt.set()
        pulse.join()


def crowd(market: Market) -> tuple[float, str]:
    """400 people who search and read without a pause."""
    with pulse_of(market) as pulse:
        statuses, slowest = asyncio.run(_asked_by_a_crowd(market.url))
    since = time.monotonic()
    told = ", ".join(f"{number} x {status}" for status, number in sorted(statuses.items()))
    sign = "! " if any(status >= 500 and status != 503 for status in statuses) else ""
    return since, f"{sign}{told}, slowest {slowest:.1f} s; {pulse.said()}"


async def _asked_by_a_crowd(url: str) -> tuple[Counter[int], float]:
    statuses: Counter[int] = Counter()
    slowest, end = [0.0], time.monotonic() + CROWD_SECONDS
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)

    async def one(http: httpx.AsyncClient, number: int) -> None:
        path = ("/listings?q=thanh long", "/organizations", "/needs", "/events")[number % 4]
        while time.monotonic() < end:
            began = time.monotonic()
            try:
                statuses[(await http.get(path)).status_code] += 1
            except httpx.TransportError:
                statuses[0] += 1
            slowest[0] = max(slowest[0], time.monotonic() - began)

    async with httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=20, limits=limits) as http:
        await asyncio.gather(*(one(http, number) for number in range(CROWD)))
    return statuses, slowest[0]


def silent_connections(market: Market) -> tuple[float, str]:
    """More connections than a server takes of itself, that say nothing; as many as this machine permits."""
    return _held(market, [b""] * IDLE, IDLE_SECONDS)


def half_requests(market: Market) -> tuple[float, str]:
    """Requests that stop in the middle of their headers, and of their bodies."""
    return _held(market, [HALF_A_HEAD, HALF_A_BODY] * (HALF // 2), HALF_SECONDS)


def _held(market: Market, openings: list[bytes], seconds: float) -> tuple[float, str]:
    with ExitStack() as held, pulse_of(market) as pulse:
        made = 0
        for opening in openings:
            try:
                connection = held.enter_context(socket.create_connection(("127.0.0.1", market.port), timeout=2))
                if opening:
                    connection.sendall(opening)
                made += 1
            except OSError:
                continue
        time.sleep(seconds)
    return time.monotonic(), f"{made} of {len(openings)} made; {pulse.said()}"


CROWDS = (
    Fault(f"{CROWD} connections asking", under_writes(crowd), 40),
    Fault(f"{IDLE} silent connections", under_writes(silent_connections), 40),
    Fault(f"{HALF} half-open requests", under_writes(half_requests), 40),
)
