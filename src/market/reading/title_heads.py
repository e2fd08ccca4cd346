"""Where the first noun of a title stands: after what introduces goods, and after what is written like a brand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from market.reading.phrase import Phrase
from market.reading.title_words import LEADING_LENGTHS, counting_words, leading_words, makers_words, named_last, run_of
from market.vietnamese.syllables import is_syllable

AFTER_A_BRAND = 0.85
AFTER_UNKNOWN = 0.4
CRAFTS = "handicraft"
PLANT = "cây"
STOCK = "seedling"
"""Seeds, seedlings and breeding stock: what they are of says which they are."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where the first noun of a title stands, and how sure it is that it is one."""

    first: int
    confidence: float
    counted: str | None = None
    """The classifier before it (trái, củ, con)."""


def head_of(phrase: Phrase, *, start: int = 0) -> Head | None:
    """The first word that may be a noun: after what introduces goods, and after what is written like a brand.

    Args:
        phrase: the title.
        start: where goods begin at the earliest; after the first word, what stands before is a maker.
    """
    index, confidence, counted = start, AFTER_A_BRAND if start else 1.0, None
    if (service := _service(phrase, start)) is not None:
        return Head(service, confidence)
    while index < len(phrase.tokens):
        skipped = _introduces(phrase, index)
        if skipped:
            if _is_classifier(phrase, index, skipped):
                counted = phrase.tokens[index].text
            index = skipped
            continue
        if _explains(phrase, index):
            return Head(index, confidence, counted)
        ahead = _after_a_brand(phrase, index)
        if ahead is None:
            later = _next_explained(phrase, index)
            return None if later is None else Head(later, AFTER_UNKNOWN)
        index, confidence = ahead, AFTER_A_BRAND
    return None


def _service(phrase: Phrase, start: int) -> int | None:
    """Where a service stands after nothing but the name of who offers it: Yến Nhi - Bản Giốc Homestay."""
    if next(phrase.facets.heads_at(phrase.tokens, start), None) is not None:
        return None
    for index in range(start, len(phrase.tokens)):
        if phrase.tokens[index].text in named_last():
            return index
        if not phrase.written(index, index + 1)[:1].isupper() and phrase.tokens[index].text != "s":
            return None
    return None


def starts_after_a_maker(phrase: Phrase) -> Iterator[int]:
    """Where goods may begin behind the name of who makes them and a dash, colon or bar: Vườn Nhà Mẹ Sáu - gốm."""
    for index in range(1, len(phrase.tokens)):
        if phrase.parted(index - 1, index) and _names_a_maker(phrase, index):
            yield index


def _names_a_maker(phrase: Phrase, last: int) -> bool:
    """Whether the first words call somebody by name: by a foreign word, one such as bà or farm, or by nothing known."""
    before = range(last)
    foreign = any(len(token.text) > 1 and not is_syllable(token.text) for token in phrase.tokens[:last])
    called = any(run_of(phrase, index, run) in makers_words() for index in before for run in LEADING_LENGTHS)
    return foreign or called or not any(phrase.part_at(index) or _explains(phrase, index) for index in before)


def _introduces(phrase: Phrase, index: int) -> int:
    """Where the words end that come before goods and say nothing of them; 0 when there are none."""
    part = phrase.part_at(index)
    if part is not None and part.last == index + 1 and _counts_a_thing(phrase, index):
        return part.last
    if part is not None and part.first == index and part.kind not in {"concept", "word", "locality"}:
        return part.last
    for run in LEADING_LENGTHS:
        if index + run < len(phrase.tokens) and run_of(phrase, index, run) in leading_words():
            named = part is not None and part.kind == "concept" and part.last > index + run
            named = named or _is_a_package(phrase, index, index + run)
            longer = any(facet.last > index + run for facet in phrase.facets.heads_at(phrase.tokens, index))
            alone = _stands_alone(phrase, index + run) or _is_a_tree(phrase, index, index + run)
            if named or longer or alone or _is_crafted(phrase, index, index + run):
                return 0
            return index + run
    return 0


