"""Whether both sides of a paper are one hand: a person who speaks for each agrees with nobody but themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.consent.rights import SPEAKING
from market.agreements.consent.standing import known_principals
from market.agreements.gate import sides_of
from market.agreements.models import Agreement
from market.organizations.models import OrganizationMember


async def note_hands(session: AsyncSession, agreements: Sequence[Agreement]) -> None:
    """Note on papers that every known principal has just confirmed whether one person speaks for several sides.

    It is looked at when the last of them confirms: who joins whom afterwards changes nothing of what was agreed, and
    who leaves does not make two hands of one. Takes one statement then, however many they are, none otherwise.
    """
    just_confirmed = []
    for agreement in agreements:
        known = known_principals(agreement)
        if not known or any(party.confirmed_at is None for party in known):
            agreement.one_hand = False
        elif agreement.consent != "confirmed" and not agreement.one_hand:
            just_confirmed.append(agreement)
    if just_confirmed:
        speakers = await _speakers(session, just_confirmed)
        for agreement in just_confirmed:
            agreement.one_hand = _is_one_hand(agreement, speakers)


async def _speakers(session: AsyncSession, agreements: Sequence[Agreement]) -> Mapping[UUID, set[UUID]]:
    """Who may speak for each organization that stands on these papers."""
    named = {party.organization_id for agreement in agreements for party in agreement.parties} - {None}
    member = OrganizationMember
    rows = select(member.organization_id, member.user_id).where(
        member.organization_id.in_(named), member.role.in_(SPEAKING), member.left_at.is_(None)
    )
    speakers: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for organization_id, user_id in await session.execute(rows):
        speakers[organization_id].add(user_id)
    return speakers


def _is_one_hand(agreement: Agreement, speakers: Mapping[UUID, set[UUID]]) -> bool:
    spoken: defaultdict[UUID, set[int]] = defaultdict(set)
    for number, side in enumerate(sides_of(agreement.parties)):
        for _, party in side:
            if party.organization_id is not None:
                for user_id in speakers.get(party.organization_id, ()):
                    spoken[user_id].add(number)
            if party.confirmed_by is not None and party.mandate is None:
                spoken[party.confirmed_by].add(number)
    return any(len(numbers) > 1 for numbers in spoken.values())
