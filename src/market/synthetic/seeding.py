"""Invented organizations with listings and needs, through the services that people's own go through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from stdnum import ean

from market.certificates.schemas import CertificateCreate, CertificateVerification
from market.certificates.service import record_certificate, verify_certificate
from market.core import clock
from market.core.access import SYSTEM
from market.listings.schemas import ListingCreate
from market.listings.service import create_listings
from market.needs.schemas import NeedCreate
from market.needs.service import create_needs
from market.organizations.models import Organization
from market.organizations.schemas import OrganizationCreate
from market.organizations.service import create_organization
from market.reference.catalogue import Catalogue
from market.reference.records import Concept
from market.synthetic.goods import Inventor, Offerer

PRODUCER, BUYER = "HTX Giả lập", "Siêu thị Giả lập"
"""What every invented organization is called, with a number behind."""
EACH = 100
"""Listings or needs of one organization."""
TOGETHER = 10
"""Organizations in one transaction: long ones would hold back every follower of the change log."""
SCHEMES = ("vietgap", "ocop", "globalgap", "food-safety-agriculture", "haccp")
CERTIFIED_SHARE = 0.5

Sessions = async_sessionmaker[AsyncSession]
Advanced = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How much to invent; the same `seed` on the same day invents the same."""

    listings: int = 0
    needs: int = 0
    agreements: int = 0
    seed: int = 1


async def seed_listings(
    sessions: Sessions, catalogue: Catalogue, wanted: Wanted, *, advanced: Advanced = lambda _: None
) -> list[UUID]:
    """Invented producers with certificates and published listings. Returns the producers' ids.

    Args:
        advanced: told how many listings were added, after each commit.
    """
    known = await counted(sessions, PRODUCER)
    inventor = Inventor(catalogue, Random(f"listings {wanted.seed} {known}"), today=clock.today())
    producers: list[UUID] = []
    for start in range(0, wanted.listings, EACH * TOGETHER):
        end = min(start + EACH * TOGETHER, wanted.listings)
        async with sessions.begin() as session:
            for first in range(start, end, EACH):
                number = known + len(producers) + 1
                count = min(EACH, end - first)
                producers.append(await _producer(session, inventor, number=number, count=count))
        advanced(end - start)
    return producers


async def seed_needs(
    sessions: Sessions, catalogue: Catalogue, wanted: Wanted, *, advanced: Advanced = lambda _: None
) -> list[UUID]:
    """Invented buyers with published needs. Returns the buyers' ids."""
    known = await counted(sessions, BUYER)
    inventor = Inventor(catalogue, Random(f"needs {wanted.seed} {known}"), today=clock.today())
    buyers: list[UUID] = []
    for start in range(0, wanted.needs, EACH * TOGETHER):
        end = min(start + EACH * TOGETHER, wanted.needs)
        async with sessions.begin() as session:
            for first in range(start, end, EACH):
                buyer = await invented_organization(session, inventor, BUYER, number=known + len(buyers) + 1)
                needs = [NeedCreate.model_validate(inventor.need()) for _ in range(min(EACH, end - first))]
                await create_needs(session, SYSTEM, needs, organization=buyer)
                buyers.append(buyer.id)
        advanced(end - start)
    return buyers


async def counted(sessions: Sessions, name: str) -> int:
    """How many organizations were invented under a name."""
    async with sessions() as session:
        named = Organization.name.startswith(f"{name} ")
        return await session.scalar(select(func.count()).where(named)) or 0


async def _producer(session: AsyncSession, inventor: Inventor, *, number: int, count: int) -> UUID:
    province, concepts = inventor.home()
    producer = await invented_organization(session, inventor, PRODUCER, number=number, province_code=province.code)
    certificates = {}
    for concept in concepts:
        if inventor.random.random() < CERTIFIED_SHARE:
            certificates[concept.id] = str(await _certificate(session, inventor, producer, concept))
    offerer = Offerer(province, concepts, certificates)
    listings = [ListingCreate.model_validate(inventor.listing(offerer)) for _ in range(count)]
    await create_listings(session, SYSTEM, listings, organization=producer, catalogue=inventor.catalogue)
    return producer.id


async def invented_organization(
    session: AsyncSession, inventor: Inventor, name: str, *, number: int, province_code: str | None = None
) -> Organization:
    """An organization that says that it is invented."""
    code = province_code or inventor.random.choice(inventor.places).code
    organization_in = OrganizationCreate.model_validate(
        {
            "name": f"{name} {number:04}",
            "kinds": ["producer"] if name == PRODUCER else ["buyer"],
            "legal_form": "cooperative" if name == PRODUCER else "company",
            "province": {"code": code},
            "description": "Tổ chức giả lập để thử tải, không có thật.",
        }
    )
    return await create_organization(session, SYSTEM, organization_in)


def _number(scheme: str, number: int) -> str:
    if scheme == "globalgap":
        digits = f"405998{number:06}"
        return digits + ean.calc_check_digit(digits)
    return f"GIA-LAP-{number:06}"


async def _certificate(session: AsyncSession, inventor: Inventor, producer: Organization, concept: Concept) -> UUID:
    random, today = inventor.random, inventor.today
    scheme = random.choice(SCHEMES)
    issued: date = today - timedelta(days=random.randint(30, 300))
    certificate_in = CertificateCreate.model_validate(
        {
            "scheme": scheme,
            "level": random.choice((3, 3, 4, 4, 5)) if scheme == "ocop" else None,
            "number": _number(scheme, random.randint(1, 999_999)),
            "issuer": "Tổ chức chứng nhận Giả lập",
            "issued_on": issued.isoformat(),
            "scope_concepts": [concept.id],
        }
    )
    certificate = await record_certificate(
        session, SYSTEM, certificate_in, organization_id=producer.id, catalogue=inventor.catalogue
    )
    await verify_certificate(
        session, SYSTEM, certificate, CertificateVerification(looked_at="Sổ tổng hợp"), catalogue=inventor.catalogue
    )
    return certificate.id
