"""Invented agreements in any number: signed at invented events by invented organizations, each with its history."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.agreements.ledger.fulfilment import weighed
from market.agreements.ledger.quantities import committed_quantity, computed_value_vnd
from market.agreements.models import (
    Agreement,
    AgreementContent,
    AgreementCourse,
    AgreementLine,
    AgreementNumber,
    AgreementParty,
    Delivery,
    DeliveryConfirmation,
)
from market.core import clock
from market.core.access import SYSTEM
from market.core.changes import Change
from market.core.db import insert_rows
from market.events.models import Event
from market.events.schemas import EventCreate
from market.events.service import create_event, move_event
from market.matching.models import FulfilmentRecord
from market.organizations.claims.schemas import OrganizationVerification
from market.organizations.service import verify_organization
from market.reference.catalogue import Catalogue
from market.reference.records import Province
from market.synthetic.goods import Inventor
from market.synthetic.papers import SILENT_DAYS, Paper, Row, draft, party, promised
from market.synthetic.seeding import BUYER, PRODUCER, Wanted, counted, invented_organization

AT_ONE_EVENT = 500
"""Agreements of one event, in one transaction."""
SELLERS, BUYERS = 10, 5
"""Organizations at one event; each sells or buys there only."""
NEWEST_DAYS, OLDEST_DAYS = 40, 720
"""How long ago events were held."""
MATURE_DAYS = 260
"""After so many days the periods of all lines are over."""
INSTRUMENTS = {"mou": 40, "sale": 25, "offtake": 15, "framework": 15, "agency": 5}
"""What is signed, in per cent."""
NOT_TRADE = 0.05
QUANTIFIED_MOUS = 0.4
CONVERTED_MOUS = 0.15
ENDS_OF_OLD = {"signed": 30, "effective": 5, "fulfilled": 30, "partly_fulfilled": 20, "lapsed": 10, "terminated": 5}
ENDS_OF_YOUNG = {"signed": 45, "effective": 50, "terminated": 5}
LINES = (3, 4, 5, 6, 7, 7)
CAUSES = ("quality", "volume", "packaging", "discount", "payment_terms", "price", "logistics")
DUE = ("fulfilled", "partly_fulfilled", "lapsed")
RESPONSIBLE = "Người phụ trách Giả lập"

Sessions = async_sessionmaker[AsyncSession]


@dataclass(slots=True)
class Fair:
    """An event with whoever signs there, and the numbers and records that come of it."""

    event: Event
    province: Province
    sellers: Sequence[UUID]
    buyers: Sequence[UUID]
    numbers: Counter[int] = field(default_factory=Counter)
    """The last number of each year."""
    due: Counter[tuple[UUID, UUID]] = field(default_factory=Counter)
    """Lines by seller and buyer."""
    met: Counter[tuple[UUID, UUID]] = field(default_factory=Counter)

    def number(self, year: int) -> str:
        self.numbers[year] += 1
        return f"{year}-{self.event.code}-{self.numbers[year]:04d}"


async def seed_agreements(
    sessions: Sessions, catalogue: Catalogue, wanted: Wanted, *, advanced: Callable[[int], None] = lambda _: None
) -> int:
    """Invented events with their signed papers, through all states. Returns how many lines these have.

    Nothing is amended. The entries of the log carry the instants at which things were done, in the past.
    """
    known = await counted(sessions, PRODUCER)
    buyers = await counted(sessions, BUYER)
    inventor = Inventor(catalogue, Random(f"agreements {wanted.seed} {known}"), today=clock.today())
    lines = 0
    for place, start in enumerate(range(0, wanted.agreements, AT_ONE_EVENT)):
        count = min(AT_ONE_EVENT, wanted.agreements - start)
        async with sessions.begin() as session:
            numbers = (known + place * SELLERS, buyers + place * BUYERS)
            fair = await _fair(session, inventor, place=place, numbers=numbers)
            papers = list(_signed(fair, inventor, count))
            await _keep(session, fair, papers)
            lines += sum(len(paper.lines) for paper in papers)
        advanced(count)
    return lines


async def _fair(session: AsyncSession, inventor: Inventor, *, place: int, numbers: tuple[int, int]) -> Fair:
    random, province = inventor.random, inventor.random.choice(inventor.places)
    held = inventor.today - timedelta(days=random.randint(NEWEST_DAYS, OLDEST_DAYS))
    with clock.at(_instant(held, 7)):
        event_in = EventCreate.model_validate(
            {
                "name": f"Hội nghị kết nối Giả lập {place + 1:03} {held:%d/%m/%Y}",
                "kind": "conference",
                "starts_on": held.isoformat(),
                "ends_on": (held + timedelta(days=1)).isoformat(),
                "province": {"code": province.code},
                "description": "Sự kiện giả lập để thử tải, không có thật.",
            }
        )
        event = await create_event(session, SYSTEM, event_in, catalogue=inventor.catalogue)
        await move_event(session, SYSTEM, event, verb="publish")
        sellers = [
            await invented_organization(session, inventor, PRODUCER, number=numbers[0] + i + 1) for i in range(SELLERS)
        ]
        buyers = [
            await invented_organization(session, inventor, BUYER, number=numbers[1] + i + 1) for i in range(BUYERS)
        ]
        for buyer in buyers:
            seen = OrganizationVerification(
                looked_at="Giấy đăng ký giả lập", valid_until=inventor.today + timedelta(days=365)
            )
            await verify_organization(session, SYSTEM, buyer, seen)
    return Fair(event, province, [one.id for one in sellers], [one.id for one in buyers])


def _signed(fair: Fair, inventor: Inventor, count: int) -> Iterable[Paper]:
    random = inventor.random
    mou: Paper | None = None
    for _ in range(count):
        signed_on = fair.event.starts_on + timedelta(days=random.randint(0, 1))
        if mou is not None and random.random() < CONVERTED_MOUS:
            signed_on += timedelta(days=random.randint(5, 15))
            instrument, origin = "sale", mou
        else:
            instrument, origin = _chosen(random, INSTRUMENTS), None
        paper = _paper(fair, inventor, instrument, signed_on, origin)
        _live(fair, paper, inventor, converts=origin)
        may_convert = instrument == "mou" and paper.agreement.status in ("signed", "effective", "fulfilled")
        mou = paper if may_convert and paper.agreement.domain == "trade" else None
        yield paper


def _chosen(random: Random, weights: Mapping[str, int]) -> str:
    return random.choices(list(weights), list(weights.values()))[0]


def _paper(fair: Fair, inventor: Inventor, instrument: str, signed_on: date, origin: Paper | None) -> Paper:
    random = inventor.random
    trade = origin is not None or random.random() >= NOT_TRADE
    agreement = draft(
        {
            "number": fair.number(signed_on.year),
            "instrument": instrument if trade else "mou",
            "domain": "trade" if trade else "other",
            "title": "Văn bản giả lập để thử tải",
            "event_id": fair.event.id,
            "signed_on": signed_on,
            "signing_place": fair.province.name,
            "province_code": fair.province.code,
            "province_version": fair.province.version,
            "converted_from_id": origin.agreement.id if origin else None,
        }
    )
    if not trade:
        sides = [party(agreement, n, "authority", responsible=None, name_only=f"Sở Giả lập {n + 1}") for n in (0, 1)]
        return Paper(agreement, sides, [])
    quantified = instrument != "mou" or random.random() < QUANTIFIED_MOUS
    sellers = origin.parties[0].organization_id if origin else random.choice(fair.sellers)
    buyers = origin.parties[1].organization_id if origin else random.choice(fair.buyers)
    responsible = RESPONSIBLE if quantified else None
    parties = [
        party(agreement, 0, "seller", responsible=responsible, organization_id=sellers),
        party(agreement, 1, "buyer", responsible=responsible, organization_id=buyers),
    ]
    lines = [_line(agreement, inventor, n, quantified=quantified) for n in range(random.choice(LINES))]
    agreement.value_vnd = computed_value_vnd(lines)  # type: ignore[arg-type]  # plain rows have the same columns
    agreement.value_source = None if agreement.value_vnd is None else "computed"
    return Paper(agreement, parties, lines)


def _line(agreement: Row, inventor: Inventor, position: int, *, quantified: bool) -> Row:
    random = inventor.random
    concept = random.choice(inventor.concepts)
    if not quantified:
        return promised(agreement, position, concept.id)
    first = agreement.signed_on + timedelta(days=random.randint(12, 30))
    return promised(
        agreement,
        position,
        concept.id,
        quantity=Decimal(random.choice((50, 100, 200, 500, 1000))),
        unit_code=concept.units[0],
        per=random.choice(("week", "week", "month", "day", "total")),
        period_from=first,
        period_until=first + timedelta(days=random.randint(30, 200)),
        delivery_plan={
            "deliveries": [],
            "weekdays": random.choice(([1, 4], [2, 5], [1, 3, 5])),
            "deliver_before": "06:00",
            "cadence": None,
        },
        tolerance_pct=Decimal(5),
        price_kind="fixed",
        price_vnd=inventor.price(concept),
    )


def _live(fair: Fair, paper: Paper, inventor: Inventor, *, converts: Paper | None) -> None:
    """Lead a draft through its states, to what the day allows and chance chooses."""
    random, agreement = inventor.random, paper.agreement
    signed_on: date = agreement.signed_on
    old = (inventor.today - signed_on).days > MATURE_DAYS
    end = _chosen(random, ENDS_OF_OLD if old else ENDS_OF_YOUNG)
    quantified = bool(paper.lines) and paper.lines[0].quantity is not None
    paper.create(_instant(signed_on, 9))
    if converts is not None:
        converts.record("convert", max(_instant(signed_on, 9), converts.agreement.updated_at))
    paper.record("sign", _instant(signed_on, 10), status="signed", vouched=True)
    if not quantified:
        if end in ("lapsed", "terminated"):
            _end(paper, end, signed_on + timedelta(days=30 if old else 2), cause="documents")
        return
    for side in paper.parties:
        paper.confirm(side, _instant(signed_on, 11 + side.position))
    if end == "signed":
        return
    begun = signed_on + timedelta(days=random.randint(1, 10))
    paper.record("make_effective", _instant(begun, 14), status="effective", effective_on=begun)
    _perform(fair, paper, inventor, end)


def _perform(fair: Fair, paper: Paper, inventor: Inventor, end: str) -> None:
    random, yesterday = inventor.random, inventor.today - timedelta(days=1)
    over = max(line.period_until for line in paper.lines) + timedelta(days=1)
    kept = {"fulfilled": len(paper.lines), "partly_fulfilled": random.randint(1, len(paper.lines) - 1)}.get(end, 0)
    if end == "effective":
        kept = random.randint(0, len(paper.lines) - 1)
    seller = paper.parties[0].organization_id
    for line in sorted(paper.lines[:kept], key=lambda line: line.period_until):
        day = min(line.period_until, yesterday)
        if day < line.period_from:
            continue
        _deliver(paper, line, day, random)
    if end == "fulfilled":
        last = max(row["delivered_on"] for row in paper.deliveries)
        paper.record("fulfil", _instant(last, 17), status="fulfilled", ended_on=last)
    elif end in ("partly_fulfilled", "lapsed", "terminated"):
        _end(paper, end, min(over, yesterday), cause=random.choice(CAUSES))
    if paper.agreement.status in DUE:
        between = (seller, paper.parties[1].organization_id)
        fair.due[between] += len(paper.lines)
        fair.met[between] += kept


def _deliver(paper: Paper, line: Row, day: date, random: Random) -> None:
    quantity = committed_quantity(line)  # type: ignore[arg-type]  # a plain row has the same columns
    if quantity is None:
        return
    rejected = (quantity / 50).quantize(Decimal(1)) if random.random() < 0.2 else Decimal(0)
    delivery = paper.deliver(
        line, _instant(day, 15), quantity=quantity, rejected=rejected, evidence=f"Phiếu giao giả lập {line.position}"
    )
    silent = random.random() < 0.5
    # What silence has not let pass yet is confirmed, so that papers end as they were led.
    if not silent or day + timedelta(days=SILENT_DAYS) > clock.today():
        paper.confirm_delivery(delivery, _instant(day, 16))


def _end(paper: Paper, status: str, day: date, *, cause: str) -> None:
    verb = {"partly_fulfilled": "close", "lapsed": "lapse", "terminated": "terminate"}[status]
    paper.record(verb, _instant(day, 18), status=status, ended_on=day, cause=cause)


def _instant(day: date, hour: int) -> datetime:
    """An hour in Vietnam."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=clock.VIETNAM).astimezone(UTC)


