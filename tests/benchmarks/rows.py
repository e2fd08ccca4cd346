"""One row at a time, as phones ask for them."""

from __future__ import annotations

import json
import urllib.request
from statistics import median

from tests.benchmarks.bare import bare_server
from tests.benchmarks.load import Outcome, Task, get, run_load
from tests.benchmarks.market import Market, free_port
from tests.benchmarks.measures import Measure, Measures

ROUNDS = 5


def row_speed(market: Market, *, seconds: float) -> Measures:
    """Listings, needs and organizations by id; listings in turns with a bare handler of the same bytes."""
    listings, needs, organizations = (_rows(market, kind) for kind in ("listings", "needs", "organizations"))
    ids = [_id_of(task) for task in listings]
    port, turn = free_port(), seconds / ROUNDS
    ours: list[Outcome] = []
    bare: list[Outcome] = []
    with bare_server(market, ids, port=port):
        for _ in range(ROUNDS):
            ours.append(run_load(market.port, listings, seconds=turn))
            bare.append(run_load(port, listings, seconds=turn))
    ratios = [one.per_second / other.per_second for one, other in zip(ours, bare, strict=True)]
    alone = run_load(market.port, listings, connections=1, seconds=turn)
    others = {"need": run_load(market.port, needs, seconds=turn)}
    others["organization"] = run_load(market.port, organizations, seconds=turn)
    at_least = median(one.per_second for one in bare)
    return {
        "listing_per_second": Measure(median(one.per_second for one in ours), "requests/s", "aim: 2,000"),
        "listing_bare_per_second": Measure(at_least, "requests/s", "bare granian and asyncpg, the same bytes"),
        "listing_ratio": Measure(median(ratios), "of the bare handler", f"{ROUNDS} turns each"),
        "listing_p50": Measure(median(one.percentile(0.5) for one in ours), "ms", "8 connections; aim: below 4"),
        "listing_p50_alone": Measure(alone.percentile(0.5), "ms", "one connection"),
        **{
            f"{name}_per_second": Measure(one.per_second, "requests/s", "8 connections") for name, one in others.items()
        },
        "rows_failed": Measure(sum(one.failed for one in (*ours, alone, *others.values())), "answers", "aim: 0"),
    }


def listing_tasks(market: Market) -> list[Task]:
    """A listing each."""
    return _rows(market, "listings")


def _rows(market: Market, kind: str) -> list[Task]:
    found = urllib.request.urlopen(f"http://127.0.0.1:{market.port}/api/v1/{kind}?limit=100", timeout=30)
    paths = [f"/api/v1/{kind}/{item['id']}" for item in json.load(found)["items"]]
    for path in paths:  # as they are asked for again, not for the first time
        urllib.request.urlopen(f"http://127.0.0.1:{market.port}{path}", timeout=30).read()
    return [(get(path),) for path in paths]


def _id_of(task: Task) -> str:
    return task[0].split(b" ")[1].decode().rpartition("/")[2]
