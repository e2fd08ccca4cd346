"""The only door from imports to agreements: what is asked of that room to do stands here, and nowhere else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.lifecycle import sign_agreement
from market.agreements.lifecycle_schemas import SignRequest
from market.agreements.models import Agreement
from market.agreements.queries import visible_agreements, whole
from market.agreements.schemas import AgreementCreate, PartyIn, Representative
from market.agreements.service import create_agreement
from market.core import clock
from market.core.access import Actor
from market.core.errors import NotFound
from market.events.desk.people import People, first_signatory, people_of
from market.events.policy import may_run
from market.events.queries import get_event
from market.events.venue import sessions_of
from market.organizations.models import Organization
from market.organizations.queries import visible_organizations
from market.reference.schemas import ProvinceRef
from market.vietnamese.spelling import folded

Paper = AgreementCreate
Likeness = tuple[str, ...]


async def organizations_named(session: AsyncSession, actor: Actor, names: Iterable[str]) -> dict[str, UUID]:
    """Organizations of the market that exactly one bears the name of."""
    wanted = set(names)
    rows = visible_organizations(actor).where(Organization.name.in_(wanted))
    found: dict[str, list[UUID]] = {}
    for organization in await session.scalars(rows):
        found.setdefault(organization.name, []).append(organization.id)
    return {name: ids[0] for name, ids in found.items() if len(ids) == 1}


def with_organizations(paper: Paper, known: Mapping[str, UUID]) -> Paper:
    """The paper, its parties as the organizations that bear their names."""
    parties = [
        party.model_copy(update={"organization": known[party.name], "name": None})
        if party.name and party.name in known
        else party
        for party in paper.parties
    ]
    return paper.model_copy(update={"parties": parties})


@dataclass(frozen=True, slots=True)
class Signing:
    """What papers that were signed at an event need not say."""

    day: date | None
    """None: the event has not begun."""
    place: str | None
    province: ProvinceRef
    people: People

    def dated(self, paper: Paper) -> Paper:
        """The paper with the event's day, place and province where it says none."""
        said: dict[str, Any] = {"signed_on": self.day, "signing_place": self.place, "province": self.province}
        missing = {name: value for name, value in said.items() if getattr(paper, name) is None}
        return paper.model_copy(update=missing)

    def linked(self, paper: Paper) -> Paper:
        """The paper, its parties as those at the event who bear their names, signed by whoever came for them."""
        return paper.model_copy(update={"parties": [self._found(party) for party in paper.parties]})

    def _found(self, party: PartyIn) -> PartyIn:
        here = self.people.organizations_named(party.name) if party.name and party.organization is None else []
        if len(here) != 1:
            return party
        more: dict[str, Any] = {"organization": here[0].organization_id, "name": None}
        if party.representative is None and (person := first_signatory(here[0])):
            more["representative"] = Representative(**person)
        return party.model_copy(update=more)


async def signing_at(session: AsyncSession, actor: Actor, event_id: UUID | None) -> Signing | None:
    """What the event says of papers that do not, for who runs it; nothing for others."""
    if event_id is None:
        return None
    try:
        event = await get_event(session, actor, event_id)
    except NotFound:
        return None
    if not may_run(actor, event):
        return None
    signing = [part.on for part in sessions_of(event) if part.kind == "signing"]
    # A fixed day, so that a list that is brought in again tomorrow says the same.
    day = next(iter(signing), event.starts_on)
    province = ProvinceRef(code=event.province_code, version=event.province_version)
    return Signing(day if day <= clock.today() else None, event.place, province, await people_of(session, event))


def likeness(paper: Paper) -> Likeness:
    """What two papers are compared by."""
    parties = [f"{party.role}:{folded(party.name or '')}" for party in paper.parties]
    return (paper.instrument, str(paper.signed_on), folded(paper.title or ""), *sorted(parties))


async def logged_before(
    session: AsyncSession, actor: Actor, papers: Sequence[Paper]
) -> Mapping[Likeness, Sequence[UUID]]:
    """Papers like these that whoever imports logged already, the oldest first."""
    days = {paper.signed_on for paper in papers if paper.signed_on}
    titles = {paper.title for paper in papers}
    rows = visible_agreements(actor).where(Agreement.title.in_(titles))
    rows = rows.where(Agreement.signed_on.in_(days) | Agreement.signed_on.is_(None))
    own = rows.where(Agreement.logged_by_id == actor.organization_id) if actor.organization_id else rows
    found: dict[Likeness, list[UUID]] = defaultdict(list)
    for agreement in await session.scalars(whole(own).order_by(Agreement.id)):
        parties = [
            f"{party.role}:{folded(party.organization.name if party.organization else party.name_only or '')}"
            for party in agreement.parties
        ]
        key = (agreement.instrument, str(agreement.signed_on), folded(agreement.title), *sorted(parties))
        found[key].append(agreement.id)
    return found


async def log_paper(session: AsyncSession, actor: Actor, paper: Paper) -> Agreement:
    """Log a paper as a draft.

    Raises:
        MarketError: as the room of agreements refuses it.
    """
    return await create_agreement(session, actor, paper)


async def record_signed(session: AsyncSession, actor: Actor, agreement: Agreement, *, mandate: str | None) -> None:
    """Record that a paper was signed on its day.

    Args:
        mandate: by which an officer vouches for the parties; without it the paper is a note until they confirm.

    Raises:
        MarketError: the actor may not say so, or the day has not come.
    """
    await sign_agreement(session, actor, agreement, SignRequest(mandate=mandate))
