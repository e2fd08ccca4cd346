from typing import Any

import pytest
from sqlalchemy import event

from tests.people import Client
from tests.searched import Searched

BASE: dict[str, Any] = {"province": {"code": "82", "version": "2025"}, "unit": "KGM", "publish": True}
OFFERS: list[dict[str, Any]] = [
    {**BASE, "title": "Dứa MD2 Tân Phước", "price_vnd": 12000},
    {**BASE, "title": "Dừa xiêm xanh Bến Tre", "price_vnd": 9000, "province": {"code": "83", "version": "2008"}},
    {**BASE, "title": "Dưa hấu Hắc Mỹ Nhân", "price_vnd": 7000},
    {**BASE, "title": "Bưởi da xanh ruột hồng", "price_vnd": 38000, "province": {"code": "83", "version": "2008"}},
    {**BASE, "title": "Bưởi da xanh loại nhất", "price_vnd": 55000},
    {**BASE, "title": "Chanh dây Đắk Nông", "price_vnd": 20000, "province": {"code": "68", "version": "2025"}},
    {**BASE, "title": "Chanh không hạt", "price_vnd": 15000},
]


@pytest.fixture(params=["engine", "fallback"])
def place(request: pytest.FixtureRequest) -> Searched | Client:
    fixture: Searched | Client = request.getfixturevalue("searched" if request.param == "engine" else "client")
    return fixture


async def stocked(place: Searched | Client) -> Client:
    nobody = place.client if isinstance(place, Searched) else place
    cooperative = await nobody.register("producer", name="HTX Thử Tân Phước")
    answer = await cooperative.post("/listings/batch", {"items": OFFERS})
    assert {result["status"] for result in answer.json()["results"]} == {201}
    if isinstance(place, Searched):
        await place.settle()
    return nobody


async def titles(client: Client, **params: Any) -> list[str]:
    answer = await client.get("/listings", params=params)
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json()["items"]]


async def test_marks_tell_pineapple_coconut_and_melon_apart(place: Searched | Client) -> None:
    client = await stocked(place)

    assert await titles(client, q="dứa") == ["Dứa MD2 Tân Phước"]
    assert await titles(client, q="dừa") == ["Dừa xiêm xanh Bến Tre"]
    assert await titles(client, q="trái thơm") == ["Dứa MD2 Tân Phước"]
    assert set(await titles(client, q="dua")) == {
        "Dứa MD2 Tân Phước",
        "Dừa xiêm xanh Bến Tre",
        "Dưa hấu Hắc Mỹ Nhân",
    }
    assert await titles(client, q="chanh") == ["Chanh không hạt"]


async def test_a_sentence_is_read_before_it_is_searched(place: Searched | Client) -> None:
    client = await stocked(place)

    answer = (await client.get("/listings", params={"q": "bưởi da xanh bến tre dưới 40k"})).json()

    assert [item["title"] for item in answer["items"]] == ["Bưởi da xanh ruột hồng"]
    assert answer["understood"]["price_max_vnd"] == 40000
    assert answer["understood"]["province"]["name"] == "Bến Tre"
    assert answer["understood"]["concepts"][0]["id"] == "pomelo-da-xanh"
    assert answer["total"] == 1
    assert answer["degraded"] is not isinstance(place, Searched)


async def test_filters_narrow_and_sorting_orders(place: Searched | Client) -> None:
    client = await stocked(place)

    assert set(await titles(client, concept="pomelo")) == {"Bưởi da xanh ruột hồng", "Bưởi da xanh loại nhất"}
    assert await titles(client, concept="pomelo", price_max_vnd=40000) == ["Bưởi da xanh ruột hồng"]
    assert await titles(client, province="68") == ["Chanh dây Đắk Nông"]
    assert set(await titles(client, category="vegetable")) == set()
    assert await titles(client, quantity_min_kg=100) == []
    assert set(await titles(client, province="2008:83")) >= {"Dừa xiêm xanh Bến Tre", "Bưởi da xanh ruột hồng"}
    assert (await titles(client, sort="price_asc"))[0] == "Dưa hấu Hắc Mỹ Nhân"
    assert (await titles(client, sort="price_desc"))[0] == "Bưởi da xanh loại nhất"


