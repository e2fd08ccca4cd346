from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from litestar import Litestar

from market.core import clock
from market.engine.gateway import Engine, Found
from tests.database import counted_queries
from tests.people import SEEN, Client
from tests.searched import Searched

LISTING: dict[str, Any] = {
    "another": True,
    "title": "Thanh long ruột đỏ Chợ Gạo",
    "province": {"code": "82", "version": "2025"},
    "unit": "KGM",
    "price_vnd": 28000,
    "moq": "200",
    "capacity": [{"from": "2026-12-01", "to": "2027-02-28", "quantity": "5000", "per": "week"}],
    "publish": True,
}
NEED: dict[str, Any] = {
    "another": True,
    "title": "Thanh long cho chuỗi 40 cửa hàng",
    "lines": [
        {
            "concept": "dragon-fruit-red",
            "quantity": "500",
            "unit": "KGM",
            "per": "day",
            "weekdays": [1, 2, 3, 4, 5, 6],
            "from": "2026-12-01",
            "to": "2027-02-28",
            "required_certificates": ["vietgap"],
            "preferred_certificates": ["ocop:4"],
            "price_ceiling_vnd": 32000,
        }
    ],
    "delivery_province": {"code": "79", "version": "2025"},
    "deliver_before": "06:00",
    "publish": True,
}
CERTIFICATE = {
    "scheme": "vietgap",
    "number": "VietGAP-TT-26-01-82-0007",
    "issuer": "Tổ chức chứng nhận Thử",
    "issued_on": "2026-01-15",
    "expires_on": "2029-01-14",
    "scope_concepts": ["dragon-fruit"],
}


@pytest.fixture(params=["engine", "fallback"])
def place(request: pytest.FixtureRequest) -> Searched | Client:
    """A market with the engine, and one without."""
    fixture: Searched | Client = request.getfixturevalue("searched" if request.param == "engine" else "client")
    return fixture


async def settle(place: Searched | Client) -> None:
    if isinstance(place, Searched):
        await place.settle()


async def verified(cooperative: Client, officer: Client, **changes: Any) -> str:
    certificate = (await cooperative.post("/certificates", {**CERTIFICATE, **changes})).json()["id"]
    answer = await officer.post(f"/certificates/{certificate}/verify", SEEN)
    assert answer.json()["verification"] == "verified"
    return str(certificate)


async def test_both_sides_find_each_other_with_the_same_reasons(place: Searched | Client) -> None:
    nobody = place.client if isinstance(place, Searched) else place
    cooperative, market, officer = (
        await nobody.register("producer"),
        await nobody.register("buyer"),
        await nobody.officer(),
    )
    certificate = await verified(cooperative, officer)
    listing = (await cooperative.post("/listings", {**LISTING, "certificates": [certificate]})).json()
    need = (await market.post("/needs", NEED)).json()
    await settle(place)

    offers = (await market.get(f"/needs/{need['id']}/matches")).json()
    needs = (await cooperative.get(f"/listings/{listing['id']}/matches")).json()

    assert [match["listing"]["id"] for match in offers["items"]] == [listing["id"]]
    assert [match["need"]["id"] for match in needs["items"]] == [need["id"]]
    mine, theirs = offers["items"][0], needs["items"][0]
    assert mine["score"] == theirs["score"] > 0.6
    assert mine["gates"] == theirs["gates"]
    assert mine["parts"] == theirs["parts"]
    assert mine["near_miss_of"] == []
    assert offers["degraded"] is not isinstance(place, Searched)


