"""The lab itself: its corpus, its judgements and its measures."""

from __future__ import annotations

import math

import pytest

from market.config import PROJECT_ROOT
from market.reference.catalogue import Catalogue
from tests.relevance.__main__ import FLOOR, JUDGEMENTS, NOW, Row, under_the_floor
from tests.relevance.corpus import TODAY, documents
from tests.relevance.judgements import CLASSES, grade, load_judgements
from tests.relevance.metrics import first_hit, ndcg, recall


def test_the_corpus_is_the_same_in_every_run(catalogue: Catalogue) -> None:
    once, again = documents(catalogue), documents(catalogue)
    assert once == again
    assert {document["concept"] for document in once} == {concept.id for concept in catalogue.concepts}
    assert len({document["id"] for document in once}) == len(once)


def test_every_judged_query_asks_for_something_that_the_corpus_has(catalogue: Catalogue) -> None:
    corpus = documents(catalogue)
    for judgement in load_judgements(JUDGEMENTS):
        assert max(grade(judgement, document, now=NOW, today=TODAY) for document in corpus) == 3, judgement.id


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
    assert recall([3, 0, 2], [3, 2, 2, 1]) == pytest.approx(2 / 3)
    assert recall([3] * 50, [3] * 80) == 1


def test_the_first_result_must_be_as_good_as_any() -> None:
    assert first_hit([3, 1], [1, 3])
    assert not first_hit([2, 3], [2, 3])
    assert not first_hit([], [3])


def test_a_measure_under_its_floor_is_named() -> None:
    rows = {"marked": Row(1, 0.9, 1.0, 1.0)}
    assert under_the_floor(rows, {"marked": {"ndcg": 0.95, "recall": 1.0}}) == ["marked: ndcg 0.900 is under 0.95"]
    assert under_the_floor(rows, {"marked": {"ndcg": 0.9}}) == []


def test_the_floor_is_recorded_for_every_class() -> None:
    assert FLOOR.is_relative_to(PROJECT_ROOT)
    assert all(f'"{name}"' in FLOOR.read_text(encoding="utf-8") for name in (*CLASSES, "all"))
