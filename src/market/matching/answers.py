"""From judgements to what the API says about them."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.language import Language
from market.listings.answers import listing_card
from market.listings.queries import listings_by_id, published_listings
from market.matching.schemas import GateOut, MatchQuery, PartOut, WeekCovered
from market.matching.score import Judgement
from market.matching.service import Matches
from market.needs.answers import need_out
from market.needs.queries import needs_by_id, published_needs
from market.reference.cadence import week_label
from market.reference.catalogue import Catalogue
from market.search.engine import Engine, EngineDown, EngineRefused
from market.search.request import LISTINGS, NEEDS, Dialect
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


async def _listing_cards(session: AsyncSession, ids: Sequence[UUID], catalogue: Catalogue) -> dict[UUID, Any]:
    listings = await listings_by_id(session, published_listings(), ids)
    return {row.id: listing_card(row, catalogue=catalogue).model_dump(mode="json") for row in listings}


async def _need_cards(session: AsyncSession, ids: Sequence[UUID], catalogue: Catalogue) -> dict[UUID, Any]:
    needs = await needs_by_id(session, published_needs(), ids)
    return {row.id: need_out(row, catalogue=catalogue).model_dump(mode="json") for row in needs}


@dataclass(frozen=True, slots=True)
class Side:
    """What stands beside the reasons of a match."""

    name: str
    dialect: Dialect
    id_of: Callable[[Judgement], UUID]
    from_rows: Callable[[AsyncSession, Sequence[UUID], Catalogue], Awaitable[dict[UUID, Any]]]


LISTING = Side("listing", LISTINGS, lambda judgement: judgement.offer.listing_id, _listing_cards)
NEED = Side("need", NEEDS, lambda judgement: judgement.demand.need_id, _need_cards)


async def matches_answer(
    side: Side,
    session: AsyncSession,
    engine: Engine | None,
    matches: Matches,
    query: MatchQuery,
    *,
    catalogue: Catalogue,
    language: Language,
) -> bytes:
    """The matches with reasons as JSON: a `ListingMatches` where a side of listings is shown, else a `NeedMatches`."""
    shown = [(side.id_of(judgement), judgement) for judgement in _shown(matches, query)]
    ids = list(dict.fromkeys(one for one, _ in shown))
    cards = await _cards(session, engine, side, ids, catalogue=catalogue)
    items = [
        {side.name: cards[one], **_reasons(judgement, language=language)} for one, judgement in shown if one in cards
    ]
    return _encode({"items": items, "total": len(matches.fitting), "degraded": matches.degraded})


async def _cards(
    session: AsyncSession, engine: Engine | None, side: Side, ids: Sequence[UUID], *, catalogue: Catalogue
) -> Mapping[UUID, Any]:
    """Cards as the index holds them; PostgreSQL gives those that it does not, or all while the engine is down."""
    cards: dict[UUID, Any] = {}
    if engine is not None:
        with suppress(EngineDown, EngineRefused):
            held = await cards_by_id(engine, side.dialect, [str(one) for one in ids])
            cards = {UUID(one): card for one, card in held.items()}
    if missing := [one for one in ids if one not in cards]:
        cards |= await side.from_rows(session, missing, catalogue)
    return cards