async def test_matches_take_under_three_requests_to_the_engine_and_two_statements(
    searched: Searched, own_app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    cooperative, market = await searched.client.register("producer"), await searched.client.register("buyer")
    listing = (await cooperative.post("/listings", LISTING)).json()
    need = (await market.post("/needs", NEED)).json()
    await searched.settle()
    engine: Engine = own_app.state.search
    asked: list[int] = []
    search = engine.search

    async def counted(queries: Sequence[Mapping[str, Any]]) -> list[Found]:
        asked.append(len(queries))
        return await search(queries)

    monkeypatch.setattr(engine, "search", counted)
    for path, requests in ((f"/needs/{need['id']}/matches", 2), (f"/listings/{listing['id']}/matches", 1)):
        asked.clear()
        with counted_queries(own_app.state.engine) as counted_statements:
            assert len((await searched.client.get(path)).json()["items"]) == 1
        assert (len(asked), len(counted_statements.statements)) == (requests, 2)


async def test_a_recall_stops_matching_at_once_and_says_why(place: Searched | Client) -> None:
    nobody = place.client if isinstance(place, Searched) else place
    cooperative, market, officer = (
        await nobody.register("producer"),
        await nobody.register("buyer"),
        await nobody.officer(),
    )
    certificate = await verified(cooperative, officer)
    await cooperative.post("/listings", {**LISTING, "certificates": [certificate]})
    need = (await market.post("/needs", NEED)).json()
    await settle(place)
    before = (await market.get(f"/needs/{need['id']}/matches")).json()

    await officer.post(f"/certificates/{certificate}/recall", {"reason": "Dư lượng vượt ngưỡng"})
    after = (await market.get(f"/needs/{need['id']}/matches", headers={"Accept-Language": "en"})).json()

    assert (before["total"], after["total"]) == (1, 0)
    assert after["items"][0]["near_miss_of"] == ["certificates"]
    why = {gate["name"]: gate["why"] for gate in after["items"][0]["gates"]}["certificates"]
    assert why == "no VietGAP (crops)"


async def test_expiry_counts_by_the_second(client: Client) -> None:
    cooperative, market, officer = (
        await client.register("producer"),
        await client.register("buyer"),
        await client.officer(),
    )
    certificate = await verified(cooperative, officer, expires_on="2026-11-30")
    single_day = {**NEED["lines"][0], "per": "total", "from": "2026-11-20", "to": "2026-11-30"}
    listing = {
        **LISTING,
        "certificates": [certificate],
        "capacity": [{"from": "2026-11-01", "to": "2027-02-28", "quantity": "5000", "per": "week"}],
    }
    await cooperative.post("/listings", listing)
    need = (await market.post("/needs", {**NEED, "lines": [single_day]})).json()
    path = f"/needs/{need['id']}/matches"
    last = clock.end_of_day(date(2026, 11, 30))

    with clock.shifted(last - timedelta(seconds=2) - clock.now()):
        before = (await client.get(path)).json()["total"]
    with clock.shifted(last + timedelta(seconds=1) - clock.now()):
        after = (await client.get(path)).json()["total"]

    assert (before, after) == (1, 0)


async def test_a_stranger_cannot_have_a_draft_matched(client: Client) -> None:
    market = await client.register("buyer")
    stranger = await client.register("producer")
    need = (await market.post("/needs", {**NEED, "publish": False})).json()

    assert (await market.get(f"/needs/{need['id']}/matches")).status_code == 200
    assert (await stranger.get(f"/needs/{need['id']}/matches")).status_code == 404


async def test_a_certificate_that_nobody_has_verified_yet_is_said_to_wait_and_not_to_be_missing(client: Client) -> None:
    cooperative, market = await client.register("producer"), await client.register("buyer")
    officer = await client.officer()
    listing = (await cooperative.post("/listings", LISTING)).json()
    need = (await market.post("/needs", NEED)).json()

    async def near_miss(language: str = "en") -> list[dict[str, Any]]:
        answer = await market.get(f"/needs/{need['id']}/matches", headers={"Accept-Language": language})
        (match,) = answer.json()["items"]
        found: list[dict[str, Any]] = [gate for gate in match["gates"] if not gate["passed"]]
        return found

    (missing,) = await near_miss()
    certificate = (await cooperative.post("/certificates", CERTIFICATE)).json()["id"]
    await cooperative.patch(f"/listings/{listing['id']}", {"certificates": [certificate]})
    (waiting,), (vietnamese,) = await near_miss(), await near_miss("vi")
    await officer.post(f"/organizations/{cooperative.organization['id']}/verify", SEEN)
    await officer.post(f"/certificates/{certificate}/verify", SEEN)
    await cooperative.patch(f"/organizations/{cooperative.organization['id']}", {"name": "HTX Đổi Tên"})
    (suspended,) = await near_miss()

    assert "no VietGAP" in str(missing["why"])
    assert "VietGAP (crops) is not verified yet" in str(waiting["why"])
    assert vietnamese["why"] == "VietGAP (trồng trọt) chưa được xác minh"
    assert waiting["why"] == suspended["why"]
