from __future__ import annotations

from datetime import date
from random import Random

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from market.certificates.models import Certificate
from market.core.db import create_sessions
from market.listings.models import Listing, listing_certificate
from market.needs.models import Need
from market.needs.schemas import NeedCreate
from market.organizations.models import Organization
from market.reference.catalogue import Catalogue
from market.synthetic.goods import Inventor, Offerer
from market.synthetic.seeding import Wanted, seed_listings, seed_needs


async def test_as_much_is_added_as_was_wanted_by_organizations_that_say_they_are_invented(
    own_engine: AsyncEngine, catalogue: Catalogue
) -> None:
    sessions = create_sessions(own_engine)
    wanted = Wanted(listings=250, needs=120)
    producers = await seed_listings(sessions, catalogue, wanted)
    buyers = await seed_needs(sessions, catalogue, wanted)
    assert (len(producers), len(buyers)) == (3, 2)
    async with sessions() as session:
        names = set(await session.scalars(select(Organization.name)))
        published = select(func.count()).where(Listing.status == "published", Listing.concept_id.is_not(None))
        kept = await session.scalar(published)
        needs = await session.scalar(select(func.count()).where(Need.status == "published"))
        certified = select(Certificate.verification).join(listing_certificate).distinct()
        verification = set(await session.scalars(certified))
    assert names == {*(f"HTX Giả lập 000{n}" for n in (1, 2, 3)), *(f"Siêu thị Giả lập 000{n}" for n in (1, 2))}
    assert (kept, needs) == (250, 120)
    assert verification == {"verified"}


async def test_a_second_run_adds_other_organizations(own_engine: AsyncEngine, catalogue: Catalogue) -> None:
    sessions = create_sessions(own_engine)
    await seed_listings(sessions, catalogue, Wanted(listings=1))
    await seed_listings(sessions, catalogue, Wanted(listings=1))
    async with sessions() as session:
        names = list(await session.scalars(select(Organization.name).order_by(Organization.name)))
    assert names == ["HTX Giả lập 0001", "HTX Giả lập 0002"]


def test_the_same_seed_invents_the_same(catalogue: Catalogue) -> None:
    def invented(seed: int) -> list[object]:
        inventor = Inventor(catalogue, Random(seed), today=date(2026, 11, 21))
        province, concepts = inventor.home()
        return [inventor.listing(Offerer(province, concepts, {})), inventor.need()]

    assert invented(1) == invented(1)
    assert invented(1) != invented(2)


def test_needs_are_invented_over_goods_of_every_category(catalogue: Catalogue) -> None:
    inventor = Inventor(catalogue, Random(1), today=date(2026, 11, 21))
    # Deadlines are days of the inventor's own today.
    needs = [NeedCreate.model_validate(inventor.need() | {"deadline": None}) for _ in range(300)]
    categories = {catalogue.concept(line.concept or "").category for need in needs for line in need.lines}
    assert len(categories) > 10
