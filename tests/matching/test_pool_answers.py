from typing import Any

import pytest

from tests.matching.test_matches import LISTING, NEED, verified
from tests.people import Client
from tests.searched import Searched

MORNINGS = {
    **NEED["lines"][0],
    "quantity": "500",
    "from": "2026-12-07",
    "to": "2027-01-02",
    "required_certificates": [],
    "preferred_certificates": [],
}
"""500 kg every morning, Monday to Saturday, for four whole weeks."""
WEEKS = ["2026-W50", "2026-W51", "2026-W52", "2026-W53"]


@pytest.fixture(params=["engine", "fallback"])
def place(request: pytest.FixtureRequest) -> Searched | Client:
    """A market with the engine, and one without."""
    fixture: Searched | Client = request.getfixturevalue("searched" if request.param == "engine" else "client")
    return fixture


async def settle(place: Searched | Client) -> None:
    if isinstance(place, Searched):
        await place.settle()


def nobody_of(place: Searched | Client) -> Client:
    return place.client if isinstance(place, Searched) else place


async def offering(nobody: Client, daily: int, **changes: Any) -> tuple[Client, str]:
    """A cooperative with so many kg a day, six days a week."""
    cooperative = await nobody.register("producer")
    capacity = [{"from": "2026-12-01", "to": "2027-02-28", "quantity": str(daily * 6), "per": "week"}]
    answer = await cooperative.post("/listings", {**LISTING, "moq": None, "capacity": capacity, **changes})
    assert answer.status_code == 201, answer.text
    return cooperative, answer.json()["id"]


async def needing(nobody: Client, *lines: dict[str, Any]) -> tuple[Client, str]:
    market = await nobody.register("buyer")
    answer = await market.post("/needs", {**NEED, "lines": list(lines)})
    assert answer.status_code == 201, answer.text
    return market, answer.json()["id"]


