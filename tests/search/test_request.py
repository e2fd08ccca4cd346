from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from market.engine.administration import create_index
from market.engine.filter_language import quoted
from market.engine.gateway import Engine
from market.reference.cadence import iso_week
from market.search.dialects import LISTINGS, NEEDS
from market.search.index import read_settings
from market.search.planning import plan
from market.search.request import Dialect, Filters, Question, Sort, filter_expression, weeks_of_months
from market.search.retrieval import Retrieved, retrieve
from market.vietnamese.tone_keys import tone_key
from tests.reading.vocabularies import catalogue
from tests.search.conftest import SEARCH_DIR
from tests.search.stalls import listing

NOW = 1_800_000_000
HOSTILE = st.text(max_size=40) | st.lists(
    st.sampled_from(
        ['"', "'", "\\", " OR ", " AND ", "NOT ", "(", ")", "[", "]", "id EXISTS", "=", "!=", "\n", "\x00", "`"]
    ),
    max_size=12,
).map("".join)


def _id(number: int) -> str:
    return str(UUID(int=number))


async def _fill(engine: Engine, *documents: dict[str, Any]) -> None:
    numbered = [listing(_id(number), **fields) for number, fields in enumerate(documents, 1)]
    await engine.wait([await engine.upsert("listings", numbered)])


def _question(query: str = "", *, concepts: tuple[str, ...] = (), rest: str = "", **more: Any) -> Question:
    """A question as reading the query would give it."""
    marked = not query.isascii()
    return Question(
        words=query,
        key=tone_key(query) if marked else "",
        concepts=concepts,
        rest=rest,
        rest_key=tone_key(rest) if not rest.isascii() else "",
        **more,
    )


async def _titles(engine: Engine, question: Question, dialect: Dialect = LISTINGS) -> list[str]:
    return _names(await retrieve(engine, question, dialect, catalogue=catalogue(), now=NOW, tiers="exact"))


def _names(found: Retrieved) -> list[str]:
    return [_title(card) for card in found.cards]


