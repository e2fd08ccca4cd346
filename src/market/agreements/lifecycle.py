"""Verbs that lead an agreement through its states, by the table in `states`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements import policy
from market.agreements.amendments import supersede_older
from market.agreements.consent.asking import NOTHING_SAID, ask_anew, confirm_for, give_consents
from market.agreements.consent.rights import has_right, require_right, roles_of
from market.agreements.consent.standing import known_principals
from market.agreements.gate import (
    missing_to_quantify,
    missing_to_sign,
    party_name,
    principals,
    require_nothing_missing,
    unconfirmed,
)
from market.agreements.history.contents import content_of, record
from market.agreements.ledger.fulfilling import derive_status
from market.agreements.ledger.promises import let_go, reserve_as_agreed
from market.agreements.lifecycle_schemas import SignRequest
from market.agreements.models import Agreement, AgreementParty
from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change
from market.core.errors import Conflict, ValidationFailed
from market.core.language import Message


class AlreadyConfirmed(Conflict):
    code = "already-confirmed"
    detail = Message(
        vi="Bên này đã xác nhận nội dung; hãy gửi đề nghị thay đổi hoặc chấm dứt (proposals).",
        en="This party confirmed the content; propose a change or an ending (proposals).",
    )


UNKNOWN_PARTY = Message(vi="Văn bản không có bên này.", en="The agreement has no such party.")
NOT_BY_MANDATE = Message(
    vi="Chỉ cán bộ ghi nhận theo ủy quyền hay biên bản (mandate); hãy bỏ trường này: bạn ký cho tổ chức của mình, "
    "các bên khác tự xác nhận.",
    en="Only officers act by a mandate; leave it out: you sign for your own organization, the others confirm.",
)
WHICH_PARTY = Message(vi="Nêu bên được xác nhận (party).", en="Say which party is confirmed (party).")


async def sign_agreement(session: AsyncSession, actor: Actor, agreement: Agreement, request: SignRequest) -> Agreement:
    """Record that the paper was signed; what a principal signs is signed when every other has confirmed it too.

    The event's verified body, and an officer by a mandate, vouch for the others: the paper counts at once. What another
    organizer or authority, or an officer without a mandate, records is a note until its known principals confirm it.

    Raises:
        NotAllowed: not by the table of rights, or one who may not say so of the others.
        IllegalTransition: not a draft.
        ValidationFailed: a mandate of somebody who is no officer.
        RequirementsMissing: a side is missing or the date has not come.
        AmendedEnded: what it amends has ended meanwhile.
    """
    policy.require_can_sign(actor, agreement)
    if request.mandate is not None and "officer" not in roles_of(actor, agreement):
        raise ValidationFailed.single("/mandate", "mandate-not-yours", NOT_BY_MANDATE)
    before, place = content_of(agreement), _place_of(agreement)
    _set_place(agreement, request)
    require_nothing_missing(missing_to_sign(agreement, today=clock.today()))
    roles = roles_of(actor, agreement)
    if request.signed_on not in (None, clock.today(), place[0]) or place[1:] != _place_of(agreement)[1:]:
        # Where and when is agreed too: what others confirmed did not say so.
        give_consents(agreement.parties, [NOTHING_SAID] * len(agreement.parties))
        await ask_anew(session, actor, agreement)
    own = [party for party in known_principals(agreement) if policy.speaks_for(actor, party.organization_id)]
    confirm_for([party for party in own if party.confirmed_at is None], actor, None)
    vouches = "body" in roles or ("officer" in roles and bool(request.mandate))
    if vouches:
        note_vouched(agreement, mandate=None if "body" in roles else request.mandate, by_body="body" in roles)
    by_name = any(party.organization_id is None for _, party in principals(agreement))
    if own and not vouches and not by_name and "officer" not in roles:
        await record(session, actor, agreement, verb="sign", before=before)
        await _accept(session, actor, agreement, {party.organization_id for party in own})
        await settle(session, actor, agreement)
    else:
        agreement.status = "signed"
        await record(session, actor, agreement, verb="sign", before=before)
        await supersede_older(session, actor, agreement)
    if request.into_force:
        await _where_nothing_is_missing(session, actor, agreement)
    return agreement


def note_vouched(agreement: Agreement, *, by_body: bool, mandate: str | None = None) -> None:
    """The event's body, or an officer by a mandate, says that the others signed."""
    agreement.vouched, agreement.vouched_by_id = True, agreement.logged_by_id if by_body else None
    agreement.mandate = mandate


def _place_of(agreement: Agreement) -> tuple[object, ...]:
    return (agreement.signed_on, agreement.signing_place, agreement.province_code, agreement.province_version)


def _set_place(agreement: Agreement, request: SignRequest) -> None:
    agreement.signed_on = request.signed_on or agreement.signed_on or clock.today()
    agreement.signing_place = request.signing_place or agreement.signing_place
    if request.province is not None:
        agreement.province_code, agreement.province_version = request.province.code, request.province.version


async def _accept(
    session: AsyncSession, actor: Actor, agreement: Agreement, organizations: Collection[UUID | None]
) -> None:
    """Note on the proposal that this amendment is, if it is one, who accepted."""
    proposal = agreement.proposed
    if proposal is None or proposal.status != "open":
        return
    accepted = sorted(id_ for id_ in proposal.asked if id_ in proposal.accepted or id_ in organizations)
    if accepted != proposal.accepted:
        proposal.accepted = accepted
        await record_change(session, actor, proposal, verb="accept")


