"""Look-ups of the catalogue."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from market.config import PROJECT_ROOT
from market.reference.catalogue import Catalogue, catalogue_from_files
from market.reference.checking import (
    concept_error,
    parse_requirement,
    province_error,
    requirement_error,
    requirement_met,
    unit_error,
)
from market.reference.files import read_records
from market.reference.finding import find_concepts, page_of
from market.reference.indexes import InconsistentReference
from market.reference.records import Concept, Province, Unit
from market.reference.schemas import ProvinceOut, ProvinceRef
from market.vietnamese.spelling import folded, marked

SEEDS = PROJECT_ROOT / "seeds" / "reference"
CATALOGUE = catalogue_from_files(SEEDS)
WIDER = {concept.id: CATALOGUE.ancestors(concept.id) for concept in CATALOGUE.concepts}

concepts = st.sampled_from(CATALOGUE.concepts)
provinces = st.sampled_from(CATALOGUE.provinces)
units = st.sampled_from(CATALOGUE.units)
quantities = st.decimals(min_value="0.001", max_value="999999999999", places=3)


def test_a_bare_code_means_the_unit_of_today() -> None:
    assert CATALOGUE.province("82").name == "Đồng Tháp"
    assert CATALOGUE.province("82", "2008").name == "Tiền Giang"


def test_a_province_is_answered_as_recorded_and_as_it_is_today() -> None:
    out = ProvinceOut.within(CATALOGUE, CATALOGUE.province("83", "2008"))

    assert out.model_dump() == {
        "code": "83",
        "version": "2008",
        "name": "Bến Tre",
        "today": {"code": "86", "version": "2025", "name": "Vĩnh Long"},
    }


@given(st.dates(min_value=date(2008, 8, 1), max_value=date(2100, 1, 1)))
def test_exactly_one_map_is_in_force_on_any_day(day: date) -> None:
    expected = ("2008", 63) if day < date(2025, 7, 1) else ("2025", 34)

    in_force = CATALOGUE.on(day)
    assert ({unit.version for unit in in_force}, len(in_force)) == ({expected[0]}, expected[1])


def test_no_map_is_in_force_before_the_first() -> None:
    assert CATALOGUE.on(date(2008, 7, 31)) == ()


@given(provinces)
def test_today_is_a_unit_of_today_and_its_own_today(province: Province) -> None:
    today = CATALOGUE.today(province)

    assert today.version == "2025"
    assert CATALOGUE.today(today) == today


@given(provinces)
def test_a_province_lies_in_the_region_that_lists_it(province: Province) -> None:
    region = CATALOGUE.region_of(province)

    assert province in CATALOGUE.provinces_of_region(region.id, region.version)
    assert CATALOGUE.macro_region(province) == region.macro_region


def test_the_old_central_region_became_two() -> None:
    assert {region.id for region in CATALOGUE.regions if region.version == "2008"} ^ {
        region.id for region in CATALOGUE.regions if region.version == "2025"
    } == {"BTBDHMT", "TN", "BTB", "DHNTBTN"}


def test_programme_members_resolve_to_the_provinces_of_today() -> None:
    highlands = CATALOGUE.programme_provinces_today("HCM-TAYNGUYEN")

    assert {province.name for province in highlands} == {"Quảng Ngãi", "Gia Lai", "Đắk Lắk", "Lâm Đồng"}
    assert len(CATALOGUE.programme_provinces("HCM-TAYNGUYEN")) == 5


def test_four_provinces_of_today_belong_to_the_highlands_and_the_coast_programmes() -> None:
    highlands = CATALOGUE.programme_provinces_today("HCM-TAYNGUYEN")
    coast = CATALOGUE.programme_provinces_today("HCM-DHTB")

    assert len(set(highlands) & set(coast)) == 4


@given(provinces, provinces)
def test_distance_is_symmetric_and_at_most_the_length_of_the_country(one: Province, other: Province) -> None:
    there = CATALOGUE.distance_km(one, other)
    assert there == pytest.approx(CATALOGUE.distance_km(other, one))
    assert 0 <= there < 1750


def test_ha_noi_is_about_1140_km_from_ho_chi_minh_city() -> None:
    assert CATALOGUE.distance_km(CATALOGUE.province("01"), CATALOGUE.province("79")) == pytest.approx(1140, abs=15)


def test_a_province_is_found_by_old_name_alias_and_without_marks() -> None:
    assert [unit.key for unit in CATALOGUE.provinces_named("ben tre")] == [("83", "2008")]
    assert {unit.key for unit in CATALOGUE.provinces_named("Sài Gòn")} == {("79", "2008"), ("79", "2025")}


@given(concepts)
def test_descendants_and_ancestors_mirror_each_other(concept: Concept) -> None:
    for other in CATALOGUE.concepts:
        below = other.id in CATALOGUE.descendants(concept.id)
        assert below == CATALOGUE.is_same_or_narrower(other.id, than=concept.id)
        assert below == (other.id == concept.id or concept.id in WIDER[other.id])


def test_a_green_dwarf_coconut_is_a_coconut_and_not_the_reverse() -> None:
    assert CATALOGUE.is_same_or_narrower("coconut-green-dwarf", than="coconut")
    assert not CATALOGUE.is_same_or_narrower("coconut", than="coconut-green-dwarf")


def test_marks_tell_coconut_pineapple_and_melon_apart_and_their_absence_keeps_all() -> None:
    assert [concept.id for concept in CATALOGUE.concepts_named("dừa")] == ["coconut"]
    assert {concept.id for concept in CATALOGUE.concepts_named("dua")} == {"coconut", "pineapple", "melon"}


@pytest.mark.parametrize("word", ["thơm", "khóm", "DỨA", "trái thơm", "pineapple"])
def test_a_concept_answers_to_its_names_of_every_region(word: str) -> None:
    assert [concept.id for concept in CATALOGUE.concepts_named(word)] == ["pineapple"]


def test_a_homograph_keeps_both_readings_with_their_regions() -> None:
    readings = [(reading.concept, reading.regions) for reading in CATALOGUE.readings("Mận")]

    assert readings == [("plum", ("bac",)), ("wax-apple", ("nam",))]


def test_both_spellings_of_a_tone_are_one_word() -> None:
    assert marked("Hoà Bình") == marked("hòa bình")
    assert marked("thuỷ sản") == marked("thủy sản")
    assert marked("quý") != marked("qúy")


@given(st.text())
@example("0 \U00016b30")
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(quantities)
def test_weights_convert_exactly(quantity: Decimal) -> None:
    exact = {"KGM": quantity, "TNE": quantity * 1000, "DTN": quantity * 100, "GRM": quantity / 1000}

    for code, kilograms in exact.items():
        assert CATALOGUE.to_kg(quantity, CATALOGUE.unit(code)) == kilograms


@given(units, quantities)
def test_a_unit_without_a_fixed_factor_is_never_converted(unit: Unit, quantity: Decimal) -> None:
    base, amount = CATALOGUE.measured(quantity, unit)

    assert (CATALOGUE.to_kg(quantity, unit) is None) == (unit.dimension != "mass")
    if (unit.kg_factor or unit.litre_factor or unit.piece_factor) is None:
        assert (base, amount) == (unit.code, quantity)


@pytest.mark.parametrize("word", ["chục", "giạ", "thùng", "lít", "trái", "trăm", "bó"])
def test_words_whose_weight_varies_have_none(word: str) -> None:
    unit = CATALOGUE.unit_by_name(word)

    assert unit is not None
    assert CATALOGUE.to_kg(Decimal(1), unit) is None


def test_a_dozen_can_be_compared_with_pieces_and_a_chuc_cannot() -> None:
    assert CATALOGUE.measured(Decimal(2), CATALOGUE.unit("DZN")) == ("H87", Decimal(24))
    assert CATALOGUE.measured(Decimal(2), CATALOGUE.unit("VN-CHUC")) == ("VN-CHUC", Decimal(2))


@pytest.mark.parametrize(
    ("word", "code"), [("ký", "KGM"), ("cân", "KGM"), ("can", "XJC"), ("tạ", "DTN"), ("tá", "DZN"), ("KG", "KGM")]
)
def test_unit_words_are_read_with_their_marks(word: str, code: str) -> None:
    unit = CATALOGUE.unit_by_name(word)

    assert unit is not None
    assert unit.code == code


def test_a_word_that_is_no_unit_names_none() -> None:
    assert CATALOGUE.unit_by_name("ta") is None


def test_a_requirement_is_met_by_the_scheme_or_one_below_it() -> None:
    assert CATALOGUE.scheme_satisfies("organic-vn", "organic")
    assert CATALOGUE.scheme_satisfies("vietgap-aquaculture", "vietgap")
    assert not CATALOGUE.scheme_satisfies("organic", "organic-vn")


def test_four_stars_meet_three_and_three_do_not_meet_four() -> None:
    three, four = (parse_requirement(CATALOGUE, text) for text in ("ocop:3", "ocop:4"))

    assert three is not None
    assert four is not None
    assert requirement_met(CATALOGUE, three, scheme="ocop", level=4)
    assert not requirement_met(CATALOGUE, four, scheme="ocop", level=3)
    assert not requirement_met(CATALOGUE, four, scheme="vietgap", level=None)


@pytest.mark.parametrize("text", ["ocop:2", "ocop:", "ocop:x", "vietgap:3", "", "star"])
def test_a_level_that_is_no_certificate_cannot_be_required(text: str) -> None:
    assert parse_requirement(CATALOGUE, text) is None
    assert requirement_error(CATALOGUE, text, pointer="/x") is not None


@pytest.mark.parametrize(
    ("day", "authority"),
    [
        (date(2023, 2, 23), "province"),
        (date(2023, 2, 24), "district"),
        (date(2025, 6, 30), "district"),
        (date(2025, 7, 1), "province"),
        (date(2026, 6, 1), "province"),
    ],
)
def test_three_stars_were_granted_by_districts_until_they_were_abolished(day: date, authority: str) -> None:
    rule = CATALOGUE.scheme_rule("ocop", level=3, on=day)

    assert rule is not None
    assert rule.granted_by == authority


@given(st.dates(min_value=date(2019, 8, 21), max_value=date(2100, 1, 1)), st.sampled_from([3, 4, 5]))
def test_exactly_one_rule_holds_for_a_level_on_any_day(day: date, level: int) -> None:
    holding = [
        rule
        for rule in CATALOGUE.scheme_rules("ocop")
        if rule.level == level and rule.valid_from <= day and (rule.valid_to is None or day <= rule.valid_to)
    ]

    assert len(holding) == 1


def test_one_and_two_stars_were_never_granted() -> None:
    for level in (1, 2):
        assert CATALOGUE.scheme_rule("ocop", level=level, on=date(2026, 6, 1)) is None


def test_ocop_runs_36_months_from_the_decision_and_renews_180_days_before() -> None:
    until = CATALOGUE.valid_until("ocop", issued=date(2024, 2, 29))

    assert until == date(2027, 2, 28)
    assert CATALOGUE.renewal_opens("ocop", valid_until=until) == until - timedelta(days=180)


def test_a_scheme_without_a_term_has_no_last_day() -> None:
    assert CATALOGUE.valid_until("geographical-indication", issued=date(2024, 1, 1)) is None


def test_unknown_references_are_named_where_they_stand() -> None:
    errors = [
        province_error(CATALOGUE, ProvinceRef(code="02"), pointer="/province"),
        concept_error(CATALOGUE, "dua", pointer="/concept"),
        unit_error(CATALOGUE, "KG", pointer="/unit"),
    ]

    assert [error.pointer for error in errors if error] == ["/province/code", "/concept", "/unit"]
    assert province_error(CATALOGUE, ProvinceRef(code="02", version="2008"), pointer="/province") is None


def test_retired_records_can_be_read_and_not_be_chosen() -> None:
    records = read_records(SEEDS)
    kept = tuple(
        dataclasses.replace(concept, retired=True) if concept.id == "kimchi" else concept
        for concept in records.concepts
    )
    catalogue = Catalogue(dataclasses.replace(records, concepts=kept))

    assert catalogue.concept("kimchi").name_vi == "kim chi"
    assert catalogue.concepts_named("kim chi") == ()
    assert concept_error(catalogue, "kimchi", pointer="/concept") is not None


def test_a_concept_below_itself_is_refused() -> None:
    records = read_records(SEEDS)
    circle = tuple(
        dataclasses.replace(concept, parent="coconut-green-dwarf") if concept.id == "coconut" else concept
        for concept in records.concepts
    )

    with pytest.raises(InconsistentReference, match="below itself"):
        Catalogue(dataclasses.replace(records, concepts=circle))


def test_two_units_with_one_name_are_refused() -> None:
    records = read_records(SEEDS)
    twice = tuple(dataclasses.replace(unit, aliases=("kg",)) if unit.code == "TNE" else unit for unit in records.units)

    with pytest.raises(InconsistentReference, match="kg names both"):
        Catalogue(dataclasses.replace(records, units=twice))


@pytest.mark.parametrize(
    ("text", "first"), [("dừa", "coconut"), ("dứa", "pineapple"), ("dưa", "melon"), ("XOÀI", "mango")]
)
def test_the_right_marks_come_first(text: str, first: str) -> None:
    assert find_concepts(CATALOGUE, text)[0].id == first


def test_without_marks_every_reading_comes_before_longer_names() -> None:
    found = [concept.id for concept in find_concepts(CATALOGUE, "dua")]

    assert set(found[:3]) == {"coconut", "pineapple", "melon"}


@given(st.text(max_size=30))
def test_any_text_can_be_looked_up(text: str) -> None:
    assert len(find_concepts(CATALOGUE, text)) <= len(CATALOGUE.concepts)


@settings(deadline=None)
@given(st.integers(min_value=1, max_value=100), st.sampled_from([None, "dua", "gạo", "a"]))
def test_pages_follow_each_other_without_gap_or_repetition(limit: int, text: str | None) -> None:
    whole = find_concepts(CATALOGUE, text)
    read, cursor = page_of(whole, limit=limit, cursor=None)
    seen = list(read)
    while cursor is not None:
        read, cursor = page_of(whole, limit=limit, cursor=cursor)
        seen.extend(read)

    assert seen == whole
