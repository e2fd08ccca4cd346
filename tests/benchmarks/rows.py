"""One listing at a time, as phones ask for them."""

from __future__ import annotations

import json
import urllib.request

from tests.benchmarks.load import get, run_load
from tests.benchmarks.market import Market
from tests.benchmarks.measures import Measure, Measures


def row_speed(market: Market, *, seconds: float) -> Measures:
    """Listings asked for by id, eight at a time and alone, against a route of the same process that reads nothing."""
    found = urllib.request.urlopen(f"http://127.0.0.1:{market.port}/api/v1/listings?limit=100", timeout=30)
    ids = [item["id"] for item in json.load(found)["items"]]
    rows = [(get(f"/api/v1/listings/{id_}"),) for id_ in ids]
    bare = run_load(market.port, [(get("/health/live"),)], seconds=seconds)
    many = run_load(market.port, rows, seconds=seconds)
    alone = run_load(market.port, rows, connections=1, seconds=seconds)
    compared_with = f"{bare.per_second:.0f}/s of a route that reads nothing; aim: 2,000"
    return {
        "listing_per_second": Measure(many.per_second, "requests/s", compared_with),
        "listing_ratio": Measure(many.per_second / bare.per_second, "of a route that reads nothing", "-"),
        "listing_p50": Measure(many.percentile(0.5), "ms", "8 connections; aim: below 4"),
        "listing_p50_alone": Measure(alone.percentile(0.5), "ms", "one connection"),
        "listing_failed": Measure(many.failed + alone.failed, "answers", "aim: 0"),
    }