def _title(card: str) -> str:
    return card.split('"title":"')[1].split('"')[0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(hostile=HOSTILE)
async def test_no_value_escapes_from_its_literal(search_engine: Engine, hostile: str) -> None:
    if not await search_engine.document_count("listings"):
        await _fill(search_engine, {"title": "kín"})
    every = Filters(
        concepts=(hostile, hostile), provinces=(hostile,), regions=(hostile,), certificates=(hostile,), category=hostile
    )
    for kept in (every, Filters(concepts=(hostile,)), Filters(certificates=(hostile,)), Filters(category=hostile)):
        found = await retrieve(
            search_engine, Question(filters=(kept,)), LISTINGS, catalogue=catalogue(), now=NOW, tiers="exact"
        )
        assert found.total == 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(hostile=HOSTILE)
async def test_no_words_upset_the_engine(search_engine: Engine, hostile: str) -> None:
    question = Question(words=hostile, rest=hostile, key=tone_key(hostile), rest_key=tone_key(hostile))
    await retrieve(search_engine, question, LISTINGS, catalogue=catalogue(), now=NOW, tiers="exact")


def test_a_quote_inside_a_value_is_escaped_and_a_backslash_dropped() -> None:
    assert quoted('a" OR id EXISTS \\') == '"a\\" OR id EXISTS "'


async def test_a_value_with_quotes_is_still_found(search_engine: Engine) -> None:
    await _fill(search_engine, {"title": "Lạ", "concepts": ['so-called "mango"']})
    assert await _titles(search_engine, Question(filters=(Filters(concepts=('so-called "mango"',)),))) == ["Lạ"]


async def test_every_condition_of_listings_is_applied(search_engine: Engine) -> None:
    organization = UUID(int=77)
    await _fill(
        search_engine,
        {
            "title": "Đúng",
            "concepts": ["mango-cat-hoa-loc", "mango"],
            "valid_until": {"vietgap": NOW + 1, "ocop-4": NOW + 1},
            "price_vnd_kg": 40_000,
            "capacity_kg_week": 500,
            "organization": str(organization),
        },
        {"title": "Khác", "concepts": ["durian"]},
    )
    right = Filters(
        concepts=("mango",),
        provinces=("2025:82",),
        regions=("2008:DBSCL",),
        certificates=("vietgap", "ocop-4"),
        price_min_vnd=40_000,
        price_max_vnd=40_000,
        quantity_min_kg=500,
        quantity_max_kg=500,
        weeks=(202648, 202649),
        organization=organization,
        category="fruit",
    )
    assert await _titles(search_engine, Question(filters=(right,))) == ["Đúng"]
    wrong: list[dict[str, Any]] = [
        {"concepts": ("durian",)},
        {"provinces": ("2008:82",)},
        {"regions": ("2025:DBSH",)},
        {"certificates": ("vietgap", "organic")},
        {"price_min_vnd": 40_001},
        {"price_max_vnd": 39_999},
        {"quantity_min_kg": 501},
        {"quantity_max_kg": 499},
        {"weeks": (202650,)},
        {"organization": UUID(int=78)},
        {"category": "seafood"},
    ]
    for change in wrong:
        assert await _titles(search_engine, Question(filters=(right, Filters(**change)))) == [], change


async def test_every_condition_of_needs_is_accepted_by_the_engine(bare_engine: Engine) -> None:
    await create_index(bare_engine, bare_engine.index_name("needs"), read_settings(SEARCH_DIR, "needs"))
    need = {
        "id": _id(1),
        "title": "Cần xoài",
        "concepts": ["mango"],
        "provinces": ["2025:79"],
        "regions": ["2025:DNB"],
        "required": ["vietgap"],
        "price_ceiling_vnd_kg": 30_000,
        "quantity_kg_week": 3500,
        "weeks": [202649],
        "deadline": NOW + 1,
        "organization": str(UUID(int=5)),
        "category": "fruit",
        "categories": ["fruit"],
        "commodities": ["mango"],
        "form": "fresh",
        "card": {"title": "Cần xoài"},
    }
    await bare_engine.wait([await bare_engine.upsert("needs", [need, need | {"id": _id(2), "deadline": NOW}])])
    filters = Filters(
        concepts=("mango",),
        provinces=("2025:79",),
        regions=("2025:DNB",),
        certificates=("vietgap",),
        price_min_vnd=30_000,
        price_max_vnd=30_000,
        quantity_min_kg=3500,
        quantity_max_kg=3500,
        weeks=(202649,),
        organization=UUID(int=5),
        category="fruit",
    )
    sorts: tuple[Sort, ...] = ("relevance", "price_asc", "price_desc", "newest")
    for sort in sorts:
        question = Question(filters=(filters,), sort=sort, facets=tuple(NEEDS.facets))
        assert await _titles(bare_engine, question, NEEDS) == ["Cần xoài"]


async def test_a_certificate_stops_satisfying_the_second_it_expires(search_engine: Engine) -> None:
    await _fill(search_engine, {"title": "Rau", "valid_until": {"vietgap": NOW}})
    question = Question(filters=(Filters(certificates=("vietgap",)),))
    assert (
        await retrieve(search_engine, question, LISTINGS, catalogue=catalogue(), now=NOW - 1, tiers="exact")
    ).total == 1
    assert (await retrieve(search_engine, question, LISTINGS, catalogue=catalogue(), now=NOW, tiers="exact")).total == 0


async def test_goods_sold_by_the_piece_are_compared_by_their_own_price(search_engine: Engine) -> None:
    await _fill(
        search_engine,
        {"title": "Thùng 10 kg", "price_vnd_kg": 28_000, "price_vnd": 280_000},
        {"title": "Chai", "price_vnd_kg": None, "price_vnd": 35_000},
        {"title": "Chai đắt", "price_vnd_kg": None, "price_vnd": 90_000},
    )
    found = await _titles(search_engine, Question(filters=(Filters(price_max_vnd=40_000),)))
    assert set(found) == {"Thùng 10 kg", "Chai"}


async def test_every_reading_of_an_unmarked_word_is_on_the_first_page(search_engine: Engine) -> None:
    coconuts = [{"title": f"Dừa {n}", "concepts": ["coconut"], "published_at": 100 + n} for n in range(30)]
    await _fill(
        search_engine,
        *coconuts,
        {"title": "Dứa", "concepts": ["pineapple"]},
        {"title": "Dưa", "concepts": ["melon"]},
    )
    question = _question("dua", concepts=("coconut", "pineapple", "melon"), limit=10)
    found = await retrieve(search_engine, question, LISTINGS, catalogue=catalogue(), now=NOW, tiers="exact")
    assert _names(found)[:5] == ["Dừa 29", "Dừa 28", "Dứa", "Dưa", "Dừa 27"]
    assert found.total == 32


async def test_pages_show_every_result_once(search_engine: Engine) -> None:
    goods = [{"title": f"Dừa {n}", "concepts": ["coconut"], "published_at": n} for n in range(9)]
    goods += [{"title": f"Dứa {n}", "concepts": ["pineapple"], "published_at": n} for n in range(5)]
    await _fill(search_engine, *goods, {"title": "Mứt dua", "concepts": ["candy"]})
    # The jam is other goods: its name holds the word, but coconuts and pineapples are there.
    question = _question("dua", concepts=("coconut", "pineapple"), limit=4)
    pages = [
        await _titles(search_engine, _question("dua", concepts=question.concepts, limit=4, page=page))
        for page in range(1, 6)
    ]
    assert [len(page) for page in pages] == [4, 4, 4, 2, 0]
    assert len({title for page in pages for title in page}) == 14
    assert "Mứt dua" not in {title for page in pages for title in page}


async def test_goods_with_a_name_come_before_the_same_goods_without_it(search_engine: Engine) -> None:
    await _fill(
        search_engine,
        {"title": "Thanh long ruột đỏ", "concepts": ["dragon-fruit"], "published_at": 9},
        {"title": "Thanh long Hoàng Hậu", "concepts": ["dragon-fruit"]},
        {"title": "Nước ép thanh long Hoàng Hậu", "concepts": ["juice"]},
        {"title": "Xoài Hoàng Hậu", "concepts": ["mango"]},
    )
    question = _question("thanh long Hoàng Hậu", concepts=("dragon-fruit",), rest="Hoàng Hậu")
    found = await retrieve(search_engine, question, LISTINGS, catalogue=catalogue(), now=NOW, tiers="exact")
    assert _names(found) == ["Thanh long Hoàng Hậu", "Nước ép thanh long Hoàng Hậu", "Thanh long ruột đỏ"]
    assert found.total == 3


async def test_a_marked_name_is_found_before_names_that_only_fold_alike(search_engine: Engine) -> None:
    await _fill(
        search_engine,
        {"title": "Mốc Đê Vượng", "published_at": 9},
        {"title": "Mộc Đế Vương"},
    )
    marked = _question("Mộc Đế Vương", rest="Mộc Đế Vương")
    assert await _titles(search_engine, marked) == ["Mộc Đế Vương", "Mốc Đê Vượng"]
    plain = _question("moc de vuong", rest="moc de vuong")
    assert len(await _titles(search_engine, plain)) == 2


async def test_a_whole_word_is_not_taken_for_the_beginning_of_another(search_engine: Engine) -> None:
    await _fill(search_engine, {"title": "Trà Tân Cương"}, {"title": "Tranh cổ động"})
    assert await _titles(search_engine, _question("tra", rest="tra")) == ["Trà Tân Cương"]


async def test_a_sorted_search_is_in_that_order_throughout(search_engine: Engine) -> None:
    prices = (30_000, 10_000, 20_000)
    await _fill(
        search_engine, *({"title": f"Xoài {price}", "price_vnd_kg": price, "published_at": price} for price in prices)
    )
    orders: dict[Sort, list[int]] = {"price_asc": [10, 20, 30], "price_desc": [30, 20, 10], "newest": [30, 20, 10]}
    for sort, expected in orders.items():
        found = await _titles(search_engine, Question(words="xoai", concepts=("mango",), sort=sort))
        assert found == [f"Xoài {thousands}000" for thousands in expected]


async def test_facets_count_each_result_once(search_engine: Engine) -> None:
    await _fill(
        search_engine,
        {"title": "Dừa", "concepts": ["coconut"]},
        {"title": "Dứa", "concepts": ["pineapple"], "province": "01", "regions": ["2025:DBSH"]},
        {"title": "Nước dua", "concepts": ["juice"], "category": "drink"},
    )
    question = _question("dua", concepts=("coconut", "pineapple"), facets=("category", "province", "region", "concept"))
    found = await retrieve(search_engine, question, LISTINGS, catalogue=catalogue(), now=NOW, tiers="exact")
    assert found.facets == {
        "category": {"fruit": 2},
        "province": {"82": 1, "01": 1},
        "region": {"DBSCL": 1, "DBSH": 1},
        "concept": {"coconut": 1, "pineapple": 1},
    }


async def test_a_page_beyond_the_end_is_empty_and_still_says_how_many_there_are(search_engine: Engine) -> None:
    await _fill(search_engine, {"title": "Xoài"})
    for question in (Question(page=900), Question(words="xoai", concepts=("mango",), page=900, limit=100)):
        found = await retrieve(search_engine, question, LISTINGS, catalogue=catalogue(), now=NOW, tiers="exact")
        assert (found.cards, found.total) == ([], 1)


@given(
    query=st.text(max_size=60),
    concepts=st.lists(st.sampled_from("abcdefghij"), max_size=8, unique=True).map(tuple),
    rest=st.text(max_size=60),
)
def test_a_question_is_never_more_than_six_searches(query: str, concepts: tuple[str, ...], rest: str) -> None:
    made = plan(_question(query, concepts=concepts, rest=rest), LISTINGS, now=NOW)
    assert 1 <= len(made.lanes) + (made.when_sparse is not None) <= 6


def test_no_conditions_are_no_filter() -> None:
    assert filter_expression(LISTINGS, [Filters()], now=NOW) == ""


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [(date(2026, 11, 21), 202649, 202653), (date(2026, 12, 15), 202651, 202653), (date(2027, 1, 2), 202748, 202752)],
)
def test_a_month_is_the_next_one_of_that_name(today: date, first: int, last: int) -> None:
    weeks = weeks_of_months([12], today=today)
    assert (weeks[0], weeks[-1]) == (first, last)


