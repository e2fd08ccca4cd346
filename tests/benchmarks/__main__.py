"""`python -m tests.benchmarks`: measures a whole market, prints a table and writes build/bench.json."""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from market.config import PROJECT_ROOT
from market.reference.catalogue import Catalogue, catalogue_from_files
from market.reference.types import remember
from tests.benchmarks.alerts import alert_speed
from tests.benchmarks.desks import desk_speed
from tests.benchmarks.history import audit_speed
from tests.benchmarks.market import Market, market_up
from tests.benchmarks.matches import match_speed
from tests.benchmarks.measures import (
    Measure,
    Measures,
    freshness,
    import_speed,
    memory,
    until_followed,
)
from tests.benchmarks.pools import pool_speed
from tests.benchmarks.reports import report_speed
from tests.benchmarks.rows import row_speed
from tests.benchmarks.searches import hot_speed, search_speed
from tests.benchmarks.timetables import timetable_speed
from tests.benchmarks.walls import wall_speed, who_asks
from tests.benchmarks.wires import wire_sizes
from tests.benchmarks.writes import write_speed

FULL = {
    "listings": 100_000,
    "imported": 20_000,
    "needs": 1_000,
    "distinct": 25_000,
    "rounds": 6,
    "turn": 3.0,
    "seconds": 8.0,
    "writes": 50,
    "saved": 10_000,
    "reported": 200_000,
    "audited": 36_000,
    "noted": 10_000,
    "registered": 1_500,
    "pools": 8,
    "halls": 1.0,
}
QUICK = {
    "listings": 10_000,
    "imported": 2_000,
    "needs": 200,
    "distinct": 4_000,
    "rounds": 2,
    "turn": 1.0,
    "seconds": 2.0,
    "writes": 10,
    "saved": 2_000,
    "reported": 20_000,
    "audited": 2_000,
    "noted": 2_000,
    "registered": 1_500,
    "pools": 4,
    "halls": 0.5,
}
SMALLEST = {
    "listings": 150,
    "imported": 100,
    "needs": 10,
    "distinct": 60,
    "rounds": 1,
    "turn": 0.2,
    "seconds": 0.2,
    "writes": 1,
    "saved": 100,
    "reported": 500,
    "audited": 10,
    "noted": 100,
    "registered": 150,
    "pools": 1,
    "halls": 0.05,
}


def measure_all(sizes: dict[str, float], console: Console) -> Iterator[Measures]:
    """Every measure on one market, as they come; takes long at full size."""
    catalogue = remember(catalogue_from_files(PROJECT_ROOT / "seeds" / "reference"))
    with tempfile.TemporaryDirectory(prefix="market-bench-") as place:
        data_dir = Path(place) / "data"
        with market_up(data_dir) as market:
            yield {"first_start": Measure(market.ready_seconds, "s", "aim: below 20")}
        with market_up(data_dir) as market:
            yield {"later_start": Measure(market.ready_seconds, "s", "aim: below 8")}
            yield from _filled(market, catalogue, sizes, console)
            console.print("Searching.")
            distinct, rounds = int(sizes["distinct"]), int(sizes["rounds"])
            yield search_speed(market, catalogue, distinct=distinct, rounds=rounds, seconds=sizes["turn"])
            yield hot_speed(market, catalogue, rounds=rounds, seconds=sizes["turn"])
            yield row_speed(market, seconds=sizes["seconds"])
            console.print("Reading under attack.")
            yield wall_speed(market, rounds=int(sizes["rounds"]), seconds=sizes["turn"])
            yield who_asks(market, rounds=int(sizes["rounds"]), seconds=sizes["turn"])
            yield memory(market)
            console.print("Matching.")
            yield match_speed(market, distinct=int(sizes["needs"]), seconds=sizes["seconds"])
            console.print("Writing.")
            yield write_speed(market, seconds=sizes["seconds"])
            yield wire_sizes(market)
            yield freshness(market, writes=int(sizes["writes"]))
            console.print(f"Publishing beside {int(sizes['saved']):,} saved searches.")
            yield alert_speed(market, catalogue, searches=int(sizes["saved"]), publishes=int(sizes["writes"]))
            console.print(f"Reporting over {int(sizes['reported']):,} agreements.")
            yield report_speed(market, catalogue, agreements=int(sizes["reported"]))
            console.print(f"Auditing the history of {int(sizes['audited']):,} agreements.")
            yield audit_speed(market, agreements=int(sizes["audited"]))
            console.print(f"Sending {int(sizes['noted']):,} items from a desk.")
            yield desk_speed(market, items=int(sizes["noted"]), registered=int(sizes["registered"]))
    console.print("Planning pools.")
    yield pool_speed(problems=int(sizes["pools"]))
    console.print("Making timetables.")
    yield timetable_speed(share=sizes["halls"])
    yield {"listings": Measure(sizes["listings"], "listings", "size of what was searched")} | _machine()


def _machine() -> Measures:
    """What numbers of another run can be held against."""
    interpreter = f"{platform.python_implementation()} {platform.python_version()}, {platform.python_compiler()}"
    return {
        "fixed_loop": Measure(min(_fixed_loop() for _ in range(20)), "ms", f"the best of twenty; {interpreter}"),
        "load_average": Measure(os.getloadavg()[0], f"on {os.cpu_count()} processors", "one minute, at the end"),
    }


def _fixed_loop() -> float:
    """Milliseconds of processor time for the same bytecode every time."""
    began, total, seen = time.process_time(), 0, {}
    for number in range(200_000):
        seen[number & 1023] = (total, number)
        total += len(seen)
    return (time.process_time() - began) * 1000


def _filled(market: Market, catalogue: Catalogue, sizes: dict[str, float], console: Console) -> Iterator[Measures]:
    """Listings and needs, some of them imported, all of them searchable at the end."""
    imported = int(sizes["imported"])
    console.print(f"Importing {imported:,} listings.")
    yield import_speed(market, catalogue, rows=imported)
    invented, needs = int(sizes["listings"]) - imported, int(sizes["needs"])
    console.print(f"Inventing {invented:,} more, and {needs:,} needs.")
    seconds = market.command("seed", "synthetic", "--listings", str(invented), "--needs", str(needs))
    yield {"synthetic_per_second": Measure((invented + needs) / seconds, "rows/s", "-")}
    console.print("Waiting for the search follower.")
    yield {"follower_rest": Measure(until_followed(market), "s", "until the last of these could be searched")}


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
    chosen.output.parent.mkdir(parents=True, exist_ok=True)
    measures: Measures = {}
    for more in measure_all(chosen.sizes or FULL, console):
        console.print(shown(more))
        measures |= more
        # Written each time: whoever stops a long run keeps what was measured.
        content = {name: asdict(measure) for name, measure in measures.items()}
        chosen.output.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    console.print(shown(measures))


if __name__ == "__main__":
    main()