async def _keep(session: AsyncSession, fair: Fair, papers: Sequence[Paper]) -> None:
    def together(name: str) -> list[dict[str, Any]]:
        return [row for paper in papers for row in getattr(paper, name)]

    await insert_rows(session, Agreement.__table__, [vars(paper.agreement) for paper in papers])
    await insert_rows(session, AgreementParty.__table__, [vars(row) for paper in papers for row in paper.parties])
    await insert_rows(session, AgreementLine.__table__, [vars(row) for paper in papers for row in paper.lines])
    for table, name in (
        (AgreementContent, "contents"),
        (Delivery, "deliveries"),
        (DeliveryConfirmation, "confirmations"),
        (AgreementCourse, "course"),
        (Change, "changes"),
    ):
        await insert_rows(session, table.__table__, together(name))
    numbers = [{"series": fair.event.code, "year": year, "last": last} for year, last in fair.numbers.items()]
    await insert_rows(session, AgreementNumber.__table__, numbers)
    by_seller: defaultdict[UUID, list[tuple[int, int]]] = defaultdict(list)
    for (seller, buyer), due in fair.due.items():
        by_seller[seller].append((due, fair.met[seller, buyer]))
    records = [
        {"organization_id": seller, "lines_due": due, "lines_met": met, "updated_at": clock.now()}
        for seller, lines in by_seller.items()
        for due, met in [weighed(lines)]
    ]
    await insert_rows(session, FulfilmentRecord.__table__, records)
