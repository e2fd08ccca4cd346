"""What is promised of places: every way of writing a province is read, and what lay below one is found today."""

from __future__ import annotations

from datetime import date

import pytest

from market.config import PROJECT_ROOT
from market.core.errors import ValidationFailed
from market.reference.addresses import read_address
from market.reference.catalogue import Catalogue, catalogue_from_files
from market.reference.finding import find_communes, find_districts
from market.reference.schemas import CommuneDetail, ProvinceDetail

NOW = date(2026, 12, 1)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return catalogue_from_files(PROJECT_ROOT / "seeds" / "reference")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("TP Hồ Chí Minh", "Hồ Chí Minh"),
        ("T.P HCM", "Hồ Chí Minh"),
        ("Tp.HCM", "Hồ Chí Minh"),
        ("Sài Gòn", "Hồ Chí Minh"),
        ("Saigon", "Hồ Chí Minh"),
        ("Thành phố Đồng Nai", "Đồng Nai"),
        ("thanh pho dong nai", "Đồng Nai"),
        ("Dong Nai City", "Đồng Nai"),
        ("TP. Bắc Ninh", "Bắc Ninh"),
        ("Bà Rịa – Vũng Tàu", "Bà Rịa - Vũng Tàu"),
        ("ba ria-vung tau", "Bà Rịa - Vũng Tàu"),
        ("Bà Rịa Vung Tau", "Bà Rịa - Vũng Tàu"),
        ("tỉnh Bến Tre", "Bến Tre"),
        ("Thừa Thiên - Huế", "Huế"),
    ],
)
def test_a_province_is_read_whatever_word_dot_or_dash_stands_in_its_name(
    catalogue: Catalogue, text: str, name: str
) -> None:
    assert name in {province.name for province in catalogue.provinces_named(text)}


@pytest.mark.parametrize("text", ["", "tỉnh", "Hà Nôi", "thành phố", "–", "😀"])
def test_what_is_no_province_names_none(catalogue: Catalogue, text: str) -> None:
    assert catalogue.provinces_named(text) == ()


def test_a_province_that_became_a_city_is_one_from_the_day_of_its_resolution(catalogue: Catalogue) -> None:
    dong_nai = catalogue.province("75")
    before, after = (ProvinceDetail.on(catalogue, dong_nai, day) for day in (date(2026, 4, 29), date(2026, 4, 30)))

    assert (before.kind, before.full_name) == ("province", "Tỉnh Đồng Nai")
    assert (after.kind, after.full_name) == ("municipality", "Thành phố Đồng Nai")
    assert [term.resolution for term in after.terms] == ["Nghị quyết 30/2026/QH16"]


def test_the_lists_have_3321_and_10051_communes_and_696_districts(catalogue: Catalogue) -> None:
    versions = [commune.version for commune in catalogue.places.communes]

    assert (versions.count("2025"), versions.count("2024")) == (3321, 10051)
    assert len(catalogue.places.districts) == 696


def test_all_but_a_few_old_communes_and_every_district_are_found_today(catalogue: Catalogue) -> None:
    places = catalogue.places
    lost = [c for c in places.communes if c.version == "2024" and not places.today(c)]

    assert len(lost) <= 56
    assert all(places.today(district) for district in places.districts)


def test_an_old_commune_becomes_communes_of_the_province_that_its_own_became(catalogue: Catalogue) -> None:
    for commune in catalogue.places.communes:
        today = catalogue.today(catalogue.province_of(commune)).code
        assert {found.province for found in catalogue.places.today(commune)} <= {today}


@pytest.mark.parametrize(
    ("address", "district", "commune", "today"),
    [
        ("xã Cò Nòi, huyện Mai Sơn, tỉnh Sơn La", "Mai Sơn", "Cò Nòi", "Mai Sơn"),
        ("thi tran Cam Duc, Cam Lam, Khanh Hoa", "Cam Lâm", "Cam Đức", "Cam Lâm"),
        ("Phường 9, quận 3, TP.HCM", "3", "9", "Nhiêu Lộc"),
        ("Ấp 3, xã Quơn Long, huyện Chợ Gạo, Tiền Giang", "Chợ Gạo", "Quơn Long", "Tân Thuận Bình"),
    ],
)
def test_an_old_address_is_read_and_mapped(
    catalogue: Catalogue, address: str, district: str, commune: str, today: str
) -> None:
    read = read_address(catalogue, address)

    assert read.district is not None
    assert read.district.name == district
    assert [found.name for found in read.communes] == [commune]
    assert [found.name for found in catalogue.places.today(read.communes[0])] == [today]


def test_what_is_no_address_names_nothing(catalogue: Catalogue) -> None:
    read = read_address(catalogue, "không có ở đâu cả, 😀, ")

    assert (read.province, read.district, read.communes) == (None, None, ())


@pytest.mark.parametrize("typed", ["Cam Lâm", "cam lam", "xã Cam Lâm", "cam lâ"])
def test_communes_are_found_as_they_are_typed_marked_or_not(catalogue: Catalogue, typed: str) -> None:
    assert find_communes(catalogue, typed, province="56", on=NOW)[0].name == "Cam Lâm"


def test_repeated_names_are_told_apart_by_district_and_province(catalogue: Catalogue) -> None:
    found = find_communes(catalogue, "Tân Tiến", province=None, on=date(2025, 6, 30))
    same = [CommuneDetail.of_place(catalogue, c).label for c in found if c.name == "Tân Tiến"]

    assert len(same) > 5
    assert len(set(same)) == len(same)


def test_a_list_below_an_unknown_province_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(ValidationFailed):
        find_districts(catalogue, "Cam Lâm", province="2008:999")
