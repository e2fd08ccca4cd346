"""How common a reading of an ambiguous word is: all weights in one place, fed by the catalogue alone."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Literal

from market.reference.catalogue import Catalogue
from market.reference.records import Concept

NameKind = Literal["primary", "regional", "trade", "english"]

NAME_WEIGHTS: dict[NameKind, float] = {"primary": 1.0, "regional": 0.8, "trade": 0.7, "english": 0.6}
"""A name that is the everyday one somewhere says more than a trade name, and that more than a foreign one."""

CATEGORY_WEIGHTS = {
    "fruit": 1.0,
    "vegetable": 0.97,
    "cereal_rice": 0.96,
    "aquatic": 0.95,
    "meat_livestock": 0.95,
    "egg_dairy": 0.95,
    "seasoning": 0.9,
    "coffee_tea_cacao": 0.94,
    "herb_spice": 0.9,
    "nut": 0.9,
    "dried_processed": 0.85,
    "fish_sauce_fermented": 0.85,
    "beverage": 0.85,
    "medicinal": 0.8,
    "flower_ornamental": 0.8,
}
OTHER_CATEGORY_WEIGHT = 0.8

NARROWER_WEIGHT = 0.06
NAMES_WEIGHT = 0.03
PROVINCES_WEIGHT = 0.01
"""Goods with more kinds, more names and more places that grow them are more traded."""

NARROW_CONCEPT = 0.85
"""A generic word means the generic goods before one of their kinds."""

HOMOGRAPH_RANKS = (1.0, 0.8, 0.65, 0.55)
"""Readings that the catalogue ranks itself, commonest first."""

SEARCHERS_REGION = 1.5
ANOTHER_REGION = 0.7
"""A regional word in the mouth of someone from its region, and from another one."""

TYPED_EXACTLY = 1.25
"""A word without marks that is spelled without them, against one that has lost its marks."""


def concept_weight(catalogue: Catalogue, concept: Concept) -> float:
    """How much goods are traded, as far as the catalogue shows it: about 0.7 to 1.4."""
    breadth = (
        1.0
        + NARROWER_WEIGHT * math.log2(len(catalogue.kinds(concept.id)))
        + NAMES_WEIGHT * math.log2(1 + len(concept.names))
        + PROVINCES_WEIGHT * len(concept.provinces or ())
    )
    narrow = NARROW_CONCEPT if concept.parent else 1.0
    line = catalogue.category_line(concept.category)
    weight = next((CATEGORY_WEIGHTS[group] for group in line if group in CATEGORY_WEIGHTS), OTHER_CATEGORY_WEIGHT)
    return weight * breadth * narrow


def region_factor(regions: Collection[str] | None, region: str | None) -> float:
    """How a searcher's region (bac, trung, nam; None: unknown) changes the weight of a word of `regions`."""
    if region is None or not regions:
        return 1.0
    return SEARCHERS_REGION if region in regions else ANOTHER_REGION
