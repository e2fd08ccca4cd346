"""What a search finds of titles as people write them, read by the market and asked of the real engine."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from market.engine.gateway import Engine
from market.reading.titles import goods_told
from market.reading.understanding import read_query
from market.reference.types import remember
from market.search.asking import SearchQuery, question_of
from market.search.dialects import LISTINGS
from market.search.retrieval import Retrieved, Tiers, retrieve
from market.vietnamese.tone_keys import tone_key
from tests.reading.vocabularies import catalogue, vocabulary
from tests.search.stalls import listing

NOW = 1_800_000_000
TODAY = date(2027, 1, 15)
CA_MAU = {"provinces": ["2008:96", "2025:96"], "province": "96"}


def _document(number: int, title: str, **more: Any) -> dict[str, Any]:
    """An offer with the goods that its title names."""
    told = goods_told(title, vocabulary(), region=None)
    goods: dict[str, Any] = {"concept": None, "concepts": [], "commodities": [], "form": None}
    if told.concept_id is not None:
        one = catalogue().goods(told.concept_id)
        goods = {
            "concept": told.concept_id,
            "concepts": [told.concept_id, *catalogue().ancestors(told.concept_id)],
            "commodities": [one.commodity, *catalogue().ancestors(one.commodity)],
            "form": one.form,
        }
    placed: dict[str, Any] = {"category": told.category, "categories": list(catalogue().category_line(told.category))}
    document = listing(str(UUID(int=number)), title=title)
    keys = {"keys": tone_key(f"{title} {more.get('organization_name', '')}")}
    return document | keys | goods | placed | more


async def _found(
    engine: Engine, query: str, *titles: str | tuple[str, dict[str, Any]], tiers: Tiers = "auto"
) -> Retrieved:
    remember(catalogue())
    given = [(one, {}) if isinstance(one, str) else one for one in titles]
    documents = [_document(number, title, **more) for number, (title, more) in enumerate(given, 1)]
    await engine.wait([await engine.upsert("listings", documents)])
    understood = read_query(query, vocabulary(), today=TODAY)
    question = question_of(SearchQuery(q=query), understood, today=TODAY)
    return await retrieve(engine, question, LISTINGS, catalogue=catalogue(), now=NOW, tiers=tiers)


def _titles(found: Retrieved) -> list[str]:
    return [card.split('"title":"')[1].split('"')[0] for card in found.cards]


def _tiers(found: Retrieved) -> list[str]:
    return [card.split('"tier":"')[1].split('"')[0] for card in found.cards]


@pytest.mark.parametrize("query", ["nuoc mam phu quoc", "nước mắm Phú Quốc"])
async def test_a_fish_sauce_of_phu_quoc_is_found_by_its_place_in_the_name(search_engine: Engine, query: str) -> None:
    found = await _found(
        search_engine, query, "Nước mắm Phan Thiết", "Nước mắm nhĩ Phú Quốc 40 độ đạm", "Muối Sa Huỳnh"
    )
    assert _titles(found)[0] == "Nước mắm nhĩ Phú Quốc 40 độ đạm"


async def test_bamboo_shoot_comes_first_then_its_forms_and_never_mangosteen(search_engine: Engine) -> None:
    found = await _found(search_engine, "măng", "Măng cụt Lái Thiêu", "Măng khô Sơn La", "Măng tươi Yên Bái")
    assert _titles(found) == ["Măng tươi Yên Bái", "Măng khô Sơn La"]


async def test_without_the_certificate_asked_for_the_goods_come_and_say_so(search_engine: Engine) -> None:
    query = "nhà cung cấp tôm khô Cà Mau có OCOP"
    elsewhere = ("Tôm khô Rạch Gốc", {"provinces": ["2025:82"]})
    found = await _found(search_engine, query, ("Tôm khô Cà Mau loại 1", CA_MAU), elsewhere)
    assert _titles(found)[0] == "Tôm khô Cà Mau loại 1"
    assert ("condition", 1, "certificates") in [(one.name, one.total, one.lacks) for one in found.tiers]
    assert found.total == 0


async def test_a_quantity_nobody_has_is_lacked_and_named(search_engine: Engine) -> None:
    found = await _found(
        search_engine, "cần mua 5 tấn bưởi da xanh", ("Bưởi da xanh Mỏ Cày", {"capacity_kg_week": 800})
    )
    assert (_titles(found), _tiers(found)) == (["Bưởi da xanh Mỏ Cày"], ["condition"])
    assert [one.lacks for one in found.tiers if one.total] == ["quantity_min_kg"]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("cá lóc đông lạnh", "Cá lóc đồng U Minh"),
        ("cá tra phi lê đông lạnh asc cho bếp ăn", "Cá tra phi lê size 220"),
        ("cof fee", "Cà phê rang xay Buôn Ma Thuột"),
        ("nước ép dưa hấu", "Dưa hấu Long An"),
        ("rau hữu cơ tháng 2 ở Cà Mau", "Rau muống vườn nhà"),
    ],
)
async def test_nothing_is_no_answer_where_goods_exist(search_engine: Engine, query: str, title: str) -> None:
    assert _titles(await _found(search_engine, query, title)) == [title]


async def test_words_as_they_were_typed_come_before_what_they_were_taken_for_a_slip_of(search_engine: Engine) -> None:
    found = await _found(search_engine, "moc suong vang", "Mọc sống", "Mộc Sương Vàng", "Giò sống")
    assert _titles(found)[0] == "Mộc Sương Vàng"


async def test_a_name_nobody_has_placed_comes_right_after_what_was_asked(search_engine: Engine) -> None:
    found = await _found(search_engine, "quế", "Nhang quế Trà My", "Xịt đa năng quế", "Quế ống Văn Yên")
    assert _titles(found)[:2] == ["Quế ống Văn Yên", "Xịt đa năng quế"]


async def test_a_price_nobody_has_is_lacked_and_named_before_what_only_a_seller_is_called(
    search_engine: Engine,
) -> None:
    durian = ("Sầu riêng Ri 6 loại 1", {"price_vnd_kg": 72_000})
    seller = {"organization_name": "HTX Sầu riêng Mẫu", "price_vnd_kg": 27_000}
    found = await _found(search_engine, "sầu riêng dưới 50k", ("Bơ 034 loại 2", seller), durian)
    assert list(zip(_titles(found), _tiers(found), strict=True)) == [
        ("Sầu riêng Ri 6 loại 1", "condition"),
        ("Bơ 034 loại 2", "wider"),
    ]
    assert (found.total, [one.lacks for one in found.tiers if one.lacks]) == (0, ["price_max_vnd"])


async def test_a_price_is_never_lacked_where_something_has_it(search_engine: Engine) -> None:
    dear = ("Sầu riêng Ri 6 tuyển chọn", {"price_vnd_kg": 86_000})
    cheap = ("Sầu riêng Ri 6 loại 2", {"price_vnd_kg": 45_000})
    assert _titles(await _found(search_engine, "sầu riêng dưới 50k", dear, cheap)) == ["Sầu riêng Ri 6 loại 2"]


async def test_everything_is_lacked_rather_than_nothing_found(search_engine: Engine) -> None:
    found = await _found(search_engine, "vải thiều VietGAP dưới 5k", ("Vải thiều Lục Ngạn", {"price_vnd_kg": 34_000}))
    assert (_titles(found), _tiers(found)) == (["Vải thiều Lục Ngạn"], ["condition"])


@pytest.mark.parametrize("query", ["nước mắm Phú Quốc", "nuoc mam phu quoc"])
async def test_other_kinds_come_before_other_goods_of_a_seller_who_is_called_so(
    search_engine: Engine, query: str
) -> None:
    seller = {"organization_name": "Nhà thùng Nước mắm Phú Quốc"}
    found = await _found(
        search_engine, query, ("Cá cơm than Phú Quốc", seller), "Nước mắm Phan Thiết", "Nước mắm Phú Quốc 40 độ đạm"
    )
    assert _titles(found) == ["Nước mắm Phú Quốc 40 độ đạm", "Nước mắm Phan Thiết", "Cá cơm than Phú Quốc"]


async def test_marks_hold_when_only_some_of_the_words_are_left_to_look_for(search_engine: Engine) -> None:
    assert _titles(await _found(search_engine, "rượu mơ", "Khoai mỡ tím", "Bò một nắng")) == []


async def test_what_is_said_to_be_exact_is_counted_so(search_engine: Engine) -> None:
    found = await _found(
        search_engine, "nuoc mam phu quoc 40 do dam", "Nước mắm Phú Quốc 40 độ đạm", "Nước mắm Phú Quốc 30 độ đạm"
    )
    assert _titles(found)[0] == "Nước mắm Phú Quốc 40 độ đạm"
    totals = {one.name: one.total for one in found.tiers}
    assert {name: _tiers(found).count(name) for name in ("exact", "text")} == {
        "exact": totals["exact"],
        "text": totals.get("text", 0),
    }


async def test_near_goods_that_lack_several_conditions_too_say_what_they_are(search_engine: Engine) -> None:
    far = {"provinces": ["2025:82"]}
    found = await _found(search_engine, "tôm khô Cà Mau VietGAP", ("Tôm sú sống", far), ("Tôm thẻ ướp đá", far))
    assert _tiers(found) == ["form", "form"]
    assert {one.lacks for one in found.tiers if one.name == "form" and one.total} == {"several"}


async def test_of_wider_goods_those_come_first_that_come_as_they_were_asked_for(search_engine: Engine) -> None:
    found = await _found(
        search_engine, "măng cụt sấy", "Trái cây tươi theo mùa", "Trái cây sấy thập cẩm", "Măng cụt Lái Thiêu"
    )
    assert _titles(found)[:2] == ["Măng cụt Lái Thiêu", "Trái cây sấy thập cẩm"]


@pytest.mark.parametrize("query", ["ban mai", "Ban Mai Organic", "ban mai huu co"])
async def test_who_is_called_as_it_was_typed_comes_before_goods_read_in_its_letters(
    search_engine: Engine, query: str
) -> None:
    seller = {"organization_name": "HTX Ban Mai"}
    found = await _found(search_engine, query, "Bàn mai tươi sống", ("Rau muống", seller), "Ban Mai Organic", "Sò mai")
    assert set(_titles(found)[: 1 if query == "Ban Mai Organic" else 2]) <= {"Ban Mai Organic", "Rau muống"}


async def test_goods_in_the_letters_of_their_names_stay_first(search_engine: Engine) -> None:
    seller = {"organization_name": "HTX Bắn Mãi"}
    found = await _found(search_engine, "ban mai", ("Rau muống", seller), "Bàn mai tươi sống")
    assert _titles(found)[0] == "Bàn mai tươi sống"


async def test_what_is_called_so_comes_before_what_it_was_taken_for_a_slip_of(search_engine: Engine) -> None:
    found = await _found(search_engine, "dat thuy tinh", "Rêu thủy sinh", "Đất Thủy Tinh")
    assert _titles(found)[0] == "Đất Thủy Tinh"


async def test_a_name_beside_goods_shows_what_else_is_called_so_before_the_goods_of_others(
    search_engine: Engine,
) -> None:
    titles = ("Nước mắm cá cơm", "Mắm ruốc Hồng Hạc", "Nước mắm Hồng Hạc")
    found = await _found(search_engine, "nước mắm Hồng Hạc", *titles)
    assert _titles(found) == ["Nước mắm Hồng Hạc", "Mắm ruốc Hồng Hạc", "Nước mắm cá cơm"]
    found = await _found(search_engine, "nước mắm hồng hạc", *titles)
    assert _titles(found) == ["Nước mắm Hồng Hạc", "Nước mắm cá cơm", "Mắm ruốc Hồng Hạc"]


async def test_a_place_beside_goods_is_no_name_of_other_goods(search_engine: Engine) -> None:
    found = await _found(search_engine, "tiêu sọ Phú Quốc", "Nước mắm Phú Quốc", "Tiêu sọ loại 1")
    assert _titles(found) == ["Tiêu sọ loại 1"]
