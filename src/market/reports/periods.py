"""What an organization asked for, offered, agreed and delivered in a stretch of time: the rows of its workbooks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from market.agreements.gate import party_name
from market.agreements.models import Agreement, AgreementLine, AgreementParty, Delivery
from market.core.access import Actor
from market.core.sheets.streaming import SheetColumn
from market.listings.models import Listing
from market.listings.queries import reserved_by_week, visible_listings
from market.needs.models import NeedLine
from market.needs.queries import visible_needs
from market.organizations.models import Organization
from market.quotes.models import QuoteLine, QuoteRevision
from market.quotes.queries import visible_quotes
from market.reference.cadence import Cadence, monday_of, week_label
from market.reference.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class SheetOf:
    """One sheet of a workbook."""

    name: str
    columns: Sequence[SheetColumn]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Whose, and from which day through which."""

    organization: Organization
    first: date
    last: date


GOODS, UNIT, AMOUNT = SheetColumn("Mặt hàng", 32), SheetColumn("ĐVT", 10), SheetColumn("Số lượng", 14)
MONEY = SheetColumn("Đơn giá", 14, money=True)
FROM, UNTIL = SheetColumn("Từ ngày", 12), SheetColumn("Đến ngày", 12)


def _goods(catalogue: Catalogue, concept_id: str | None) -> str | None:
    return catalogue.concept(concept_id).name_vi if concept_id else None


async def needs_sheet(session: AsyncSession, actor: Actor, stretch: Stretch, catalogue: Catalogue) -> SheetOf:
    """What was asked for, a line each."""
    own = visible_needs(actor).subquery()
    rows = (
        select(NeedLine, own.c.title, own.c.status)
        .join(own, own.c.id == NeedLine.need_id)
        .where(own.c.organization_id == stretch.organization.id)
        .where(NeedLine.starts_on <= stretch.last, NeedLine.ends_on >= stretch.first)
        .order_by(NeedLine.starts_on, NeedLine.need_id, NeedLine.position)
    )
    found = [
        (
            title, status, _goods(catalogue, line.concept_id), line.unit, line.quantity, line.per, line.starts_on,
            line.ends_on, line.price_ceiling_vnd, "; ".join(line.required_certificates), line.note,
        )
        for line, title, status in await session.execute(rows)
    ]  # fmt: skip
    columns = (
        SheetColumn("Nhu cầu", 36), SheetColumn("Trạng thái", 12), GOODS, UNIT, AMOUNT, SheetColumn("Mỗi", 10), FROM,
        UNTIL, SheetColumn("Giá trần", 14, money=True), SheetColumn("Yêu cầu", 24), SheetColumn("Ghi chú", 30),
    )  # fmt: skip
    return SheetOf("Nhu cầu", columns, found)


async def listings_sheet(session: AsyncSession, actor: Actor, stretch: Stretch, catalogue: Catalogue) -> SheetOf:
    """What is offered."""
    rows = visible_listings(actor).where(
        Listing.organization_id == stretch.organization.id, Listing.status != "archived"
    )
    found = [
        (
            listing.title, _goods(catalogue, listing.concept_id), listing.unit, listing.price_vnd, listing.moq,
            listing.packaging, listing.status,
        )
        for listing in await session.scalars(rows.order_by(Listing.title))
    ]  # fmt: skip
    columns = (
        SheetColumn("Tên hàng", 36), GOODS, UNIT, MONEY, SheetColumn("Đặt tối thiểu", 14), SheetColumn("Quy cách", 20),
        SheetColumn("Trạng thái", 12),
    )  # fmt: skip
    return SheetOf("Hàng bán", columns, found)


async def weeks_sheet(session: AsyncSession, actor: Actor, stretch: Stretch, catalogue: Catalogue) -> SheetOf:
    """What is offered, promised and free of each listing in each week."""
    del catalogue
    rows = visible_listings(actor).where(
        Listing.organization_id == stretch.organization.id, Listing.status != "archived"
    )
    listings = (await session.scalars(rows.options(selectinload(Listing.capacity)).order_by(Listing.title))).all()
    promised = await reserved_by_week(session, [listing.id for listing in listings])
    found: list[tuple[Any, ...]] = []
    for listing in listings:
        offered = _offered(listing)
        own = promised.get(listing.id, {})
        for week in sorted(offered.keys() | own.keys()):
            if stretch.first <= monday_of(week) <= stretch.last:
                there, taken = offered.get(week, Decimal(0)), own.get(week, Decimal(0))
                found.append(
                    (listing.title, listing.unit, week_label(week), monday_of(week), there, taken, there - taken)
                )
    columns = (
        SheetColumn("Tên hàng", 36), UNIT, SheetColumn("Tuần", 12), SheetColumn("Thứ hai", 12),
        SheetColumn("Cung ứng", 14), SheetColumn("Đã hứa", 14), SheetColumn("Còn lại", 14),
    )  # fmt: skip
    return SheetOf("Theo tuần", columns, found)


def _offered(listing: Listing) -> dict[int, Decimal]:
    weeks: defaultdict[int, Decimal] = defaultdict(Decimal)
    for window in listing.capacity:
        cadence = Cadence.of(window.quantity, window.per, start=window.starts_on, end=window.ends_on)
        for week, quantity in cadence.weekly().items():
            weeks[week] += quantity
    return weeks


