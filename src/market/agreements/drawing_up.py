"""Agreements drawn up from accepted quotes, with everything carried over.

A pool of suppliers becomes as many agreements as it has suppliers: a line does not say which of several sellers owes
it, so that in one paper a supplier would answer for the goods of another, in its fulfilment record too, and none
could amend or end its part alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.history.contents import record
from market.agreements.ledger.quantities import computed_value_vnd
from market.agreements.models import Agreement, AgreementLine
from market.agreements.numbers import next_number
from market.agreements.paper.likeness import paper_like
from market.agreements.paper.places import PER
from market.agreements.paper.wording import in_figures
from market.agreements.schemas import AgreementCreate, NeedAgreementsCreate, PartyIn
from market.agreements.service import TOO_MUCH, apply_terms
from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change
from market.core.duplicates import ProbableDuplicate
from market.core.errors import AlreadyExists, FieldError, NotFound, ValidationFailed
from market.core.language import Message
from market.core.schemas import MAX_MONEY_VND
from market.needs.models import Need
from market.quotes.models import Quote
from market.quotes.outcome import AcceptedLine, AcceptedQuote, accepted_quote, accepted_quotes
from market.quotes.queries import visible_quotes
from market.quotes.states import WON
from market.reference.cadence import EVERY_DAY
from market.reference.catalogue import Catalogue

UNKNOWN_QUOTE = Message(
    vi="Không có báo giá này, hoặc bạn không được xem.", en="There is no such quote, or not for you."
)
NOT_OF_THE_NEED = Message(vi="Báo giá này không thuộc nhu cầu.", en="The quote is not for this need.")
SIDES_OF_THE_QUOTE = Message(
    vi="Bên bán và bên mua của báo giá phải có mặt.", en="The quote's supplier must be a seller, its buyer a buyer."
)
NOTHING_TO_DRAW_UP = Message(
    vi="Không có báo giá nào đã được chấp nhận mà chưa có văn bản.",
    en="There is no accepted quote without an agreement.",
)
WITHIN_THE_PERIOD = "trong thời hạn giao hàng"


class AlreadyDrawnUp(AlreadyExists):
    code = "already-drawn-up"
    detail = Message(vi="Báo giá này đã có văn bản.", en="An agreement was drawn up from this quote already.")


async def draw_up(
    session: AsyncSession, actor: Actor, agreement_in: AgreementCreate, *, catalogue: Catalogue
) -> Agreement:
    """Log the agreement that an accepted quote leads to, as a draft.

    The goods stay reserved for the quote; see `promises` for what becomes of that.

    Raises:
        ValidationFailed: the actor has no such quote, or a side of it is not among the parties that were sent.
        NothingAccepted: it was not accepted.
        AlreadyDrawnUp: there is an agreement of it.
        ProbableDuplicate: the two have logged it by hand, and the sender does not insist.
    """
    try:
        accepted = await accepted_quote(session, actor, agreement_in.quote or UUID(int=0), lock=True)
    except NotFound:
        raise ValidationFailed.single("/quote", "unknown-quote", UNKNOWN_QUOTE) from None
    return await _drawn_up(session, actor, accepted, agreement_in, catalogue=catalogue)


async def draw_up_all(
    session: AsyncSession, actor: Actor, need: Need, request: NeedAgreementsCreate, *, catalogue: Catalogue
) -> list[Agreement]:
    """One agreement for each of several accepted quotes of a need: all of them or none.

    Raises:
        ValidationFailed: a quote is not of this need, or there is nothing to draw up.
        NothingAccepted, AlreadyDrawnUp: see `draw_up`.
    """
    ids = await _without_agreement(session, actor, need) if request.quotes is None else request.quotes
    found = await accepted_quotes(session, actor, ids, lock=True)
    errors = [
        FieldError(f"/quotes/{place}", "unknown-quote", NOT_OF_THE_NEED)
        for place, quote_id in enumerate(ids)
        if quote_id not in found or found[quote_id].quote.need_id != need.id
    ]
    if not ids:
        errors = [FieldError("/quotes", "nothing-to-draw-up", NOTHING_TO_DRAW_UP)]
    if errors:
        raise ValidationFailed(errors=errors)
    given = request.model_dump(exclude={"quotes"}, exclude_unset=True)
    terms = {quote_id: AgreementCreate.model_validate(given | {"quote": quote_id}) for quote_id in found}
    return [
        await _drawn_up(session, actor, accepted, terms[quote_id], catalogue=catalogue)
        for quote_id, accepted in found.items()
    ]


async def _without_agreement(session: AsyncSession, actor: Actor, need: Need) -> Sequence[UUID]:
    drawn_up = exists().where(Agreement.quote_id == Quote.id, Agreement.discarded_at.is_(None))
    rows = visible_quotes(actor).where(Quote.need_id == need.id, Quote.status.in_(WON), ~drawn_up)
    return (await session.scalars(rows.with_only_columns(Quote.id).order_by(Quote.id))).all()


async def _drawn_up(
    session: AsyncSession, actor: Actor, accepted: AcceptedQuote, agreement_in: AgreementCreate, *, catalogue: Catalogue
) -> Agreement:
    quote_id = accepted.quote.id
    # The quote is locked: nobody else draws up from it meanwhile.
    taken = exists().where(Agreement.quote_id == quote_id, Agreement.discarded_at.is_(None))
    if await session.scalar(select(taken)):
        raise AlreadyDrawnUp
    sides = (accepted.seller.id, accepted.buyer.id)
    acting = [id_ for id_ in sides if id_ == actor.organization_id] or [id_ for id_ in sides if actor.belongs_to(id_)]
    agreement = Agreement(
        status="draft",
        amendment_number=0,
        event=None,
        logged_by_id=next(iter(acting), None),
        quote_id=quote_id,
        logged_by=next((side for side in (accepted.seller, accepted.buyer) if side.id in acting[:1]), None),
        clauses="",
        proposals=[],
        proposed=None,
    )
    carried = agreement_in.model_copy(update=_carried(accepted, agreement_in, catalogue=catalogue))
    given = frozenset(AgreementCreate.model_fields) - {"lines"}
    await apply_terms(session, actor, agreement, carried, given=given, agreed_by=sides)
    agreement.lines = [
        carried_line(line, place=place, accepted=accepted, catalogue=catalogue)
        for place, line in enumerate(accepted.lines)
    ]
    if agreement_in.value_vnd is None:
        agreement.value_vnd, agreement.value_source = computed_value_vnd(agreement.lines), "computed"
    agreement.number = await next_number(session, agreement.event, year=(agreement.signed_on or clock.today()).year)
    if not agreement_in.another and (other := await paper_like(session, actor, agreement)) is not None:
        raise ProbableDuplicate(other)
    await record(session, actor, agreement, verb="create", before=None)
    await record_change(session, actor, accepted.quote, verb="draw_up", details={"agreement": agreement.id})
    return agreement


def _carried(accepted: AcceptedQuote, sent: AgreementCreate, *, catalogue: Catalogue) -> dict[str, Any]:
    """What the quote says where nothing else was sent.

    Raises:
        ValidationFailed: parties were sent without a side of the quote.
        ValidationFailed: it is worth more than an agreement may be.
    """
    if accepted.value_vnd > MAX_MONEY_VND:
        raise ValidationFailed.single("/quote", "value-too-large", TOO_MUCH)
    sides = [
        PartyIn(role="seller", organization=accepted.seller.id),
        PartyIn(role="buyer", organization=accepted.buyer.id),
    ]
    named = {(party.role, party.organization) for party in sent.parties}
    if sent.parties and not {(side.role, side.organization) for side in sides} <= named:
        raise ValidationFailed.single("/parties", "sides-of-the-quote", SIDES_OF_THE_QUOTE)
    place = accepted.terms.delivery_place or catalogue.province(*accepted.deliver_to).name
    from_quote: dict[str, Any] = {
        "title": accepted.title,
        "valid_from": min(line.starts_on for line in accepted.lines),
        "valid_until": max(line.ends_on for line in accepted.lines),
        "trade_terms": accepted.terms.model_copy(update={"delivery_place": place}),
    }
    carried = {name: value for name, value in from_quote.items() if getattr(sent, name) is None}
    return carried if sent.parties else carried | {"parties": sides}


def carried_line(line: AcceptedLine, *, place: int, accepted: AcceptedQuote, catalogue: Catalogue) -> AgreementLine:
    """An accepted line as a line of an agreement: the same goods in all, to the gram.

    Quotes and agreements count by one cadence, so that its lines are worth what was accepted, to the đồng.
    """
    before = accepted.deliver_before
    plan: dict[str, Any] = {
        "deliveries": [],
        "weekdays": sorted(line.weekdays or (EVERY_DAY if line.per == "day" else ())),
        "deliver_before": f"{before:%H:%M}" if before else None,
        "cadence": None,
    }
    row = AgreementLine(
        position=place,
        concept_id=line.concept_id,
        description=line.description,
        quantity=line.quantity,
        unit_code=line.unit,
        per=line.per,
        period_from=line.starts_on,
        period_until=line.ends_on,
        delivery_plan=plan,
        binding="fixed",
        tolerance_pct=Decimal(0),
        price_kind="fixed",
        price_vnd=line.net_price_vnd,
        quote_line_id=line.quote_line_id,
    )
    if not plan["weekdays"]:
        words = f"{in_figures(line.quantity)} {catalogue.unit(line.unit).name_vi} {PER[line.per]}"
        row.delivery_plan = plan | {"cadence": WITHIN_THE_PERIOD if line.per == "total" else words}
    return row
