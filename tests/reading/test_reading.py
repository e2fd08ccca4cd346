"""Units, goods, places and certificates as people write them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from market.core.values.refusal import Unreadable
from market.reading.certificates import read_requirement
from market.reading.named_goods import read_concept
from market.reading.places import read_province
from market.reading.units import read_measure, read_unit
from market.reference.catalogue import Catalogue


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("kg", "KGM"), ("KG.", "KGM"), ("ký", "KGM"), ("cân", "KGM"), ("tạ", "DTN"), ("yến", "VN-YEN"), ("Tấn", "TNE"),
        ("lạng", "VN-LANG"), ("quả", "H87"), ("trái", "H87"), ("bó", "XBE"), ("chai", "XBO"), ("hộp", "XBX"),
        ("lít", "LTR"), ("KGM", "KGM"), ("1 kg", "KGM"),
    ],
)  # fmt: skip
def test_a_unit_is_read_by_code_or_any_name(catalogue: Catalogue, text: str, code: str) -> None:
    assert read_unit(text, catalogue) == code


@pytest.mark.parametrize(
    ("text", "code", "kg"),
    [
        ("thùng 10 kg", "XCT", "10"), ("bao 50kg", "XSA", "50"), ("gói 200g", "XPK", "0.2"),
        ("thùng (12,5 kg)", "XCT", "12.5"), ("10kg/thùng", "XCT", "10"),
    ],
)  # fmt: skip
def test_a_package_says_what_it_holds(catalogue: Catalogue, text: str, code: str, kg: str) -> None:
    measure = read_measure(text, catalogue)
    assert (measure.unit.code, measure.kg_each(catalogue)) == (code, Decimal(kg))


def test_a_content_without_weight_stays_what_it_is(catalogue: Catalogue) -> None:
    measure = read_measure("hộp 12 quả", catalogue)
    assert (measure.unit.code, measure.content, measure.kg_each(catalogue)) == ("XBX", Decimal(12), None)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("TP Hồ Chí Minh", "2025:79"), ("TP.HCM", "2025:79"), ("Sài Gòn", "2025:79"), ("HCM", "2025:79"),
        ("Thành phố Đồng Nai", "2025:75"), ("TP. Bắc Ninh", "2025:24"), ("Bà Rịa – Vũng Tàu", "2008:77"),
        ("bà rịa vũng tàu", "2008:77"), ("tỉnh Bến Tre", "2008:83"), ("2008:83", "2008:83"), ("82", "2025:82"),
    ],
)  # fmt: skip
def test_a_province_is_read_by_any_usual_spelling(catalogue: Catalogue, text: str, name: str) -> None:
    province = read_province(text, catalogue)
    assert f"{province.version}:{province.code}" == name


@pytest.mark.parametrize(
    ("text", "requirement"),
    [
        ("vietgap", "vietgap"), ("VietGAP", "vietgap"), ("đạt VietGAP", "vietgap"), ("ocop:4", "ocop:4"),
        ("OCOP 4 sao", "ocop:4"), ("4 sao", "ocop:4"), ("OCOP ****", "ocop:4"), ("hữu cơ", "organic"),
        ("GlobalGAP", "globalgap"),
    ],
)  # fmt: skip
def test_a_certificate_is_read_by_id_or_name(catalogue: Catalogue, text: str, requirement: str) -> None:
    assert read_requirement(text, catalogue) == requirement


def test_goods_are_read_by_a_name_that_only_they_have(catalogue: Catalogue) -> None:
    assert read_concept("bưởi da xanh", catalogue) == "pomelo-da-xanh"
    with pytest.raises(Unreadable) as several:
        read_concept("dua", catalogue)
    assert several.value.code == "ambiguous"
    assert {"coconut", "melon", "pineapple"} <= set(several.value.suggestions)


@pytest.mark.parametrize(
    ("reader", "text", "code", "nearest"),
    [
        (read_unit, "thung", "unknown-unit", "XCT"),
        (read_unit, "thùng 10 kg", "content-not-here", "XCT"),
        (read_concept, "bưởi da xan", "unknown-concept", "pomelo-da-xanh"),
        (read_province, "Bến Tra", "unknown-province", "Tỉnh Bến Tre"),
        (read_requirement, "vietgab", "unknown-certification-scheme", "vietgap"),
        (read_requirement, "ocop 2 sao", "unknown-certification-scheme", "ocop:3"),
    ],
)
def test_a_refusal_offers_the_nearest(catalogue: Catalogue, reader: Any, text: str, code: str, nearest: str) -> None:
    with pytest.raises(Unreadable) as unreadable:
        reader(text, catalogue)
    assert (unreadable.value.code, unreadable.value.suggestions[0]) == (code, nearest)
    assert nearest in unreadable.value.at("").render("vi")["message"]


@pytest.mark.parametrize(
    ("text", "version", "name"),
    [
        ("T. Bến Tre", "2008", "Bến Tre"), ("Hậu Giang cũ", "2008", "Hậu Giang"), ("Vĩnh Long", "2025", "Vĩnh Long"),
        ("tỉnh Vĩnh Long (cũ)", "2008", "Vĩnh Long"), ("Bà Rịa — Vũng Tàu", "2008", "Bà Rịa - Vũng Tàu"),
    ],
)  # fmt: skip
def test_a_former_province_is_read_as_it_was(catalogue: Catalogue, text: str, version: str, name: str) -> None:
    found = read_province(text, catalogue)
    assert (found.version, found.name) == (version, name)


def test_a_code_of_the_former_map_alone_is_offered_with_its_map(catalogue: Catalogue) -> None:
    with pytest.raises(Unreadable) as refused:
        read_province("83", catalogue)
    assert refused.value.suggestions == ("2008:83",)


def test_a_word_that_begins_several_names_offers_them_first(catalogue: Catalogue) -> None:
    with pytest.raises(Unreadable) as refused:
        read_concept("đậu", catalogue)
    names = {name for c in refused.value.suggestions for name in catalogue.concept(c).name_vi.split()[:1]}
    assert names == {"đậu"}
