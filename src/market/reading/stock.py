"""The word giống after goods: seed or breeding stock of them, unless the name of their variety follows it."""

from __future__ import annotations

from market.reference.catalogue import Catalogue

STOCK_FORM = "planting-stock"
ANIMALS = frozenset({"aquatic", "meat_livestock", "insect", "ornamental_fish"})
"""Categories of what has no variety named behind the word: cá lóc giống An Giang is stock."""


def names_a_variety(form_id: str, concept_id: str, catalogue: Catalogue, *, unknown_follows: bool) -> bool:
    """Whether a word for stock only names a variety: dâu tây giống New Zealand are berries.

    Args:
        form_id: what the word after the goods says.
        concept_id: the goods.
        catalogue: for their category.
        unknown_follows: whether a word stands directly behind it that nothing explains.
    """
    if form_id != STOCK_FORM or not unknown_follows:
        return False
    return ANIMALS.isdisjoint(catalogue.category_line(catalogue.concept(concept_id).category))
