"""Who may be named on paper: nobody by those whom it blocks."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.models import Agreement
from market.core.access import Actor
from market.core.errors import FieldError
from market.organizations.blocks.queries import blocking_pairs
from market.organizations.blocks.service import Blocked, BlockedByUs


async def named_in_vain(
    session: AsyncSession, actor: Actor, agreement: Agreement, *, before: Collection[UUID | None]
) -> list[FieldError]:
    """The parties that are new on a paper and block another party or who names them, or are blocked by who names them.

    What officers log, and the organizer at its event, is a record of what happened and asks for nobody's leave.
    One statement at most.

    Args:
        before: who was a party already, or agreed on what the paper is drawn up from: that goes on.
    """
    event, own = agreement.event, actor.organization_id
    if actor.is_officer or (event is not None and actor.belongs_to(event.organizer_id)):
        return []
    there = {party.organization_id for party in agreement.parties if party.organization_id is not None}
    new = {id_ for id_ in there if id_ not in before and not actor.belongs_to(id_)}
    if not new:
        return []
    naming = there | ({own} if own is not None else set())
    blocking = await blocking_pairs(session, naming)
    errors: list[FieldError] = []
    for place, party in enumerate(agreement.parties):
        if party.organization_id not in new:
            continue
        refused = next((Blocked for one, _ in blocking if one == party.organization_id), None)
        ours = next((BlockedByUs for pair in blocking if pair == (own, party.organization_id)), None)
        if found := refused or ours:
            errors.append(FieldError(f"/parties/{place}/organization", found.code, found.detail))
    return errors
