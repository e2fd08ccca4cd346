"""Many papers of one event logged at once, as a hall leaves them: as few statements however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements import policy
from market.agreements.consent.rights import roles_of
from market.agreements.consent.standing import known_principals
from market.agreements.gate import missing_to_sign, require_nothing_missing
from market.agreements.history.contents import content_of, record_all
from market.agreements.lifecycle import note_vouched, sign_agreement
from market.agreements.lifecycle_schemas import SignRequest
from market.agreements.models import Agreement
from market.agreements.numbers import next_numbers
from market.agreements.service import Shared
from market.core import clock
from market.core.access import Actor
from market.core.db import among
from market.core.errors import MarketError
from market.events.models import Event
from market.organizations.models import Organization
from market.organizations.queries import visible_organizations


async def shared_by(session: AsyncSession, actor: Actor, event: Event, organizations: Iterable[UUID]) -> Shared:
    """What the papers of an event name; one statement at most."""
    ids = set(organizations)
    rows = visible_organizations(actor).where(among(Organization.id, ids))
    found = list(await session.scalars(rows)) if ids else []
    return Shared(event, {organization.id: organization for organization in found})


async def create_agreements(session: AsyncSession, actor: Actor, event: Event, drafts: Sequence[Agreement]) -> None:
    """Number and write what `draft_agreement` made, in this order; whether they are new was looked at before."""
    of_year: defaultdict[int, list[Agreement]] = defaultdict(list)
    for agreement in drafts:
        of_year[(agreement.signed_on or clock.today()).year].append(agreement)
    for year, agreements in of_year.items():
        numbers = await next_numbers(session, event, year=year, count=len(agreements))
        for agreement, number in zip(agreements, numbers, strict=True):
            agreement.number = number
    await record_all(session, actor, drafts, verb="create", before=[None] * len(drafts))


async def sign_agreements(session: AsyncSession, actor: Actor, drafts: Sequence[Agreement]) -> dict[UUID, MarketError]:
    """Record that papers were signed on their days, as `sign_agreement` does for each.

    Returns:
        What kept others from being signed; they stay drafts.
    """
    missing: dict[UUID, MarketError] = {}
    signed: list[Agreement] = []
    alone: list[tuple[UUID, Agreement]] = []
    for agreement in drafts:
        try:
            policy.require_can_sign(actor, agreement)
            require_nothing_missing(missing_to_sign(agreement, today=clock.today()))
        except MarketError as error:
            missing[agreement.id] = error
            continue
        own = any(policy.speaks_for(actor, party.organization_id) for party in known_principals(agreement))
        # Who signs for itself, or on a day that nobody said, is heard one by one.
        if own or agreement.signed_on is None:
            alone.append((agreement.id, agreement))
        else:
            signed.append(agreement)
    before = [content_of(agreement) for agreement in signed]
    for agreement in signed:
        if "body" in roles_of(actor, agreement):
            note_vouched(agreement, by_body=True)
        agreement.status = "signed"
    await record_all(session, actor, signed, verb="sign", before=before)
    for id_, agreement in alone:
        try:
            async with session.begin_nested():
                await sign_agreement(session, actor, agreement, SignRequest())
        except MarketError as error:
            missing[id_] = error
    return missing
