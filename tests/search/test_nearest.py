"""What is shown of classes, varieties, what is not wanted, and goods that nobody offers."""

from __future__ import annotations

import pytest

from market.engine.gateway import Engine
from tests.search.test_finding import _found, _tiers, _titles


@pytest.mark.parametrize(
    ("query", "titles", "found"),
    [
        ("mỹ phẩm", ("Khăn Mỹ Nghiệp", "Bắp Mỹ", "Xà bông sả chanh"), ["Xà bông sả chanh"]),
        ("du lịch", ("Tour chợ nổi Cái Răng", "Gạo ST25"), ["Tour chợ nổi Cái Răng"]),
        ("hải sản", ("Tôm sú Năm Căn", "Cá lóc đồng"), ["Tôm sú Năm Căn", "Cá lóc đồng"]),
        ("thịt", ("Trứng gà ta", "Thịt heo ba rọi"), ["Thịt heo ba rọi", "Trứng gà ta"]),
        ("gà", ("Trứng gà ta", "Thịt gà ta"), ["Thịt gà ta", "Trứng gà ta"]),
    ],
)
async def test_a_class_lists_its_goods_first(
    search_engine: Engine, query: str, titles: tuple[str, ...], found: list[str]
) -> None:
    assert _titles(await _found(search_engine, query, *titles)) == found


@pytest.mark.parametrize(
    ("query", "other"),
    [
        ("sầu riêng monthong", "Sầu riêng Ri6"),
        ("xoài tứ quý", "Xoài cát chu"),
        ("hành tím vĩnh châu", "Hành tím Lý Sơn"),
    ],
)
async def test_another_variety_is_another_tier(search_engine: Engine, query: str, other: str) -> None:
    found = await _found(search_engine, query, other)
    assert (_titles(found), _tiers(found)) == ([other], ["variety"])
    (variety,) = [one for one in found.tiers if one.name == "variety"]
    assert variety.as_dict()["message"]["vi"].startswith("Chưa có đúng giống")


@pytest.mark.parametrize("query", ["sầu riêng không ri6", "sau rieng khong ri6", "sầu riêng trừ Ri 6"])
async def test_a_variety_that_is_not_wanted_is_left_out(search_engine: Engine, query: str) -> None:
    found = await _found(search_engine, query, "Sầu riêng Ri 6 Cái Bè", "Sầu riêng Dona", "Sầu riêng Ri6 loại 1")
    assert _titles(found) == ["Sầu riêng Dona"]


@pytest.mark.parametrize(
    ("query", "alike", "near"),
    [
        ("lê", "Cá tra phi lê", "Ổi Đài Loan"),
        ("su hào", "Hàu sữa Long Sơn", "Cà chua Đà Lạt"),
        ("khoai môn", "Chao môn", "Khoai lang mật"),
        ("cà tím", "Cà phê nhân", "Cà chua Đà Lạt"),
        ("sữa chua", "Khô bò miếng", "Sữa tươi thanh trùng"),
    ],
)
async def test_goods_that_nobody_offers_are_answered_by_their_kin_and_not_by_letters(
    search_engine: Engine, query: str, alike: str, near: str
) -> None:
    found = await _found(search_engine, query, alike, near)
    assert _titles(found) == [near]
    assert "exact" not in _tiers(found)


async def test_signs_without_a_word_find_nothing(search_engine: Engine) -> None:
    assert _titles(await _found(search_engine, "🍉", "Dưa hấu Long An")) == []
