"""The demo story: told once whatever happens, invented throughout, and true to the rules of the market."""

from __future__ import annotations

import stat
from collections import Counter
from datetime import date
from pathlib import Path

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.agreements.models import Agreement, AgreementParty
from market.certificates.models import Certificate
from market.certificates.validity import last_day, state_of, warnings
from market.config import PROJECT_ROOT
from market.core import clock
from market.core.changes import Change
from market.core.db import create_sessions
from market.demo.offers import certificate_of, listings_of
from market.demo.passwords import FILE, read_users
from market.demo.seeds import MARKERS, Story, read_story
from market.demo.telling import tell_story
from market.listings.models import Listing
from market.lots.models import Lot
from market.needs.models import Need, NeedLine
from market.organizations.models import Organization
from market.reading.titles import goods_of_title
from market.reading.vocabulary import vocabulary_of
from market.reference.catalogue import Catalogue
from tests.people import Client, connected

DIRECTORY = PROJECT_ROOT / "seeds" / "demo"


@pytest.fixture(scope="module")
def story() -> Story:
    return read_story(DIRECTORY)


@pytest.fixture
def sessions_that_commit(own_app: Litestar) -> async_sessionmaker[AsyncSession]:
    return create_sessions(own_app.state.engine)


@pytest.fixture
async def told(
    sessions_that_commit: async_sessionmaker[AsyncSession], data_dir: Path
) -> async_sessionmaker[AsyncSession]:
    report = await tell_story(sessions_that_commit, DIRECTORY, data_dir=data_dir)
    assert (report.organizations, report.needs, report.agreements) == (62, 60, 14)
    return sessions_that_commit


async def test_the_story_is_told_once_and_lies_ahead(
    told: async_sessionmaker[AsyncSession], data_dir: Path, own_app: Litestar
) -> None:
    async with told() as session:
        entries = await session.scalar(select(func.count()).select_from(Change))
        passwords = (data_dir / FILE).read_bytes()
        again = await tell_story(told, DIRECTORY, data_dir=data_dir)
        assert (again.organizations, again.listings, again.needs, again.agreements) == (0, 0, 0, 0)
        assert await session.scalar(select(func.count()).select_from(Change)) == entries
        assert (data_dir / FILE).read_bytes() == passwords
        await _assert_numbers(session)
        await _assert_second_persons(session)
        await _assert_all_ahead(session)
        await _assert_papers(session)
    async with connected(own_app) as client:
        await _assert_people_sign_in(client, data_dir)


async def _assert_numbers(session: AsyncSession) -> None:
    kinds = Counter(kind for row in await session.scalars(select(Organization)) for kind in row.kinds)
    assert kinds["producer"] >= 40
    assert kinds["buyer"] == 15
    assert {"organizer", "authority"} <= kinds.keys()
    versions = Counter(await session.scalars(select(Organization.province_version)))
    assert min(versions["2008"], versions["2025"]) >= 20
    assert 300 <= (await session.scalar(select(func.count()).select_from(Listing)) or 0) <= 400
    assert await session.scalar(select(func.count()).select_from(Need)) == 60
    sellers = await session.scalar(select(func.count(func.distinct(Listing.organization_id))))
    assert await session.scalar(select(func.count()).select_from(Lot)) == sellers
    states = Counter(state_of(row, at=clock.now()) for row in await session.scalars(select(Certificate)))
    assert states.keys() >= {"valid", "expired", "unverified", "rejected", "recalled"}
    assert states["valid"] > 70


async def _assert_second_persons(session: AsyncSession) -> None:
    judged = await session.scalars(select(Certificate).where(Certificate.verification != "unverified"))
    assert all(row.verified_by is not None and row.verified_by != row.recorded_by for row in judged)
    verified = await session.scalars(select(Organization).where(Organization.verification == "verified"))
    assert all(row.verified_by is not None for row in verified)


async def _assert_all_ahead(session: AsyncSession) -> None:
    today = clock.today()
    deadlines = [day for day in await session.scalars(select(Need.deadline)) if day is not None]
    assert len(deadlines) == 60
    assert min(deadlines) > today
    starts = list(await session.scalars(select(NeedLine.starts_on)))
    assert min(starts) > today


