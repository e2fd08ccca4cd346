from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.needs.models import Need, NeedLine
from tests.people import Client, past_deadline
from tests.searched import Searched

LINE: dict[str, Any] = {
    "concept": "dragon-fruit-red",
    "quantity": "500",
    "unit": "KGM",
    "per": "day",
    "weekdays": [6, 1, 2, 3, 4, 5],
    "from": "2026-12-01",
    "to": "2027-02-28",
    "required_certificates": ["vietgap"],
    "preferred_certificates": ["ocop:4"],
    "price_ceiling_vnd": 32000,
}
NEED: dict[str, Any] = {
    "title": "Thanh long cho chuỗi 40 cửa hàng",
    "lines": [LINE],
    "delivery_province": {"code": "79", "version": "2025"},
    "deliver_before": "06:00",
    "deadline": "2027-11-30",
}


@pytest.mark.parametrize("wrong", ["24:00", "06:00:30", "06:00+07:00", "sáu giờ", "", 21600, True, "0٦:00"])
async def test_a_time_of_day_is_hours_and_minutes(client: Client, wrong: Any) -> None:
    market = await client.register("buyer")

    refused = await market.post("/needs", NEED | {"deliver_before": wrong})

    assert refused.status_code == 400
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/deliver_before"]
    assert "HH:MM" in refused.json()["errors"][0]["message"]


async def test_a_need_says_how_much_and_how_often(client: Client) -> None:
    market = await client.register("buyer")

    created = await market.post("/needs", NEED)

    assert created.status_code == 201, created.text
    need = created.json()
    line = need["lines"][0]
    assert (line["weekdays"], line["weekly_kg"]) == ([1, 2, 3, 4, 5, 6], "3000")
    assert (line["from"], line["to"]) == ("2026-12-01", "2027-02-28")
    assert need["deliver_before"] == "06:00"
    assert need["status"] == "draft"


async def test_drafts_are_for_their_organization_and_published_needs_for_all(client: Client) -> None:
    market = await client.register("buyer")
    stranger = await client.register("producer")
    need = (await market.post("/needs", NEED)).json()
    path = f"/needs/{need['id']}"

    hidden = (await stranger.get(path)).status_code
    await market.post(f"{path}/publish")
    shown = (await client.get(path)).status_code
    foreign = (await stranger.post(f"{path}/pause")).status_code
    await market.delete(path)

    assert (hidden, shown, foreign) == (404, 200, 403)
    assert (await market.get(path)).json()["status"] == "archived"
    assert (await market.patch(path, {"title": "khác"})).status_code == 409


async def test_lines_keep_their_ids_when_edited(client: Client, session: AsyncSession) -> None:
    market = await client.register("buyer")
    need = (await market.post("/needs", {**NEED, "lines": [LINE, {**LINE, "concept": "pineapple"}]})).json()

    changed = [{**LINE, "quantity": "600"}]
    edited = (await market.patch(f"/needs/{need['id']}", {"lines": changed})).json()

    assert [line["id"] for line in edited["lines"]] == [need["lines"][0]["id"]]
    assert edited["lines"][0]["quantity"] == "600"
    assert await session.scalar(select(func.count()).select_from(NeedLine)) == 1


async def test_bad_lines_are_named_by_place(client: Client, session: AsyncSession) -> None:
    market = await client.register("buyer")
    wrong = {
        "quantity": 0,
        "unit": "XYZ",
        "concept": "nothing",
        "per": "year",
        "weekdays": [0, 8],
        "from": "2027-01-01",
        "to": "not a date",
        "required_certificates": ["ocop:2"],
        "price_ceiling_vnd": 1.5,
    }

    answer = await market.post("/needs", {**NEED, "lines": [LINE, wrong]})

    assert answer.status_code == 400
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/lines/1/quantity",
        "/lines/1/unit",
        "/lines/1/concept",
        "/lines/1/per",
        "/lines/1/weekdays/0",
        "/lines/1/weekdays/1",
        "/lines/1/to",
        "/lines/1/required_certificates/0",
        "/lines/1/price_ceiling_vnd",
    }
    assert await session.scalar(select(func.count()).select_from(Need)) == 0


async def test_a_batch_of_needs_keeps_the_good(client: Client, session: AsyncSession) -> None:
    market = await client.register("buyer")

    answer = await market.post("/needs/batch", {"items": [NEED, {"title": "thiếu dòng"}, NEED | {"another": True}]})

    assert [result["status"] for result in answer.json()["results"]] == [201, 400, 201]
    assert await session.scalar(select(func.count()).select_from(Need)) == 2


@pytest.fixture(params=["engine", "fallback"])
def place(request: pytest.FixtureRequest) -> Searched | Client:
    fixture: Searched | Client = request.getfixturevalue("searched" if request.param == "engine" else "client")
    return fixture


async def test_needs_are_searched_like_listings(place: Searched | Client) -> None:
    nobody = place.client if isinstance(place, Searched) else place
    market = await nobody.register("buyer")
    dragon_fruit = (await market.post("/needs", {**NEED, "publish": True})).json()["id"]
    over = {**NEED, "publish": True, "another": True}
    await past_deadline(market, (await market.post("/needs", over)).json())
    pineapple = {**NEED, "title": "Cần khóm", "publish": True, "lines": [{**LINE, "concept": "pineapple"}]}
    pineapple_id = (await market.post("/needs", pineapple)).json()["id"]
    if isinstance(place, Searched):
        await place.settle()

    async def found(**params: Any) -> list[str]:
        return [item["id"] for item in (await nobody.get("/needs", params=params)).json()["items"]]

    assert await found(q="thanh long") == [dragon_fruit]
    assert await found(q="dứa") == [pineapple_id]
    assert await found(concept="dragon-fruit", certificate="vietgap") == [dragon_fruit]
    assert set(await found(province="79")) == {dragon_fruit, pineapple_id}
    assert await found(certificate="globalgap") == []


async def test_a_need_is_never_published_after_its_deadline(client: Client) -> None:
    market = await client.register("buyer")
    late = NEED | {"deadline": "2026-01-01"}

    refused = await market.post("/needs", late | {"publish": True})
    draft = await market.post("/needs", late)
    unpublishable = await market.post(f"/needs/{draft.json()['id']}/publish")
    published = (await market.post("/needs", NEED | {"publish": True, "another": True})).json()
    hidden = await market.patch(f"/needs/{published['id']}", {"deadline": "2026-01-01"})

    assert (refused.status_code, draft.status_code) == (400, 201)
    assert (unpublishable.status_code, hidden.status_code) == (409, 400)
    for answer in (refused, unpublishable, hidden):
        (error,) = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == ("/deadline", "deadline-passed")
        assert "01/01/2026" in error["message"]
