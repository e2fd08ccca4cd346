"""New paper out of old: amendments that supersede a version, contracts that come from an MOU."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from market.agreements import policy
from market.agreements.history.contents import LINE, PARTY, content_of, record
from market.agreements.ledger.standings import first_of
from market.agreements.lifecycle_schemas import AmendRequest, ConvertRequest
from market.agreements.models import Agreement, AgreementLine, AgreementParty
from market.agreements.numbers import next_amendment, next_number
from market.agreements.queries import whole
from market.agreements.schemas import AgreementUpdate
from market.agreements.service import apply_terms
from market.agreements.states import TRANSITIONS
from market.core import clock
from market.core.access import Actor
from market.core.errors import AlreadyExists, Conflict
from market.core.language import Message
from market.core.states import require_transition

CARRIED = (
    "instrument",
    "domain",
    "title",
    "valid_from",
    "valid_until",
    "value_vnd",
    "value_source",
    "note",
    "quote_id",
    "trade_terms",
)


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
        event=None,
        logged_by_id=old.logged_by_id,
    )
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
    """The next version as a draft with a coded reason; it replaces the old one when it is signed and as far in force.

    Raises:
        NotAllowed: not an insider.
        IllegalTransition: neither signed nor effective.
        AmendmentOpen: the version is being amended already.
        ValidationFailed: as for an edit.
    """
    policy.require_insider(actor, old)
    require_transition(TRANSITIONS, "amend", state=old.status)
    if await _is_taken(session, Agreement.amends_id, old):
        raise AmendmentOpen
    before = content_of(old)
    new = await _follow_up(session, actor, old, request.changes, continued=True)
    new.amends_id, new.converted_from_id = old.id, old.converted_from_id
    new.amendment_cause, new.amendment_note = request.cause, request.note
    if "event" not in request.changes.model_fields_set:
        new.event_id, new.event = old.event_id, old.event
    new.number, new.amendment_number = await next_amendment(session, old)
    await record(session, actor, new, verb="create", before=None)
    await record(session, actor, old, verb="amend", before=before)
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
    policy.require_insider(actor, mou)
    if mou.instrument != "mou":
        raise NotAnMou
    require_transition(TRANSITIONS, "convert", state=mou.status)
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
    before = content_of(old)
    old.status, old.ended_on = "superseded", clock.today()
    await record(session, actor, old, verb="supersede", before=before)