def test_a_week_belongs_to_its_iso_year() -> None:
    assert iso_week(date(2027, 1, 1)) == 202653


async def test_an_index_without_documents_answers_marked_words_with_nothing(search_engine: Engine) -> None:
    found = await retrieve(
        search_engine,
        _question("Mộc Đế Vương", rest="Mộc Đế Vương"),
        LISTINGS,
        catalogue=catalogue(),
        now=NOW,
        tiers="exact",
    )
    assert (found.cards, found.total) == ([], 0)


ORGANIC = Filters(certificates=("organic",))


async def test_a_brand_whose_word_was_read_as_a_certificate_is_found(search_engine: Engine) -> None:
    await _fill(
        search_engine,
        {"title": "Ban Mai Organic"},
        {"title": "Rau ban công", "valid_until": {"organic": NOW + 1}},
        {"title": "Ban Mai Xanh"},
        {"title": "Mai vàng"},
        {"title": "Nụ mai"},
    )
    brand = _question("ban mai", rest="ban mai", typed="ban mai organic", read=ORGANIC, is_name=True)
    found = await retrieve(search_engine, brand, LISTINGS, catalogue=catalogue(), now=NOW, tiers="exact")
    assert _names(found) == ["Ban Mai Organic", "Ban Mai Xanh"]
    assert (found.total, found.set_aside) == (2, True)


