"""What is near goods: the same in other forms, other varieties, wider goods, what is called alike, their category."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from market.engine.filter_language import any_of
from market.reference.catalogue import Catalogue
from market.reference.goods_catalogue import concept_names
from market.search.request import Question, TierName
from market.vietnamese.text import fold, words
from market.vietnamese.tone_keys import tone_key

PRODUCTS = frozenset({"egg", "raw-milk"})
"""Parts that are goods of another kind than the animal they are from."""

FOOD = "food"
"""The group whose goods come in forms of every other: soy sauce, and soy milk."""
MOST_LIKE = 3
"""Readings of the goods whose categories are shown when nothing else is found."""


def kin(question: Question, catalogue: Catalogue) -> Iterable[tuple[TierName, str]]:
    """The same in other forms, varieties of the same, wider goods, and last whatever the wider ones hold.

    Of wider goods those come first that come as they were asked for: of dried mangosteens, what else is dried. What is
    of another kind altogether, as rice beside rượu đế and beef beside yogurt, is no other form, unless the words name
    what the goods are made of.
    """
    concepts = _known(question, catalogue)
    commodities = dict.fromkeys(catalogue.goods(concept).commodity for concept in concepts)
    if commodities:
        forms = any_of("commodities", commodities)
        told = _is_told(question, concepts, catalogue) or set(_like(concepts, catalogue)) == {FOOD}
        yield "form", forms if told else f"({forms} AND {any_of('categories', _like(concepts, catalogue))})"
    yield from _wider(concepts, catalogue)


def of_category(question: Question, catalogue: Catalogue) -> Iterable[tuple[TierName, str]]:
    """What else is of the category of goods that were surely read: first what is called alike."""
    if not question.is_certain:
        return
    concepts = _known(question, catalogue)
    alike = named_alike(tuple(concepts[:MOST_LIKE]), catalogue)
    if question.class_of:
        yield "wider", any_of("category", [question.class_of])
    elif alike:
        yield "wider", any_of("concepts", alike)
    for category in _categories(question, concepts, catalogue):
        yield "wider", any_of("categories", [category])
    if concepts and not _is_told(question, concepts, catalogue) and not _are_products(concepts, catalogue):
        yield "form", any_of("commodities", dict.fromkeys(catalogue.goods(concept).commodity for concept in concepts))


def _known(question: Question, catalogue: Catalogue) -> list[str]:
    return [concept for concept in question.concepts if catalogue.find_concept(concept) is not None]


def _is_told(question: Question, concepts: Sequence[str], catalogue: Catalogue) -> bool:
    """Whether the words name what the goods are made of: rượu gạo, but not rượu đế."""
    return any(_names(question, catalogue.goods(concept).commodity, catalogue) for concept in concepts)


def _are_products(concepts: Sequence[str], catalogue: Catalogue) -> bool:
    return any(catalogue.goods(concept).part in PRODUCTS for concept in concepts)


def _names(question: Question, commodity: str, catalogue: Catalogue) -> bool:
    """Whether the words hold a name of what goods are made of, with the marks that they have."""
    spelled = tone_key if question.key else fold
    said = f" {spelled(question.words)} "
    return any(f" {spelled(name)} " in said for name in concept_names(catalogue.concept(commodity)))


def _like(concepts: Sequence[str], catalogue: Catalogue) -> Iterable[str]:
    """Where other forms of the goods are like them: of a part of an animal its own category, else the whole group."""
    for concept in concepts:
        category = catalogue.concept(concept).category
        yield category if catalogue.goods(concept).part in PRODUCTS else catalogue.category_line(category)[-1]


def _categories(question: Question, concepts: Sequence[str], catalogue: Catalogue) -> Iterable[str]:
    """The categories of the goods, and then those around them, but for the groups that hold nearly everything."""
    lines = [catalogue.category_line(catalogue.concept(concept).category) for concept in concepts[:MOST_LIKE]]
    if question.class_of:
        lines.insert(0, catalogue.category_line(question.class_of))
    own = [line[0] for line in lines]
    return dict.fromkeys([*own, *(above for line in lines for above in line[1:-1])])


def _wider(concepts: Sequence[str], catalogue: Catalogue) -> Iterable[tuple[TierName, str]]:
    goods = [catalogue.goods(concept) for concept in concepts]
    siblings: dict[str, None] = {}
    wider: dict[str, None] = {}
    for concept, one in zip(concepts, goods, strict=True):
        above = catalogue.ancestors(one.commodity)
        family = _family(one.commodity, catalogue)
        if family is not None:
            siblings[catalogue.pair(family, form=one.form, part=one.part)] = None
        wider |= dict.fromkeys([*above, *catalogue.ancestors(concept)])
    yield "variety", any_of("concepts", siblings) if siblings else ""
    own = any_of("concept", wider) if wider else ""
    held = f"({any_of('commodities', wider)} OR {any_of('concepts', wider)})" if wider else ""
    forms = dict.fromkeys(form for one in goods if one.form for form in catalogue.forms_below(one.form))
    alike = any_of("form", forms) if forms and wider else ""
    yield "wider", f"({own} AND {alike})" if alike else ""
    yield "wider", own
    yield "wider", f"({held} AND {alike})" if alike else ""
    like_it = any_of("categories", dict.fromkeys(catalogue.concept(concept).category for concept in concepts))
    yield "wider", f"({held} AND {like_it})" if held and not alike else ""
    yield "wider", held


def _family(commodity: str, catalogue: Catalogue) -> str | None:
    """The goods that this is a variety of, as its name says: the pomelo of bưởi da xanh, not the fish of cá lóc."""
    name = catalogue.concept(commodity).name_vi
    for above in catalogue.ancestors(commodity):
        if name.startswith(f"{catalogue.concept(above).name_vi} "):
            return above
    return None


@lru_cache(maxsize=4096)
def named_alike(concepts: tuple[str, ...], catalogue: Catalogue) -> tuple[str, ...]:
    """The goods of the same categories whose names begin with the same noun, and those of the category whose noun it
    is: cà chua beside cà tím, but no cà phê."""
    found: dict[str, None] = {}
    for concept in concepts:
        found |= dict.fromkeys(_beside(concept, catalogue))
    return tuple(id_ for id_ in found if id_ not in concepts)


def _beside(concept: str, catalogue: Catalogue) -> Iterator[str]:
    own = catalogue.concept(concept)
    noun, *rest = words(own.name_vi)
    if not rest:
        return
    classes = {own.category, *(one.id for one in catalogue.categories if noun in one.heads)}
    for other in catalogue.concepts:
        if other.category in classes and words(other.name_vi)[:1] == [noun]:
            yield other.id
