"""Goods of a title: the one place where imports ask what somebody's words for goods mean."""

from __future__ import annotations

from market.reading.titles import goods_of_title
from market.reading.vocabulary import vocabulary_of
from market.reference.catalogue import Catalogue


def goods_named(title: str, catalogue: Catalogue, *, region: str | None = None) -> str | None:
    """The concept that a title names; None when it names none, or not clearly.

    Args:
        region: of who wrote it (bac, trung, nam), for words that differ by region.
    """
    return goods_of_title(title, vocabulary_of(catalogue), region=region).concept_id