async def test_no_condition_is_set_aside_while_something_meets_it(search_engine: Engine) -> None:
    await _fill(
        search_engine,
        {"title": "Ban Mai Organic"},
        {"title": "Ban Mai Rau", "valid_until": {"organic": NOW + 1}},
    )
    brand = _question("ban mai", rest="ban mai", typed="ban mai organic", read=ORGANIC, is_name=True)
    found = await retrieve(search_engine, brand, LISTINGS, catalogue=catalogue(), now=NOW, tiers="exact")
    assert _names(found) == ["Ban Mai Rau"]
    assert not found.set_aside


async def test_goods_that_meet_the_conditions_come_before_the_name_that_does_not(search_engine: Engine) -> None:
    await _fill(
        search_engine,
        {"title": "Cà phê", "concepts": ["coffee"], "valid_until": {"ocop-4": NOW + 1}},
        {"title": "Hill Coffee", "concepts": ["coffee"]},
    )
    read = Filters(certificates=("ocop-4",))
    question = _question("hill coffee", concepts=("coffee",), rest="hill", typed="hill coffee ocop 4 sao", read=read)
    found = await retrieve(search_engine, question, LISTINGS, catalogue=catalogue(), now=NOW, tiers="exact")
    assert _names(found) == ["Cà phê", "Hill Coffee"]
    pages = [await _titles(search_engine, replace(question, limit=1, page=page)) for page in (1, 2, 3)]
    assert pages == [["Cà phê"], ["Hill Coffee"], []]


