"""The summary of an event: who came, met and signed, beside what was published of it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, get_args
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.states import CONTRACTS, Instrument
from market.core import clock
from market.core.access import Actor
from market.events.meetings.models import Outcome
from market.events.models import Event
from market.events.policy import may_run
from market.programmes.models import Figure
from market.reference.catalogue import Catalogue
from market.reference.goods_schemas import ConceptMark
from market.reference.maps import on_map
from market.reference.records import Province
from market.reference.schemas import UnitOfMap
from market.reports import event_statements as statements
from market.reports.event_schemas import (
    CameOut,
    EventSummary,
    FeedbackCount,
    GoodsCount,
    InstrumentCount,
    MetOut,
    OutcomeCount,
    ProvinceCount,
    PublishedFigure,
    SummaryQuery,
)
from market.vietnamese.text import fold

Rows = Sequence[Row[Any]]


async def event_summary(
    session: AsyncSession, actor: Actor, event: Event, query: SummaryQuery, *, catalogue: Catalogue
) -> EventSummary:
    """Live, or as of a day as far as it was known at an instant. Sums are for officers and who runs the event."""
    known_at = query.known_at or clock.now()
    when: dict[str, Any] = {"as_of": query.as_of, "known_at": known_at}
    papers = (await session.execute(statements.papers(event.id, **when))).all()
    ids = [row.agreement_id for row in papers]
    signed = Counter(row.instrument for row in papers)
    came = await _came(session, event, when)
    mous, contracts = signed["mou"], sum(signed[instrument] for instrument in CONTRACTS)
    recorded = {"contracts_signed": contracts, "mous_signed": mous, "delegates": came.people_came}
    goods = (await session.execute(statements.goods_of(ids))).all()
    sides = (await session.execute(statements.parties_of(ids))).all()
    first_of_mous = [row.first_id for row in papers if row.instrument == "mou"]
    converted = await session.scalar(statements.converted(first_of_mous, **when)) if first_of_mous else 0
    visits, findings = (await session.execute(statements.visits(event.id, **when))).one()
    return EventSummary(
        event=event.id,
        code=event.code,
        name=event.name,
        as_of=query.as_of,
        known_at=known_at,
        came=came,
        met=_met((await session.execute(statements.met(event.id, **when))).all()),
        papers=len(papers),
        mous=mous,
        contracts=contracts,
        mous_converted=converted or 0,
        probable_duplicates=await session.scalar(statements.look_alikes(event.id, known_at=known_at)) or 0,
        by_instrument=_by_instrument(papers),
        by_signing_province=_by_signing_province(papers, query, catalogue),
        by_party_province=_by_party_province(sides, query, catalogue),
        by_goods=[GoodsCount(concept=ConceptMark.named(catalogue, row.concept_id), papers=row.papers) for row in goods],
        **_sums(papers, shown=may_run(actor, event)),
        feedback=[
            FeedbackCount(side=row.side, answers=row.answers, mean_rating=row.mean_rating, would_come_again=row.again)
            for row in await session.execute(statements.feedback(event.id, **when))
        ],
        visits=visits,
        findings=findings,
        figures=[
            _published(figure, recorded)
            for figure in await session.scalars(statements.figures_about(event))
            if figure.metric in recorded and is_about(figure, event)
        ],
    )


async def _came(session: AsyncSession, event: Event, when: Mapping[str, Any]) -> CameOut:
    registered = (await session.execute(statements.registered(event.id, **when))).one()
    came = (await session.execute(statements.came(event.id, **when))).one()
    return CameOut(
        organizations_registered=registered.registered,
        organizations_waiting=registered.waiting,
        organizations_accepted=registered.accepted,
        delegates_registered=int(registered.delegates),
        organizations_came=came.organizations,
        people_came=came.people,
    )


def _met(rows: Rows) -> MetOut:
    status: Counter[str] = Counter()
    outcomes: Counter[str | None] = Counter()
    for row in rows:
        # What is said later than asked for was a planned meeting then.
        known = row.status if row.said or row.status == "cancelled" else "planned"
        status[known] += row.meetings
        if known != "cancelled":
            outcomes[row.outcome if row.said else None] += row.meetings
    names: tuple[Outcome | None, ...] = (*get_args(Outcome), None)
    return MetOut(
        **{name: status[name] for name in ("planned", "held", "missed", "cancelled")},
        outcomes=[OutcomeCount(outcome=name, meetings=outcomes[name]) for name in names if outcomes[name]],
        noted_early=sum(row.early for row in rows),
        follow_ups_due=sum(row.due for row in rows),
        follow_ups_done=sum(row.done for row in rows),
    )


def _by_instrument(papers: Rows) -> list[InstrumentCount]:
    signed = Counter(row.instrument for row in papers)
    effective = Counter(row.instrument for row in papers if row.was_effective)
    return [
        InstrumentCount(instrument=instrument, papers=signed[instrument], effective=effective[instrument])
        for instrument in get_args(Instrument)
        if signed[instrument]
    ]


def _by_signing_province(papers: Rows, query: SummaryQuery, catalogue: Catalogue) -> list[ProvinceCount]:
    places = Counter((row.province_code, row.province_version) for row in papers if row.province_code)
    found: defaultdict[Province, int] = defaultdict(int)
    for key, count in places.items():
        found[on_map(catalogue, catalogue.province(*key), query.map)] += count
    return _in_order(found.items())


def _by_party_province(sides: Rows, query: SummaryQuery, catalogue: Catalogue) -> list[ProvinceCount]:
    found: defaultdict[Province, set[UUID]] = defaultdict(set)
    for row in sides:
        unit = on_map(catalogue, catalogue.province(row.province_code, row.province_version), query.map)
        found[unit].update(row.papers)
    return _in_order((unit, len(papers)) for unit, papers in found.items())


def _in_order(found: Iterable[tuple[Province, int]]) -> list[ProvinceCount]:
    ordered = sorted(found, key=lambda item: (-item[1], item[0].name))
    return [ProvinceCount(unit=UnitOfMap.of(unit), papers=count) for unit, count in ordered]


def _sums(papers: Rows, *, shown: bool) -> dict[str, int | None]:
    if not shown:
        return dict.fromkeys(("signed_vnd", "effective_vnd", "delivered_vnd"))
    delivered = sum((row.delivered_vnd for row in papers), Decimal(0))
    return {
        "signed_vnd": sum(row.value_vnd or 0 for row in papers),
        "effective_vnd": sum(row.value_vnd or 0 for row in papers if row.was_effective),
        "delivered_vnd": int(delivered.quantize(Decimal(1), rounding=ROUND_HALF_UP)),
    }


def is_about(figure: Figure, event: Event) -> bool:
    """Whether a figure was published of an event: its words name the place, and its time covers the first day.

    The event may be in a house of that place ("Trung tâm hội nghị, Nha Trang"): figures say the place last.
    """
    place, words = fold(event.place or "").strip(), fold(figure.event or "")
    there = words.rpartition(",")[2].strip()
    said = [place, fold(event.address or ""), fold(event.name)]
    named = (bool(place) and place in words) or (bool(there) and any(_has_words(text, there) for text in said))
    first, _, last = figure.as_of.partition("/")
    day = event.starts_on.isoformat()
    covers = first <= day <= f"{last}~" if last else day.startswith(first)
    return named and covers


def _has_words(text: str, words: str) -> bool:
    return f" {words} " in f" {' '.join(re.findall(r'[a-z0-9]+', text))} "


def _published(figure: Figure, recorded: Mapping[str, int]) -> PublishedFigure:
    count = recorded[figure.metric]
    return PublishedFigure(
        code=figure.code,
        metric=figure.metric,
        published=figure.value,
        qualifier=figure.qualifier,
        recorded=count,
        difference=Decimal(count) - figure.value,
        source=f"{figure.source_title}, {figure.source_publisher}",
    )
