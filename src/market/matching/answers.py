"""From judgements to what the API says about them."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.language import Language
from market.listings.answers import listing_card
from market.listings.queries import listings_by_id, published_listings
from market.matching.gates import RULES
from market.matching.schemas import GateOut, MatchQuery, PartOut, WeekCovered
from market.matching.score import WORDS, Judgement
from market.matching.service import Matches
from market.matching.weights import WEIGHTS
from market.needs.answers import need_out
from market.needs.queries import needs_by_id, published_needs
from market.reference.cadence import week_label
from market.reference.catalogue import Catalogue

_encode = msgspec.json.Encoder().encode


def _shown(matches: Matches, query: MatchQuery) -> Sequence[Judgement]:
    near = matches.near_misses[: query.limit] if query.near_misses else []
    return [*matches.fitting[: query.limit], *near]


def _reasons(judgement: Judgement, *, language: Language) -> dict[str, Any]:
    offer, line, failed = judgement.offer, judgement.line, judgement.failed
    gates: list[GateOut] = []
    for gate, rule in RULES.items():
        passed = gate not in failed
        gates.append({"name": gate, "passed": passed, "why": rule.why(offer, line, passed=passed).text(language)})
    parts: list[PartOut] = [
        {"name": part, "value": round(value, 4), "weight": WEIGHTS[part], "why": WORDS[part](judgement).text(language)}
        for part, value in judgement.values.items()
    ]
    return {
        "line": judgement.demand.line_id,
        "score": judgement.score,
        "gates": gates,
        "parts": parts,
        "near_miss_of": failed,
        "coverage_weeks": _covered_weeks(tuple(judgement.coverage), tuple(judgement.coverage.values())),
    }


@lru_cache(maxsize=4096)
def _covered_weeks(weeks: tuple[int, ...], shares: tuple[float, ...]) -> msgspec.Raw:
    """The weeks as JSON: one need's matches cover them alike, most of them all."""
    covered: list[WeekCovered] = [
        {"week": week_label(week), "percent": math.floor(share * 10_000) / 100}
        for week, share in zip(weeks, shares, strict=True)
    ]
    return msgspec.Raw(_encode(covered))


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
    id_of: Callable[[Judgement], UUID]
    from_rows: Callable[[AsyncSession, Sequence[UUID], Catalogue], Awaitable[dict[UUID, Any]]]


LISTING = Side("listing", lambda judgement: judgement.offer.listing_id, _listing_cards)
NEED = Side("need", lambda judgement: judgement.demand.need_id, _need_cards)


async def matches_answer(
    side: Side,
    session: AsyncSession,
    matches: Matches,
    query: MatchQuery,
    *,
    catalogue: Catalogue,
    language: Language,
) -> bytes:
    """The matches with reasons as JSON: a `ListingMatches` where a side of listings is shown, else a `NeedMatches`."""
    shown = [(side.id_of(judgement), judgement) for judgement in _shown(matches, query)]
    ids = list(dict.fromkeys(one for one, _ in shown))
    cards = await _cards(session, side, ids, matches, catalogue=catalogue)
    items = [
        {side.name: cards[one], **_reasons(judgement, language=language)} for one, judgement in shown if one in cards
    ]
    return _encode({"items": items, "total": len(matches.fitting), "degraded": matches.degraded})


async def _cards(
    session: AsyncSession, side: Side, ids: Sequence[UUID], matches: Matches, *, catalogue: Catalogue
) -> Mapping[UUID, Any]:
    """Cards as the index holds them; PostgreSQL gives all while the engine is down."""
    cards: dict[UUID, Any] = {one: msgspec.Raw(matches.held[one].card) for one in ids if one in matches.held}
    if missing := [one for one in ids if one not in cards]:
        cards |= await side.from_rows(session, missing, catalogue)
    return cards