async def test_prices_and_parameters_are_never_set_aside(search_engine: Engine) -> None:
    await _fill(search_engine, {"title": "Ban Mai Organic", "price_vnd_kg": 50_000})
    for bound in (Filters(price_max_vnd=10_000), Filters(certificates=("vietgap",))):
        explicit = _question("ban mai", rest="ban mai", typed="ban mai organic", read=ORGANIC, filters=(bound,))
        assert await _titles(search_engine, explicit) == []
    read = replace(ORGANIC, price_max_vnd=10_000)
    assert await _titles(search_engine, _question("ban mai", rest="ban mai", typed="ban mai organic", read=read)) == []


def test_a_search_that_reads_no_condition_in_a_name_asks_nothing_more() -> None:
    text = plan(_question("ban mai", rest="ban mai"), LISTINGS, now=NOW)
    goods = plan(_question("xoai", concepts=("mango",), read=ORGANIC), LISTINGS, now=NOW)
    assert [len(text.lanes), len(goods.lanes)] == [1, 1]
    assert text.when_sparse is text.beside is goods.beside is None


async def test_a_whole_category_is_found_after_the_goods_sold_mixed(search_engine: Engine) -> None:
    await _fill(
        search_engine,
        {"title": "Xoài", "concepts": ["mango"], "published_at": 9},
        {"title": "Giỏ trái cây", "concepts": ["fresh-fruit-mixed"]},
        {"title": "Cà chua", "concepts": ["tomato"], "category": "vegetable"},
    )
    question = _question("trái cây", concepts=("fresh-fruit-mixed",), category="fruit")
    found = await retrieve(search_engine, question, LISTINGS, catalogue=catalogue(), now=NOW, tiers="exact")
    assert _names(found) == ["Giỏ trái cây", "Xoài"]
    assert found.total == 2


async def test_each_goods_must_have_only_its_own_quantity(search_engine: Engine) -> None:
    await _fill(
        search_engine,
        {"title": "Xoài ít", "concepts": ["mango"], "capacity_kg_week": 600},
        {"title": "Xoài nhiều", "concepts": ["mango"], "capacity_kg_week": 2000},
        {"title": "Thanh long", "concepts": ["dragon-fruit"], "capacity_kg_week": 600},
    )
    question = _question(
        "xoai thanh long",
        concepts=("mango", "dragon-fruit"),
        least_kg={"mango": 2000, "dragon-fruit": 500},
        read=Filters(quantity_min_kg=500),
    )
    assert await _titles(search_engine, question) == ["Xoài nhiều", "Thanh long"]


async def test_goods_that_nobody_offers_are_not_found_in_scattered_words(search_engine: Engine) -> None:
    await _fill(search_engine, {"title": "Phan loai hoa chat"}, {"title": "Túi phấn hoa ong", "concepts": ["box"]})
    assert await _titles(search_engine, _question("phan hoa", concepts=("bee-pollen",))) == ["Túi phấn hoa ong"]


