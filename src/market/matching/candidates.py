"""Who is worth comparing: a request or two to the engine, or a statement to PostgreSQL while the engine is down."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.engine.filter_language import any_of, valid_now
from market.engine.gateway import Engine, EngineDown, Found, Hit
from market.matching.facts import Demand, Offer
from market.matching.queries import recent_listings_of, recent_needs_of
from market.matching.weights import CEILING_BAND
from market.reference.catalogue import Catalogue

LIKELY = 200
"""Candidates of a line that the engine finds to meet what it can compare."""
UNLIKELY = 60
"""Candidates of the same goods that it finds not to: near misses come from here."""
OTHER_FORMS = 20
"""Candidates of the same commodity in other forms and varieties, as near misses."""


@dataclass(frozen=True, slots=True)
class Worth:
    """Who is worth comparing."""

    ids: Sequence[UUID | str]
    held: Mapping[str, Hit] = field(default_factory=dict)
    """Their documents in the index, with the cards to show; none where PostgreSQL named them."""
    degraded: bool = False
    """Whether PostgreSQL had to name them."""


def _likely_filter(demand: Demand, *, catalogue: Catalogue) -> str:
    """What the engine can compare of the gates."""
    last_day = int(clock.end_of_day(demand.ends_on).timestamp()) - 1
    conditions = [
        valid_now([requirement.replace(":", "-") for requirement in demand.required], last_day),
        f"weeks IN [{', '.join(str(week) for week in demand.weekly)}]" if demand.weekly else "",
    ]
    weight = catalogue.unit(demand.unit).kg_factor
    if demand.price_ceiling_vnd is not None and weight:
        conditions.append(f"NOT price_vnd_kg > {int(demand.price_ceiling_vnd * CEILING_BAND / weight)}")
    if weight:
        conditions.append(f"NOT moq_kg > {int(demand.quantity * weight)}")
    return " AND ".join(f"({condition})" for condition in conditions if condition)


def _queries(demand: Demand, catalogue: Catalogue) -> Iterator[tuple[bool, dict[str, Any]]]:
    """What a line asks the engine, and whether that is likely to fit."""
    likely = _likely_filter(demand, catalogue=catalogue)
    if not demand.concept:
        # An open name: whatever has all its words.
        yield True, {"q": f"{demand.name or ''} ", "matchingStrategy": "all", "limit": UNLIKELY}
        return
    accepted = demand.accepted or (demand.concept,)
    goods = f"({any_of('concepts', accepted)} OR {any_of('may_be', accepted)})"
    commodity = catalogue.goods(demand.concept).commodity
    family = [commodity, *catalogue.ancestors(commodity)[:1]]
    yield False, {"filter": f"{any_of('commodities', family)} AND NOT {goods}", "limit": OTHER_FORMS}
    if not likely:
        yield True, {"filter": goods, "limit": LIKELY + UNLIKELY}
        return
    yield True, {"filter": f"{goods} AND {likely}", "limit": LIKELY}
    yield False, {"filter": f"{goods} AND NOT ({likely})", "limit": UNLIKELY}


def _worth(found: Iterable[Found]) -> Worth:
    held = {hit.id: hit for answer in found for hit in answer.hits}
    return Worth(list(held), held)


async def candidate_listings(
    session: AsyncSession, engine: Engine | None, demands: Sequence[Demand], *, catalogue: Catalogue, cards: bool = True
) -> Worth:
    """Listings worth comparing with these lines.

    The likely and the unlikely ones are asked for in a request each: the engine works on both at once.

    Args:
        cards: whether they are to be shown.
    """
    try:
        if engine is None:
            raise EngineDown("no engine is configured")
        index = {"indexUid": engine.index_name("listings"), "attributesToRetrieve": ["id", "card"] if cards else ["id"]}
        asked = [(likely, index | query) for demand in demands for likely, query in _queries(demand, catalogue)]
        halves = [[query for likely, query in asked if likely is half] for half in (True, False)]
        return _worth(chain(*await asyncio.gather(*(engine.search(half) for half in halves if half))))
    except EngineDown:
        wanted = {id_ for demand in demands for id_ in demand.accepted or (demand.concept,)}
        concepts = {narrower for id_ in wanted for narrower in catalogue.descendants(id_)}
        return Worth(await recent_listings_of(session, concepts, limit=LIKELY + UNLIKELY), degraded=True)


def goods_and_broader(offer: Offer, *, catalogue: Catalogue) -> list[str]:
    """The concepts that a line may name for the offer to fit: its own and every broader one."""
    if not offer.concept:
        return [wider for guess in offer.may_be for wider in (guess, *catalogue.ancestors(guess))]
    return [offer.concept, *catalogue.ancestors(offer.concept)]


async def candidate_needs(
    session: AsyncSession, engine: Engine | None, offer: Offer, *, catalogue: Catalogue, now: datetime
) -> Worth:
    """Needs worth comparing with this offer."""
    concepts = goods_and_broader(offer, catalogue=catalogue)
    try:
        if engine is None:
            raise EngineDown("no engine is configured")
        asked = f"{any_of('concept', concepts)} AND deadline > {int(now.timestamp())}"
        query = {
            "indexUid": engine.index_name("needs"),
            "filter": asked,
            "limit": LIKELY + UNLIKELY,
            "attributesToRetrieve": ["id", "card"],
        }
        return _worth(await engine.search([query]))
    except EngineDown:
        return Worth(await recent_needs_of(session, concepts, limit=LIKELY + UNLIKELY), degraded=True)
