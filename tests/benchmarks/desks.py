"""The desk of an event full of people: check-ins one by one, a queue of days sent at once, and the summary after it."""

from __future__ import annotations

import asyncio
import secrets
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx

from market.accounts.credentials import token_hash
from market.events.desk.devices import DEVICE_PREFIX
from market.hall.schemas import MOST_PAPERS
from tests.benchmarks.bare import bare_desk
from tests.benchmarks.market import Market, free_port
from tests.benchmarks.measures import Measure, Measures

CHECKED_SHARE, EACH, SUMMARIES, WARM = 0.13, 2, 9, 10
"""Of who registered, checked in one by one by badge, and as many by name; delegates of each; and how often the rest."""
PAPERS_SHARE, BROKEN_SHARE, PAPERS_EACH = 0.02, 0.01, 2
"""Of what a desk notes, at an event that signs some two hundred papers; and of how many items there is a paper more."""
ORGANIZER = """
INSERT INTO organization (name, kinds, legal_form, province_code, province_version, status, verification)
VALUES ('Trung tâm Giả lập Đo', ARRAY['organizer'], 'company', '79', '2025', 'active', 'verified') RETURNING id
"""
EVENT = """
INSERT INTO event (code, name, kind, starts_on, ends_on, province_code, province_version, place, organizer_id, status,
    published_at)
VALUES ($1, 'Sự kiện đo', 'fair', current_date - 1, current_date + 1, '79', '2025', 'Nhà Đo', $2, 'published', now())
RETURNING id
"""
REGISTERED = """
WITH comers AS (
    INSERT INTO organization (name, kinds, legal_form, province_code, province_version, status, verification)
    SELECT 'Đơn vị Đo ' || $1 || ' ' || i, ARRAY['producer'], 'cooperative', '82', '2025', 'active', 'unverified'
    FROM generate_series(1, $3) i RETURNING id, name
)
INSERT INTO event_registration (event_id, organization_id, delegates_count, delegates, booths, status, side)
SELECT $2, id, $4, jsonb_build_array(jsonb_build_object('name', 'Đại biểu ' || name)), 0, 'accepted', 'seller'
FROM comers RETURNING id
"""
DEVICE = """
INSERT INTO event_device (event_id, name, hash, expires_at) VALUES ($1, 'Máy đo', $2, now() + interval '1 day')
"""


def desk_speed(market: Market, *, items: int, registered: int) -> Measures:
    """An event of so many organizations: check-ins one by one, then so many items at once, then the summary."""
    checks = int(registered * CHECKED_SHARE)
    token, mark = DEVICE_PREFIX + secrets.token_urlsafe(32), secrets.token_hex(3).upper()
    event, registrations = asyncio.run(_filled(market, token, mark, registered))
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"{market.running.api_url}/api/v1/events/{event}", headers=headers, timeout=180) as desk:
        by_badge, bare = _beside_the_bare(market, desk, registrations, checks=checks)
        names = (f"đại biểu đơn vị đo {mark.lower()} {number}" for number in count(WARM + checks + 1))
        by_name = _timed(lambda: _checked(desk, name=next(names)), checks)
        queue = list(_queue(registrations, items))
        body = {"sent_at": datetime.now(UTC).isoformat(), "items": queue}
        first = _timed(lambda: desk.post("/desk/replay", json=body).raise_for_status(), 1)[0]
        again = _timed(lambda: desk.post("/desk/replay", json=body).raise_for_status(), 1)[0]
        bulk = _logged(desk, items // PAPERS_EACH)
        summary = desk.get("/summary").raise_for_status().json()
        summaries = _timed(lambda: desk.get("/summary").raise_for_status(), SUMMARIES)
        printed = _timed(lambda: desk.get("/badges").raise_for_status(), 1)[0]
    aim = f"{registered:,} organizations registered; aim: below 10"
    return {
        "check_in_p50": Measure(statistics.median(by_badge), "ms", f"by badge, {aim}"),
        "check_in_bare_p50": Measure(statistics.median(bare), "ms", "bare granian and asyncpg, the same statements"),
        "check_in_ratio": Measure(
            statistics.median(by_badge) / statistics.median(bare), "of the bare handler", f"{checks} of each, in turn"
        ),
        "check_in_p95": Measure(statistics.quantiles(by_badge, n=20)[-1], "ms", "by badge"),
        "check_in_by_name_p50": Measure(statistics.median(by_name), "ms", f"by name, {aim}"),
        "replay_seconds": Measure(first / 1000, "s", f"{items:,} items, one in a hundred broken; aim: below 30"),
        "replay_again_seconds": Measure(again / 1000, "s", "the same items once more"),
        "badges_per_thousand": Measure(
            printed / 1000 / (registered * EACH / 1000), "s", f"of {registered * EACH:,} printed at once; aim: below 20"
        ),
        "papers_per_second": Measure(bulk, "papers/s", f"{MOST_PAPERS:,} in a batch, logged and signed"),
        "summary_ms": Measure(statistics.median(summaries), "ms", f"over {summary['papers']:,} papers; aim: below 300"),
    }


def _beside_the_bare(
    market: Market, desk: httpx.Client, registrations: list[UUID], *, checks: int
) -> tuple[list[float], list[float]]:
    """Milliseconds of check-ins by badge, one here and one at a handler that does no more than it must."""
    port = free_port()
    badges, others = (f"{id_}/0" for id_ in registrations), (f"{id_}/0" for id_ in reversed(registrations))
    ours: list[float] = []
    bare: list[float] = []
    with bare_desk(market, port=port), httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=desk.headers) as other:
        for _ in range(WARM):  # as a desk that has been open for a while
            _checked(desk, badge=next(badges))
            _checked(other, badge=next(others))
        for _ in range(checks):
            ours += _timed(lambda: _checked(desk, badge=next(badges)), 1)
            bare += _timed(lambda: _checked(other, badge=next(others)), 1)
    return ours, bare


