"""From what the statements found to the reports, always in the same order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, get_args

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.placing import RULE
from market.agreements.states import Cause, Instrument
from market.core.access import Actor
from market.core.language import Language, Message
from market.reference.catalogue import Catalogue
from market.reference.maps import on_map
from market.reference.records import Province
from market.reference.schemas import UnitOfMap
from market.reports.schemas import (
    ConversionOut,
    ConversionQuery,
    ConversionReport,
    LapseOut,
    LapseReport,
    ReportQuery,
    ValueOut,
    ValueReport,
)
from market.reports.statements import ENDED_SHORT, conversion_statement, lapse_statement, value_statement

AT_ONCE = Message(
    vi="Như cuối ngày {as_of}, theo những gì hệ thống biết khi đó; những gì ghi sau được tính khi nêu known_at.",
    en="As it was at the end of {as_of}, as known then; what was recorded later counts with a later known_at.",
)
AFTERWARDS = Message(
    vi="Như cuối ngày {as_of}, theo những gì hệ thống biết đến cuối ngày {known_at}.",
    en="As it was at the end of {as_of}, as known at the end of {known_at}.",
)


def _clocks(query: ReportQuery, language: Language) -> dict[str, Any]:
    text = AT_ONCE if query.known == query.as_of else AFTERWARDS
    words = text.text(language, as_of=query.as_of, known_at=query.known)
    return {"as_of": query.as_of, "known_at": query.known, "clocks": words, "domain": query.domain}


async def conversion_report(
    session: AsyncSession, query: ConversionQuery, *, catalogue: Catalogue, language: Language
) -> ConversionReport:
    """How many MOUs became contracts, the most MOUs first."""
    counts: defaultdict[tuple[Any, str | None], Counter[str]] = defaultdict(Counter)
    whole: Counter[str] = Counter()
    for row in await session.execute(conversion_statement(query)):
        found = {"mous": row.mous, "converted": row.converted}
        counts[_placed(row, query, catalogue=catalogue)].update(found)
        whole.update(found)
    groups = [] if query.by == "overall" else [_group(*place, counted) for place, counted in counts.items()]
    groups.sort(key=lambda group: (-group.mous, group.name or "", group.key or ""))
    total = _group(None, None, whole)
    rule = RULE.text(language) if query.by == "province" else None
    return ConversionReport(
        **_clocks(query, language), by=query.by, map=query.map, placed_by=rule, groups=groups, total=total
    )


def _placed(row: Row[Any], query: ConversionQuery, *, catalogue: Catalogue) -> tuple[Any, str | None]:
    if row.key is None or query.by != "province":
        return row.key, row.beside
    province = on_map(catalogue, catalogue.province(row.key, row.beside), query.map)
    return province, province.name


def _group(key: Any, name: str | None, counted: Counter[str]) -> ConversionOut:
    unit = UnitOfMap.of(key) if isinstance(key, Province) else None
    code = unit.code if unit else key
    return ConversionOut(
        key=None if code is None else str(code),
        name=name,
        unit=unit,
        mous=counted["mous"],
        converted=counted["converted"],
    )


SMALLEST_GROUP = 5


def _told(count: int, *, exactly: bool) -> int:
    """To the public in steps of five: a cause of one agreement is a matter of its parties."""
    return count if exactly else count - count % SMALLEST_GROUP


async def lapse_report(session: AsyncSession, actor: Actor, query: ReportQuery, *, language: Language) -> LapseReport:
    """What was not performed, in the order of the causes; causes that nothing ended for are left out.

    Officers read it exactly and day by day. Others read it as of the end of a month and rounded down to steps of five,
    so that two readings tell nothing of one agreement.
    """
    exactly = actor.is_officer
    if not exactly:
        query = query.model_copy(update={"as_of": _end_of_month_before(query.as_of)})
    rows = {
        row.cause: LapseOut(
            cause=row.cause, **{status: _told(getattr(row, status), exactly=exactly) for status in ENDED_SHORT}
        )
        for row in await session.execute(lapse_statement(query))
    }
    shown = [rows[cause] for cause in get_args(Cause) if cause in rows]
    causes = [one for one in shown if exactly or any(getattr(one, status) for status in ENDED_SHORT)]
    total = {status: sum(getattr(one, status) for one in causes) for status in ENDED_SHORT}
    return LapseReport(
        **_clocks(query, language),
        rounded=not exactly,
        causes=causes,
        total=LapseOut(cause=None, **total),
    )


def _end_of_month_before(day: date) -> date:
    """The last day of a month that is over on `day` or ends with it."""
    tomorrow = day + timedelta(days=1)
    return day if tomorrow.day == 1 else day.replace(day=1) - timedelta(days=1)


async def value_report(session: AsyncSession, actor: Actor, query: ReportQuery, *, language: Language) -> ValueReport:
    """Signed, effective and delivered, in the order of the instruments; values for officers only."""
    rows = {row.instrument: row for row in await session.execute(value_statement(actor, query))}
    named = [(instrument, rows[instrument]) for instrument in get_args(Instrument) if instrument in rows]
    return ValueReport(
        **_clocks(query, language),
        instruments=[_value_out(actor, instrument, [row]) for instrument, row in named],
        total=_value_out(actor, None, list(rows.values())),
    )


def _value_out(actor: Actor, instrument: Instrument | None, rows: Sequence[Row[Any]]) -> ValueOut:
    def vnd(name: str) -> int | None:
        if not actor.is_officer:
            return None
        return sum(int(getattr(row, name) or 0) for row in rows)

    return ValueOut(
        instrument=instrument,
        signed=sum(row.signed for row in rows),
        effective=sum(row.effective for row in rows),
        signed_vnd=vnd("signed_vnd"),
        effective_vnd=vnd("effective_vnd"),
        delivered_vnd=vnd("delivered_vnd"),
    )
