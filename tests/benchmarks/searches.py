"""Searches through the API, compared with the engine alone."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from market.reference.catalogue import Catalogue
from tests.benchmarks.load import Outcome, Task, get, post, run_load
from tests.benchmarks.market import Market
from tests.benchmarks.measures import Measure, Measures
from tests.benchmarks.queries import distinct_parameters, recorded_searches


def search_speed(market: Market, catalogue: Catalogue, *, distinct: int, rounds: int, seconds: float) -> Measures:
    """Searches through the API against the same engine bodies sent straight to the engine, in turns."""
    key = market.running.meili_key
    parameters = distinct_parameters(catalogue, distinct)
    url = market.running.meili_url or ""
    searches = asyncio.run(recorded_searches(parameters, catalogue, url=url, key=key))
    through: list[Task] = [(get(search.path),) for search in searches]
    straight: list[Task] = [
        tuple(post("/multi-search", body, key=key) for body in search.bodies) for search in searches
    ]
    # Nothing is asked twice, warming up and the last measure included: what a process remembers must not count.
    share = distinct // (rounds + 3)
    for port, tasks in ((market.port, through), (market.engine_port, straight)):
        run_load(port, tasks, seconds=min(seconds, 2.0))
    api: list[Outcome] = []
    direct: list[Outcome] = []
    for number in range(1, rounds + 1):
        direct.append(run_load(market.engine_port, straight, seconds=seconds, first=number * share))
        api.append(run_load(market.port, through, seconds=seconds, first=number * share))
    alone = _alone(market, through, straight, seconds=seconds, first=(rounds + 1) * share)
    apart = _apart(market, through, straight, seconds=seconds, first=(rounds + 2) * share)
    return _compared(_together(api), _together(direct)) | apart | alone


def _together(outcomes: Sequence[Outcome]) -> Outcome:
    return Outcome(
        tasks=sum(outcome.tasks for outcome in outcomes),
        failed=sum(outcome.failed for outcome in outcomes),
        seconds=sum(outcome.seconds for outcome in outcomes),
        latencies_ms=[latency for outcome in outcomes for latency in outcome.latencies_ms],
    )


def _compared(api: Outcome, direct: Outcome) -> Measures:
    with_direct = "the same engine bodies sent straight to Meilisearch, 8 connections, same run"
    return {
        "search_per_second": Measure(api.per_second, "requests/s", f"{direct.per_second:.0f}/s: {with_direct}"),
        "search_direct_per_second": Measure(direct.per_second, "requests/s", "-"),
        "search_ratio": Measure(api.per_second / direct.per_second, "of direct", "aim: at least 0.9"),
        "search_p50": Measure(api.percentile(0.5), "ms", f"{direct.percentile(0.5):.2f} ms direct"),
        "search_p99": Measure(api.percentile(0.99), "ms", f"{direct.percentile(0.99):.2f} ms direct"),
        "search_p50_overhead": Measure(api.percentile(0.5) - direct.percentile(0.5), "ms", "aim: below 2"),
        "search_failed": Measure(api.failed + direct.failed, "answers", "aim: 0"),
    }


def _alone(
    market: Market, through: Sequence[Task], straight: Sequence[Task], *, seconds: float, first: int
) -> Measures:
    """One request at a time: what the API adds when nothing waits."""
    direct = run_load(market.engine_port, straight, connections=1, seconds=seconds, first=first)
    api = run_load(market.port, through, connections=1, seconds=seconds, first=first)
    added = api.percentile(0.5) - direct.percentile(0.5)
    compared_with = f"{direct.percentile(0.5):.2f} ms direct, one connection; aim: below 2 added"
    return {
        "search_p50_alone": Measure(api.percentile(0.5), "ms", compared_with),
        "search_p50_overhead_alone": Measure(added, "ms", "aim: below 2"),
    }


def _apart(
    market: Market, through: Sequence[Task], straight: Sequence[Task], *, seconds: float, first: int
) -> Measures:
    """The engine on a processor of its own in both: whether one API process keeps one processor of engine busy.

    On one machine with few processors the two of them share what they have, so that whatever the API computes is
    taken from the engine; on machines of their own they do not.
    """
    own, *others = sorted(os.sched_getaffinity(0))
    if not others:
        return {}
    engine, api_processes = market.running.pids["search engine"], market.api_processes()
    with on_processors({own}, [engine]), on_processors(set(others), [os.getpid(), *api_processes]):
        direct = run_load(market.engine_port, straight, seconds=seconds, first=first)
        api = run_load(market.port, through, seconds=seconds, first=first)
    compared_with = f"{direct.per_second:.0f}/s direct; the engine on one processor in both, all others on the rest"
    return {
        "search_apart_per_second": Measure(api.per_second, "requests/s", compared_with),
        "search_apart_ratio": Measure(api.per_second / direct.per_second, "of direct", "aim: at least 0.9"),
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
