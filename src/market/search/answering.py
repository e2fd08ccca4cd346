"""From a query string to an answer: read, asked of the engine, or of PostgreSQL while the engine is down."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.engine.gateway import Engine, EngineDown
from market.reading.understanding import Understood, read_query
from market.reading.vocabulary import vocabulary_of
from market.reference.catalogue import Catalogue
from market.reference.records import MacroRegion
from market.search.answer import SearchAnswer, answer_bytes, as_list
from market.search.asking import SearchQuery, settled_question
from market.search.fallback import FallbackTable, fallback_cards
from market.search.index import SearchIndex
from market.search.kept import KeptAnswers
from market.search.request import Dialect
from market.search.retrieval import retrieve
from market.search.saying import said
from market.search.tiers import TierCount

MOST_READINGS = 2048


@lru_cache(maxsize=MOST_READINGS)
def _read(text: str, catalogue: Catalogue, region: MacroRegion | None, today: date, understand: bool) -> Understood:
    """What a query says, read once: it is sent again with every page, facet and order."""
    return read_query(text, vocabulary_of(catalogue), region=region, today=today, understand=understand)


@dataclass(frozen=True, slots=True)
class Searchable:
    """What a room gives so that its rows can be searched."""

    index: SearchIndex
    dialect: Dialect
    table: FallbackTable


async def answer_search(
    searchable: Searchable,
    params: SearchQuery,
    *,
    engine: Engine | None,
    kept: KeptAnswers | None = None,
    session: Callable[[], AsyncSession],
    catalogue: Catalogue,
    near: MacroRegion | None = None,
) -> tuple[bytes, str | None]:
    """The answer as JSON: `{items, total, facets, understood, degraded, took_ms}`; and the state of the index that it
    may be given again under, None when it may not.

    Args:
        kept: what was answered before.
        session: makes the request's session, which is needed only while the engine is down.
        near: where the searcher is known to be, for words that mean other goods elsewhere.
    """
    index, near = searchable.index.name, params.near or near
    question = (near, clock.today(), params.model_dump_json())
    if kept is not None and (found := await kept.find(index, question, follows=catalogue)) is not None:
        return found
    mark = await kept.mark(index) if kept is not None else None
    body, degraded = await _asked(searchable, params, engine=engine, session=session, catalogue=catalogue, near=near)
    if kept is None or degraded:
        return body, None
    kept.keep(index, question, body, size=len(body), mark=mark, follows=catalogue)
    return body, mark


async def _asked(
    searchable: Searchable,
    params: SearchQuery,
    *,
    engine: Engine | None,
    session: Callable[[], AsyncSession],
    catalogue: Catalogue,
    near: MacroRegion | None,
) -> tuple[bytes, bool]:
    """The answer, and whether PostgreSQL gave it because the engine is down."""
    started = time.perf_counter()
    today = clock.today()
    understood = _read(params.q, catalogue, near, today, params.understand == "on")
    question, conflicts = settled_question(params, understood, today=today)
    items: msgspec.Raw | Sequence[Mapping[str, Any]]
    facets: Mapping[str, Mapping[str, int]]
    try:
        if engine is None:
            raise EngineDown("no engine is configured")
        found = await retrieve(
            engine,
            question,
            searchable.dialect,
            catalogue=catalogue,
            now=int(clock.now().timestamp()),
            tiers=params.tiers,
        )
        items, total, facets, degraded = as_list(found.cards), found.total, found.facets, False
        set_aside, tiers = found.set_aside, [tier.as_dict() for tier in found.tiers]
    except EngineDown:
        cards, total, set_aside = await fallback_cards(session(), searchable.index, searchable.table, question)
        items, facets, degraded = [{"tier": "exact", **card} for card in cards], {}, True
        tiers = [TierCount("exact", total).as_dict()]
    answer = SearchAnswer(
        items=items,
        total=total,
        facets=facets,
        tiers=tiers,
        understood=said(understood, conflicts, set_aside=set_aside),
        degraded=degraded,
        took_ms=round((time.perf_counter() - started) * 1000, 2),
    )
    return answer_bytes(answer), degraded