async def test_what_only_has_the_name_within_its_own_never_answers_for_goods_that_nobody_offers(
    search_engine: Engine,
) -> None:
    await _fill(
        search_engine,
        {"title": "Bí ngô", "concepts": ["pumpkin"]},
        {"title": "Bí ngô tươi", "concepts": ["pumpkin"]},
        {"title": "Ngô Mường Khương", "concepts": ["cereal-mix"]},
    )
    asked: dict[str, Any] = {"concepts": ("maize",), "others": ("pumpkin",)}
    assert await _titles(search_engine, _question("ngô", **asked)) == ["Ngô Mường Khương"]
    assert await _titles(search_engine, _question("ngo", **asked)) == ["Ngô Mường Khương"]
    assert await _titles(search_engine, _question("ngô tươi", rest="tươi", **asked)) == []


async def test_a_name_may_hold_the_name_of_the_goods(search_engine: Engine) -> None:
    await _fill(search_engine, {"title": "Yến Đảo Mơ", "concepts": ["bird-nest-drink"]})
    asked = _question("yến đảo mơ", concepts=("edible-bird-nest",), others=("bird-nest-drink",), rest="đảo mơ")
    assert await _titles(search_engine, asked) == ["Yến Đảo Mơ"]


@pytest.mark.parametrize("concepts", [("pepper",), ("pepper", "chili")])
async def test_goods_that_carry_the_words_of_their_variety_come_first(
    search_engine: Engine, concepts: tuple[str, ...]
) -> None:
    names = ["tiêu đen", "tiêu Phú Quốc"]
    await _fill(
        search_engine,
        {"title": "Hồ tiêu Bù Đăng", "concepts": ["pepper"], "concept_names": names, "published_at": 9},
        {"title": "Ớt hiểm", "concepts": ["chili"], "published_at": 8},
        {"title": "Tiêu đen", "concepts": ["pepper"], "concept_names": names, "organization_name": "HTX Phú Quốc"},
    )
    asked = _question("tiêu phú quốc", concepts=concepts, variety="phú quốc")
    found = await retrieve(search_engine, asked, LISTINGS, catalogue=catalogue(), now=NOW, tiers="exact")
    assert _names(found)[0] == "Tiêu đen"
    assert found.total == len(_names(found)) == len(concepts) + 1
    more = _question("tiêu phú quốc đen", concepts=concepts[:1], variety="phú quốc", rest="đen")
    assert await _titles(search_engine, more) == ["Tiêu đen", "Hồ tiêu Bù Đăng"]


async def test_what_is_made_of_goods_comes_before_them_when_it_is_asked_for(search_engine: Engine) -> None:
    await _fill(
        search_engine,
        {"title": "Sầu riêng Ri 6", "concepts": ["durian"], "published_at": 9},
        {"title": "Mứt sầu riêng", "concepts": ["candied-fruit"]},
    )
    asked = _question("mứt sầu riêng", concepts=("durian",), rest="mứt sầu riêng")
    assert await _titles(search_engine, asked) == ["Mứt sầu riêng", "Sầu riêng Ri 6"]


async def test_a_few_words_are_answered_with_nearly_all_of_them_or_not_at_all(search_engine: Engine) -> None:
    await _fill(
        search_engine,
        {"title": "Nấm bào ngư", "organization_name": "HTX Tân Triều"},
        {"title": "Mộc Sương Vàng"},
        {"title": "Gỗ mộc"},
        {"title": "Sương sáo, hạt vàng"},
    )
    assert await _titles(search_engine, _question("htx bao ve", rest="htx bao ve")) == []
    assert await _titles(search_engine, _question("htx tan trieu", rest="htx tan trieu")) == ["Nấm bào ngư"]
    for asked in ("mộc sương trắng", "moc suong trang", "moc suong vang", "mộc sương vàng ngon"):
        found = await retrieve(
            search_engine, _question(asked, rest=asked), LISTINGS, catalogue=catalogue(), now=NOW, tiers="exact"
        )
        assert (_names(found), found.total) == (["Mộc Sương Vàng"], 1)
