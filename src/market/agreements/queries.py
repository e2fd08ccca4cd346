"""Reads of agreements; who may see which rows stands here, once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from market.agreements.models import Agreement, AgreementParty
from market.agreements.placing import placed_by
from market.agreements.policy import LOGGING_KINDS
from market.agreements.schemas import AgreementQuery, TotalsQuery
from market.core.access import Actor
from market.core.errors import NotFound
from market.organizations.models import Organization
from market.quotes.models import Quote
from market.quotes.queries import visible_quotes
from market.reference.catalogue import Catalogue
from market.reference.maps import recorded_as


def visible_agreements(actor: Actor) -> Select[Agreement]:
    """Signed agreements exist for everybody; drafts for their parties, who logged them, and officers.

    How much of a row an actor is shown is decided in `answers`. Discarded drafts are for nobody.
    """
    rows = select(Agreement).where(Agreement.discarded_at.is_(None))
    if actor.is_officer:
        return rows
    if not actor.organization_ids:
        return rows.where(Agreement.status != "draft")
    own = select(AgreementParty.agreement_id).where(AgreementParty.organization_id.in_(actor.organization_ids))
    return rows.where(
        or_(
            Agreement.status != "draft",
            Agreement.logged_by_id.in_(actor.organization_ids),
            Agreement.id.in_(own),
        )
    )


def whole(rows: Select[Agreement]) -> Select[Agreement]:
    """With parties, lines and event."""
    return rows.options(
        joinedload(Agreement.event),
        selectinload(Agreement.parties).joinedload(AgreementParty.organization),
        selectinload(Agreement.lines),
    )


async def get_agreement(session: AsyncSession, actor: Actor, agreement_id: UUID, *, lock: bool = False) -> Agreement:
    """One visible agreement, whole.

    Raises:
        NotFound: it does not exist or may not be seen.
    """
    rows = whole(visible_agreements(actor).where(Agreement.id == agreement_id))
    agreement = await session.scalar(rows.with_for_update(of=Agreement) if lock else rows)
    if agreement is None:
        raise NotFound
    return agreement


def filtered(rows: Select[Any], query: AgreementQuery | TotalsQuery, *, catalogue: Catalogue) -> Select[Any]:
    """The rows that answer every filter given, except `domain`.

    Raises:
        ValidationFailed: the map has no such province.
    """
    for column, wanted in (
        (Agreement.event_id, query.event),
        (Agreement.instrument, query.instrument),
        (Agreement.status, query.status),
    ):
        if wanted is not None:
            rows = rows.where(column == wanted)
    if query.province is not None:
        keys = recorded_as(catalogue, query.province, query.map, pointer="/province")
        rows = rows.where(tuple_(*placed_by(Agreement)).in_(keys))
    if query.organization is not None:
        named = select(AgreementParty.agreement_id).where(AgreementParty.organization_id == query.organization)
        rows = rows.where(Agreement.id.in_(named))
    if query.signed_from is not None:
        rows = rows.where(Agreement.signed_on >= query.signed_from)
    if query.signed_until is not None:
        rows = rows.where(Agreement.signed_on <= query.signed_until)
    return rows


def agreements_like(actor: Actor, query: AgreementQuery, *, catalogue: Catalogue) -> Select[Agreement]:
    """Visible agreements that answer every filter given, whole."""
    rows = filtered(visible_agreements(actor), query, catalogue=catalogue)
    if query.domain is not None:
        rows = rows.where(Agreement.domain == query.domain)
    if query.quote is not None:
        seen = visible_quotes(actor).where(Quote.id == query.quote).with_only_columns(Quote.id)
        rows = rows.where(Agreement.quote_id.in_(seen))
    return whole(rows)


async def vouching_organizations(session: AsyncSession, actor: Actor) -> Sequence[UUID]:
    """The actor's organizations that are verified organizers or authorities; their word stands for others'."""
    rows = select(Organization.id).where(
        Organization.id.in_(actor.organization_ids),
        Organization.verification == "verified",
        Organization.status == "active",
        Organization.kinds.overlap(sorted(LOGGING_KINDS)),
    )
    return (await session.scalars(rows)).all() if actor.organization_ids else []