def _counts_a_thing(phrase: Phrase, index: int) -> bool:
    """Whether a word that is goods by itself only counts what follows: tấm thớt gỗ is a board, no broken rice."""
    after = phrase.part_at(index + 1) if index + 1 < len(phrase.tokens) else None
    if phrase.tokens[index].text not in counting_words() or after is None or after.kind != "concept":
        return False
    catalogue = phrase.vocabulary.catalogue
    return CRAFTS in catalogue.category_line(catalogue.concept(after.entries[0].keys[0]).category)


def _is_a_package(phrase: Phrase, index: int, after: int) -> bool:
    """Whether what mostly packs goods is offered itself: no goods follow the foam box directly."""
    part = phrase.part_at(index)
    if part is None or part.kind != "concept" or part.by == "slip" or (part.first, part.last) != (index, after):
        return False
    return not _explains(phrase, after) or not phrase.side_by_side(after - 1, after)


def _is_crafted(phrase: Phrase, index: int, after: int) -> bool:
    """Whether what mostly packs goods is the goods: a bag of rush, a box of wood."""
    catalogue = phrase.vocabulary.catalogue
    facet = next((f for f in phrase.facets.heads_at(phrase.tokens, index) if f.word.kind == "form"), None)
    part = phrase.part_at(after)
    if facet is None or part is None or part.kind != "concept":
        return False
    return any(catalogue.concept(entry.keys[0]).material for entry in part.entries)


def _is_a_tree(phrase: Phrase, index: int, after: int) -> bool:
    """Whether a word that counts other goods is the tree that bears these: cây mít Thái is no fruit."""
    part = phrase.part_at(after)
    tree = next((facet.word for facet in phrase.facets.heads_at(phrase.tokens, index) if facet.word.of), None)
    if tree is None or phrase.tokens[index].text != PLANT or part is None or part.kind != "concept":
        return False
    catalogue = phrase.vocabulary.catalogue
    line = catalogue.category_line(catalogue.concept(part.entries[0].keys[0]).category)
    return not set(tree.of or ()).isdisjoint(line)


def _stands_alone(phrase: Phrase, index: int) -> bool:
    return index >= len(phrase.tokens)


def _is_classifier(phrase: Phrase, index: int, last: int) -> bool:
    return last == index + 1 and phrase.tokens[index].text in {"quả", "trái", "củ", "con", "cây"}


def _explains(phrase: Phrase, index: int) -> bool:
    part = phrase.part_at(index)
    return (
        (part is not None and part.kind == "concept" and part.first == index)
        or next(phrase.facets.heads_at(phrase.tokens, index), None) is not None
        or next(phrase.facets.classes_at(phrase.tokens, index), None) is not None
    )


def _after_a_brand(phrase: Phrase, index: int) -> int | None:
    """Where goods begin after words that are written like a name of their maker."""
    for place in range(index, len(phrase.tokens)):
        if place > index and _explains(phrase, place) and not _is_inside_a_name(phrase, index, place):
            return place
        if place > index and phrase.broken(place - 1, place):
            return place
        if not phrase.looks_like_a_name(place) and place > index:
            return None
        if place == index and not (phrase.looks_like_a_name(place) or _next_is_a_name(phrase, place)):
            return None
    return None


def _next_is_a_name(phrase: Phrase, index: int) -> bool:
    return index + 1 < len(phrase.tokens) and phrase.looks_like_a_name(index + 1)


def _is_inside_a_name(phrase: Phrase, first: int, index: int) -> bool:
    """Whether a word for goods goes on a name: the Mai of Hoàng Mai."""
    part = phrase.part_at(index)
    last = part.last if part is not None else index + 1
    return phrase.looks_like_a_name(index) and last == first + 1 + 1 and last < len(phrase.tokens)


def _next_explained(phrase: Phrase, index: int) -> int | None:
    return next((part.first for part in phrase.goods() if part.first > index), None)