async def test_pages_do_not_repeat_and_end_empty(place: Searched | Client) -> None:
    client = await stocked(place)

    pages = [await titles(client, sort="price_asc", limit=3, page=page) for page in (1, 2, 3, 4)]

    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert len({title for page in pages for title in page}) == 7


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        "x" * 2000,
        "\u0000\u0007",
        "🍍🥥",
        '" OR id EXISTS OR "',
        "concepts = pomelo",
        "dưới 10k trên 90k",
        "-dứa",
        '"dứa',
        "a" * 300 + " " + "b" * 300,
    ],
)
async def test_hostile_words_get_an_answer(place: Searched | Client, query: str) -> None:
    client = place.client if isinstance(place, Searched) else place

    answer = await client.get("/listings", params={"q": query})

    assert answer.status_code in (200, 400), answer.text
    assert "understood" in answer.json() or answer.json()["code"] == "validation-failed"


async def test_wrong_parameters_are_named_all_at_once(client: Client) -> None:
    params = {"concept": "x", "province": "999", "certificate": "ocop:9", "page": 0, "limit": 1000, "colour": "red"}

    answer = await client.get("/listings", params=params)

    assert answer.status_code == 400
    assert {error["pointer"].split("/")[1] for error in answer.json()["errors"]} == set(params)


@pytest.mark.parametrize("path", ["/listings", "/needs"])
async def test_bounds_that_no_price_meets_are_refused_at_both(client: Client, path: str) -> None:
    upside_down = {"price_min_vnd": 90_000, "price_max_vnd": 10_000}

    answer = await client.get(path, params=upside_down, headers={"Accept-Language": "en"})
    one_price = await client.get(path, params={"price_min_vnd": 10_000, "price_max_vnd": 10_000})

    assert answer.status_code == 400
    assert [(error["pointer"], error["code"], error["message"]) for error in answer.json()["errors"]] == [
        ("/price_min_vnd", "bounds-order", "The least price is above the greatest."),
        ("/price_max_vnd", "bounds-order", "The least price is above the greatest."),
    ]
    assert one_price.status_code == 200


@pytest.mark.parametrize(
    "wrong", [{"near": "MIEN-NAO"}, {"limit": 0}, {"limit": 101}, {"page": -1}, {"page": 100_001}, {"sort": "best"}]
)
async def test_what_a_search_cannot_be_asked_is_named(client: Client, wrong: dict[str, Any]) -> None:
    for path in ("/listings", "/needs"):
        answer = await client.get(path, params=wrong)

        assert answer.status_code == 400
        assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{name}" for name in wrong]


async def test_a_page_far_beyond_the_end_is_empty(place: Searched | Client) -> None:
    client = await stocked(place)

    for asked in ({"q": "bưởi"}, {"sort": "price_asc"}, {}):
        answer = (await client.get("/listings", params={**asked, "page": 100_000, "limit": 100})).json()

        assert answer["items"] == []
        assert answer["total"] > 0


async def test_a_search_sends_no_statement_to_the_database(searched: Searched) -> None:
    await stocked(searched)
    statements: list[str] = []
    engine = searched.client.app.state.engine.sync_engine

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert await titles(searched.client, q="dứa") == ["Dứa MD2 Tân Phước"]
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert statements == []


async def test_what_is_edited_paused_or_suspended_leaves_the_index(searched: Searched) -> None:
    nobody = searched.client
    cooperative = await nobody.register("producer")
    officer = await nobody.officer()
    listing = (await cooperative.post("/listings", OFFERS[0])).json()
    await searched.settle()
    await cooperative.patch(f"/listings/{listing['id']}", {"title": "Khóm Cầu Đúc"})
    await searched.settle()
    renamed = await titles(nobody, q="khóm")
    await officer.post(f"/organizations/{cooperative.organization['id']}/suspend")
    await searched.settle()
    suspended = await titles(nobody, q="khóm")
    await officer.post(f"/organizations/{cooperative.organization['id']}/restore")
    await cooperative.post(f"/listings/{listing['id']}/pause")
    await searched.settle()

    assert renamed == ["Khóm Cầu Đúc"]
    assert suspended == []
    assert await titles(nobody, q="khóm") == []


