"""What may be saved, by whom, and what fits it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from market.matching.alerts.models import SavedSearch, SavedSearchReading
from market.matching.alerts.policy import MOST_SAVED_SEARCHES
from market.matching.alerts.service import read_saved_searches
from market.reference.catalogue import Catalogue
from tests.matching.alerts.stories import LISTING, NEED, Watched, made, saved, verified
from tests.people import Client, added, past_deadline


async def test_a_saved_search_is_kept_as_it_was_given(client: Client) -> None:
    buyer = await client.register("buyer")
    query = {"q": "bưởi da xanh bến tre dưới 40k", "certificate": ["vietgap"], "province": ["2008:83"]}
    kept = await saved(buyer, query, name="Bưởi Bến Tre", channel="email", frequency="daily")

    read = await buyer.get(f"/saved-searches/{kept['id']}")
    assert read.json() == kept
    assert kept["query"] == query
    assert (kept["channel"], kept["frequency"], kept["active"]) == ("email", "daily", True)
    assert kept["organization_id"] == buyer.organization["id"]
    assert [item["id"] for item in (await buyer.get("/saved-searches")).json()["items"]] == [kept["id"]]


async def test_it_is_nobody_elses(client: Client) -> None:
    buyer = await client.register("buyer")
    kept = await saved(buyer, "bưởi")
    path = f"/saved-searches/{kept['id']}"
    for other in (
        await client.register("buyer"),
        await added(buyer, "owner"),
        await client.officer("officer", "admin"),
    ):
        assert (await other.get(path)).status_code == 404
        assert (await other.patch(path, {"name": "Của tôi"})).status_code == 404
        assert (await other.delete(path)).status_code == 404
        assert (await other.get("/saved-searches")).json()["items"] == []


async def test_an_edit_is_made_on_the_version_that_was_read(client: Client) -> None:
    buyer = await client.register("buyer")
    path = f"/saved-searches/{(await saved(buyer, 'bưởi'))['id']}"
    tag = (await buyer.get(path)).headers["etag"]

    edited = await buyer.patch(path, {"name": "Khác", "active": False}, headers={"If-Match": tag})
    assert (edited.json()["name"], edited.json()["active"], edited.json()["query"]) == ("Khác", False, {"q": "bưởi"})
    assert (await buyer.patch(path, {"name": "Lại"}, headers={"If-Match": tag})).status_code == 412


async def test_a_forgotten_search_is_gone_with_what_was_searched_for(client: Client, session: AsyncSession) -> None:
    buyer = await client.register("buyer")
    path = f"/saved-searches/{(await saved(buyer, 'bưởi'))['id']}"

    assert (await buyer.delete(path)).status_code == 204
    assert (await buyer.get(path)).status_code == 404
    assert (await buyer.delete(path)).status_code == 404
    assert await session.scalar(text("SELECT query FROM saved_search")) == {}
    assert await session.scalar(text("SELECT count(*) FROM saved_search_reading")) == 0


async def test_what_somebody_looks_for_stays_out_of_the_log(client: Client, session: AsyncSession) -> None:
    await saved(await client.register("buyer"), "bưởi bí mật", name="Bí mật")
    diffs = await session.scalars(text("SELECT diff::text FROM change WHERE entity = 'saved_search'"))
    assert [diff for diff in diffs if "mật" in diff] == []


@pytest.mark.parametrize(
    "query",
    [{}, {"q": ""}, {"q": "   "}, {"q": "😀"}, {"sort": "newest", "page": 2}],
)
async def test_a_search_that_everything_fits_is_refused(client: Client, query: dict[str, Any]) -> None:
    buyer = await client.register("buyer")
    answer = await buyer.post("/saved-searches", {"kind": "listings", "name": "Tất cả", "query": query})
    assert answer.status_code == 400
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [("/query", "asks-nothing")]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"query": {"q": "bưởi", "province": ["nowhere"]}}, "/query/province/0"),
        ({"query": {"q": "bưởi", "concept": ["pear-of-nowhere"]}}, "/query/concept/0"),
        ({"query": {"q": "x" * 2001}}, "/query/q"),
        ({"query": {"q": "a\u0000b"}}, "/query/q"),
        ({"query": {"what": 1}}, "/query/what"),
        ({"channel": "pigeon"}, "/channel"),
        ({"frequency": "hourly"}, "/frequency"),
        ({"kind": "agreements"}, "/kind"),
        ({"name": ""}, "/name"),
    ],
)
async def test_what_is_wrong_is_named(client: Client, body: dict[str, Any], pointer: str) -> None:
    buyer = await client.register("buyer")
    answer = await buyer.post("/saved-searches", {"kind": "listings", "name": "Bưởi", "query": {"q": "bưởi"}, **body})
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_nobody_keeps_searches_without_end(client: Client, session: AsyncSession) -> None:
    buyer = await client.register("buyer")
    kept = await saved(buyer, "bưởi")
    columns = "user_id, organization_id, kind, name, query, channel, frequency, active"
    await session.execute(
        text(
            f"INSERT INTO saved_search ({columns}) SELECT {columns} FROM saved_search, generate_series(2, :most) "
            "WHERE id = :id"
        ),
        {"most": MOST_SAVED_SEARCHES, "id": kept["id"]},
    )
    await session.commit()
    answer = await buyer.post("/saved-searches", {"kind": "listings", "name": "Nữa", "query": {"q": "bưởi"}})
    assert (answer.status_code, answer.json()["code"]) == (409, "too-many-saved-searches")


@pytest.mark.parametrize(
    "query",
    [
        "thanh long",
        "THANH LONG",
        "thanh long ruột đỏ",
        "dragon fruit",
        "thanh long chợ gạo",
        "thanh long cho gao",
        "thanh long dưới 40k",
        "thanh long tiền giang",
        "thanh long đồng tháp tháng 12",
        "chợ gạo",
        {"concept": ["dragon-fruit"]},
        {"province": ["82"]},
        {"region": ["DBSCL"], "price_max_vnd": 28000},
        {"quantity_min_kg": 5000},
        {"on": "2027-01-15", "category": "fruit"},
        {"q": "thanh long", "understand": "off"},
    ],
)
async def test_a_listing_that_fits_a_saved_search_is_told_of(watched: Watched, query: dict[str, Any] | str) -> None:
    cooperative, buyer = await watched.client.register("producer"), await watched.client.register("buyer")
    kept = await saved(buyer, query)
    listing = await made(cooperative, "/listings", LISTING)

    told = await watched.told(buyer)
    assert [(item["kind"], item["entity_id"], item["watch_id"]) for item in told] == [
        ("saved_search", listing["id"], kept["id"])
    ]


@pytest.mark.parametrize(
    "query",
    [
        "bưởi",
        "thanh long ruột trắng",
        "thanh long dưới 20k",
        "thanh long bình thuận",
        "thanh long vietgap",
        "thanh long tháng 6",
        "thanh long từ 10 tấn",
        "thanh long chỡ gạo",
        "gạo",
        "gạo đỏ sạch",
        {"concept": ["dragon-fruit-white"]},
        {"province": ["79"]},
        {"quantity_min_kg": 5001},
        {"on": "2027-06-15"},
        {"category": "vegetable"},
        {"organization": "00000000-0000-7000-8000-000000000000"},
    ],
)
async def test_a_listing_that_does_not_is_not(watched: Watched, query: dict[str, Any] | str) -> None:
    cooperative, buyer = await watched.client.register("producer"), await watched.client.register("buyer")
    await saved(buyer, query)
    await made(cooperative, "/listings", LISTING)

    assert await watched.told(buyer) == []


async def test_a_saved_search_of_needs_tells_sellers(watched: Watched) -> None:
    cooperative, buyer = await watched.client.register("producer"), await watched.client.register("buyer")
    kept = await saved(cooperative, "thanh long hồ chí minh", kind="needs")
    need = await made(buyer, "/needs", NEED)
    await made(buyer, "/needs", {**NEED, "delivery_province": {"code": "01", "version": "2025"}})
    await past_deadline(buyer, await made(buyer, "/needs", NEED))

    told = await watched.told(cooperative)
    assert [(item["entity_id"], item["watch_id"]) for item in told] == [(need["id"], kept["id"])]


async def test_a_certificate_that_is_verified_makes_its_listings_fit(watched: Watched) -> None:
    cooperative, buyer = await watched.client.register("producer"), await watched.client.register("buyer")
    officer = await watched.client.officer()
    await saved(buyer, "thanh long vietgap")
    certificate = await verified(cooperative, officer)
    await made(cooperative, "/listings", {**LISTING, "certificates": [certificate]})
    await made(cooperative, "/listings", LISTING)

    assert len(await watched.told(buyer)) == 1


async def test_an_edited_listing_is_told_of_when_it_comes_to_fit_and_once(watched: Watched) -> None:
    cooperative, buyer = await watched.client.register("producer"), await watched.client.register("buyer")
    await saved(buyer, "thanh long dưới 20k")
    listing = await made(cooperative, "/listings", LISTING)
    path = f"/listings/{listing['id']}"

    assert await watched.told(buyer) == []
    for price in (19000, 25000, 18000):
        await cooperative.patch(path, {"price_vnd": price})
        assert len(await watched.told(buyer)) == 1


async def test_an_edited_search_watches_for_what_it_asks_now(watched: Watched) -> None:
    cooperative, buyer = await watched.client.register("producer"), await watched.client.register("buyer")
    path = f"/saved-searches/{(await saved(buyer, 'thanh long'))['id']}"
    await buyer.patch(path, {"query": {"q": "bưởi"}})
    await made(cooperative, "/listings", LISTING)
    assert await watched.told(buyer) == []

    await buyer.patch(path, {"query": {"q": "thanh long"}, "active": False})
    await made(cooperative, "/listings", LISTING)
    assert await watched.told(buyer) == []

    await buyer.patch(path, {"active": True})
    await made(cooperative, "/listings", LISTING)
    assert len(await watched.told(buyer)) == 1


async def test_a_search_is_read_again_with_the_names_of_today(
    client: Client, session: AsyncSession, catalogue: Catalogue
) -> None:
    await saved(await client.register("buyer"), "thanh long tết")
    before = (await session.scalars(text("SELECT anchors FROM saved_search_reading"))).one()
    await session.execute(update(SavedSearchReading).values(anchors=["listings:any:"], watch={"words": ["thanh"]}))

    assert await read_saved_searches(session, catalogue=catalogue) == 1
    assert (await session.scalars(text("SELECT anchors FROM saved_search_reading"))).one() == before
    assert await read_saved_searches(session, catalogue=catalogue) == 0


async def test_one_search_that_cannot_be_read_any_more_keeps_its_reading_and_stops_no_other(
    client: Client, session: AsyncSession, catalogue: Catalogue
) -> None:
    buyer = await client.register("buyer")
    old, _ = await saved(buyer, "thanh long"), await saved(buyer, "bưởi da xanh")
    contradictory = {"q": "thanh long", "price_min_vnd": 90_000, "price_max_vnd": 10_000}
    await session.execute(update(SavedSearch).where(SavedSearch.id == UUID(old["id"])).values(query=contradictory))
    await session.execute(update(SavedSearchReading).values(anchors=["listings:any:"], watch={"words": ["x"]}))

    assert await read_saved_searches(session, catalogue=catalogue) == 1
    assert sorted(await session.scalars(text("SELECT anchors[1] FROM saved_search_reading"))) == [
        "listings:any:",
        "listings:concept:pomelo-da-xanh",
    ]
