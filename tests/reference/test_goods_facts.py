"""What the files of goods promise to the code that reads them: categories, forms, parts and commodities."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from market.config import PROJECT_ROOT
from market.vietnamese.spelling import marked

Row = dict[str, Any]

SEEDS = PROJECT_ROOT / "seeds" / "reference"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
REGIONS = {"bac", "trung", "nam"}
COUNTING_WORDS = {"trái", "quả", "củ", "con"}
OCOP_GROUPS = {"food", "drink", "medicinal_herbal", "handicraft", "ornamental", "tourism"}
DERIVED = {
    "dried-fruit-mango": ("mango", "dried", None),
    "cashew-kernel": ("cashew", None, "kernel"),
    "coconut-candy": ("coconut", "candy", None),
    "lime-leaf": ("lime", None, "leaf"),
    "fish-sauce": ("fresh-fish", "fish-sauce", None),
}


def _rows(name: str, field: str) -> list[Row]:
    document: Row = json.loads((SEEDS / f"{name}.json").read_text(encoding="utf-8"))
    rows: list[Row] = document[field]
    return rows


CATEGORIES = _rows("categories", "categories")
FORMS = _rows("forms", "forms")
PARTS = _rows("parts", "parts")
CONCEPTS = _rows("concepts", "concepts")
READINGS = _rows("homographs", "readings")
CATEGORY_IDS, FORM_IDS, PART_IDS, CONCEPT_IDS = (
    {row["id"] for row in rows} for rows in (CATEGORIES, FORMS, PARTS, CONCEPTS)
)
KINDS = {"categories": CATEGORIES, "forms": FORMS, "parts": PARTS, "concepts": CONCEPTS}


def _names(concept: Row) -> list[str]:
    return [concept["name_vi"], *(name["name"] for name in concept["names"])]


def _heads(row: Row) -> Iterator[Row]:
    for head in row.get("heads", []):
        yield head if isinstance(head, dict) else {"word": head}


def _words(row: Row) -> list[str]:
    plain = [word for field in ("tails", "english", "words") for word in row.get(field, [])]
    return [*(head["word"] for head in _heads(row)), *plain]


@pytest.mark.parametrize("kind", KINDS)
def test_ids_are_plain_and_unique(kind: str) -> None:
    ids = [row["id"] for row in KINDS[kind]]

    assert [id_ for id_, count in Counter(ids).items() if count > 1] == []
    assert [id_ for id_ in ids if not SLUG.fullmatch(id_.replace("_", "-"))] == []


@pytest.mark.parametrize("kind", ["categories", "forms", "concepts"])
def test_parents_exist_and_make_a_tree(kind: str) -> None:
    parents = {row["id"]: row["parent"] for row in KINDS[kind]}

    for id_ in parents:
        line = [id_]
        while (parent := parents[line[-1]]) is not None:
            assert parent in parents, id_
            assert parent not in line, id_
            line.append(parent)


@pytest.mark.parametrize("kind", KINDS)
def test_everything_is_named_in_both_languages(kind: str) -> None:
    for row in KINDS[kind]:
        assert row["name_vi"].strip() == row["name_vi"] != "", row["id"]
        assert row["name_en"].strip() == row["name_en"] != "", row["id"]


def test_words_and_names_are_composed_and_trimmed() -> None:
    words = [word for rows in (CATEGORIES, FORMS, PARTS) for row in rows for word in _words(row)]
    names = [name for concept in CONCEPTS for name in [*_names(concept), *concept.get("descriptors", [])]]

    for word in [*words, *names]:
        assert word == unicodedata.normalize("NFC", word).strip() != "", word


def test_the_groups_of_ocop_are_roots() -> None:
    roots = {row["id"]: row.get("ocop") for row in CATEGORIES if row["parent"] is None}

    assert {group for group in roots.values() if group} == OCOP_GROUPS
    assert "unclassified" in roots


def test_categories_named_by_forms_and_parts_exist() -> None:
    for row in [*FORMS, *PARTS]:
        categories = row.get("category", {})
        assert set(categories) - {"*"} <= CATEGORY_IDS, row["id"]
        assert set(categories.values()) <= CATEGORY_IDS, row["id"]
        assert set(row.get("unchanged", [])) <= CATEGORY_IDS, row["id"]
        for head in _heads(row):
            assert set(head.get("of", [])) <= CATEGORY_IDS, row["id"]
            assert set(head.get("regions", [])) <= REGIONS, row["id"]


@pytest.mark.parametrize("kind", ["forms", "parts"])
def test_a_word_before_goods_says_one_thing(kind: str) -> None:
    everywhere = Counter(head["word"] for row in KINDS[kind] for head in _heads(row) if "of" not in head)
    narrow = Counter((head["word"], of) for row in KINDS[kind] for head in _heads(row) for of in head.get("of", []))

    assert [word for word, count in (everywhere + narrow).items() if count > 1] == []


def test_a_word_after_goods_says_one_thing() -> None:
    for field in ("tails", "english"):
        words = Counter(word for row in FORMS for word in row.get(field, []))
        assert [word for word, count in words.items() if count > 1] == [], field


def test_counting_words_are_no_parts() -> None:
    assert COUNTING_WORDS.isdisjoint(word for part in PARTS for word in _words(part))


def test_goods_refer_to_what_exists() -> None:
    for concept in CONCEPTS:
        assert concept["category"] in CATEGORY_IDS, concept["id"]
        assert concept.get("of", concept["id"]) in CONCEPT_IDS, concept["id"]
        assert concept.get("form", "fresh") in FORM_IDS, concept["id"]
        assert {concept[field] for field in ("part", "natural") if field in concept} <= PART_IDS, concept["id"]


def test_goods_made_of_a_commodity_say_how_they_come() -> None:
    for concept in CONCEPTS:
        if "of" in concept:
            assert "form" in concept or "part" in concept, concept["id"]
            assert concept["of"] != concept["id"]


def test_what_goods_are_made_of_ends_at_a_commodity() -> None:
    made_of = {concept["id"]: concept.get("of") for concept in CONCEPTS}

    for id_ in made_of:
        line = [id_]
        while (commodity := made_of[line[-1]]) is not None:
            assert commodity not in line, id_
            line.append(commodity)


def test_a_pair_of_commodity_and_form_is_one_concept() -> None:
    pairs = Counter(
        (concept.get("of"), concept.get("form"), concept.get("part"))
        for concept in CONCEPTS
        if {"of", "form", "part"} & concept.keys()
    )

    assert [pair for pair, count in pairs.items() if count > 1] == []


@pytest.mark.parametrize("concept_id", DERIVED)
def test_derived_goods_keep_their_ids_and_are_pairs(concept_id: str) -> None:
    concept = next(concept for concept in CONCEPTS if concept["id"] == concept_id)

    assert tuple(concept.get(field) for field in ("of", "form", "part")) == DERIVED[concept_id]


def test_no_goods_have_a_name_twice() -> None:
    for concept in CONCEPTS:
        names = Counter(marked(name) for name in _names(concept))
        assert [name for name, count in names.items() if count > 1] == [], concept["id"]


def test_no_two_goods_have_the_same_first_name() -> None:
    names = Counter(marked(concept["name_vi"]) for concept in CONCEPTS)

    assert [name for name, count in names.items() if count > 1] == []


def test_regions_of_names_are_known() -> None:
    for concept in CONCEPTS:
        for name in concept["names"]:
            assert name["regions"] is None or set(name["regions"]) <= REGIONS, concept["id"]


def test_materials_of_crafts_are_marked() -> None:
    for concept in CONCEPTS:
        assert concept.get("material", False) or concept["category"] != "material", concept["id"]


def test_readings_of_homographs_exist_once_each() -> None:
    for reading in READINGS:
        assert reading["concept"] is None or reading["concept"] in CONCEPT_IDS, reading["word"]
        assert reading.get("near", ["any"]) != [], reading["word"]

    readings = Counter((marked(reading["word"]), reading["concept"], reading["unit"]) for reading in READINGS)
    assert [reading for reading, count in readings.items() if count > 1] == []