async def quotes_sheet(session: AsyncSession, actor: Actor, stretch: Stretch, catalogue: Catalogue) -> SheetOf:
    """The newest word of every quote that is for these days, given or received."""
    own = visible_quotes(actor).subquery()
    mine = stretch.organization.id
    needs = visible_needs(actor).subquery()
    rows = (
        select(QuoteLine, own.c.status, needs.c.title, Organization.name, Listing.concept_id, Listing.title)
        .select_from(QuoteLine)
        .join(QuoteRevision, QuoteRevision.id == QuoteLine.revision_id)
        .join(own, (own.c.id == QuoteRevision.quote_id) & (own.c.revision == QuoteRevision.number))
        .join(needs, needs.c.id == own.c.need_id)
        .join(Organization, Organization.id == own.c.organization_id)
        .join(Listing, Listing.id == QuoteLine.listing_id)
        .where(or_(own.c.organization_id == mine, needs.c.organization_id == mine))
        .where(QuoteLine.starts_on <= stretch.last, QuoteLine.ends_on >= stretch.first)
        .order_by(QuoteLine.starts_on, QuoteLine.id)
    )
    found = [
        (
            title, supplier, status, _goods(catalogue, concept) or offered, line.unit, line.quantity, line.per,
            line.starts_on, line.ends_on, line.price_vnd, line.accepted_quantity,
        )
        for line, status, title, supplier, concept, offered in await session.execute(rows)
    ]  # fmt: skip
    columns = (
        SheetColumn("Nhu cầu", 36), SheetColumn("Bên bán", 30), SheetColumn("Trạng thái", 12), GOODS, UNIT, AMOUNT,
        SheetColumn("Mỗi", 10), FROM, UNTIL, MONEY, SheetColumn("Đã nhận", 14),
    )  # fmt: skip
    return SheetOf("Báo giá", columns, found)


async def papers_sheet(session: AsyncSession, actor: Actor, stretch: Stretch, catalogue: Catalogue) -> SheetOf:
    """Papers that the organization is a party of and that were signed, or hold, in these days; a line each."""
    del actor
    rows = (
        select(Agreement)
        .where(Agreement.id.in_(_of_party(stretch.organization.id)), Agreement.discarded_at.is_(None))
        .where(Agreement.status != "superseded", _within(stretch))
        .options(selectinload(Agreement.parties).joinedload(AgreementParty.organization), selectinload(Agreement.lines))
        .order_by(Agreement.signed_on, Agreement.number)
    )
    papers = (await session.scalars(rows)).unique()
    found = [row for paper in papers for row in _paper_rows(paper, catalogue)]
    columns = (
        SheetColumn("Số", 18), SheetColumn("Loại", 14), SheetColumn("Trạng thái", 14), SheetColumn("Ngày ký", 12),
        SheetColumn("Các bên", 50), GOODS, UNIT, AMOUNT, SheetColumn("Mỗi", 10), MONEY,
        SheetColumn("Giá trị", 18, money=True),
    )  # fmt: skip
    return SheetOf("Văn bản", columns, found)


def _of_party(organization_id: UUID) -> Any:
    return select(AgreementParty.agreement_id).where(AgreementParty.organization_id == organization_id)


def _within(stretch: Stretch) -> Any:
    signed = Agreement.signed_on.between(stretch.first, stretch.last)
    holds = Agreement.valid_from.is_not(None) & (Agreement.valid_from <= stretch.last)
    return or_(signed, holds & or_(Agreement.valid_until.is_(None), Agreement.valid_until >= stretch.first))


def _paper_rows(paper: Agreement, catalogue: Catalogue) -> Iterator[tuple[Any, ...]]:
    names = [party_name(party) for party in paper.parties]
    common = (paper.number, paper.instrument, paper.status, paper.signed_on, " – ".join(names))
    for at, line in enumerate(paper.lines or [AgreementLine(per="total")]):
        goods = _goods(catalogue, line.concept_id) or line.description
        # The value is the paper's: beside its first line alone, or a sum would count it again.
        value = paper.value_vnd if at == 0 else None
        yield (*common, goods, line.unit_code, line.quantity, line.per, line.price_vnd, value)


async def deliveries_sheet(session: AsyncSession, actor: Actor, stretch: Stretch, catalogue: Catalogue) -> SheetOf:
    """What was delivered in these days, on papers that the organization is a party of."""
    del actor
    rows = (
        select(Delivery, AgreementLine, Agreement.number)
        .join(AgreementLine, AgreementLine.id == Delivery.line_id)
        .join(Agreement, Agreement.id == AgreementLine.agreement_id)
        .where(Agreement.id.in_(_of_party(stretch.organization.id)))
        .where(Delivery.delivered_on.between(stretch.first, stretch.last))
        .order_by(Delivery.delivered_on, Delivery.id)
    )
    found = [
        (
            delivery.delivered_on, number, _goods(catalogue, line.concept_id) or line.description, line.unit_code,
            delivery.quantity, delivery.rejected, delivery.rejection_cause,
            "Bút toán đảo" if delivery.reverses_id else None,
        )
        for delivery, line, number in await session.execute(rows)
    ]  # fmt: skip
    columns = (
        SheetColumn("Ngày giao", 12), SheetColumn("Số văn bản", 18), GOODS, UNIT, AMOUNT, SheetColumn("Bị trả", 12),
        SheetColumn("Lý do", 16), SheetColumn("Ghi chú", 18),
    )  # fmt: skip
    return SheetOf("Giao hàng", columns, found)


MONTH = (needs_sheet, quotes_sheet, papers_sheet, deliveries_sheet)
"""A buyer's month."""
SEASON = (listings_sheet, weeks_sheet, quotes_sheet, papers_sheet, deliveries_sheet)
"""A producer's season."""
