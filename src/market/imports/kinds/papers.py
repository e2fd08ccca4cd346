"""The only door from imports to agreements: what is asked of that room to do stands here, and nowhere else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.gate import party_name
from market.agreements.lifecycle import sign_agreement
from market.agreements.lifecycle_schemas import SignRequest
from market.agreements.models import Agreement
from market.agreements.paper.goods_alike import COLUMNS, Goods, goods_of
from market.agreements.queries import visible_agreements, whole
from market.agreements.schemas import AgreementCreate
from market.agreements.service import create_agreement
from market.core import clock
from market.core.access import Actor
from market.core.errors import NotFound
from market.events.desk.people import People, people_of
from market.events.policy import may_run
from market.events.queries import get_event
from market.events.venue import sessions_of
from market.organizations.firm_names import firm_key
from market.reference.schemas import ProvinceRef

Paper = AgreementCreate
Likeness = tuple[Hashable, ...]


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
    """What two papers are compared by: kind, day, parties, goods with their quantities, and value."""
    parties = ((party.role, party.name or "") for party in paper.parties)
    lines = ((line.concept, line.description, line.quantity, line.unit, line.per) for line in paper.lines)
    return _likeness(paper, parties, goods_of(lines))


def _likeness(paper: Paper | Agreement, parties: Iterable[tuple[str, str]], goods: Goods) -> Likeness:
    sides = sorted((role, firm_key(name)) for role, name in parties)
    return (paper.instrument, str(paper.signed_on), paper.value_vnd, goods, *sides)


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
        parties = ((party.role, party_name(party)) for party in agreement.parties)
        lines = (tuple(getattr(line, name) for name in COLUMNS) for line in agreement.lines)
        key = _likeness(agreement, parties, goods_of(lines))
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
