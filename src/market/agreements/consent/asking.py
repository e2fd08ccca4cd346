"""What a proposal asks, of whom, and how consents are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from market.agreements.consent.standing import bound_ids, known_principals
from market.agreements.models import Agreement, AgreementParty, AgreementProposal
from market.agreements.queries import whole
from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change
from market.core.errors import AlreadyExists
from market.core.language import Message

Said = tuple[datetime | None, UUID | None, str | None, datetime | None, str | None]
"""What a party says of the content: confirmed when, by whom, by what mandate; contested when, with what words."""
NOTHING_SAID: Said = (None, None, None, None, None)
SAID = ("confirmed_at", "confirmed_by", "mandate", "contested_at", "contest_words")


class ProposalOpen(AlreadyExists):
    code = "proposal-open"
    detail = Message(vi="Đã có một đề nghị như vậy đang chờ.", en="Such a proposal is waiting already.")


def consents_of(parties: Sequence[AgreementParty]) -> list[Said]:
    """What each party says, in order."""
    said: list[Any] = [tuple(getattr(party, name) for name in SAID) for party in parties]
    return said


def give_consents(parties: Sequence[AgreementParty], said: Sequence[Said]) -> None:
    """Let each party say this."""
    for party, values in zip(parties, said, strict=True):
        for name, value in zip(SAID, values, strict=True):
            setattr(party, name, value)


def confirm_for(parties: Sequence[AgreementParty], actor: Actor, mandate: str | None) -> None:
    """Note that each confirms the content as it stands; what it contested before it takes back."""
    for party in parties:
        named = None if actor.belongs_to(party.organization_id) else mandate
        give_consents([party], [(clock.now(), actor.user_id, named, None, None)])


def asked_for_change(old: Agreement, new: Agreement) -> list[UUID]:
    """Every known principal of the version in force, one that would be removed included, and of the next."""
    following = {party.organization_id for party in known_principals(new)}
    return sorted(id_ for id_ in bound_ids(old) | following if id_ is not None)


async def propose(
    session: AsyncSession, actor: Actor, agreement: Agreement, proposal: AgreementProposal
) -> AgreementProposal:
    """Keep what is asked of an agreement.

    Raises:
        ProposalOpen: the same is asked already.
    """
    if any(one.verb == proposal.verb for one in agreement.proposals):
        raise ProposalOpen
    proposal.agreement_id, proposal.proposed_by_id, proposal.status = agreement.id, actor.organization_id, "open"
    await record_change(session, actor, proposal, verb="create")
    set_committed_value(agreement, "proposals", [*agreement.proposals, proposal])
    return proposal


async def ask_anew(session: AsyncSession, actor: Actor, new: Agreement) -> None:
    """After an amendment was edited, nobody has accepted it: all are asked again, new parties too."""
    proposal = new.proposed
    if proposal is None or proposal.status != "open":
        return
    rows = whole(select(Agreement).where(Agreement.id == proposal.agreement_id))
    proposal.asked = asked_for_change((await session.scalars(rows)).one(), new)
    proposal.accepted = []
    await record_change(session, actor, proposal, verb="edit")


async def decide(
    session: AsyncSession, actor: Actor, agreement: Agreement, proposal: AgreementProposal, *, status: str, verb: str
) -> None:
    """Close a proposal of this agreement."""
    proposal.status = status
    await record_change(session, actor, proposal, verb=verb)
    set_committed_value(agreement, "proposals", [one for one in agreement.proposals if one.id != proposal.id])
