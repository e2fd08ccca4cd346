"""Tells the demo story into the database, through the services, as its people would have done."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.accounts.models import User
from market.accounts.schemas import UserCreate
from market.certificates.models import Certificate
from market.certificates.schemas import CertificateVerification, RecallRequest
from market.certificates.service import recall_certificate, record_certificate, verify_certificate
from market.core import clock
from market.core.access import SYSTEM, Actor
from market.core.duplicates import Likeness
from market.demo.event import tell_event
from market.demo.harvests import tell_harvest
from market.demo.offers import Attached, certificate_of, listings_of, need_of
from market.demo.seeds import Paper, Person, Story, StoryOrganization, read_story
from market.demo.users import ensure_people
from market.listings.models import Listing
from market.listings.queries import listings_by_id
from market.listings.service import Refused, change_status, create_listings
from market.needs.service import create_needs
from market.organizations.claims.queries import living_claims
from market.organizations.claims.schemas import ClaimVerification, OrganizationVerification
from market.organizations.claims.service import verify_claim
from market.organizations.models import Organization, OrganizationMember
from market.organizations.schemas import Contact, OrganizationCreate
from market.organizations.service import acting_owner, add_member, create_organization, verify_organization
from market.reference.catalogue import Catalogue
from market.reference.types import known_catalogue

AT_ONCE = 3
"""Organizations told at the same time: while one waits for the database, another is put together."""


class NoReference(ValueError):
    """The reference data, of which the story is made, is not loaded."""


@dataclass(slots=True)
class Told:
    """How much was told that was not there before."""

    organizations: int = 0
    certificates: int = 0
    listings: int = 0
    lots: int = 0
    photos: int = 0
    needs: int = 0
    registrations: int = 0
    agreements: int = 0


@dataclass(frozen=True, slots=True)
class Stage:
    """What telling needs everywhere."""

    story: Story
    catalogue: Catalogue
    users: Mapping[str, User]
    officer: Actor
    officer_key: str
    second_officer: Actor
    """Nobody judges their own: looks at the department of the first."""
    today: date


async def tell_story(sessions: async_sessionmaker[AsyncSession], directory: Path, *, data_dir: Path) -> Told:
    """Tell what is missing of the story in `directory`; each organization is one transaction, told whole or not at all.

    Organizations are known by name and the event by its code: what is there already is left as it is.

    Raises:
        OSError, pydantic.ValidationError: the seed files are missing or malformed.
        NoReference: the reference data is not loaded.
    """
    async with sessions() as session:
        catalogue = await known_catalogue(session)
    if not catalogue.concepts:
        raise NoReference("the reference data is not loaded: run `market seed reference` first")
    story = read_story(directory)
    users = await ensure_people(sessions, story.people, data_dir=data_dir)
    first, second = [person.key for person in story.people if "officer" in person.roles]
    stage = Stage(story, catalogue, users, _officer(users[first]), first, _officer(users[second]), clock.today())
    told = Told()
    async with sessions() as session:
        there = await _actors(session, stage)
    missing = [(n, one) for n, one in enumerate(story.organizations) if one.key not in there]
    turns = asyncio.Semaphore(AT_ONCE)

    async def tell(place: int, organization: StoryOrganization) -> None:
        async with turns, sessions.begin() as session:
            await _tell_organization(session, stage, organization, place=place, told=told)

    async with asyncio.TaskGroup() as tasks:
        for place, organization in missing:
            tasks.create_task(tell(place, organization))
    async with sessions.begin() as session:
        told.registrations, told.agreements = await tell_event(
            session, story, actors=await _actors(session, stage), catalogue=catalogue
        )
    return told


def _officer(user: User) -> Actor:
    return Actor(kind="user", user_id=user.id, platform_roles=frozenset(user.platform_roles))


async def _tell_organization(
    session: AsyncSession, stage: Stage, organization: StoryOrganization, *, place: int, told: Told
) -> None:
    row, actor = await _create_organization(session, stage, organization)
    told.organizations += 1
    attached = await _create_certificates(session, stage, organization, actor, place=place)
    told.certificates += len(attached)
    listings_in = listings_of(
        organization,
        certificates=[Attached(certificate.id, paper) for certificate, paper in attached],
        story=stage.story,
        catalogue=stage.catalogue,
        today=stage.today,
    )
    results = await create_listings(session, actor, listings_in, organization=row, catalogue=stage.catalogue)
    kept = [result for result in results if not isinstance(result, Refused)]
    if len(kept) != len(listings_in):
        raise ValueError(f"the seeds of {organization.name} hold a listing that cannot be")
    await _pause(session, organization, actor, kept)
    told.listings += len(kept)
    told.lots += await tell_harvest(session, actor, kept, place=place, today=stage.today)
    needs_in = [need_of(need, today=stage.today) for need in stage.story.needs if need.buyer == organization.key]
    needs = await create_needs(session, actor, needs_in, organization=row)
    if any(isinstance(need, Likeness) for need in needs):
        raise ValueError(f"the seeds of {organization.name} ask for the same twice")
    told.needs += len(needs)
    await _recall(session, stage, attached)


async def _create_organization(
    session: AsyncSession, stage: Stage, organization: StoryOrganization
) -> tuple[Organization, Actor]:
    person = next(person for person in stage.story.people if person.key == organization.owner)
    user = stage.users[organization.owner]
    row = await create_organization(
        session,
        Actor(kind="user", user_id=user.id),
        OrganizationCreate(
            name=organization.name,
            kinds=list(organization.kinds),
            legal_form=organization.legal_form,
            province=organization.province,
            address=f"{organization.place} (địa chỉ minh họa)",
            description=organization.description,
            contact=Contact(name=person.name, phone=person.phone, email=person.email),
        ),
    )
    await add_member(session, SYSTEM, row, user_in=_known(person), role="owner")
    if organization.verification == "verified":
        await _verify(session, stage.second_officer if organization.owner == stage.officer_key else stage.officer, row)
    return row, acting_owner(user, row)


async def _verify(session: AsyncSession, officer: Actor, organization: Organization) -> None:
    note = "Hồ sơ minh họa đã xem"
    decision = OrganizationVerification(looked_at=note, note=note)
    await verify_organization(session, officer, organization, decision)
    for claim in await living_claims(session, organization.id, subject="kind"):
        await verify_claim(
            session, officer, claim, ClaimVerification(looked_at=note, note=note), organization=organization
        )


def _known(person: Person) -> UserCreate:
    """Somebody who is there already and is only found by this; the password is nobody's."""
    return UserCreate(full_name=person.name, email=person.email, password=secrets.token_urlsafe())


