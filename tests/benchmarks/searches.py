"""Searches through the API, compared with the engine alone."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from market.reference.catalogue import Catalogue
from tests.benchmarks.load import Outcome, Task, get, post, run_load
from tests.benchmarks.market import Market
from tests.benchmarks.measures import Measure, Measures
from tests.benchmarks.queries import distinct_parameters, recorded_searches
from tests.benchmarks.relay import relay_up

_Side = tuple[int, Sequence[Task]]
"""A port and what is sent there."""
COMPARISONS = 4
"""Through the API and straight, with eight connections and one; the relay; the engine apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turns:
    """Loads that take turns, so that a slow minute of the machine falls on all of them."""

    searches: Iterator[int]
    """Numbers of the first search of each turn: what a process remembers must not count."""
    rounds: int
    seconds: float

    def take(self, *sides: _Side, connections: int = 8) -> list[Outcome]:
        """What each side, a port and its tasks, gave over all rounds."""
        outcomes: list[list[Outcome]] = [[] for _ in sides]
        for _ in range(self.rounds):
            first = next(self.searches)
            for (port, tasks), given in zip(sides, outcomes, strict=True):
                given.append(run_load(port, tasks, connections=connections, seconds=self.seconds, first=first))
        return [_together(given) for given in outcomes]


def search_speed(market: Market, catalogue: Catalogue, *, distinct: int, rounds: int, seconds: float) -> Measures:
    """Searches through the API against the same engine bodies sent straight to the engine, in turns.

    Args:
        distinct: searches that are not alike; the turns of all comparisons share them.
        rounds: turns of each side in each comparison.
        seconds: length of one turn.
    """
    key = market.running.meili_key
    url = market.running.meili_url or ""
    searches = asyncio.run(recorded_searches(distinct_parameters(catalogue, distinct), catalogue, url=url, key=key))
    bodies: list[Task] = [tuple(post("/multi-search", body, key=key) for body in search.bodies) for search in searches]
    api: _Side = (market.port, [(get(search.path),) for search in searches])
    engine: _Side = (market.engine_port, bodies)
    share = distinct // (COMPARISONS * rounds + 1)
    turns = _Turns(searches=count(share, share), rounds=rounds, seconds=seconds)
    for port, tasks in (api, engine):
        run_load(port, tasks, seconds=min(seconds, 2.0))
    measures = _compared(*turns.take(api, engine)) | _alone(*turns.take(api, engine, connections=1))
    with relay_up(url=url, key=key) as port:
        measures |= _relayed(*turns.take((port, bodies), engine))
    return measures | _apart(market, turns, api, engine)


HOT = 40
"""Searches that many people ask at the same time."""


def hot_speed(market: Market, catalogue: Catalogue, *, rounds: int, seconds: float) -> Measures:
    """The same few searches again and again while the index does not move, against the engine asked as often."""
    key, url = market.running.meili_key, market.running.meili_url or ""
    searches = asyncio.run(recorded_searches(distinct_parameters(catalogue, HOT), catalogue, url=url, key=key))
    bodies: list[Task] = [tuple(post("/multi-search", body, key=key) for body in search.bodies) for search in searches]
    api: _Side = (market.port, [(get(search.path),) for search in searches])
    run_load(market.port, api[1], seconds=min(seconds, 2.0))
    through, direct = _Turns(searches=count(0, HOT), rounds=rounds, seconds=seconds).take(
        api, (market.engine_port, bodies)
    )
    compared_with = f"{direct.per_second:.0f}/s: {HOT} searches sent straight to Meilisearch, 8 connections, in turns"
    return {
        "hot_search_per_second": Measure(through.per_second, "requests/s", compared_with),
        "hot_search_ratio": Measure(through.per_second / direct.per_second, "of direct", "aim: at least 10"),
        "hot_search_p50": Measure(through.percentile(0.5), "ms", f"{direct.percentile(0.5):.2f} ms direct"),
        "hot_search_p99": Measure(through.percentile(0.99), "ms", f"{direct.percentile(0.99):.2f} ms direct"),
        "hot_search_failed": Measure(through.failed + direct.failed, "answers", "aim: 0"),
    }