async def pool_of(who: Client, need: str, **params: Any) -> Any:
    answer = await who.get(f"/needs/{need}/pool", params=params, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_three_cooperatives_cover_a_morning_need_and_one_who_leaves_is_missed(place: Searched | Client) -> None:
    nobody = nobody_of(place)
    _, first = await offering(nobody, 180, price_vnd=27_000)
    leaving, second = await offering(nobody, 200, price_vnd=28_000)
    _, third = await offering(nobody, 150, price_vnd=26_000)
    market, need = await needing(nobody, MORNINGS)
    await settle(place)

    together = await pool_of(market, need)
    line = together["lines"][0]
    await leaving.post(f"/listings/{second}/pause")
    await settle(place)
    left = (await pool_of(market, need))["lines"][0]

    assert together["degraded"] is not isinstance(place, Searched)
    assert line["covered"]
    assert line["optimal"]
    assert [week["week"] for week in line["coverage"]] == WEEKS
    assert {week["percent"] for week in line["coverage"]} == {100}
    assert {share["listing"]["id"]: share["weeks"][0]["quantity"] for share in line["suppliers"]} == {
        first: "1080",
        second: "1020",
        third: "900",
    }
    assert line["total_cost_vnd"] == 4 * (1080 * 27_000 + 1020 * 28_000 + 900 * 26_000)
    assert line["total_cost_vnd"] == sum(share["cost_vnd"] for share in line["suppliers"])
    assert (line["reasons"], line["shortfall"]) == ([], [])
    assert not left["covered"]
    assert {share["listing"]["id"] for share in left["suppliers"]} == {first, third}
    assert (left["planned"], left["percent"]) == (str(4 * 6 * (180 + 150)), 66)
    assert left["shortfall"] == [{"week": week, "short": "1020"} for week in WEEKS]
    assert {week["percent"] for week in left["coverage"]} == {66}
    assert [reason["code"] for reason in left["reasons"]] == ["capacity"]
    assert left["reasons"][0]["why"].startswith("Not enough goods: week 2026-W50 has 1.980 of 3.000 kilogram, 1.020")


async def test_a_buyer_asks_what_if_one_left_while_it_is_still_there(client: Client) -> None:
    for daily in (180, 150):
        await offering(client, daily)
    _, second = await offering(client, 200)
    market, need = await needing(client, MORNINGS)

    left = (await pool_of(market, need, without=second))["lines"][0]

    assert left["shortfall"] == [{"week": week, "short": "1020"} for week in WEEKS]


async def test_too_few_suppliers_are_told_how_many_would_do(client: Client) -> None:
    for daily in (180, 200, 150):
        await offering(client, daily)
    market, need = await needing(client, MORNINGS)

    line = (await pool_of(market, need, max_suppliers=2))["lines"][0]

    assert (len(line["suppliers"]), line["least_suppliers"], line["planned"]) == (2, 3, str(4 * 6 * 380))
    reason = line["reasons"][0]
    assert reason["code"] == "max-suppliers"
    assert reason["why"] == "At most 2 suppliers are too few: at least 3 to cover every week"
    assert reason["weeks"] == [{"week": week, "short": "720"} for week in WEEKS]


async def test_a_supplier_delivers_only_while_its_certificate_holds(client: Client) -> None:
    officer = await client.officer()
    cooperative = await client.register("producer")
    certificate = await verified(cooperative, officer, expires_on="2026-12-20")
    capacity = [{"from": "2026-12-01", "to": "2027-02-28", "quantity": "500", "per": "day"}]
    listing = {**LISTING, "moq": None, "capacity": capacity, "certificates": [certificate]}
    made = (await cooperative.post("/listings", listing)).json()
    market, need = await needing(client, {**MORNINGS, "required_certificates": ["vietgap"]})

    line = (await pool_of(market, need))["lines"][0]

    assert [week["percent"] for week in line["coverage"]] == [100, 100, 0, 0]
    helper = line["would_help"][0]
    assert (helper["listing"]["id"], helper["gate"], helper["quantity"]) == (made["id"], "certificates", "6000")
    assert helper["why"] == "VietGAP (crops) expires 2026-12-20"


async def test_who_lacks_one_thing_is_named_with_what_it_would_add(client: Client) -> None:
    await offering(client, 300)
    _, dear = await offering(client, 100, price_vnd=99_000)
    _, choosy = await offering(client, 50, moq="4000")
    market, need = await needing(client, MORNINGS)

    line = (await pool_of(market, need))["lines"][0]

    assert {(h["listing"]["id"], h["gate"], h["quantity"]) for h in line["would_help"]} == {
        (dear, "price", "2400"),
        (choosy, "moq", "1200"),
    }


async def test_a_least_order_holds_for_a_supplier_s_own_share(client: Client) -> None:
    await offering(client, 480, price_vnd=20_000)
    _, second = await offering(client, 480, price_vnd=30_000, moq="600")
    market, need = await needing(client, MORNINGS)

    line = (await pool_of(market, need))["lines"][0]

    assert line["covered"]
    shares = {share["listing"]["id"]: share["weeks"][0]["quantity"] for share in line["suppliers"]}
    assert shares[second] == "600"


async def test_two_lines_are_never_promised_the_same_goods(client: Client) -> None:
    await offering(client, 500)
    market, need = await needing(client, MORNINGS, {**MORNINGS, "quantity": "200"})

    first, second = (await pool_of(market, need))["lines"]
    alone = (await pool_of(market, need, line=second["line"]))["lines"]

    assert (first["covered"], second["covered"], second["planned"]) == (True, False, "0")
    assert [line["covered"] for line in alone] == [True]


async def test_a_price_that_must_be_asked_for_is_no_cost_and_is_said(client: Client) -> None:
    await offering(client, 500, price_vnd=None)
    market, need = await needing(client, MORNINGS)

    line = (await pool_of(market, need))["lines"][0]

    assert (line["covered"], line["total_cost_vnd"], line["cost_is_complete"]) == (True, 0, False)
    assert line["suppliers"][0]["cost_vnd"] is None


async def test_larger_orders_are_counted_at_their_lower_price(client: Client) -> None:
    tiers = [{"min_quantity": "2000", "price_vnd": 25_000}]
    await offering(client, 500, price_vnd=28_000, price_tiers=tiers)
    market, need = await needing(client, MORNINGS)

    line = (await pool_of(market, need))["lines"][0]

    assert (line["suppliers"][0]["price_vnd"], line["total_cost_vnd"]) == (25_000, 4 * 3000 * 25_000)


async def test_tonnes_cover_kilograms(client: Client) -> None:
    capacity = [{"from": "2026-12-01", "to": "2027-02-28", "quantity": "3", "per": "week"}]
    await offering(client, 0, unit="TNE", price_vnd=28_000_000, moq="1", capacity=capacity)
    market, need = await needing(client, MORNINGS)

    line = (await pool_of(market, need))["lines"][0]

    assert (line["covered"], line["suppliers"][0]["price_vnd"]) == (True, 28_000)


async def test_nobody_to_ask_is_said_in_vietnamese_first(client: Client) -> None:
    market, need = await needing(client, MORNINGS)

    line = (await market.get(f"/needs/{need}/pool")).json()["lines"][0]

    assert (line["covered"], line["percent"], line["suppliers"]) == (False, 0, [])
    assert [(reason["code"], reason["why"]) for reason in line["reasons"]] == [
        ("no-suppliers", "Chưa có nhà cung cấp nào đạt mọi điều kiện của dòng này")
    ]


async def test_what_is_asked_wrongly_is_refused_with_its_place(client: Client) -> None:
    market, need = await needing(client, MORNINGS)

    answers = [
        await market.get(f"/needs/{need}/pool", params=params)
        for params in (
            {"max_suppliers": 0},
            {"line": need},
            {"line": "x"},
            {"without": "x"},
            {"suppliers": 3},
        )
    ]

    assert [answer.status_code for answer in answers] == [400] * 5
    pointers = [answer.json()["errors"][0]["pointer"] for answer in answers]
    assert pointers == ["/max_suppliers", "/line", "/line", "/without/0", "/suppliers"]


async def test_a_match_shows_its_coverage_week_by_week(client: Client) -> None:
    await offering(client, 300)
    market, need = await needing(client, MORNINGS)

    match = (await market.get(f"/needs/{need}/matches")).json()["items"][0]

    assert match["coverage_weeks"] == [{"week": week, "percent": 60} for week in WEEKS]
