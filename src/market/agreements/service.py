"""Verbs of agreements on paper: log and edit. What becomes of them stands in `lifecycle`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements import policy
from market.agreements.at_event import strangers_at_event
from market.agreements.columns import columns_of
from market.agreements.consent.asking import NOTHING_SAID, ask_anew, consents_of, give_consents
from market.agreements.consent.naming import named_in_vain
from market.agreements.consent.rights import is_body, require_right
from market.agreements.gate import missing_to_sign, party_name, require_nothing_missing
from market.agreements.history.contents import agreed_of, content_of, record, terms_of
from market.agreements.ledger.quantities import computed_value_vnd
from market.agreements.models import Agreement, AgreementLine, AgreementParty
from market.agreements.numbers import next_number
from market.agreements.paper.likeness import paper_like
from market.agreements.schemas import AgreementCreate, AgreementUpdate, LineIn, PartyIn
from market.core import clock
from market.core.access import Actor
from market.core.duplicates import ProbableDuplicate
from market.core.errors import Conflict, FieldError, NotAllowed, NotFound, ValidationFailed
from market.core.language import Message
from market.core.schemas import MAX_MONEY_VND
from market.events.models import Event
from market.events.queries import get_event
from market.organizations.models import Organization
from market.organizations.queries import visible_organizations

Row = TypeVar("Row", AgreementParty, AgreementLine)

OWN_COLUMNS = columns_of(Agreement, sent=True)
LINE_COLUMNS = columns_of(AgreementLine, sent=True)
UNKNOWN_ORGANIZATION = Message(vi="Không có tổ chức này.", en="There is no such organization.")
TWICE = Message(vi="Tổ chức này đã có ở vai trò này.", en="This organization is already there in this role.")
UNKNOWN_EVENT = Message(vi="Không có sự kiện này.", en="There is no such event.")
EVENT_NOT_HELD = Message(vi="Sự kiện chưa công bố hoặc đã hủy.", en="The event is not published yet or was cancelled.")
UNKNOWN_PART = Message(
    vi="Văn bản không có mục này, hoặc đã nêu nó.", en="The agreement has no such part, or it is named already."
)
TOO_MUCH = Message(vi="Giá trị tính ra lớn quá giới hạn.", en="The computed value is beyond all bounds.")
VALIDITY_REVERSED = Message(vi="Hết hạn trước khi có hạn.", en="It would end before it begins.")


TELLING = frozenset({"paper_number", "event", "signed_on", "parties", "instrument"})
"""Fields that tell one paper from another."""


class ContentAgreed(Conflict):
    code = "content-agreed"
    detail = Message(
        vi="{names} đã xác nhận nội dung đã ký; hãy gửi đề nghị thay đổi (proposals) để các bên chấp nhận.",
        en="{names} confirmed what is signed; make a proposal (proposals) that every party accepts.",
    )


class NotYourPeople(NotAllowed):
    code = "not-your-people"
    detail = Message(
        vi="Người phụ trách của {name} do {name} tự ghi.", en="{name} names its responsible person itself."
    )


@dataclass(frozen=True, slots=True)
class Shared:
    """What many agreements name, read once for all of them."""

    event: Event
    organizations: Mapping[UUID, Organization]
    """Those that the actor may see."""


async def create_agreement(session: AsyncSession, actor: Actor, agreement_in: AgreementCreate) -> Agreement:
    """Log an agreement as a draft and give it its number.

    Raises:
        NotAllowed: not an officer, organizer or authority, and no party either.
        ValidationFailed: a party or the event does not exist.
        ProbableDuplicate: it was logged already, and the sender does not insist.
    """
    agreement = await draft_agreement(session, actor, agreement_in)
    year = (agreement.signed_on or clock.today()).year
    # Whoever logs in the same series waits here, so that of two taps at once the second sees the first.
    agreement.number = await next_number(session, agreement.event, year=year)
    await _require_new(session, actor, agreement, another=agreement_in.another)
    await record(session, actor, agreement, verb="create", before=None)
    return agreement


async def draft_agreement(
    session: AsyncSession, actor: Actor, agreement_in: AgreementCreate, *, shared: Shared | None = None
) -> Agreement:
    """What `create_agreement` will log: neither numbered nor written, and not compared with what is there.

    Args:
        shared: what was read already; nothing else of its kind is known then.

    Raises:
        NotAllowed, ValidationFailed: as for `create_agreement`.
    """
    named = {party.organization for party in agreement_in.parties if party.organization}
    policy.require_can_log(actor, named)
    agreement = Agreement(
        status="draft",
        amendment_number=0,
        event=None,
        logged_by_id=actor.organization_id,
        logged_by=await session.get(Organization, actor.organization_id) if actor.organization_id else None,
        clauses="",
        proposals=[],
        proposed=None,
    )
    given = frozenset(AgreementCreate.model_fields)
    await apply_terms(session, actor, agreement, agreement_in, given=given, shared=shared)
    return agreement


async def _require_new(session: AsyncSession, actor: Actor, agreement: Agreement, *, another: bool) -> None:
    other = None if another else await paper_like(session, actor, agreement)
    if other is not None:
        raise ProbableDuplicate(other)


async def edit_agreement(
    session: AsyncSession, actor: Actor, agreement: Agreement, agreement_in: AgreementUpdate
) -> Agreement:
    """Change what was sent. What was agreed is confirmed anew; people responsible and notes are no part of it.

    On signed paper its logger may correct what nobody else has confirmed; after that it changes only by a proposal.

    Raises:
        NotAllowed: not by the table of rights, or another's person responsible.
        IllegalTransition: it is in force or has ended.
        ContentAgreed: others have confirmed what is signed.
        ValidationFailed: a party, line or event does not exist.
        RequirementsMissing: signed paper would lose a side or its date.
        ProbableDuplicate: it would be what was logged already, and the sender does not insist.
    """
    require_right(actor, agreement, "annotate")
    before, terms, agreed = content_of(agreement), terms_of(agreement), agreed_of(agreement)
    parties, lines, said = list(agreement.parties), list(agreement.lines), consents_of(agreement.parties)
    responsible = [(party.responsible_name, party.responsible_phone) for party in parties]
    await apply_terms(session, actor, agreement, agreement_in, given=frozenset(agreement_in.model_fields_set))
    if terms_of(agreement) == terms:
        agreement.parties, agreement.lines = parties, lines
        return agreement
    if agreed_of(agreement) == agreed:
        # Parties that were sent without an id are new rows that say the same.
        give_consents(agreement.parties, said)
        _require_may_name(actor, agreement, responsible)
        await record(session, actor, agreement, verb="annotate", before=before)
        return agreement
    require_right(actor, agreement, "edit")
    if agreement.amends_id is None and agreement_in.model_fields_set & TELLING:
        await _require_new(session, actor, agreement, another=agreement_in.another)
    if agreement.status == "signed":
        _require_own_note(actor, [party for party, (confirmed, *_) in zip(parties, said, strict=True) if confirmed])
        require_nothing_missing(missing_to_sign(agreement, today=clock.today()))
    give_consents(agreement.parties, [NOTHING_SAID] * len(agreement.parties))
    _keep_vouched(actor, agreement)
    await record(session, actor, agreement, verb="edit", before=before)
    await ask_anew(session, actor, agreement)
    return agreement


def _keep_vouched(actor: Actor, agreement: Agreement) -> None:
    """Changed content is vouched for by the body that changes it, of the event that it is of now, or by officers."""
    if not (is_body(agreement) if agreement.vouched_by_id else actor.is_officer):
        agreement.vouched, agreement.vouched_by_id, agreement.mandate = False, None, None


def _require_own_note(actor: Actor, confirmed: Sequence[AgreementParty]) -> None:
    others = [
        party for party in confirmed if party.organization is not None and not actor.belongs_to(party.organization_id)
    ]
    if others:
        raise ContentAgreed(names=", ".join(party_name(party) for party in others))


def _require_may_name(actor: Actor, agreement: Agreement, before: Sequence[tuple[str | None, str | None]]) -> None:
    """Once it is signed, a party names its own people; who logged it, only where nobody is named yet."""
    if agreement.status == "draft" or actor.is_officer:
        return
    for party, (name, phone) in zip(agreement.parties, before, strict=True):
        changed = (party.responsible_name, party.responsible_phone) != (name, phone)
        free = actor.belongs_to(agreement.logged_by_id) and (party.organization_id is None or name is None)
        if changed and not free and not actor.belongs_to(party.organization_id):
            raise NotYourPeople(name=party_name(party))


async def apply_terms(
    session: AsyncSession,
    actor: Actor,
    agreement: Agreement,
    terms: AgreementCreate | AgreementUpdate,
    *,
    given: frozenset[str],
    known_lines: Mapping[UUID, AgreementLine] | None = None,
    known_parties: Mapping[UUID, AgreementParty] | None = None,
    agreed_by: Collection[UUID] = (),
    shared: Shared | None = None,
) -> None:
    """Set what was given on the row; nothing is flushed.

    Args:
        given: the fields that were sent.
        known_lines: the lines that `id` may name; the agreement's own when left out.
        known_parties: likewise.
        agreed_by: who agreed on what it is drawn up from, whoever blocks whom since.
        shared: see `draft_agreement`.

    Raises:
        ValidationFailed: with everything that does not exist.
    """
    errors: list[FieldError] = []
    _set_columns(agreement, terms, given)
    known = {party.id: party for party in agreement.parties} if known_parties is None else known_parties
    there = known if known_parties or agreement.amends_id else {}
    if "event" in given and terms.event != agreement.event_id:
        agreement.event = await _event(session, actor, terms.event, errors, shared)
        agreement.event_id, there = terms.event, {}
    if terms.parties is not None and "parties" in given:
        organizations = await _organizations(session, actor, terms.parties, known, shared)
        agreement.parties = _parties(terms.parties, organizations, known, errors)
        errors += await named_in_vain(session, actor, agreement, before={*agreed_by, *_known_of(known.values())})
    if terms.lines is not None and "lines" in given:
        rows = {line.id: line for line in agreement.lines} if known_lines is None else known_lines
        agreement.lines = _lines(terms.lines, rows, errors)
    if agreement.valid_from and agreement.valid_until and agreement.valid_until < agreement.valid_from:
        errors.append(FieldError("/valid_until", "period-reversed", VALIDITY_REVERSED))
    if given & {"event", "parties"}:
        errors += await strangers_at_event(session, actor, agreement, already=_known_of(there.values()))
    if errors:
        raise ValidationFailed(errors=errors)
    _set_value(agreement, terms.value_vnd, given="value_vnd" in given)


def _known_of(parties: Iterable[AgreementParty]) -> frozenset[UUID]:
    return frozenset(party.organization_id for party in parties if party.organization_id is not None)


def _set_columns(agreement: Agreement, terms: AgreementCreate | AgreementUpdate, given: frozenset[str]) -> None:
    """What needs no other row to be checked."""
    for name in given.intersection(OWN_COLUMNS):
        empty = "" if name == "clauses" and agreement.clauses is not None else None
        value = getattr(terms, name)
        setattr(agreement, name, empty if value is None else value)
    if "province" in given:
        agreement.province_code = terms.province.code if terms.province else None
        agreement.province_version = terms.province.version if terms.province else None
    if "trade_terms" in given:
        agreement.trade_terms = terms.trade_terms.model_dump(mode="json") if terms.trade_terms else None


def _set_value(agreement: Agreement, value_vnd: int | None, *, given: bool) -> None:
    """A stated value stays until another is stated or it is taken back; otherwise the lines say what it is worth."""
    if value_vnd is not None:
        agreement.value_vnd, agreement.value_source = value_vnd, "stated"
    elif given or agreement.value_source != "stated":
        agreement.value_vnd = computed_value_vnd(agreement.lines)
        if (agreement.value_vnd or 0) > MAX_MONEY_VND:
            raise ValidationFailed.single("/lines", "value-too-large", TOO_MUCH)
        agreement.value_source = None if agreement.value_vnd is None else "computed"


async def _event(
    session: AsyncSession, actor: Actor, event_id: UUID | None, errors: list[FieldError], shared: Shared | None
) -> Event | None:
    if event_id is None:
        return None
    try:
        known = shared is not None and shared.event.id == event_id
        event = shared.event if shared and known else await get_event(session, actor, event_id)
    except NotFound:
        errors.append(FieldError("/event", "unknown-event", UNKNOWN_EVENT))
        return None
    if event.status not in ("published", "closed"):
        errors.append(FieldError("/event", "event-not-held", EVENT_NOT_HELD))
    return event


async def _organizations(
    session: AsyncSession,
    actor: Actor,
    parties: Sequence[PartyIn],
    known: Mapping[UUID, AgreementParty],
    shared: Shared | None,
) -> Mapping[UUID, Organization]:
    """Those named that may be seen, and those that are parties already, even if suspended since."""
    if shared is not None:
        return shared.organizations
    named = [party.organization for party in parties if party.organization]
    rows = visible_organizations(actor).where(Organization.id.in_(named))
    found = {organization.id: organization for organization in await session.scalars(rows)}
    already = [party.organization for party in known.values() if party.organization]
    return {organization.id: organization for organization in already} | found


def _known_row(
    known: Mapping[UUID, Row], row_id: UUID | None, taken: Sequence[Row], pointer: str, errors: list[FieldError]
) -> Row | None:
    if row_id is None:
        return None
    row = known.get(row_id)
    if row is None or row in taken:
        errors.append(FieldError(pointer, "unknown-part", UNKNOWN_PART))
        return None
    return row


def _parties(
    parties: Sequence[PartyIn],
    organizations: Mapping[UUID, Organization],
    known: Mapping[UUID, AgreementParty],
    errors: list[FieldError],
) -> list[AgreementParty]:
    seen: set[tuple[str, UUID]] = set()
    rows: list[AgreementParty] = []
    for place, party in enumerate(parties):
        pointer = f"/parties/{place}"
        row = _known_row(known, party.id, rows, f"{pointer}/id", errors)
        if party.organization is not None:
            if party.organization not in organizations:
                errors.append(FieldError(f"{pointer}/organization", "unknown-organization", UNKNOWN_ORGANIZATION))
            elif (party.role, party.organization) in seen:
                errors.append(FieldError(f"{pointer}/organization", "party-twice", TWICE))
            seen.add((party.role, party.organization))
        rows.append(_filled_party(row or AgreementParty(), party, place, organizations))
    return rows


def _filled_party(
    row: AgreementParty, party: PartyIn, place: int, organizations: Mapping[UUID, Organization]
) -> AgreementParty:
    row.position, row.role, row.name_only = place, party.role, party.name
    row.organization_id = party.organization
    row.organization = organizations.get(party.organization) if party.organization else None
    row.representative_name = party.representative.name if party.representative else None
    row.representative_title = party.representative.title if party.representative else None
    row.responsible_name = party.responsible.name if party.responsible else None
    row.responsible_phone = party.responsible.phone if party.responsible else None
    return row


def _lines(
    lines: Sequence[LineIn], known: Mapping[UUID, AgreementLine], errors: list[FieldError]
) -> list[AgreementLine]:
    rows: list[AgreementLine] = []
    for place, line in enumerate(lines):
        row = _known_row(known, line.id, rows, f"/lines/{place}/id", errors)
        rows.append(_filled_line(row or AgreementLine(), line, place))
    return rows


def _filled_line(row: AgreementLine, line: LineIn, place: int) -> AgreementLine:
    plan: dict[str, Any] | None = line.delivery_plan.model_dump(mode="json") if line.delivery_plan else None
    row.position, row.concept_id, row.unit_code, row.delivery_plan = place, line.concept, line.unit, plan
    for name in LINE_COLUMNS:
        setattr(row, name, getattr(line, name))
    return row
