"""From judgements to what the API says about them."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
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

    async def from_rows(ids: Sequence[UUID]) -> dict[UUID, Any]:
        listings = await listings_by_id(session, published_listings(), ids)
        return {row.id: listing_card(row, catalogue=catalogue).model_dump(mode="json") for row in listings}

    shown = [(judgement.offer.listing_id, judgement) for judgement in _shown(matches, query)]
    cards = await _cards(engine, LISTINGS, [listing_id for listing_id, _ in shown], from_rows)
    return _answer("listing", shown, cards, matches, language=language)


async def need_matches(
    session: AsyncSession,
    engine: Engine | None,
    matches: Matches,
    query: MatchQuery,
    *,
    catalogue: Catalogue,
    language: Language,
) -> bytes:
    """The needs of a listing's matches, with reasons: a `NeedMatches` as JSON."""

    async def from_rows(ids: Sequence[UUID]) -> dict[UUID, Any]:
        needs = await needs_by_id(session, published_needs(), ids)
        return {row.id: need_out(row, catalogue=catalogue).model_dump(mode="json") for row in needs}

    shown = [(judgement.demand.need_id, judgement) for judgement in _shown(matches, query)]
    cards = await _cards(engine, NEEDS, [need_id for need_id, _ in shown], from_rows)
    return _answer("need", shown, cards, matches, language=language)


async def _cards(
    engine: Engine | None,
    dialect: Dialect,
    wanted: Iterable[UUID],
    from_rows: Callable[[Sequence[UUID]], Awaitable[dict[UUID, Any]]],
) -> Mapping[UUID, Any]:
    """Cards as the index holds them; PostgreSQL gives those that it does not, or all while the engine is down."""
    ids = list(dict.fromkeys(wanted))
    cards: dict[UUID, Any] = {}
    if engine is not None:
        with suppress(EngineDown, EngineRefused):
            held = await cards_by_id(engine, dialect, [str(one) for one in ids])
            cards = {UUID(one): card for one, card in held.items()}
    if missing := [one for one in ids if one not in cards]:
        cards |= await from_rows(missing)
    return cards


def _answer(
    side: str,
    shown: Iterable[tuple[UUID, Judgement]],
    cards: Mapping[UUID, Any],
    matches: Matches,
    *,
    language: Language,
) -> bytes:
    items = [{side: cards[one], **_reasons(judgement, language=language)} for one, judgement in shown if one in cards]
    return _encode({"items": items, "total": len(matches.fitting), "degraded": matches.degraded})