async def _assert_papers(session: AsyncSession) -> None:
    statuses = Counter(await session.scalars(select(Agreement.status)))
    assert statuses["draft"] >= 1
    assert statuses["signed"] >= 5
    assert statuses["effective"] >= 3
    named_only = await session.scalar(
        select(func.count()).select_from(AgreementParty).where(AgreementParty.name_only.is_not(None))
    )
    assert named_only == 2


async def _assert_people_sign_in(client: Client, data_dir: Path) -> None:
    assert stat.S_IMODE((data_dir / FILE).stat().st_mode) == 0o600
    user = read_users(data_dir)[0]
    answer = await client.post("/auth/token", {"identifier": user.email, "password": user.password})
    assert answer.status_code == httpx.codes.OK


async def test_lost_passwords_are_made_anew(
    told: async_sessionmaker[AsyncSession], data_dir: Path, own_app: Litestar
) -> None:
    before = {user.email: user.password for user in read_users(data_dir)}
    (data_dir / FILE).unlink()
    await tell_story(told, DIRECTORY, data_dir=data_dir)
    after = {user.email: user.password for user in read_users(data_dir)}
    assert after.keys() == before.keys()
    assert not set(after.values()) & set(before.values())
    async with connected(own_app) as client:
        await _assert_people_sign_in(client, data_dir)


def test_every_organization_says_that_it_is_invented(story: Story) -> None:
    names = [organization.name for organization in story.organizations]
    names += [party.name for paper in story.papers for party in paper.parties if party.name]
    names += [story.event.name, story.other_issuer, *story.issuers.values()]
    assert [name for name in names if not any(marker in name for marker in MARKERS)] == []
    assert len(set(names[:62])) == 62


def test_nobody_can_be_written_to(story: Story) -> None:
    assert all(person.email.endswith(".example") for person in story.people)


def test_no_password_is_in_the_files() -> None:
    assert not any("password" in path.read_text(encoding="utf-8").lower() for path in DIRECTORY.glob("*.json"))


def test_titles_read_as_what_they_offer(story: Story, catalogue: Catalogue) -> None:
    """What the market would infer from a title is what the story says it is, or nothing."""
    wrong: dict[str, str | None] = {}
    names = {good.good: good.name for good in story.goods}
    offers = [offer for organization in story.organizations for offer in organization.goods]
    titles = {offer.name or names[offer.good]: offer.good for offer in offers}
    for title, concept in titles.items():
        inferred = goods_of_title(title, vocabulary_of(catalogue)).concept_id
        line = {concept, *catalogue.ancestors(concept), *catalogue.descendants(concept)}
        if inferred is not None and line.isdisjoint({inferred, *catalogue.ancestors(inferred)}):
            wrong[title] = inferred
    assert wrong == {}


def test_titles_are_unlike_each_other(story: Story, catalogue: Catalogue) -> None:
    titles = [
        listing.title
        for organization in story.organizations
        for listing in listings_of(
            organization, certificates=[], story=story, catalogue=catalogue, today=date(2026, 11, 21)
        )
    ]
    assert [title for title, times in Counter(titles).items() if times > 1] == []


def test_certificates_look_as_papers_do(catalogue: Catalogue, certificates: list[Certificate]) -> None:
    odd = {row.number: warnings(row, catalogue=catalogue) for row in certificates}
    assert {number: found for number, found in odd.items() if found} == {}


@pytest.fixture
def certificates(story: Story, catalogue: Catalogue) -> list[Certificate]:
    today = clock.today()
    rows = []
    for place, organization in enumerate(story.organizations):
        for number, paper in enumerate(organization.certificates):
            place_of_paper = place * 10 + number + 1
            made = certificate_of(
                paper, organization, place=place_of_paper, story=story, catalogue=catalogue, today=today
            )
            expires_on = last_day(None, scheme=made.scheme, issued_on=made.issued_on, catalogue=catalogue)
            rows.append(Certificate(**made.model_dump(exclude={"expires_on"}), expires_on=expires_on))
    return rows
