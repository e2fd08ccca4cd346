"""What the seed files promise to everybody who refers to them."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from typing import Any

import pytest

from market.config import PROJECT_ROOT
from market.reference.catalogue import Catalogue, catalogue_from_files
from market.reference.goods_catalogue import concept_names
from market.vietnamese.spelling import folded

SEEDS = PROJECT_ROOT / "seeds" / "reference"
FILES = sorted(path.name for path in SEEDS.glob("*.json"))

FIRST_WORDS = {"dừa": "coconut", "dứa": "pineapple", "dưa": "melon", "bơ": "avocado", "bò": None, "chè": "tea"}


def _figures() -> list[dict[str, Any]]:
    document: dict[str, Any] = json.loads((SEEDS / "figures.json").read_text(encoding="utf-8"))
    figures: list[dict[str, Any]] = document["figures"]
    return figures


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return catalogue_from_files(SEEDS)


@pytest.mark.parametrize("name", FILES)
def test_seed_files_are_composed_unicode(name: str) -> None:
    text = (SEEDS / name).read_text(encoding="utf-8")

    assert text == unicodedata.normalize("NFC", text)


def test_the_maps_have_63_and_34_units(catalogue: Catalogue) -> None:
    assert Counter(province.version for province in catalogue.provinces) == {"2008": 63, "2025": 34}


def test_every_territory_of_2008_is_in_exactly_one_unit_of_today(catalogue: Catalogue) -> None:
    parts = [part.key for unit in catalogue.provinces for part in catalogue.formed_from(unit)]

    assert len(parts) == len(set(parts)) == 63


def test_seven_codes_name_another_province_since_2025(catalogue: Catalogue) -> None:
    today = {province.code: province.name for province in catalogue.provinces if province.version == "2025"}
    renamed = {
        old.code
        for old in catalogue.provinces
        if old.version == "2008" and old.code in today and today[old.code] != old.name and old.code != "46"
    }

    assert renamed == {"15", "24", "44", "52", "80", "82", "91"}


def test_no_concept_of_the_source_list_is_missing(catalogue: Catalogue) -> None:
    assert len(catalogue.concepts) >= 556
    assert sum(len(concept.names) for concept in catalogue.concepts) >= 1041


def test_concept_ids_survive_folding_and_are_not_vietnamese_words(catalogue: Catalogue) -> None:
    english = {folded(concept.name_en) for concept in catalogue.concepts}
    borrowed = {folded(name.name) for concept in catalogue.concepts for name in concept.names} & english
    vietnamese = {folded(name) for concept in catalogue.concepts for name in concept_names(concept)} - english

    for concept in catalogue.concepts:
        assert folded(concept.id) == concept.id
        assert concept.id.isascii()
        assert concept.id.replace("-", " ") not in vietnamese - borrowed, concept.id


@pytest.mark.parametrize(("word", "concept_id"), FIRST_WORDS.items())
def test_words_that_fold_alike_stay_apart(catalogue: Catalogue, word: str, concept_id: str | None) -> None:
    named = {concept.id for concept in catalogue.concepts_named(word)}

    assert named >= {concept_id} if concept_id else named == set()


def test_every_homograph_reads_as_a_concept_or_a_unit_that_exists(catalogue: Catalogue) -> None:
    assert len({reading.word for reading in catalogue.homographs}) >= 20
    for reading in catalogue.homographs:
        known = catalogue.find_concept(reading.concept or "") or catalogue.find_unit(reading.unit or "")
        assert known is not None, reading.word
        assert (reading.concept is None) != (reading.unit is None)


def test_readings_of_a_homograph_are_numbered_from_the_commonest(catalogue: Catalogue) -> None:
    for word in {reading.word for reading in catalogue.homographs}:
        ranks = [reading.rank for reading in catalogue.readings(word)]
        assert ranks == list(range(1, len(ranks) + 1)), word


def test_seasons_are_calendar_months(catalogue: Catalogue) -> None:
    for concept in catalogue.concepts:
        months = concept.harvest_months or ()
        assert set(months) <= set(range(1, 13)), concept.id
        assert len(months) == len(set(months)), concept.id


def test_best_known_provinces_are_units_of_2008(catalogue: Catalogue) -> None:
    for concept in catalogue.concepts:
        for code in concept.provinces or ():
            assert catalogue.find_province(code, "2008") is not None, concept.id


def test_published_sums_add_up() -> None:
    figures = {figure["id"]: int(figure["value"]) for figure in _figures()}
    document: dict[str, Any] = json.loads((SEEDS / "figures.json").read_text(encoding="utf-8"))

    assert len(document["checks"]) >= 2
    for check in document["checks"]:
        assert figures[check["total"]] == sum(figures[part] for part in check["parts"]), check["total"]


def test_about_200_delegates_are_not_exactly_200() -> None:
    delegates = next(figure for figure in _figures() if figure["id"] == "nha-trang-2023-delegates")

    assert (delegates["value"], delegates["qualifier"]) == ("200", "about")


def test_every_figure_has_a_source_a_qualifier_and_known_places(catalogue: Catalogue) -> None:
    figures = _figures()

    assert len(figures) == len({figure["id"] for figure in figures})
    for figure in figures:
        assert figure["qualifier"] in {"exact", "about", "at_least"}
        assert figure["source"]["publisher"]
        assert len(figure["quote"] or "") <= 40
        for place in figure["provinces"]:
            assert catalogue.find_province(place["code"], place["version"]) is not None, figure["id"]
        if figure["programme"] is not None:
            assert catalogue.programme_group(figure["programme"]).members
