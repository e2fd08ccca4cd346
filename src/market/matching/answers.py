"""From judgements to what the API says about them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.language import Language
from market.listings.answers import listing_card
from market.listings.queries import listings_by_id, published_listings
from market.matching.schemas import (
    GateOut,
    MatchQuery,
    NeedMatch,
    NeedMatches,
    PartOut,
    WeekCovered,
)
from market.matching.score import Judgement
from market.matching.service import Matches
from market.needs.answers import need_out
from market.needs.queries import needs_by_id, published_needs
from market.reference.cadence import week_label
from market.reference.catalogue import Catalogue
from market.search.engine import Engine, EngineDown, EngineRefused
from market.search.request import LISTINGS
from market.search.retrieval import cards_by_id

_encode = msgspec.json.Encoder().encode


def _shown(matches: Matches, query: MatchQuery) -> Sequence[Judgement]:
    near = matches.near_misses[: query.limit] if query.near_misses else []
    return [*matches.fitting[: query.limit], *near]


def _reasons(judgement: Judgement, *, language: Language) -> dict[str, Any]:
    gates: list[GateOut] = [
        {"name": gate.name, "passed": gate.passed, "why": gate.why.text(language)} for gate in judgement.gates
    ]
    parts: list[PartOut] = [
        {"name": part.name, "value": round(part.value, 4), "weight": part.weight, "why": part.why.text(language)}
        for part in judgement.parts
    ]
    return {
        "line": judgement.demand.line_id,
        "score": judgement.score,
        "gates": gates,
        "parts": parts,
        "near_miss_of": list(judgement.failed),
        "coverage_weeks": _coverage(judgement),
    }


def _coverage(judgement: Judgement) -> list[WeekCovered]:
    return [
        {"week": week_label(week), "percent": math.floor(share * 10_000) / 100}
        for week, share in judgement.coverage.items()
    ]


async def listing_matches(
    session: AsyncSession,
    engine: Engine | None,
    matches: Matches,
    query: MatchQuery,
    *,
    catalogue: Catalogue,
    language: Language,
) -> bytes:
    """The offers of a need's matches, with reasons: a `ListingMatches` as JSON."""
    shown = _shown(matches, query)
    ids = list(dict.fromkeys(judgement.offer.listing_id for judgement in shown))
    cards = await _listing_cards(session, engine, ids, catalogue=catalogue)
    items = [
        {"listing": card, **_reasons(judgement, language=language)}
        for judgement in shown
        if (card := cards.get(judgement.offer.listing_id)) is not None
    ]
    return _encode({"items": items, "total": len(matches.fitting), "degraded": matches.degraded})


async def _listing_cards(
    session: AsyncSession, engine: Engine | None, ids: Sequence[UUID], *, catalogue: Catalogue
) -> dict[UUID, Any]:
    """Cards as the index holds them; PostgreSQL gives those that it does not, or all while the engine is down."""
    cards: dict[UUID, Any] = {}
    if engine is not None:
        with suppress(EngineDown, EngineRefused):
            held = await cards_by_id(engine, LISTINGS, [str(listing_id) for listing_id in ids])
            cards = {UUID(listing_id): card for listing_id, card in held.items()}
    if missing := [listing_id for listing_id in ids if listing_id not in cards]:
        for listing in await listings_by_id(session, published_listings(), missing):
            cards[listing.id] = listing_card(listing, catalogue=catalogue).model_dump(mode="json")
    return cards


async def need_matches(
    session: AsyncSession, matches: Matches, query: MatchQuery, *, catalogue: Catalogue, language: Language
) -> NeedMatches:
    """The needs of a listing's matches, with reasons."""
    shown = _shown(matches, query)
    ids = list(dict.fromkeys(judgement.demand.need_id for judgement in shown))
    needs = {
        need.id: need_out(need, catalogue=catalogue) for need in await needs_by_id(session, published_needs(), ids)
    }
    items = [
        NeedMatch.model_construct(need=needs[judgement.demand.need_id], **_reasons(judgement, language=language))
        for judgement in shown
        if judgement.demand.need_id in needs
    ]
    return NeedMatches.model_construct(items=items, total=len(matches.fitting), degraded=matches.degraded)