async def _create_certificates(
    session: AsyncSession, stage: Stage, organization: StoryOrganization, actor: Actor, *, place: int
) -> list[tuple[Certificate, Paper]]:
    attached: list[tuple[Certificate, Paper]] = []
    for number, paper in enumerate(organization.certificates):
        certificate_in = certificate_of(
            paper,
            organization,
            place=place * 10 + number + 1,
            story=stage.story,
            catalogue=stage.catalogue,
            today=stage.today,
        )
        organization_id = actor.organization_id
        if organization_id is None:
            raise ValueError("the owner acts for no organization")
        certificate = await record_certificate(
            session, actor, certificate_in, organization_id=organization_id, catalogue=stage.catalogue
        )
        if paper.state != "unverified":
            decision = CertificateVerification(
                decision="rejected" if paper.state == "rejected" else "verified", looked_at="Bản gốc minh họa"
            )
            await verify_certificate(session, stage.officer, certificate, decision, catalogue=stage.catalogue)
        attached.append((certificate, paper))
    return attached


async def _pause(session: AsyncSession, organization: StoryOrganization, actor: Actor, listings: list[UUID]) -> None:
    paused = {offer.good for offer in organization.goods if offer.status == "paused"}
    for listing in await listings_by_id(session, select(Listing).where(Listing.concept_id.in_(paused)), listings):
        await change_status(session, actor, listing, verb="pause")


async def _recall(session: AsyncSession, stage: Stage, attached: list[tuple[Certificate, Paper]]) -> None:
    for certificate, paper in attached:
        if paper.state == "recalled":
            request = RecallRequest(reason="Tổ chức chứng nhận thu hồi sau giám sát (minh họa)")
            await recall_certificate(session, stage.officer, certificate, request)


async def _actors(session: AsyncSession, stage: Stage) -> dict[str, tuple[Organization, Actor]]:
    """Every organization of the story by key, and its owner acting for it."""
    rows = await session.execute(
        select(Organization, OrganizationMember.user_id)
        .join(OrganizationMember, OrganizationMember.organization_id == Organization.id)
        .where(OrganizationMember.user_id.in_([user.id for user in stage.users.values()]))
    )
    found = {(organization.name, user_id): organization for organization, user_id in rows}
    owners = {organization.key: stage.users[organization.owner] for organization in stage.story.organizations}
    actors: dict[str, tuple[Organization, Actor]] = {}
    for organization in stage.story.organizations:
        owner = owners[organization.key]
        if row := found.get((organization.name, owner.id)):
            actor = replace(acting_owner(owner, row), platform_roles=frozenset(owner.platform_roles))
            actors[organization.key] = (row, actor)
    return actors
