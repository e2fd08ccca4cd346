"""`python -m tests.benchmarks`: measures a whole market, prints a table and writes build/bench.json."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from market.config import PROJECT_ROOT
from market.reference.catalogue import catalogue_from_files
from market.reference.types import remember
from tests.benchmarks.history import audit_speed
from tests.benchmarks.market import market_up
from tests.benchmarks.measures import (
    Measure,
    Measures,
    freshness,
    import_speed,
    memory,
    search_speed,
    until_followed,
)
from tests.benchmarks.pools import pool_speed
from tests.benchmarks.reports import report_speed

FULL = {
    "listings": 100_000,
    "imported": 20_000,
    "distinct": 15_000,
    "rounds": 4,
    "seconds": 8.0,
    "writes": 50,
    "reported": 200_000,
    "audited": 36_000,
    "pools": 8,
}
QUICK = {
    "listings": 10_000,
    "imported": 2_000,
    "distinct": 4_000,
    "rounds": 2,
    "seconds": 2.0,
    "writes": 10,
    "reported": 20_000,
    "audited": 2_000,
    "pools": 4,
}
SMALLEST = {
    "listings": 300,
    "imported": 200,
    "distinct": 60,
    "rounds": 1,
    "seconds": 0.5,
    "writes": 2,
    "reported": 500,
    "audited": 50,
    "pools": 1,
}


def measure_all(sizes: dict[str, float], console: Console) -> Measures:
    """Every measure on one market; takes minutes at full size."""
    catalogue = remember(catalogue_from_files(PROJECT_ROOT / "seeds" / "reference"))
    found: Measures = {}
    with tempfile.TemporaryDirectory(prefix="market-bench-") as place:
        data_dir = Path(place) / "data"
        with market_up(data_dir) as market:
            found["first_start"] = Measure(market.ready_seconds, "s", "aim: below 20")
        with market_up(data_dir) as market:
            found["later_start"] = Measure(market.ready_seconds, "s", "aim: below 8")
            imported = int(sizes["imported"])
            console.print(f"Importing {imported:,} listings.")
            found |= import_speed(market, catalogue, rows=imported)
            invented = int(sizes["listings"]) - imported
            console.print(f"Inventing {invented:,} more.")
            seconds = market.command("seed", "synthetic", "--listings", str(invented), "--needs", "0")
            found["synthetic_per_second"] = Measure(invented / seconds, "rows/s", "-")
            console.print("Waiting for the search follower.")
            found["follower_rest"] = Measure(until_followed(market), "s", "until the last of these could be searched")
            console.print("Searching.")
            distinct, rounds = int(sizes["distinct"]), int(sizes["rounds"])
            found |= search_speed(market, catalogue, distinct=distinct, rounds=rounds, seconds=sizes["seconds"])
            found |= memory(market)
            console.print("Writing.")
            found |= freshness(market, writes=int(sizes["writes"]))
            console.print(f"Reporting over {int(sizes['reported']):,} agreements.")
            found |= report_speed(market, catalogue, agreements=int(sizes["reported"]))
            console.print(f"Auditing the history of {int(sizes['audited']):,} agreements.")
            found |= audit_speed(market, agreements=int(sizes["audited"]))
    console.print("Planning pools.")
    found |= pool_speed(problems=int(sizes["pools"]))
    found["listings"] = Measure(sizes["listings"], "listings", "size of everything measured here")
    load = os.getloadavg()[0]
    found["load_average"] = Measure(load, f"on {os.cpu_count()} processors", "one minute, at the end")
    return found


def shown(measures: Measures) -> Table:
    """The table for a person."""
    table = Table("measure", "value", "unit", "compared with")
    for name, measure in measures.items():
        table.add_row(name, f"{measure.value:,.2f}", measure.unit, measure.compared_with)
    return table


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--quick", action="store_const", const=QUICK, dest="sizes", help="10,000 listings")
    sizes.add_argument("--smallest", action="store_const", const=SMALLEST, dest="sizes", help="only to see it run")
    parser.add_argument("--output", type=Path, default=PROJECT_ROOT / "build" / "bench.json")
    chosen = parser.parse_args()
    console = Console()
    measures = measure_all(chosen.sizes or FULL, console)
    console.print(shown(measures))
    chosen.output.parent.mkdir(parents=True, exist_ok=True)
    content = {name: asdict(measure) for name, measure in measures.items()}
    chosen.output.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
