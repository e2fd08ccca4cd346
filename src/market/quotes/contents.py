"""What a revision says: lines checked against the need and the supplier's listings, terms carried over."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from market.core import clock
from market.core.access import Actor
from market.core.errors import FieldError, ValidationFailed
from market.core.language import Message
from market.listings.models import Listing
from market.listings.queries import published_listings
from market.needs.models import NeedLine
from market.quotes.models import Quote, QuoteLine, QuoteRevision
from market.quotes.quantities import conversion
from market.quotes.schemas import QuoteChange, QuoteCreate, QuoteLineIn, Terms
from market.quotes.states import Side
from market.reference.cadence import MAX_WINDOW_DAYS
from market.reference.catalogue import Catalogue

TERMS = tuple(Terms.model_fields)
LINE = ("need_line_id", "listing_id", "quantity", "unit", "per", "weekdays", "starts_on", "ends_on", "price_vnd")
REVISION = ("number", "side", "author_id", "written_at", "valid_until", "note", *TERMS)
LOGGED_LINE = tuple(name for name in LINE if name != "price_vnd")

UNKNOWN_LINE = Message(vi="Nhu cầu không có dòng này.", en="The need has no such line.")
UNKNOWN_LISTING = Message(
    vi="Bên bán không có nguồn hàng này đang đăng.", en="The supplier has no such published listing."
)
OTHER_GOODS = Message(vi="Nguồn hàng không thuộc mặt hàng cần mua.", en="The listing is not of the goods asked for.")
NO_CALENDAR = Message(
    vi="Nguồn hàng chưa khai lịch cung ứng nên không giữ chỗ được.",
    en="The listing has no supply calendar, so nothing of it can be promised.",
)
NOT_CONVERTIBLE = Message(
    vi="Đơn vị tính không quy đổi được sang đơn vị của nguồn hàng và của nhu cầu.",
    en="The unit cannot be converted to the listing's and the need's.",
)
TWICE = Message(vi="Nguồn hàng này đã có cho dòng này.", en="This listing answers this line already.")
OUTSIDE = Message(
    vi="Thời gian giao phải giao nhau với thời gian cần và chưa qua.",
    en="The window must meet the need's window and not be over.",
)
WINDOW = Message(vi="Khoảng thời gian giao không hợp lệ.", en="The window is reversed or over three years long.")
PAST = Message(vi="Hạn hiệu lực đã qua.", en="This day is over already.")


@dataclass(frozen=True, slots=True)
class Question:
    """What lines are checked against."""

    asked: Sequence[NeedLine]
    """The lines of the need."""
    supplier_id: UUID
    catalogue: Catalogue
    today: date


def require_future(valid_until: date, *, today: date) -> None:
    """A day of validity that is not over.

    Raises:
        ValidationFailed: it is.
    """
    if valid_until < today:
        raise ValidationFailed.single("/valid_until", "in-the-past", PAST)


async def checked_lines(session: AsyncSession, question: Question, lines_in: Sequence[QuoteLineIn]) -> list[QuoteLine]:
    """The lines as rows, what was left out filled from the need.

    Raises:
        ValidationFailed: with everything that is wrong with them.
    """
    listings = await _listings(session, question.supplier_id, [line_in.listing for line_in in lines_in])
    asked = {line.id: line for line in question.asked}
    errors: list[FieldError] = []
    lines: list[QuoteLine] = []
    seen: set[tuple[UUID, UUID]] = set()
    for position, line_in in enumerate(lines_in):
        pointer = f"/lines/{position}"
        need_line, listing = asked.get(line_in.need_line), listings.get(line_in.listing)
        if need_line is None:
            errors.append(FieldError(f"{pointer}/need_line", "unknown-line", UNKNOWN_LINE))
        if listing is None:
            errors.append(FieldError(f"{pointer}/listing", "unknown-listing", UNKNOWN_LISTING))
        if need_line is None or listing is None:
            continue
        if (need_line.id, listing.id) in seen:
            errors.append(FieldError(f"{pointer}/listing", "listing-twice", TWICE))
        seen.add((need_line.id, listing.id))
        line = _line(line_in, need_line, position)
        errors += _wrong(line, need_line, listing, pointer=pointer, question=question)
        lines.append(line)
    if errors:
        raise ValidationFailed(errors=errors)
    return lines


async def _listings(session: AsyncSession, supplier_id: UUID, ids: Sequence[UUID]) -> Mapping[UUID, Listing]:
    rows = published_listings().where(Listing.organization_id == supplier_id, Listing.id.in_(ids))
    found = await session.scalars(rows.options(selectinload(Listing.capacity)))
    return {listing.id: listing for listing in found}


def _line(line_in: QuoteLineIn, need_line: NeedLine, position: int) -> QuoteLine:
    return QuoteLine(
        position=position,
        need_line_id=need_line.id,
        listing_id=line_in.listing,
        quantity=need_line.quantity if line_in.quantity is None else line_in.quantity,
        unit=line_in.unit or need_line.unit,
        per=line_in.per or need_line.per,
        weekdays=need_line.weekdays if line_in.weekdays is None else line_in.weekdays,
        starts_on=line_in.from_ or need_line.starts_on,
        ends_on=line_in.to or need_line.ends_on,
        price_vnd=line_in.price_vnd,
    )


def _wrong(
    line: QuoteLine, need_line: NeedLine, listing: Listing, *, pointer: str, question: Question
) -> list[FieldError]:
    errors: list[FieldError] = []
    catalogue = question.catalogue
    concept = listing.concept_id
    # With an open name on either side nobody but the two can say that they mean the same: the buyer accepts it or not.
    if (
        concept
        and need_line.accepted
        and not any(catalogue.is_same_or_narrower(concept, than=wanted) for wanted in need_line.accepted)
    ):
        errors.append(FieldError(f"{pointer}/listing", "other-goods", OTHER_GOODS))
    if not listing.capacity:
        errors.append(FieldError(f"{pointer}/listing", "no-calendar", NO_CALENDAR))
    if any(conversion(line.unit, unit, catalogue=catalogue) is None for unit in (listing.unit, need_line.unit)):
        errors.append(FieldError(f"{pointer}/unit", "not-convertible", NOT_CONVERTIBLE))
    if not 0 <= (line.ends_on - line.starts_on).days <= MAX_WINDOW_DAYS:
        errors.append(FieldError(f"{pointer}/to", "window", WINDOW))
    elif line.ends_on < max(need_line.starts_on, question.today) or line.starts_on > need_line.ends_on:
        errors.append(FieldError(f"{pointer}/from", "outside-window", OUTSIDE))
    return errors


def first_revision(actor: Actor, quote_in: QuoteCreate, lines: list[QuoteLine]) -> QuoteRevision:
    """What a new quote says."""
    return QuoteRevision(
        number=1,
        side="supplier",
        author_id=actor.user_id,
        written_at=clock.now(),
        valid_until=quote_in.valid_until,
        note=quote_in.note,
        lines=lines,
        **{name: getattr(quote_in.terms, name) for name in TERMS},
    )


def next_revision(
    actor: Actor, quote: Quote, change: QuoteChange, *, side: Side, lines: list[QuoteLine] | None
) -> QuoteRevision:
    """What the quote says from now on: the change upon what it said before."""
    before = quote.current
    terms = {name: getattr(before, name) for name in TERMS}
    if change.terms is not None:
        terms |= {name: getattr(change.terms, name) for name in change.terms.model_fields_set}
    return QuoteRevision(
        number=before.number + 1,
        side=side,
        author_id=actor.user_id,
        written_at=clock.now(),
        valid_until=change.valid_until or before.valid_until,
        note=change.note,
        lines=[_copied(line) for line in before.lines] if lines is None else lines,
        **terms,
    )


def _copied(line: QuoteLine) -> QuoteLine:
    return QuoteLine(position=line.position, **{name: getattr(line, name) for name in LINE})


def details_for_log(revision: QuoteRevision) -> dict[str, Any]:
    """What the change log tells of a revision: its lines without prices, and the digest of all that it says."""
    lines = [{name: getattr(line, name) for name in LOGGED_LINE} for line in revision.lines]
    return {"lines": lines, "content_sha256": [None, revision_digest(revision)]}


def revision_digest(revision: QuoteRevision) -> str:
    """SHA-256 of who said what when: terms, remark, and lines with their prices, as JSON with sorted keys."""
    content: dict[str, Any] = {name: spelled(getattr(revision, name)) for name in REVISION}
    content["lines"] = [{name: spelled(getattr(line, name)) for name in LINE} for line in revision.lines]
    return hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()


def spelled(value: Any) -> Any:
    """A value of a revision or line as JSON has it, however exact the database keeps it."""
    match value:
        case UUID():
            return str(value)
        case Decimal():
            return format(value.normalize(), "f")
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
    return value
