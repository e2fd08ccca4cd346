"""Goods of a title: the one place where imports ask what somebody's words for goods mean."""

from __future__ import annotations

from market.reference.catalogue import Catalogue
from market.search.inference import infer_concept
from market.search.vocabulary import vocabulary_of


def goods_named(title: str, catalogue: Catalogue, *, region: str | None = None) -> str | None:
    """The concept that a title names; None when it names none, or not clearly.

    Args:
        region: of who wrote it (bac, trung, nam), for words that differ by region.
    """
    return infer_concept(title, vocabulary_of(catalogue), region=region).concept_id
