from datetime import timedelta

from tests.database import CountQueries
from tests.people import Client
from tests.quotes.stories import MONDAY, SUNDAY, WEEKS, day, done, listing_body, made, need_body, trade


async def test_quotes_stand_side_by_side_in_one_unit_after_the_discount(client: Client) -> None:
    around = await trade(client)
    half = await around.quoted(per="week", quantity="350", price_vnd=30000, terms={"discount_pct": "10"})
    rival, listing = await around.another_supplier(
        unit="TNE",
        price_vnd=26000000,
        capacity=[{"from": day(MONDAY), "to": day(SUNDAY), "quantity": "0.4", "per": "week"}],
    )
    tonnes = await around.quoted(
        rival, listing=listing, unit="TNE", per="week", quantity="0.7", price_vnd=26000000, terms={}
    )

    compared = (await around.buyer.get(f"/needs/{around.need['id']}/quotes/compare")).json()

    (line,) = compared["lines"]
    cheap, dear = line["answers"]
    assert [cheap["quote"], dear["quote"]] == [tonnes["id"], half["id"]]
    assert (cheap["comparable_price_vnd"], dear["comparable_price_vnd"]) == ("26000", "27000")
    assert (cheap["coverage_pct"], dear["coverage_pct"]) == (100, 50)
    assert (cheap["total_quantity"], cheap["total_vnd"]) == ("2.8", 72_800_000)
    assert (dear["total_quantity"], dear["total_vnd"]) == ("1400", 1400 * 27000)
    assert [week["week"] for week in dear["weeks"]] == WEEKS
    assert dear["weeks"][0] == {"week": WEEKS[0], "wanted": "700", "offered": "350", "coverage_pct": 50}
    assert (cheap["short_weeks"], dear["short_weeks"]) == (WEEKS, [])
    assert [quote["id"] for quote in compared["quotes"]] == [tonnes["id"], half["id"]]
    assert [quote["coverage_pct"] for quote in compared["quotes"]] == [100, 50]
    assert compared["quotes"][1]["terms"]["discount_pct"] == "10"


async def test_a_quote_that_fails_a_gate_comes_last_and_says_why(client: Client) -> None:
    line = need_body()["lines"][0] | {"price_ceiling_vnd": 25000}
    around = await trade(client, need=need_body(lines=[line]))
    dear = await around.quoted(price_vnd=28000, terms={})
    rival, listing = await around.another_supplier()
    fitting = await around.quoted(rival, listing=listing, price_vnd=24000, per="week", quantity="100", terms={})
    path = f"/needs/{around.need['id']}/quotes/compare"

    compared = (await around.buyer.get(path, headers={"Accept-Language": "en"})).json()

    answers = compared["lines"][0]["answers"]
    assert [(answer["quote"], answer["failed"]) for answer in answers] == [(fitting["id"], []), (dear["id"], ["price"])]
    assert [quote["failed_gates"] for quote in compared["quotes"]] == [0, 1]
    why = {gate["name"]: gate["why"] for gate in answers[1]["gates"]}
    assert why["price"] == "28.000 VND is above the ceiling 25.000 VND"


async def test_the_ceiling_is_compared_with_the_price_after_the_discount(client: Client) -> None:
    line = need_body()["lines"][0] | {"price_ceiling_vnd": 25000}
    around = await trade(client, need=need_body(lines=[line]))
    await around.quoted(price_vnd=28000, terms={"discount_pct": "10"})

    compared = (await around.buyer.get(f"/needs/{around.need['id']}/quotes/compare")).json()

    assert compared["lines"][0]["answers"][0]["failed"] == []


async def test_lines_that_nobody_answers_count_against_a_quote(client: Client) -> None:
    line = need_body()["lines"][0]
    around = await trade(client, need=need_body(lines=[line, line | {"concept": "mango"}]))
    await around.quoted()

    compared = (await around.buyer.get(f"/needs/{around.need['id']}/quotes/compare")).json()

    assert [len(each["answers"]) for each in compared["lines"]] == [1, 0]
    assert (compared["quotes"][0]["lines_answered"], compared["quotes"][0]["coverage_pct"]) == (1, 50)


async def test_two_listings_for_one_line_cover_it_together(client: Client) -> None:
    around = await trade(client)
    second = await made(around.supplier, "/listings", listing_body(another=True))
    body = around.offer(per="week", quantity="350")
    body["lines"].append(body["lines"][0] | {"listing": second["id"]})
    await made(around.supplier, f"/needs/{around.need['id']}/quotes", body)

    compared = (await around.buyer.get(f"/needs/{around.need['id']}/quotes/compare")).json()

    assert [answer["coverage_pct"] for answer in compared["lines"][0]["answers"]] == [50, 50]
    assert compared["quotes"][0]["coverage_pct"] == 100


async def test_what_ended_is_not_compared_and_what_was_accepted_has_its_share(client: Client) -> None:
    around = await trade(client)
    quote = await around.quoted(per="week", quantity="1000")
    rival, listing = await around.another_supplier()
    declined = await around.quoted(rival, listing=listing)
    await done(around.buyer, quote, "accept")
    await done(around.buyer, declined, "decline", {"reason": "volume"})

    compared = (await around.buyer.get(f"/needs/{around.need['id']}/quotes/compare")).json()

    assert [(each["id"], each["status"]) for each in compared["quotes"]] == [(quote["id"], "accepted")]
    assert compared["lines"][0]["answers"][0]["short_weeks"] == []
    assert compared["lines"][0]["answers"][0]["failed"] == []


async def test_a_quote_is_judged_even_while_its_listing_is_paused(client: Client) -> None:
    around = await trade(client)
    await around.quoted()
    await around.supplier.post(f"/listings/{around.listing['id']}/pause")

    compared = (await around.buyer.get(f"/needs/{around.need['id']}/quotes/compare")).json()

    (answer,) = compared["lines"][0]["answers"]
    judged = {gate["name"] for gate in answer["gates"]}
    assert judged >= {"organizations", "concept", "certificates"}
    assert answer["failed"] == []


async def test_comparing_costs_two_statements_however_many_quotes(client: Client, count_queries: CountQueries) -> None:
    around = await trade(client)
    await around.quoted()
    path = f"/needs/{around.need['id']}/quotes/compare"
    with count_queries() as one:
        await around.buyer.get(path)
    for _ in range(4):
        rival, listing = await around.another_supplier()
        await around.quoted(rival, listing=listing, valid_until=day(MONDAY + timedelta(days=1)))

    with count_queries() as many:
        compared = await around.buyer.get(path)

    assert len(compared.json()["quotes"]) == 5
    assert len(many) == len(one)
    of_quotes = [statement for statement in many.statements if "quote_line" in statement or "fulfilment" in statement]
    assert len(of_quotes) == 2