async def test_no_contact_enters_the_index(searched: Searched) -> None:
    contact = {"name": "Trần Văn Thử", "phone": "0912345678", "email": "rieng@htx.example"}
    cooperative = await searched.client.register("producer", contact=contact)
    await cooperative.post("/listings", OFFERS[0])
    await searched.settle()

    body = (await searched.client.get("/listings")).text

    assert cooperative.organization["contact"]["phone"] == "+84912345678"
    for private in ("Trần Văn Thử", "912345678", "rieng@htx.example"):
        assert private not in body


async def test_a_place_that_is_called_like_goods_answers_no_search_for_them(searched: Searched) -> None:
    cooperative = await searched.client.register("producer")
    offers = [
        {**BASE, "title": "Thanh long ruột đỏ Chợ Gạo"},
        {**BASE, "title": "Xoài gạo nếp", "concept": "mango"},
    ]
    await cooperative.post("/listings/batch", {"items": offers})
    await searched.settle()

    assert await titles(searched.client, q="gao") == ["Xoài gạo nếp"]
    assert await titles(searched.client, q="gạo") == ["Xoài gạo nếp"]
    assert await titles(searched.client, q="gạo Tiền Giang") == ["Xoài gạo nếp"]
    assert await titles(searched.client, q="thanh long chợ gạo") == ["Thanh long ruột đỏ Chợ Gạo"]


async def test_a_regional_word_means_what_it_means_where_the_searcher_is(searched: Searched) -> None:
    nobody = searched.client
    cooperative = await nobody.register("producer")
    offers = [
        {**BASE, "title": "Mận hậu", "concept": "plum"},
        {**BASE, "title": "Roi đỏ", "concept": "wax-apple"},
    ]
    await cooperative.post("/listings/batch", {"items": offers})
    northern = await nobody.register("buyer", province={"code": "01", "version": "2025"})
    southern = await nobody.register("buyer", province={"code": "79", "version": "2025"})
    await searched.settle()

    north, south = await titles(northern, q="mận"), await titles(southern, q="mận")

    assert sorted(north) == sorted(south) == ["Mận hậu", "Roi đỏ"]
    assert north[0] == "Mận hậu"
    assert south[0] == "Roi đỏ"


async def test_a_list_in_the_query_is_given_by_commas_or_by_repetition(place: Searched | Client) -> None:
    client = await stocked(place)

    by_commas = await titles(client, concept="lime,passion-fruit", sort="price_asc")
    repeated = await titles(client, concept=["lime", "passion-fruit"], sort="price_asc")

    assert by_commas == repeated == ["Chanh không hạt", "Chanh dây Đắk Nông"]


async def test_an_empty_parameter_is_left_out(place: Searched | Client) -> None:
    client = await stocked(place)
    empty = {"concept": "", "province": "", "price_max_vnd": "", "on": "", "facets": "", "limit": "", "sort": ""}
    assert len(await titles(client, **empty)) == len(OFFERS)


async def test_results_are_trimmed_to_fields(place: Searched | Client) -> None:
    client = await stocked(place)

    answer = (await client.get("/listings", params={"q": "dừa", "fields": "title,price_vnd"})).json()
    unknown = await client.get("/listings", params={"fields": "title,bogus"})

    assert answer["items"] == [{"title": "Dừa xiêm xanh Bến Tre", "price_vnd": 9000}]
    assert answer["total"] == 1
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (400, "/fields")


async def test_a_quantity_may_have_decimals(client: Client) -> None:
    assert (await client.get("/listings?quantity_min_kg=100.5")).status_code == 200
    assert (await client.get("/listings?quantity_min_kg=NaN")).status_code == 400


@pytest.mark.parametrize(
    ("params", "parameter", "read"),
    [
        ({"q": "bưởi dưới 10k", "price_min_vnd": 20000}, "price_min_vnd", {"price_max_vnd": 10000}),
        ({"q": "bưởi trên 90k", "price_max_vnd": 60000}, "price_max_vnd", {"price_min_vnd": 90000}),
        ({"q": "bưởi Lâm Đồng", "province": "82"}, "province", {"provinces": ["Lâm Đồng"]}),
        ({"q": "bưởi Tây Nguyên", "region": "2008:DBSCL"}, "region", {"region": "Tây Nguyên"}),
    ],
)
async def test_a_parameter_wins_over_the_words_and_the_answer_says_so(
    place: Searched | Client, params: dict[str, Any], parameter: str, read: dict[str, Any]
) -> None:
    client = await stocked(place)

    answer = (await client.get("/listings", params=params)).json()

    assert {item["title"] for item in answer["items"]} & {"Bưởi da xanh ruột hồng", "Bưởi da xanh loại nhất"}
    (conflict,) = answer["understood"]["conflicts"]
    assert (conflict["parameter"], conflict["read"]) == (parameter, read)
    assert "bộ lọc" in conflict["message"]["vi"]
    assert "filter" in conflict["message"]["en"]


