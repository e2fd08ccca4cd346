"""Whether both sides of a paper are one hand: a person who speaks for each agrees with nobody but themselves."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.consent.rights import SPEAKING
from market.agreements.consent.standing import known_principals
from market.agreements.gate import sides_of
from market.agreements.models import Agreement
from market.organizations.models import OrganizationMember


async def note_hands(session: AsyncSession, agreement: Agreement) -> None:
    """Note on a paper that every known principal has just confirmed whether one person speaks for several sides.

    It is looked at when the last of them confirms: who joins whom afterwards changes nothing of what was agreed, and
    who leaves does not make two hands of one. Takes one statement then, none otherwise.
    """
    known = known_principals(agreement)
    if not known or any(party.confirmed_at is None for party in known):
        agreement.one_hand = False
    elif agreement.consent != "confirmed" and not agreement.one_hand:
        agreement.one_hand = await _is_one_hand(session, agreement)


async def _is_one_hand(session: AsyncSession, agreement: Agreement) -> bool:
    sides: defaultdict[UUID, set[int]] = defaultdict(set)
    spoken: defaultdict[UUID, set[int]] = defaultdict(set)
    for number, side in enumerate(sides_of(agreement.parties)):
        for _, party in side:
            if party.organization_id is not None:
                sides[party.organization_id].add(number)
            if party.confirmed_by is not None and party.mandate is None:
                spoken[party.confirmed_by].add(number)
    member = OrganizationMember
    speakers = select(member.organization_id, member.user_id).where(
        member.organization_id.in_(sides), member.role.in_(SPEAKING), member.left_at.is_(None)
    )
    for organization_id, user_id in await session.execute(speakers):
        spoken[user_id] |= sides[organization_id]
    return any(len(numbers) > 1 for numbers in spoken.values())