async def settle(session: AsyncSession, actor: Actor, agreement: Agreement) -> None:
    """A draft with a signing date that every principal has confirmed is signed; a proposal that all accepted holds.

    Raises:
        AmendedEnded, CapacityShort: as for `make_effective`.
    """
    proposal = agreement.proposed
    waiting = [party for _, party in principals(agreement) if party.organization_id is None or not party.confirmed_at]
    if agreement.status != "draft" or waiting or (proposal and set(proposal.asked) - set(proposal.accepted)):
        return
    if proposal is not None and agreement.signed_on is None:
        agreement.signed_on = clock.today()
    if missing_to_sign(agreement, today=clock.today()):
        return
    before = content_of(agreement)
    agreement.status = "signed"
    await record(session, actor, agreement, verb="sign", before=before)
    await supersede_older(session, actor, agreement)
    if proposal is not None and proposal.status == "open" and not missing_to_quantify(agreement):
        await _into_force(session, actor, agreement)


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
    others = [party_name(party) for party in chosen if not policy.may_confirm(actor, agreement, party)]
    if others:
        raise policy.NotForThisParty(names=", ".join(others))
    return chosen


async def confirm_agreement(
    session: AsyncSession,
    actor: Actor,
    agreement: Agreement,
    *,
    party_id: UUID | None,
    mandate: str | None = None,
    into_force: bool = False,
) -> Agreement:
    """A party confirms the content as it stands; any later change of it takes that back.

    Args:
        into_force: let the agreement count too, where nothing is missing any more.

    Raises:
        NotAllowed: not by the table of rights, or not for this party.
        IllegalTransition: neither a draft nor signed.
        ValidationFailed: no such party, none is named and the actor is of none, or an officer names no mandate.
    """
    require_right(actor, agreement, "confirm")
    before = content_of(agreement)
    confirmed = [party for party in _confirmable(actor, agreement, party_id) if party.confirmed_at is None]
    if not confirmed:
        return agreement
    others = [
        party.organization_id
        for party in confirmed
        if party.organization_id is not None and not actor.belongs_to(party.organization_id)
    ]
    if others:
        policy.require_mandate(actor, mandate)
        actor = replace(actor, on_behalf_of=others[0])
    confirm_for(confirmed, actor, mandate)
    await record(session, actor, agreement, verb="confirm", before=before)
    await _accept(session, actor, agreement, {party.organization_id for party in confirmed})
    await settle(session, actor, agreement)
    if into_force:
        await _where_nothing_is_missing(session, actor, agreement)
    return agreement


async def contest_agreement(
    session: AsyncSession,
    actor: Actor,
    agreement: Agreement,
    *,
    party_id: UUID | None,
    words: str,
    mandate: str | None = None,
) -> Agreement:
    """A party that is named says that this is not what it signed; the paper no longer counts until it confirms.

    Raises:
        NotAllowed: not by the table of rights, or not for this party.
        IllegalTransition: not signed, or in force already.
        AlreadyConfirmed: it confirmed this content.
        ValidationFailed: no such party, none is named and the actor is of none, or an officer names no mandate.
    """
    require_right(actor, agreement, "contest")
    chosen = _confirmable(actor, agreement, party_id)
    if any(party.confirmed_at is not None for party in chosen):
        raise AlreadyConfirmed
    before = content_of(agreement)
    for party in chosen:
        if not actor.belongs_to(party.organization_id):
            policy.require_mandate(actor, mandate)
            party.mandate = mandate
        party.contested_at, party.contest_words = clock.now(), words
    await record(session, actor, agreement, verb="contest", before=before)
    return agreement


async def discard_agreement(session: AsyncSession, actor: Actor, agreement: Agreement) -> None:
    """Take a draft out of sight; the row, its number and its history stay.

    Raises:
        NotAllowed: not by the table of rights.
        IllegalTransition: it was signed.
    """
    require_right(actor, agreement, "discard")
    before = content_of(agreement)
    agreement.discarded_at = clock.now()
    await record(session, actor, agreement, verb="discard", before=before)
    await let_go(session, actor, agreement, because="discarded")
    proposal = agreement.proposed
    if proposal is not None and proposal.status == "open":
        own = actor.is_officer or policy.speaks_for(actor, proposal.proposed_by_id)
        proposal.status = "withdrawn" if own else "declined"
        await record_change(session, actor, proposal, verb="withdraw" if own else "decline")


async def make_effective(session: AsyncSession, actor: Actor, agreement: Agreement) -> Agreement:
    """Let a signed agreement count: quantified in every line and confirmed by each side.

    Raises:
        NotAllowed: not by the table of rights.
        IllegalTransition: not signed, or effective already.
        RequirementsMissing: with everything that is missing, by line and party.
        AmendedEnded: what it amends has ended meanwhile.
        CapacityShort: it promises more than the quote that it comes from, and that is not there.
    """
    require_right(actor, agreement, "make_effective")
    require_nothing_missing([*missing_to_quantify(agreement), *unconfirmed(agreement)])
    await _into_force(session, actor, agreement)
    return agreement


async def _where_nothing_is_missing(session: AsyncSession, actor: Actor, agreement: Agreement) -> None:
    if has_right(actor, agreement, "make_effective") and not (missing_to_quantify(agreement) or unconfirmed(agreement)):
        await _into_force(session, actor, agreement)


async def _into_force(session: AsyncSession, actor: Actor, agreement: Agreement) -> None:
    before = content_of(agreement)
    agreement.status = "effective"
    agreement.effective_on = clock.today()
    await record(session, actor, agreement, verb="make_effective", before=before)
    await reserve_as_agreed(session, actor, agreement)
    if agreement.amends_id is not None:
        await supersede_older(session, actor, agreement)
        await derive_status(session, actor, agreement)
