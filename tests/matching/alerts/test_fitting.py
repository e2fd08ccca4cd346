"""The conditions in memory are those of the engine: the same documents meet them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.ids import new_id
from market.engine.gateway import Engine
from market.listings.document import listing_documents
from market.listings.models import Listing
from market.matching.alerts.fitting import CONDITIONS, Thing, fits
from market.matching.alerts.matches import titles_of
from market.matching.alerts.watching import Watch, read_watch, watch_from_json, watch_to_json
from market.needs.document import need_documents
from market.reference.catalogue import Catalogue
from market.search.asking import SearchQuery
from market.search.dialects import LISTINGS, NEEDS
from market.search.request import Dialect, Filters, filter_expression
from tests.matching.alerts.stories import LINE, LISTING, NEED, made, verified
from tests.people import past_deadline
from tests.searched import Searched

FILTERS: list[dict[str, Any]] = [
    {},
    {"concepts": ("dragon-fruit",)},
    {"concepts": ("pomelo", "dragon-fruit-white")},
    {"provinces": ("2025:82",)},
    {"provinces": ("2008:82", "2008:79")},
    {"provinces": ("2025:79",)},
    {"regions": ("2025:DBSCL",)},
    {"regions": ("2008:TN",)},
    {"certificates": ("vietgap",)},
    {"certificates": ("vietgap", "ocop-4")},
    {"price_min_vnd": 28000},
    {"price_min_vnd": 32001},
    {"price_max_vnd": 28000},
    {"price_max_vnd": 9000},
    {"quantity_min_kg": 3500},
    {"quantity_min_kg": 5001},
    {"quantity_max_kg": 3500},
    {"quantity_max_kg": 100},
    {"weeks": (202650, 202630)},
    {"weeks": (202730,)},
    {"organization": uuid4()},
    {"category": "fruit"},
    {"category": "aquatic"},
    {"concepts": ("dragon-fruit",), "price_max_vnd": 30000, "provinces": ("2025:82",), "category": "fruit"},
]


async def ids_of(searched: Searched) -> tuple[list[UUID], list[UUID]]:
    """Listings and needs that differ in what filters compare."""
    nobody = searched.client
    cooperative, buyer, officer = await nobody.register(), await nobody.register("buyer"), await nobody.officer()
    certificate = await verified(cooperative, officer)
    bare = {**LISTING, "title": "Bưởi da xanh", "price_vnd": None, "capacity": [], "concept": "pomelo"}
    offers = [
        {**LISTING, "certificates": [certificate]},
        {**bare, "province": {"code": "79", "version": "2025"}},
        {**LISTING, "unit": "H87", "price_vnd": 9000, "province": {"code": "82", "version": "2008"}},
    ]
    wants = [
        {**NEED, "lines": [{**LINE, "required_certificates": ["vietgap"]}]},
        {**NEED, "lines": [{**LINE, "concept": "pomelo", "price_ceiling_vnd": None, "unit": "H87"}]},
        NEED,
    ]
    listings = [UUID((await made(cooperative, "/listings", offer))["id"]) for offer in offers]
    needs = [await made(buyer, "/needs", want) for want in wants]
    await past_deadline(buyer, needs[-1])
    return listings, [UUID(need["id"]) for need in needs]


async def met_in_engine(engine: Engine, dialect: Dialect, filters: Filters, now: int) -> set[str]:
    query = {"indexUid": engine.index_name(dialect.index), "limit": 100, "attributesToRetrieve": ["id"]}
    expression = filter_expression(dialect, [filters], now=now)
    (found,) = await engine.search([query | ({"filter": expression} if expression else {})])
    return {hit.id for hit in found.hits}


async def test_conditions_are_met_in_memory_as_in_the_engine(searched: Searched) -> None:
    listings, needs = await ids_of(searched)
    await searched.settle()
    engine: Engine = searched.client.app.state.search
    now, today = int(clock.now().timestamp()), clock.today()
    async with searched.sessions() as session:
        offered = [Thing("listings", document) for document in await listing_documents(session, listings)]
        wanted = [Thing("needs", document) for document in await need_documents(session, needs)]
    assert (len(offered), len(wanted)) == (3, 3)

    outcomes = set()
    for given in FILTERS:
        watch = Watch(filters=(Filters(**given),))
        for dialect, things in ((LISTINGS, offered), (NEEDS, wanted)):
            here = {str(thing.id) for thing in things if fits(thing, watch, now=now, today=today)}
            assert here == await met_in_engine(engine, dialect, watch.filters[0], now), (dialect.index, given)
            outcomes.add((dialect.index, len(here)))
    assert {count for _, count in outcomes} >= {0, 1, 2}


@pytest.mark.parametrize("dialect", [LISTINGS, NEEDS], ids=lambda dialect: str(dialect.index))
def test_every_condition_of_the_engine_is_known(dialect: Dialect) -> None:
    conditions = CONDITIONS["listings" if dialect is LISTINGS else "needs"]
    assert conditions.keys() == dialect.expressions.keys() == set(Filters.__slots__)


async def test_what_is_on_offer_may_fit_in_any_number(session: AsyncSession) -> None:
    assert await titles_of(session, Listing, [new_id() for _ in range(40_000)]) == {}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("thanh long tuần sau", [False, True, False]),
        ("thanh long tuần này", [True, False, False]),
        ("thanh long tuần sau hoặc tháng 2", [False, True, True]),
        ("thanh long", [True, True, True]),
    ],
)
def test_weeks_are_counted_from_the_day_on_which_things_are_compared(
    catalogue: Catalogue, words: str, told: list[bool]
) -> None:
    saved_on, later = date(2026, 11, 4), date(2026, 12, 30)
    watch = watch_from_json(watch_to_json(read_watch(SearchQuery(q=words), catalogue=catalogue, today=saved_on)))
    parts = {"title": "Thanh long", "description": "", "organization_name": "HTX", "concept_names": []}
    things = [
        Thing("listings", {**parts, "concepts": ["dragon-fruit"], "weeks": [week]}) for week in (202653, 202701, 202706)
    ]
    assert [fits(thing, watch, now=0, today=later) for thing in things] == told
