"""Reads of agreements; who may see which rows stands here, once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from market.agreements.consent.counted import is_counted
from market.agreements.ledger.marks import marked
from market.agreements.models import Agreement, AgreementParty, AgreementProposal
from market.agreements.placing import placed_by
from market.agreements.totals_schemas import AgreementQuery, TotalsQuery
from market.core.access import Actor
from market.core.errors import NotFound
from market.events.models import Event
from market.quotes.models import Quote
from market.quotes.queries import visible_quotes
from market.reference.catalogue import Catalogue
from market.reference.maps import recorded_as


def visible_agreements(actor: Actor) -> Select[Agreement]:
    """Signed agreements that count exist for everybody; all others for their parties, who logged them, and officers.

    A principal that an amendment would leave out sees it while it is asked. How much of a row an actor is shown is
    decided in `answers`. Discarded drafts are for nobody.
    """
    rows = select(Agreement).where(Agreement.discarded_at.is_(None))
    if actor.is_officer:
        return rows
    public = and_(Agreement.status != "draft", is_counted())
    if not actor.organization_ids:
        return rows.where(public)
    ids = list(actor.organization_ids)
    own = select(AgreementParty.agreement_id).where(AgreementParty.organization_id.in_(ids))
    asked = select(AgreementProposal.result_id).where(
        AgreementProposal.status == "open", AgreementProposal.asked.overlap(ids)
    )
    return rows.where(or_(public, Agreement.logged_by_id.in_(ids), Agreement.id.in_(own), Agreement.id.in_(asked)))


def whole(rows: Select[Agreement]) -> Select[Agreement]:
    """With parties, lines, event and what waits for consent."""
    return rows.options(
        joinedload(Agreement.event).joinedload(Event.organizer),
        joinedload(Agreement.logged_by),
        joinedload(Agreement.proposed),
        selectinload(Agreement.parties).joinedload(AgreementParty.organization),
        selectinload(Agreement.lines),
        selectinload(Agreement.proposals),
    )


async def get_agreement(session: AsyncSession, actor: Actor, agreement_id: UUID, *, lock: bool = False) -> Agreement:
    """One visible agreement, whole.

    Raises:
        NotFound: it does not exist or may not be seen.
    """
    rows = marked(whole(visible_agreements(actor).where(Agreement.id == agreement_id)))
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
    """Visible agreements that answer every filter given, whole; with what an insider's verbs depend on."""
    rows = filtered(visible_agreements(actor), query, catalogue=catalogue)
    if query.domain is not None:
        rows = rows.where(Agreement.domain == query.domain)
    if query.quote is not None:
        seen = visible_quotes(actor).where(Quote.id == query.quote).with_only_columns(Quote.id)
        rows = rows.where(Agreement.quote_id.in_(seen))
    return marked(whole(rows)) if actor.is_officer or actor.organization_ids else whole(rows)
