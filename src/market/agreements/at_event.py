"""Whose papers an event's list holds: what its organizer logs, and what those sign who are known there."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.consent.standing import known_principals
from market.agreements.gate import party_name
from market.agreements.models import Agreement
from market.core.access import Actor
from market.core.errors import FieldError
from market.core.language import Message
from market.events.models import Registration
from market.organizations.models import Organization

NOT_AT_EVENT = Message(
    vi="{names} chưa được xác minh và chưa được nhận tham dự sự kiện này; ban tổ chức nhận đăng ký hoặc tự ghi văn "
    "bản.",
    en="{names}: neither verified nor accepted at this event; its organizer accepts the registration, or logs the "
    "paper itself.",
)


async def strangers_at_event(
    session: AsyncSession, actor: Actor, agreement: Agreement, *, already: Collection[UUID] = ()
) -> list[FieldError]:
    """Whom of its principals neither an officer nor the event's organizer has ever seen; one statement at most.

    Two organizations that somebody has just made up would count for an event that never heard of them.

    Args:
        already: parties of the version in force, which stands in the event's list with them.
    """
    event = agreement.event
    known = [party for party in known_principals(agreement) if party.organization_id not in already]
    if event is None or not known or actor.is_officer or actor.belongs_to(event.organizer_id):
        return []
    accepted = select(Registration.organization_id).where(
        Registration.event_id == event.id, Registration.status == "accepted"
    )
    seen = select(Organization.id).where(
        Organization.id.in_([party.organization_id for party in known]),
        or_(Organization.verification == "verified", Organization.id.in_(accepted)),
    )
    there = set(await session.scalars(seen))
    names = [party_name(party) for party in known if party.organization_id not in there]
    return [FieldError("/event", "not-at-event", NOT_AT_EVENT, {"names": ", ".join(names)})] if names else []