@pytest.mark.parametrize(
    "params",
    [
        {"q": "bưởi Bến Tre", "province": "86"},
        {"q": "bưởi dưới 60k", "price_min_vnd": 20000},
        {"q": "bưởi", "concept": "pomelo-da-xanh"},
        {"q": "bưởi da xanh", "concept": "pomelo"},
        {"q": "bưởi", "category": "fruit"},
    ],
)
async def test_words_that_only_narrow_a_parameter_hold_too(place: Searched | Client, params: dict[str, Any]) -> None:
    client = await stocked(place)

    answer = (await client.get("/listings", params=params)).json()

    assert answer["total"] > 0
    assert "conflicts" not in answer["understood"]


@pytest.mark.parametrize(
    ("params", "parameter"),
    [
        ({"q": "bưởi", "concept": "lime"}, "concept"),
        ({"q": "bưởi", "category": "vegetable"}, "category"),
        ({"q": "rau", "category": "fruit"}, "category"),
        ({"q": "bưởi tháng 12", "on": "2027-03-01"}, "on"),
        ({"q": "bưởi tuần sau", "on": "2031-03-01"}, "on"),
    ],
)
async def test_what_leaves_nothing_is_named(client: Client, params: dict[str, Any], parameter: str) -> None:
    answer = (await client.get("/listings", params=params)).json()

    assert [conflict["parameter"] for conflict in answer["understood"]["conflicts"]] == [parameter]


async def test_a_name_with_the_words_of_a_condition_is_found_and_the_answer_says_what_it_set_aside(
    place: Searched | Client,
) -> None:
    client = place.client if isinstance(place, Searched) else place
    cooperative = await client.register("producer")
    await cooperative.post("/listings", {**BASE, "title": "Ban Mai Organic", "concept": "leafy-vegetables"})
    if isinstance(place, Searched):
        await place.settle()

    answer = (await client.get("/listings", params={"q": "ban mai organic"})).json()

    assert [item["title"] for item in answer["items"]] == ["Ban Mai Organic"]
    assert answer["understood"]["set_aside"]["read"] == ["certificates"]
    assert set(answer["understood"]["set_aside"]["message"]) == {"vi", "en"}


async def test_results_are_counted_by_grade_size_and_packing_however_they_are_written(searched: Searched) -> None:
    cooperative = await searched.client.register("producer")
    mangoes = [
        {"grade": "loại 1", "size": "300-400 g", "packaging": "thùng xốp 10 kg"},
        {"grade": "hạng nhất", "size": "300 - 400g", "packaging": "thùng"},
        {"grade": "loại 2"},
        {"grade": "của nhà trồng"},
    ]
    items = [{**BASE, "title": f"Xoài cát hàng {at}", "concept": "mango"} | one for at, one in enumerate(mangoes)]
    answer = await cooperative.post("/listings/batch", {"items": items})
    assert {result["status"] for result in answer.json()["results"]} == {201}, answer.text
    await searched.settle()
    found = await searched.client.get("/listings?q=xoài&facets=grade,size,packing")
    assert found.status_code == 200, found.text
    facets = found.json()["facets"]
    assert (facets["grade"], facets["size"]) == ({"first": 2, "second": 1}, {"gram-each:300-400": 2})
    named = {
        term["id"] for term in (await searched.client.get("/reference/specifications?concept=mango")).json()["items"]
    }
    assert sum(facets["packing"].values()) == 2
    assert set(facets["grade"]) | set(facets["packing"]) <= named
    needs = await searched.client.get("/needs?q=xoài&facets=grade")
    assert (needs.status_code, needs.json()["facets"]) == (200, {"grade": {}})
