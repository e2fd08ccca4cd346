"""An operation that is going to end, declared as any: its answers and the description say so."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from litestar import Litestar, get
from litestar.exceptions import NotFoundException
from litestar.params import FromQuery
from litestar.testing import AsyncTestClient

from market.config import PROJECT_ROOT
from market.core.access import Access
from market.core.endings import Ending, EndingMiddleware
from market.declarations import declared_by
from market.documentation import describe
from market.endings import ENDINGS, LEAST_NOTICE

ENDING = Ending(
    deprecated_on=date(2026, 12, 1),
    sunset_on=date(2027, 9, 1),
    instead="Ask for `GET /api/v1/stalls` instead.",
    successor="/api/v1/stalls",
)
ENDINGS_HERE = {"listStands": ENDING}


@get("/api/v1/stands", operation_id="listStands", access=Access.ANYONE, summary="Stands of a market hall")
async def list_stands(empty: FromQuery[bool] = False) -> dict[str, int]:
    if empty:
        raise NotFoundException
    return {"stands": 3}


@get("/api/v1/stalls", operation_id="listStalls", access=Access.ANYONE, summary="Stalls of a market hall")
async def list_stalls() -> dict[str, int]:
    return {"stalls": 3}


@pytest.fixture
def hall() -> Litestar:
    declared = declared_by({"hall": (list_stands, list_stalls)}, {"hall": "events"}, ENDINGS_HERE, {})
    return Litestar(
        [list_stands, list_stalls],
        middleware=[EndingMiddleware(ENDINGS_HERE)],
        openapi_config=describe(PROJECT_ROOT, declared=declared),
    )


async def test_answers_and_refusals_of_what_ends_say_so_and_no_others(hall: Litestar) -> None:
    async with AsyncTestClient(hall) as client:
        answered = await client.get("/api/v1/stands")
        refused = await client.get("/api/v1/stands?empty=true")
        other = await client.get("/api/v1/stalls")

    assert (answered.status_code, refused.status_code, other.status_code) == (200, 404, 200)
    for answer in (answered, refused):
        assert answer.headers["deprecation"] == "@1796083200"
        assert answer.headers["sunset"] == "Wed, 01 Sep 2027 00:00:00 GMT"
        assert answer.headers["link"] == '</api/v1/stalls>; rel="successor-version"'
    assert not {"deprecation", "sunset", "link"} & other.headers.keys()


def test_the_description_says_so_too(hall: Litestar) -> None:
    paths = hall.openapi_schema.to_schema()["paths"]
    ending, other = paths["/api/v1/stands"]["get"], paths["/api/v1/stalls"]["get"]

    assert ending["deprecated"] is True
    assert "2027-09-01" in ending["description"]
    assert ENDING.instead in ending["description"]
    assert {"Deprecation", "Sunset"} <= ending["responses"]["200"]["headers"].keys()
    assert not other.get("deprecated")
    assert not other["responses"]["200"].get("headers")


def test_what_ends_without_a_day_tells_none() -> None:
    assert [name for name, _ in Ending(date(2026, 12, 1), "Use stalls.").headers()] == [b"deprecation"]


def test_only_what_there_is_can_end_and_not_before_it_is_said() -> None:
    with pytest.raises(ValueError, match="sellStands"):
        declared_by({"hall": (list_stands,)}, {}, {"sellStands": ENDING}, {})
    with pytest.raises(ValueError, match="sellStalls"):
        declared_by({"hall": (list_stands,)}, {}, {}, {"sellStalls": ()})
    with pytest.raises(ValueError, match="before"):
        Ending(date(2026, 12, 1), "Use stalls.", sunset_on=date(2026, 11, 30))


def test_whoever_calls_what_ends_has_the_notice_that_was_promised() -> None:
    short = [
        name
        for name, ending in ENDINGS.items()
        if ending.sunset_on is not None and ending.sunset_on - ending.deprecated_on < LEAST_NOTICE
    ]
    assert short == []
    assert timedelta(days=180) <= LEAST_NOTICE
