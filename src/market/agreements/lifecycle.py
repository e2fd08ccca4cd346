"""Verbs that lead an agreement through its states, by the table in `states`."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements import policy
from market.agreements.amendments import supersede_older
from market.agreements.gate import (
    missing_to_quantify,
    missing_to_sign,
    require_nothing_missing,
    unconfirmed,
)
from market.agreements.history.contents import content_of, record
from market.agreements.ledger.fulfilling import derive_status
from market.agreements.ledger.promises import let_go, reserve_as_agreed
from market.agreements.models import Agreement, AgreementParty
from market.agreements.queries import vouching_organizations
from market.agreements.schemas import SignRequest
from market.agreements.states import TRANSITIONS
from market.core import clock
from market.core.access import Actor
from market.core.errors import NotAllowed, ValidationFailed
from market.core.language import Message
from market.core.states import require_transition

UNKNOWN_PARTY = Message(vi="Văn bản không có bên này.", en="The agreement has no such party.")
WHICH_PARTY = Message(vi="Nêu bên được xác nhận (party).", en="Say which party is confirmed (party).")


async def sign_agreement(session: AsyncSession, actor: Actor, agreement: Agreement, request: SignRequest) -> Agreement:
    """Record that the paper was signed: from now on everybody may know that it exists.

    Raises:
        NotAllowed: not an insider, or one who may not say so of the others.
        IllegalTransition: not a draft.
        RequirementsMissing: a side is missing or the date has not come.
        AmendedEnded: what it amends has ended meanwhile.
    """
    policy.require_can_sign(actor, agreement, vouching=await vouching_organizations(session, actor))
    step = require_transition(TRANSITIONS, "sign", state=agreement.status)
    before = content_of(agreement)
    agreement.signed_on = request.signed_on or agreement.signed_on or clock.today()
    agreement.signing_place = request.signing_place or agreement.signing_place
    if request.province is not None:
        agreement.province_code, agreement.province_version = request.province.code, request.province.version
    require_nothing_missing(missing_to_sign(agreement, today=clock.today()))
    agreement.status = step.target or agreement.status
    await record(session, actor, agreement, verb="sign", before=before)
    await supersede_older(session, actor, agreement)
    return agreement


def _confirmable(actor: Actor, agreement: Agreement, party_id: UUID | None) -> list[AgreementParty]:
    if party_id is None:
        own = [party for party in agreement.parties if actor.belongs_to(party.organization_id)]
        if not own:
            raise ValidationFailed.single("/party", "party-missing", WHICH_PARTY)
        chosen = own
    else:
        chosen = [party for party in agreement.parties if party.id == party_id]
        if not chosen:
            raise ValidationFailed.single("/party", "unknown-party", UNKNOWN_PARTY)
    if not all(policy.may_confirm(actor, agreement, party) for party in chosen):
        raise NotAllowed
    return chosen


async def confirm_agreement(
    session: AsyncSession, actor: Actor, agreement: Agreement, *, party_id: UUID | None
) -> Agreement:
    """A party confirms the content as it stands; any later correction takes that back.

    Raises:
        NotAllowed: not for this party to this actor.
        IllegalTransition: not signed, or effective already.
        ValidationFailed: no such party, or none is named and the actor is of none.
    """
    policy.require_insider(actor, agreement)
    require_transition(TRANSITIONS, "confirm", state=agreement.status)
    before = content_of(agreement)
    confirmed = [party for party in _confirmable(actor, agreement, party_id) if party.confirmed_at is None]
    if not confirmed:
        return agreement
    for party in confirmed:
        party.confirmed_at, party.confirmed_by = clock.now(), actor.user_id
        if party.organization_id is not None and not actor.belongs_to(party.organization_id):
            actor = replace(actor, on_behalf_of=party.organization_id)
    await record(session, actor, agreement, verb="confirm", before=before)
    return agreement


async def discard_agreement(session: AsyncSession, actor: Actor, agreement: Agreement) -> None:
    """Take a draft out of sight; the row, its number and its history stay.

    Raises:
        NotAllowed: not an insider.
        IllegalTransition: it was signed.
    """
    policy.require_insider(actor, agreement)
    require_transition(TRANSITIONS, "discard", state=agreement.status)
    before = content_of(agreement)
    agreement.discarded_at = clock.now()
    await record(session, actor, agreement, verb="discard", before=before)
    await let_go(session, actor, agreement, because="discarded")


async def make_effective(session: AsyncSession, actor: Actor, agreement: Agreement) -> Agreement:
    """Let a signed agreement count: quantified in every line and confirmed by each side.

    Raises:
        NotAllowed: not an insider.
        IllegalTransition: not signed, or effective already.
        RequirementsMissing: with everything that is missing, by line and party.
        AmendedEnded: what it amends has ended meanwhile.
        CapacityShort: it promises more than the quote that it comes from, and that is not there.
    """
    policy.require_insider(actor, agreement)
    step = require_transition(TRANSITIONS, "make_effective", state=agreement.status)
    require_nothing_missing([*missing_to_quantify(agreement), *unconfirmed(agreement)])
    before = content_of(agreement)
    agreement.status = step.target or agreement.status
    agreement.effective_on = clock.today()
    await record(session, actor, agreement, verb="make_effective", before=before)
    await reserve_as_agreed(session, actor, agreement)
    if agreement.amends_id is not None:
        await supersede_older(session, actor, agreement)
        await derive_status(session, actor, agreement)
    return agreement
