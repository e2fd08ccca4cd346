"""The lab itself: its corpus, its judgements and its measures."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

import pytest

from market.reference.catalogue import Catalogue
from tests.relevance.__main__ import Row, under_the_floor
from tests.relevance.corpus import documents
from tests.relevance.grading import LISTED_CLASSES, load_asked
from tests.relevance.judgements import CLASSES, load_judgements
from tests.relevance.labs import FLOOR, JUDGEMENTS, LISTED_JUDGEMENTS, Lab, labs
from tests.relevance.listed import titles
from tests.relevance.metrics import empty, first_hit, ndcg, recall


@pytest.fixture(scope="module")
def by_name(catalogue: Catalogue) -> Mapping[str, Lab]:
    return {lab.name: lab for lab in labs(catalogue)}


def test_the_corpus_is_the_same_in_every_run(catalogue: Catalogue, by_name: Mapping[str, Lab]) -> None:
    once, again = by_name["known"].documents, documents(catalogue)
    assert once == again
    assert {document["concept"] for document in once} == {concept.id for concept in catalogue.concepts}
    assert len({document["id"] for document in once}) == len(once)


def test_every_judged_query_asks_for_something_that_the_corpus_has(by_name: Mapping[str, Lab]) -> None:
    lab = by_name["known"]
    for query in lab.queries:
        assert max(lab.grades(query).values(), default=0) == 2, query.id


def test_every_judgement_is_about_known_goods_in_one_class_once(catalogue: Catalogue) -> None:
    judgements = load_judgements(JUDGEMENTS)
    assert len(judgements) >= 300
    assert len({judgement.id for judgement in judgements}) == len(judgements)
    assert len({(judgement.query, judgement.region) for judgement in judgements}) > 0.9 * len(judgements)
    assert {judgement.query_class for judgement in judgements} == set(CLASSES)
    named = {concept for judgement in judgements for c in judgement.relevant for concept in c.concepts}
    assert named <= {concept.id for concept in catalogue.concepts}


def test_the_best_order_has_full_gain_and_a_worse_one_less() -> None:
    assert ndcg([3, 2, 1], [1, 2, 3]) == 1
    assert ndcg([1, 2, 3], [1, 2, 3]) < 1
    assert ndcg([0, 3], [3, 0]) == pytest.approx(1 / math.log2(3))
    assert ndcg([], [3]) == 0


def test_recall_counts_what_could_be_shown() -> None:
    assert recall([2, 0, 2], [2, 2, 2, 1]) == pytest.approx(2 / 3)
    assert recall([1], [1, 1]) == pytest.approx(1 / 2)
    assert recall([2] * 50, [2] * 80) == 1


def test_the_first_result_must_be_as_good_as_any() -> None:
    assert first_hit([3, 1], [1, 3])
    assert not first_hit([2, 3], [2, 3])
    assert not first_hit([], [3])


def test_a_measure_under_its_floor_is_named() -> None:
    rows = {"all": Row(1, 0.9, 1.0, 1.0, 0)}
    assert under_the_floor(rows, {"all": {"ndcg": 0.95, "recall": 1.0}}) == ["all: ndcg 0.900 is under 0.95"]
    assert under_the_floor(rows, {"all": {"ndcg": 0.9}}) == []


def test_an_empty_answer_where_goods_exist_is_always_under_the_floor() -> None:
    assert empty([], [0, 1])
    assert not empty([], [0, 0])
    assert not empty([0], [1])
    assert under_the_floor({"all": Row(1, 0.9, 1.0, 1.0, 2)}, {}) == ["2 empty answers where goods exist"]


def test_the_floor_is_recorded_for_every_class() -> None:
    floor = json.loads(FLOOR.read_text(encoding="utf-8"))
    assert set(floor["known"]) == {*CLASSES, "all"}
    assert set(floor["tuned"]) == {*LISTED_CLASSES, "all"}
    assert "all" in floor["unseen"]


def test_what_people_list_is_of_every_group_and_enough(catalogue: Catalogue) -> None:
    given = titles(catalogue)
    assert len({one.title for one in given}) == len(given) >= 1_300
    assert {one.province for one in given if one.province} <= {p.code for p in catalogue.provinces}
    meant = {concept for one in given for concept in one.fact.concepts}
    groups = {
        line.ocop
        for concept in meant
        for id_ in catalogue.category_line(catalogue.concept(concept).category)
        if (line := catalogue.find_category(id_)) is not None and line.ocop is not None
    }
    assert {"food", "drink", "medicinal_herbal", "handicraft", "ornamental", "tourism"} <= groups
    assert sum(not one.fact.concepts for one in given) >= 50


def test_every_query_over_what_people_list_asks_for_something_near(by_name: Mapping[str, Lab]) -> None:
    for lab in (by_name["tuned"], by_name["unseen"]):
        assert len(lab.documents) >= 1_500
        for query in lab.queries:
            best = max(lab.grades(query).values())
            assert best > 0, query.id
            assert best == (1 if query.query_class == "nothing-exact" else 2), query.id


def test_there_are_enough_judged_queries_and_a_quarter_of_the_new_ones_is_held_out(catalogue: Catalogue) -> None:
    tuned, unseen = (load_asked(LISTED_JUDGEMENTS / f"{name}.jsonl", catalogue) for name in ("tuned", "unseen"))
    assert len(load_judgements(JUDGEMENTS)) + len(tuned) + len(unseen) >= 1_200
    assert len(unseen) >= 0.2 * (len(tuned) + len(unseen))
    assert not {one.query for one in tuned} & {one.query for one in unseen}
    assert {one.query_class for one in tuned} == set(LISTED_CLASSES)