def _together(outcomes: Sequence[Outcome]) -> Outcome:
    return Outcome(
        tasks=sum(outcome.tasks for outcome in outcomes),
        failed=sum(outcome.failed for outcome in outcomes),
        seconds=sum(outcome.seconds for outcome in outcomes),
        latencies_ms=[latency for outcome in outcomes for latency in outcome.latencies_ms],
    )


def _compared(api: Outcome, direct: Outcome) -> Measures:
    with_direct = "the same engine bodies sent straight to Meilisearch, 8 connections, in turns"
    return {
        "search_per_second": Measure(api.per_second, "requests/s", f"{direct.per_second:.0f}/s: {with_direct}"),
        "search_direct_per_second": Measure(direct.per_second, "requests/s", "-"),
        "search_ratio": Measure(api.per_second / direct.per_second, "of direct", "aim: at least 0.9"),
        "search_p50": Measure(api.percentile(0.5), "ms", f"{direct.percentile(0.5):.2f} ms direct"),
        "search_p99": Measure(api.percentile(0.99), "ms", f"{direct.percentile(0.99):.2f} ms direct"),
        "search_p50_overhead": Measure(api.percentile(0.5) - direct.percentile(0.5), "ms", "aim: below 2"),
        "search_failed": Measure(api.failed + direct.failed, "answers", "aim: 0"),
    }


def _alone(api: Outcome, direct: Outcome) -> Measures:
    """One request at a time: what the API adds when nothing waits."""
    added = api.percentile(0.5) - direct.percentile(0.5)
    compared_with = f"{direct.percentile(0.5):.2f} ms direct, one connection"
    return {
        "search_p50_alone": Measure(api.percentile(0.5), "ms", compared_with),
        "search_p50_overhead_alone": Measure(added, "ms", "aim: below 2"),
    }


def _relayed(relay: Outcome, direct: Outcome) -> Measures:
    """What the engine's speed is worth behind a server that does nothing: more than it, no API can reach."""
    compared_with = f"{direct.per_second:.0f}/s direct; the same server handing the same bodies on, and nothing else"
    return {
        "search_relay_per_second": Measure(relay.per_second, "requests/s", compared_with),
        "search_relay_ratio": Measure(relay.per_second / direct.per_second, "of direct", "the most for an API here"),
    }


def _apart(market: Market, turns: _Turns, api: _Side, engine: _Side) -> Measures:
    """The engine on a processor of its own in both: whether one API process keeps one processor of engine busy.

    On one machine with few processors the two of them share what they have, so that whatever the API computes is
    taken from the engine; on machines of their own they do not.
    """
    own, *others = sorted(os.sched_getaffinity(0))
    if not others:
        return {}
    searching, answering = market.running.pids["search engine"], market.api_processes()
    with on_processors({own}, [searching]), on_processors(set(others), [os.getpid(), *answering]):
        through, direct = turns.take(api, engine)
    compared_with = f"{direct.per_second:.0f}/s direct; the engine on one processor in both, all others on the rest"
    return {
        "search_apart_per_second": Measure(through.per_second, "requests/s", compared_with),
        "search_apart_ratio": Measure(through.per_second / direct.per_second, "of direct", "aim: at least 0.9"),
    }


@contextmanager
def on_processors(processors: set[int], pids: Sequence[int]) -> Iterator[None]:
    """Keep processes on these processors, with the threads that they have now and make inside the block."""
    before = os.sched_getaffinity(0)
    for pid in pids:
        _bind(pid, processors)
    try:
        yield
    finally:
        for pid in pids:
            _bind(pid, before)


def _bind(pid: int, processors: set[int]) -> None:
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(ProcessLookupError):
            os.sched_setaffinity(int(thread.name), processors)