async def _filled(market: Market, token: str, mark: str, registered: int) -> tuple[UUID, list[UUID]]:
    connection = await asyncpg.connect(market.running.database_url)
    try:
        event: UUID = await connection.fetchval(EVENT, f"DO{mark}", await connection.fetchval(ORGANIZER))
        rows = await connection.fetch(REGISTERED, mark, event, registered, EACH)
        await connection.execute(DEVICE, event, token_hash(token))
        await connection.execute("ANALYZE event_registration")
        return event, [row["id"] for row in rows]
    finally:
        await connection.close()


def _logged(desk: httpx.Client, papers: int) -> float:
    """So many papers in batches; how many a second."""
    seconds = 0.0
    for first in range(0, papers, MOST_PAPERS):
        batch = [_paper(f"L{number}") for number in range(first, min(first + MOST_PAPERS, papers))]
        seconds += _timed(partial(_send_papers, desk, batch), 1)[0] / 1000
    return papers / seconds


def _send_papers(desk: httpx.Client, papers: list[dict[str, Any]]) -> None:
    desk.post("/agreements/batch", json={"items": papers}).raise_for_status()


def _paper(mark: str) -> dict[str, Any]:
    parties = [{"role": "seller", "name": f"HTX Đo {mark}"}, {"role": "buyer", "name": f"Siêu thị Đo {len(mark)}"}]
    lines = [{"concept": "dragon-fruit-red", "quantity": "500", "unit": "KGM", "per": "week"}]
    return {"instrument": "mou", "parties": parties, "lines": lines}


def _timed(act: Callable[[], object], times: int) -> list[float]:
    """Milliseconds of each."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def _checked(desk: httpx.Client, **who: str) -> None:
    answer = desk.post("/check-ins", json={"id": str(uuid4()), **who}).raise_for_status()
    if answer.json()["state"] != "kept":
        raise RuntimeError(f"somebody was there already: {answer.text}")


def _queue(registrations: list[UUID], items: int) -> Iterator[dict[str, Any]]:
    """Papers, people who come, and what is broken."""
    now = datetime.now(UTC).isoformat()
    papers, broken = int(items * PAPERS_SHARE), int(items * BROKEN_SHARE)
    for number in range(items):
        item: dict[str, Any] = {"id": str(uuid4()), "sequence": number, "at": now}
        if number < broken:
            yield item | {"kind": "paper", "paper": {"instrument": "treaty"}}
        elif number < broken + papers:
            yield item | {"kind": "paper", "paper": _paper(str(number))}
        else:
            badge = f"{registrations[number % len(registrations)]}/{number % 2}"
            yield item | {"kind": "check_in", "check_in": {"badge": badge}}
