"""`make relevance`: one run over all judged queries for three searches, side by side; fails under the floor."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from market.config import PROJECT_ROOT
from market.reference.catalogue import catalogue_from_files
from tests.relevance.engines import our_search, plain_meilisearch, postgresql_full_text
from tests.relevance.labs import FLOOR, LABS, NOW, Lab, Query, labs
from tests.relevance.metrics import empty, first_hit, ndcg, recall
from tests.relevance.names import count_of_names
from tests.services import close_session, open_session, session_services

OURS = "market"
WIDTH = 30


@dataclass(frozen=True, slots=True)
class Measured:
    """How one search did on one query."""

    query: Query
    ndcg: float
    recall: float
    first: bool
    empty: bool


@dataclass(frozen=True, slots=True)
class Row:
    """Means over the queries of a class, and how many were answered with nothing although goods exist."""

    queries: int
    ndcg: float
    recall: float
    first: float
    empty: int


Results = Mapping[str, Sequence[Measured]]
"""By search."""


def summary(measured: Sequence[Measured]) -> dict[str, Row]:
    """A row for each class and one over all."""
    names = dict.fromkeys(m.query.query_class for m in measured)
    groups = {name: [m for m in measured if m.query.query_class == name] for name in names} | {"all": measured}
    return {
        name: Row(
            len(group),
            sum(m.ndcg for m in group) / len(group),
            sum(m.recall for m in group) / len(group),
            sum(m.first for m in group) / len(group),
            sum(m.empty for m in group),
        )
        for name, group in groups.items()
    }


async def measure(lab: Lab) -> dict[str, list[Measured]]:
    """Ask every search every query."""
    services = await asyncio.to_thread(session_services)
    async with AsyncExitStack() as stack:
        searches = {
            OURS: await stack.enter_async_context(our_search(services, lab.documents, lab.catalogue, now=NOW)),
            "plain Meilisearch": await stack.enter_async_context(plain_meilisearch(services, lab.documents)),
            "PostgreSQL full text": await stack.enter_async_context(postgresql_full_text(services, lab.documents)),
        }
        results: dict[str, list[Measured]] = {name: [] for name in searches}
        for query in lab.queries:
            relevant = lab.grades(query)
            every = list(relevant.values())
            for name, search in searches.items():
                ranked = [relevant.get(id_, 0) for id_ in await search(query)]
                found = Measured(
                    query, ndcg(ranked, every), recall(ranked, every), first_hit(ranked, every), empty(ranked, every)
                )
                results[name].append(found)
    return results


def printed(results: Results) -> str:
    """The table: a line for each class, four columns for each search."""
    rows = {name: summary(measured) for name, measured in results.items()}
    lines = [
        " " * 24 + "".join(f"{name:<{WIDTH}}" for name in rows),
        f"{'class':<14}{'queries':>7}  " + f"{'nDCG@10 rec@50 first empty':<{WIDTH}}" * len(rows),
    ]
    for group in rows[OURS]:
        cells = "".join(
            f"{r[group].ndcg:8.3f} {r[group].recall:6.3f} {r[group].first:5.3f} {r[group].empty:5}   "
            for r in rows.values()
        )
        lines.append(f"{group:<14}{rows[OURS][group].queries:>7}{cells}")
    return "\n".join(lines)


def under_the_floor(rows: Mapping[str, Row], floor: Mapping[str, Mapping[str, float]]) -> list[str]:
    """What fell below what was once reached, in words; an empty answer where goods exist always does."""
    missed = [
        f"{group}: {measure_name} {getattr(rows[group], measure_name):.3f} is under {least}"
        for group, measures in floor.items()
        for measure_name, least in measures.items()
        if getattr(rows[group], measure_name) < least
    ]
    return [*missed, *([f"{rows['all'].empty} empty answers where goods exist"] if rows["all"].empty else [])]


def _write_worst(results: Results, most: int) -> None:
    for m in sorted(results[OURS], key=lambda m: (m.ndcg, m.first))[:most]:
        sys.stdout.write(
            f"{m.query.id:<26}{m.ndcg:6.3f} {m.recall:6.3f} {m.first!s:<6}"
            f"{'EMPTY ' if m.empty else ''}{m.query.query}\n"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, compare; 1 when under the floor."""
    parser = argparse.ArgumentParser(prog="python -m tests.relevance", description=__doc__)
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="also list the N worst queries of the market")
    parser.add_argument("--only", choices=LABS, help="one laboratory alone")
    options = parser.parse_args(arguments)
    catalogue = catalogue_from_files(PROJECT_ROOT / "seeds" / "reference")
    floor = json.loads(Path(FLOOR).read_text(encoding="utf-8"))
    missed: list[str] = []
    open_session()
    try:
        for lab in labs(catalogue, only=options.only):
            results = asyncio.run(measure(lab))
            heading = f"{lab.name}: {len(lab.queries)} judged queries over {len(lab.documents)} offers"
            sys.stdout.write(f"\n{heading}, {lab.meaning}\n{printed(results)}\n")
            sys.stdout.flush()
            _write_worst(results, options.worst)
            missed += [f"{lab.name}: {line}" for line in under_the_floor(summary(results[OURS]), floor[lab.name])]
    finally:
        close_session()
    sys.stdout.write(f"\n{count_of_names(catalogue)}\n")
    sys.stdout.writelines(f"UNDER THE FLOOR {line}\n" for line in missed)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
