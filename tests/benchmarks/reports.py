"""How long the questions about agreements take over very many of them, each one statement."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from market.agreements.ledger.overdue import overdue_lines
from market.agreements.ledger.schemas import OverdueQuery
from market.agreements.totals import agreement_totals
from market.agreements.totals_schemas import TotalsQuery
from market.core import clock
from market.core.access import Actor
from market.core.db import create_engine, create_sessions
from market.reference.catalogue import Catalogue
from market.reports.answers import conversion_report, lapse_report, value_report
from market.reports.schemas import ConversionQuery, ReportQuery
from tests.benchmarks.market import Market
from tests.benchmarks.measures import Measure, Measures

RUNS = 5
DAYS = 700
GROUPINGS: tuple[Literal["overall", "event", "province"], ...] = ("overall", "event", "province")
Question = Callable[[AsyncSession], Awaitable[object]]
AIM = "aim: below 300"
OFFICER = Actor(kind="user", platform_roles=frozenset({"officer"}))

FILL = (
    "INSERT INTO organization (name, kinds, legal_form, province_code, province_version, status, verification) "
    "SELECT 'HTX Đo ' || i, ARRAY['producer'], 'cooperative', '01', '2025', 'active', 'unverified' "
    "FROM generate_series(1, 5000) i",
    "INSERT INTO event (code, name, kind, starts_on, ends_on, province_code, province_version, status, published_at) "
    "SELECT 'DO' || i, 'Hội nghị đo ' || i, 'fair', '2026-01-01', '2026-01-02', '01', '2025', 'published', now() "
    "FROM generate_series(1, 200) i",
    """
    INSERT INTO agreement (number, instrument, domain, title, event_id, signed_on, effective_on, ended_on, cause,
        province_code, province_version, value_vnd, status, amendment_number)
    SELECT 'DO-' || i, (ARRAY['mou', 'sale', 'offtake', 'framework'])[1 + i % 4],
        CASE WHEN i % 20 = 0 THEN 'other' ELSE 'trade' END, 'Giấy đo', event.id, day,
        CASE WHEN status IN ('effective', 'fulfilled', 'partly_fulfilled') THEN day + 10 END,
        CASE WHEN status NOT IN ('signed', 'effective') THEN day + 100 END,
        CASE WHEN status IN ('lapsed', 'partly_fulfilled') THEN (ARRAY['quality', 'price', 'volume'])[1 + i % 3] END,
        unit.code, unit.version, i * 1000, status, 0
    FROM (
        SELECT i, current_date - CAST(:days AS int) + i % (CAST(:days AS int) - 110) AS day,
            (ARRAY['signed', 'effective', 'fulfilled', 'lapsed', 'partly_fulfilled'])[1 + i * 7 % 5] AS status
        FROM generate_series(1, :agreements) i
    ) paper
    JOIN (SELECT id, row_number() OVER () AS n FROM event) event ON event.n = 1 + i % 200
    JOIN (SELECT code, version, row_number() OVER () AS n FROM province_unit) unit ON unit.n = 1 + i % 97
    """,
    """
    UPDATE agreement SET converted_from_id = mou.id FROM agreement mou
    WHERE agreement.instrument = 'sale' AND mou.instrument = 'mou' AND agreement.value_vnd % 3000 = 1000
        AND mou.number = 'DO-' || (agreement.value_vnd / 1000 - 1)
    """,
    """
    INSERT INTO agreement_party (agreement_id, position, role, organization_id)
    SELECT paper.id, place, CASE place WHEN 0 THEN 'seller' ELSE 'buyer' END, organization.id
    FROM (SELECT id, row_number() OVER () AS n FROM agreement) paper
    CROSS JOIN generate_series(0, 1) place
    JOIN (SELECT id, row_number() OVER () AS n FROM organization) organization
        ON organization.n = 1 + (paper.n * 7 + place * 13) % 5000
    """,
    """
    INSERT INTO agreement_line (agreement_id, position, concept_id, quantity, unit_code, per, period_from,
        period_until, delivery_plan, binding, tolerance_pct, price_kind, price_vnd)
    SELECT id, place, 'dragon-fruit-red', 10, 'KGM', 'week', signed_on, signed_on + 110,
        '{"weekdays": [1, 4], "deliveries": []}', 'fixed', 5, 'fixed', 20000
    FROM agreement CROSS JOIN generate_series(0, 4) place
    """,
    """
    INSERT INTO delivery (line_id, delivered_on, quantity, rejected)
    SELECT line.id, signed_on + 20, 160, 0 FROM agreement_line line JOIN agreement ON agreement.id = line.agreement_id
    WHERE effective_on IS NOT NULL AND (line.position < 2 OR status <> 'effective')
    """,
    """
    INSERT INTO agreement_course (agreement_id, since_at, until_at, first_id, converted_first_id, instrument, domain,
        status, was_effective, cause, event_id, province_code, province_version, value_vnd,
        signed_on, effective_on, ended_on)
    SELECT id, since, lead(since) OVER (PARTITION BY id ORDER BY since), id, converted_from_id, instrument, domain,
        stretch.status, stretch.status NOT IN ('signed', 'lapsed'),
        CASE WHEN stretch.status = agreement.status THEN cause END,
        event_id, province_code, province_version, value_vnd, signed_on, effective_on, ended_on
    FROM agreement CROSS JOIN LATERAL (VALUES
        (signed_on::timestamptz, 'signed'), (effective_on::timestamptz, 'effective'),
        (ended_on::timestamptz, agreement.status)
    ) stretch (since, status)
    WHERE since IS NOT NULL
    """,
)


async def fill(engine: AsyncEngine, *, agreements: int) -> None:
    """Invent agreements with five lines each in a migrated database that has reference data and nothing else."""
    async with AsyncSession(engine) as session, session.begin():
        await session.execute(text("SET LOCAL statement_timeout = 0"))
        for statement in FILL:
            values = {"agreements": agreements, "days": DAYS}
            await session.execute(text(statement), {k: v for k, v in values.items() if f":{k}" in statement})
    async with engine.connect() as connection:
        plain = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await plain.execute(text("VACUUM ANALYZE"))


def report_speed(market: Market, catalogue: Catalogue, *, agreements: int) -> Measures:
    """Milliseconds of each report over so many agreements of five lines, the median of a few runs.

    Only what reports read is filled, by a few statements; `market seed synthetic --agreements` takes longer, for it
    leaves the whole history too (see `history`).
    """
    url = market.database("reports").replace("postgresql://", "postgresql+asyncpg://", 1)
    found = asyncio.run(_measured(create_engine(url), catalogue, agreements=agreements))
    return found | {"report_agreements": Measure(agreements, "agreements", "size of what reports are measured over")}


async def _measured(engine: AsyncEngine, catalogue: Catalogue, *, agreements: int) -> Measures:
    await fill(engine, agreements=agreements)
    today = clock.today()
    past = today - timedelta(days=300)
    questions: dict[str, Question] = {
        "overdue": partial(overdue_lines, actor=OFFICER, query=OverdueQuery(), catalogue=catalogue, today=today),
        "totals_by_event": partial(
            agreement_totals, actor=OFFICER, query=TotalsQuery(by="event"), catalogue=catalogue, language="vi"
        ),
    }
    for day, when in ((today, "today"), (past, "then")):
        asked = ReportQuery(as_of=day)
        questions[f"lapses_{when}"] = partial(lapse_report, actor=OFFICER, query=asked, language="vi")
        questions[f"values_{when}"] = partial(value_report, actor=OFFICER, query=asked, language="vi")
        for by in GROUPINGS:
            query = ConversionQuery(as_of=day, by=by)
            questions[f"conversion_by_{by}_{when}"] = partial(
                conversion_report, query=query, catalogue=catalogue, language="vi"
            )
    try:
        return {f"report_{name}_ms": await _median(engine, ask) for name, ask in questions.items()}
    finally:
        await engine.dispose()


async def _median(engine: AsyncEngine, ask: Question) -> Measure:
    taken: list[float] = []
    async with create_sessions(engine)() as session:
        await ask(session)
        for _ in range(RUNS):
            began = time.perf_counter()
            await ask(session)
            taken.append((time.perf_counter() - began) * 1000)
            session.expire_all()
    return Measure(statistics.median(taken), "ms", AIM)
