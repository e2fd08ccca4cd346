"""`make relevance`: one run over all judged queries for three searches, side by side; fails under the floor."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

from market.config import PROJECT_ROOT
from market.reference.catalogue import Catalogue, catalogue_from_files
from tests.relevance.corpus import TODAY, documents
from tests.relevance.engines import our_search, plain_meilisearch, postgresql_full_text
from tests.relevance.judgements import CLASSES, Document, Judgement, grade, load_judgements
from tests.relevance.metrics import first_hit, ndcg, recall
from tests.services import close_session, open_session, session_services

JUDGEMENTS = PROJECT_ROOT / "search" / "judgements"
FLOOR = JUDGEMENTS / "floor.json"
NOW = int(datetime.combine(TODAY, time(5), tzinfo=UTC).timestamp())
OURS = "market"
WIDTH = 24


@dataclass(frozen=True, slots=True)
class Measured:
    """How one search did on one query."""

    judgement: Judgement
    ndcg: float
    recall: float
    first: bool


@dataclass(frozen=True, slots=True)
class Row:
    """Means over the queries of a class."""

    queries: int
    ndcg: float
    recall: float
    first: float


def summary(measured: Sequence[Measured]) -> dict[str, Row]:
    """A row for each class and one over all."""
    groups = {name: [m for m in measured if m.judgement.query_class == name] for name in CLASSES} | {"all": measured}
    return {
        name: Row(
            len(group),
            sum(m.ndcg for m in group) / len(group),
            sum(m.recall for m in group) / len(group),
            sum(m.first for m in group) / len(group),
        )
        for name, group in groups.items()
    }


async def measure(
    catalogue: Catalogue, corpus: Sequence[Document], judgements: Sequence[Judgement]
) -> dict[str, list[Measured]]:
    """Ask every search every query."""
    services = await asyncio.to_thread(session_services)
    by_id = {document["id"]: document for document in corpus}
    grades = {
        judgement.id: {id_: grade(judgement, document, now=NOW, today=TODAY) for id_, document in by_id.items()}
        for judgement in judgements
    }
    async with AsyncExitStack() as stack:
        searches = {
            OURS: await stack.enter_async_context(our_search(services, corpus, catalogue, now=NOW)),
            "plain Meilisearch": await stack.enter_async_context(plain_meilisearch(services, corpus)),
            "PostgreSQL full text": await stack.enter_async_context(postgresql_full_text(services, corpus)),
        }
        results: dict[str, list[Measured]] = {}
        for name, search in searches.items():
            results[name] = []
            for judgement in judgements:
                relevant = grades[judgement.id]
                ranked = [relevant[id_] for id_ in await search(judgement)]
                every = list(relevant.values())
                results[name].append(
                    Measured(judgement, ndcg(ranked, every), recall(ranked, every), first_hit(ranked, every))
                )
    return results


def printed(results: dict[str, list[Measured]]) -> str:
    """The table: a line for each class, three columns for each search."""
    rows = {name: summary(measured) for name, measured in results.items()}
    lines = [
        " " * 20 + "".join(f"{name:<{WIDTH}}" for name in rows),
        f"{'class':<12}{'queries':>7} " + f"{'nDCG@10 rec@50 first':<{WIDTH}}" * len(rows),
    ]
    for group in (*CLASSES, "all"):
        cells = "".join(f"{r[group].ndcg:7.3f} {r[group].recall:6.3f} {r[group].first:5.3f}   " for r in rows.values())
        lines.append(f"{group:<12}{rows[OURS][group].queries:>7}{cells}")
    return "\n".join(lines)


def under_the_floor(rows: dict[str, Row], floor: dict[str, dict[str, float]]) -> list[str]:
    """What fell below what was once reached, in words."""
    return [
        f"{group}: {measure_name} {getattr(rows[group], measure_name):.3f} is under {least}"
        for group, measures in floor.items()
        for measure_name, least in measures.items()
        if getattr(rows[group], measure_name) < least
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, compare; 1 when under the floor."""
    parser = argparse.ArgumentParser(prog="python -m tests.relevance", description=__doc__)
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="also list the N worst queries of the market")
    options = parser.parse_args(arguments)
    catalogue = catalogue_from_files(PROJECT_ROOT / "seeds" / "reference")
    corpus = documents(catalogue)
    judgements = load_judgements(JUDGEMENTS)
    open_session()
    try:
        results = asyncio.run(measure(catalogue, corpus, judgements))
    finally:
        close_session()
    out = sys.stdout
    out.write(f"{len(judgements)} judged queries over {len(corpus)} offers\n\n{printed(results)}\n")
    for m in sorted(results[OURS], key=lambda m: (m.ndcg, m.first))[: options.worst]:
        out.write(f"{m.judgement.id:<16}{m.ndcg:6.3f} {m.recall:6.3f} {m.first!s:<6}{m.judgement.query}\n")
    floor = json.loads(Path(FLOOR).read_text(encoding="utf-8"))
    missed = under_the_floor(summary(results[OURS]), floor)
    for line in missed:
        out.write(f"UNDER THE FLOOR {line}\n")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
