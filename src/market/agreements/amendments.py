"""New paper out of old: amendments that supersede a version, contracts that come from an MOU."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm.attributes import set_committed_value

from market.agreements.columns import columns_of
from market.agreements.consent.asking import asked_for_change, confirm_for, decide, propose
from market.agreements.consent.rights import require_right
from market.agreements.consent.standing import bound_ids, known_principals
from market.agreements.gate import party_name, require_nothing_missing
from market.agreements.history.contents import LINE, PARTY, content_of, record
from market.agreements.ledger.standings import first_of
from market.agreements.lifecycle_schemas import AmendRequest, ConvertRequest
from market.agreements.models import Agreement, AgreementLine, AgreementParty, AgreementProposal
from market.agreements.numbers import next_amendment, next_number
from market.agreements.policy import speaks_for
from market.agreements.queries import whole
from market.agreements.schemas import AgreementUpdate
from market.agreements.service import apply_terms
from market.agreements.states import TRANSITIONS
from market.core import clock
from market.core.access import Actor
from market.core.errors import AlreadyExists, Conflict, FieldError
from market.core.language import Message

CARRIED = columns_of(Agreement, carried=True)
NOT_ACCEPTED = Message(vi="{name} chưa chấp nhận thay đổi này.", en="{name} has not accepted this change.")


class AmendmentOpen(AlreadyExists):
    code = "amendment-open"
    detail = Message(vi="Văn bản này đã có một phiên bản sửa đổi.", en="There is an amendment of this version already.")


class AlreadyConverted(AlreadyExists):
    code = "already-converted"
    detail = Message(vi="Biên bản ghi nhớ này đã có hợp đồng.", en="A contract came from this MOU already.")


class NotAnMou(Conflict):
    code = "not-an-mou"
    detail = Message(vi="Chỉ lập hợp đồng từ biên bản ghi nhớ.", en="Only an MOU is converted into a contract.")


class AmendedEnded(Conflict):
    code = "amended-ended"
    detail = Message(
        vi="Văn bản được sửa đổi đã kết thúc ({state}).", en="What this amends has ended meanwhile ({state})."
    )


def _copied_party(party: AgreementParty) -> AgreementParty:
    values = {name: getattr(party, name) for name in PARTY}
    return AgreementParty(**values, position=party.position, organization=party.organization)


def _copied_line(line: AgreementLine, *, continued: bool) -> AgreementLine:
    values = {name: getattr(line, name) for name in LINE}
    return AgreementLine(**values, position=line.position, first_line_id=first_of(line) if continued else None)


async def _follow_up(
    session: AsyncSession, actor: Actor, old: Agreement, changes: AgreementUpdate, *, continued: bool
) -> Agreement:
    """A draft that says what `old` says, apart from the changes; not yet stored, without a number."""
    new = Agreement(
        **{name: getattr(old, name) for name in CARRIED},
        status="draft",
        amendment_number=0,
        event_id=old.event_id if continued else None,
        event=old.event if continued else None,
        logged_by_id=old.logged_by_id,
        logged_by=old.logged_by,
        proposals=[],
        proposed=None,
    )
    if old.clauses is None:
        new.clauses = old.note or ""
    parties = {party.id: _copied_party(party) for party in old.parties}
    lines = {line.id: _copied_line(line, continued=continued) for line in old.lines}
    new.parties, new.lines = list(parties.values()), list(lines.values())
    given = frozenset(changes.model_fields_set)
    await apply_terms(session, actor, new, changes, given=given, known_lines=lines, known_parties=parties)
    return new


async def _is_taken(session: AsyncSession, column: InstrumentedAttribute[UUID | None], old: Agreement) -> bool:
    taken = select(exists().where(column == old.id, Agreement.discarded_at.is_(None)))
    return bool(await session.scalar(taken))


async def amend_agreement(session: AsyncSession, actor: Actor, old: Agreement, request: AmendRequest) -> Agreement:
    """Propose the next version, a draft with a coded reason: it takes effect when every principal has accepted it.

    Whoever proposes for a principal has accepted by that. Raises:
        NotAllowed: not by the table of rights.
        IllegalTransition: neither signed nor effective.
        AmendmentOpen: the version is being amended already.
        ValidationFailed: as for an edit.
    """
    require_right(actor, old, "amend")
    if await _is_taken(session, Agreement.amends_id, old):
        raise AmendmentOpen
    before = content_of(old)
    new = await _follow_up(session, actor, old, request.changes, continued=True)
    new.amends_id, new.converted_from_id = old.id, old.converted_from_id
    new.amendment_cause, new.amendment_note = request.cause, request.note
    new.number, new.amendment_number = await next_amendment(session, old)
    own = [party for party in known_principals(new) if speaks_for(actor, party.organization_id)]
    confirm_for(own, actor, None)
    await record(session, actor, new, verb="create", before=None)
    await record(session, actor, old, verb="amend", before=before)
    asked = asked_for_change(old, new)
    accepted = [id_ for id_ in asked if speaks_for(actor, id_)]
    proposal = AgreementProposal(
        verb="amend", result_id=new.id, cause=request.cause, note=request.note, asked=asked, accepted=accepted
    )
    set_committed_value(new, "proposed", await propose(session, actor, old, proposal))
    return new


async def convert_agreement(session: AsyncSession, actor: Actor, mou: Agreement, request: ConvertRequest) -> Agreement:
    """The contract that an MOU leads to, as a draft with everything carried over and the link kept.

    Raises:
        NotAllowed: not an insider.
        NotAnMou: it is another instrument.
        IllegalTransition: it is a draft or has ended.
        AlreadyConverted: it was converted before.
        ValidationFailed: as for an edit.
    """
    require_right(actor, mou, "convert")
    if mou.instrument != "mou":
        raise NotAnMou
    if await _is_taken(session, Agreement.converted_from_id, mou):
        raise AlreadyConverted
    before = content_of(mou)
    new = await _follow_up(session, actor, mou, request.changes, continued=False)
    new.instrument, new.converted_from_id = request.instrument, mou.id
    new.number = await next_number(session, new.event, year=(new.signed_on or clock.today()).year)
    await record(session, actor, new, verb="create", before=None)
    await record(session, actor, mou, verb="convert", before=before)
    return new


async def supersede_older(session: AsyncSession, actor: Actor, new: Agreement) -> None:
    """Replace the amended version once the new one is as far: signed for signed, effective for effective.

    Raises:
        AmendedEnded: the amended version has lapsed, was terminated or was fulfilled meanwhile.
        RequirementsMissing: a principal of the amended version has not accepted.
    """
    if new.amends_id is None:
        return
    rows = whole(select(Agreement).where(Agreement.id == new.amends_id)).with_for_update(of=Agreement)
    old = (await session.scalars(rows)).one()
    if old.status == "superseded":
        return
    if old.status not in TRANSITIONS["supersede"].sources:
        raise AmendedEnded(state=old.status)
    if old.status == "effective" and new.status == "signed":
        return
    _require_accepted(old, new)
    before = content_of(old)
    old.status, old.ended_on = "superseded", clock.today()
    await record(session, actor, old, verb="supersede", before=before)
    if new.proposed is not None and new.proposed.status == "open":
        await decide(session, actor, old, new.proposed, status="accepted", verb="take_effect")


def _require_accepted(old: Agreement, new: Agreement) -> None:
    """Nobody is bound anew, or left out, who has not said so.

    Raises:
        RequirementsMissing: with every known principal of the old version that has not accepted.
    """
    accepted = {party.organization_id for party in new.parties if party.confirmed_at is not None}
    accepted |= set(new.proposed.accepted) if new.proposed else set()
    bound = bound_ids(old)
    missing = [
        FieldError("/proposals", "not-accepted", NOT_ACCEPTED, {"name": party_name(party)})
        for party in known_principals(old)
        if party.organization_id in bound - accepted
    ]
    require_nothing_missing(missing)
