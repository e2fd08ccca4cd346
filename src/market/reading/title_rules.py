"""What the first noun of a title says: rules tried from top to bottom, and what stands beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from market.reading.facets import Facet
from market.reading.goods import ConceptReading, readings_of
from market.reading.names import is_classifier
from market.reading.phrase import Phrase
from market.reading.segments import Segment
from market.reading.title_heads import AFTER_UNKNOWN, CRAFTS, PLANT, STOCK, Head
from market.reading.title_tails import as_it_comes, facets_of, sureness_of_tails
from market.reading.title_words import changes_nothing, is_harmless, sureness, sureness_before
from market.reading.vocabulary import Match
from market.reference.catalogue import Catalogue
from market.reference.goods import DRIED, UNCLASSIFIED
from market.reference.records import Goods
from market.vietnamese.text import fold, words

FURTHER = 0.85
"""For each unknown word between a form and what it is made of."""
MOST_BETWEEN = 3
AMBIGUOUS = 0.9
"""Of a name with two meanings that are equally common."""
NEARLY_AS_COMMON = 0.55
EITHER_MARKS = 0.75
"""Of letters that are two names with marks, and nobody typed any."""
WHOLE_PLANT = 0.75
"""Of a vegetable or herb that is called a plant: cut, or with its roots."""
SOLD_CUT = frozenset({"vegetable", "herb_spice"})
DOUBTFUL_PLANT = 0.5
"""Of a thing whose name follows a word for a plant: cây lược vàng is a herb, no comb."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a rule read."""

    concept_id: str | None
    category: str
    confidence: float
    first: int
    last: int
    alternatives: tuple[str, ...] = ()


def _thing_that_vetoes(phrase: Phrase, head: Head, region: str | None) -> Claim | None:
    """Chổi xơ dừa is a broom, nhang quế incense: what it is made of only describes it."""
    facet = next((f for f in phrase.facets.heads_at(phrase.tokens, head.first) if f.word.kind == "form"), None)
    catalogue = phrase.vocabulary.catalogue
    form = catalogue.find_form(facet.word.id) if facet is not None else None
    if facet is None or form is None or not form.vetoes or head.counted or _named_longer(phrase, facet):
        return None
    if (across := _named_across(phrase, facet)) is not None:
        return across
    if _names_as_much(phrase, facet) and not _goods_follow(phrase, facet):
        return None
    kinds = catalogue.category_line(form.category.get("*", UNCLASSIFIED))
    if STOCK in kinds and (stock := _made(phrase, facet, region)) is not None and stock.concept_id is not None:
        return stock
    crafted = CRAFTS in kinds
    material = (
        None
        if not crafted
        else next((found for part in _made_of(phrase, facet.last) if (found := _material(phrase, part))), None)
    )
    if material is not None:
        concept = catalogue.pair(material, form=form.id)
        return Claim(concept, catalogue.concept(concept).category, 1.0, head.first, facet.last)
    generic = _named_here(phrase, facet) or catalogue.generic(form.id)
    if generic is not None:
        sure = sureness_before(phrase, facet.last, facet.last - facet.first)
        return Claim(generic, catalogue.concept(generic).category, sure, head.first, facet.last)
    return _made(phrase, facet, region)


def _named_across(phrase: Phrase, facet: Facet) -> Claim | None:
    """Goods whose name begins with a word for a thing and ends within a later one: giỏ trái cây nhập khẩu is a gift."""
    catalogue = phrase.vocabulary.catalogue
    for match in phrase.vocabulary.matches_at(phrase.tokens, facet.first):
        named = [entry.keys[0] for entry in match.entries if entry.kind == "concept"]
        if match.last > facet.last and named and (match.by == "marks" or not phrase.marked):
            return Claim(named[0], catalogue.concept(named[0]).category, 1.0, match.first, match.last)
    return None


def _named_here(phrase: Phrase, facet: Facet) -> str | None:
    """Goods of a form that have a name just there, though their material goes on: mặt nạ tơ tằm, khăn lụa Nha Xá."""
    for match in phrase.vocabulary.matches_at(phrase.tokens, facet.first):
        if match.last == facet.last:
            return next((entry.keys[0] for entry in match.entries if entry.kind == "concept"), None)
    return None


def _material(phrase: Phrase, part: Segment) -> str | None:
    catalogue = phrase.vocabulary.catalogue
    for entry in part.entries:
        concept = catalogue.concept(entry.keys[0])
        if concept.material or (concept.of is not None and catalogue.concept(concept.of).material):
            return concept.id
    return None


def _named_goods(phrase: Phrase, head: Head, region: str | None) -> Claim | None:
    """A name of goods, unless a word for a form or part begins there and goods follow it."""
    part = phrase.part_at(head.first)
    if part is None or part.kind != "concept" or part.first != head.first:
        return None
    if (longer := _carried_on(phrase, part, region)) is not None:
        return longer
    part = _narrowest(phrase, part)
    facet = next(phrase.facets.heads_at(phrase.tokens, head.first), None)
    if facet is not None and facet.last >= part.last and (facet.last > part.last or _goods_follow(phrase, facet)):
        return None
    readings = _readings(phrase, part, region)
    sure = _sureness_of_meaning(phrase, readings) * sureness(phrase, part)
    concept, last = as_it_comes(phrase, readings[0].id, part)
    category = phrase.vocabulary.catalogue.concept(concept).category
    sure *= sureness_of_tails(phrase, part.last, last) * _sureness_of_a_plant(phrase, head, concept)
    others = tuple(reading.id for reading in readings[1:])
    return Claim(concept, category, sure * _how_found(phrase, part), part.first, last, others)


def _sureness_of_meaning(phrase: Phrase, readings: Sequence[ConceptReading]) -> float:
    """How sure the commonest meaning of a name is: dau dua is đậu đũa or dầu dừa where nobody types marks."""
    if len(readings) == 1:
        return 1.0
    first, second = readings[0], readings[1]
    if second.confidence >= first.confidence:
        return AMBIGUOUS
    close = not phrase.marked and second.confidence >= first.confidence * NEARLY_AS_COMMON
    return EITHER_MARKS if close and not _are_kin(first.id, second.id, phrase.vocabulary.catalogue) else 1.0


def _carried_on(phrase: Phrase, part: Segment, region: str | None) -> Claim | None:
    """Goods whose longer name goes on behind a name's word for a form or part: ruốc cá lóc, lá dừa nước."""
    catalogue = phrase.vocabulary.catalogue
    made = catalogue.goods(part.entries[0].keys[0])
    if made.form is None and made.part is None:
        return None
    for facet in phrase.facets.heads_at(phrase.tokens, part.first):
        if facet.last >= part.last or _is_a_thing(phrase, facet) or _begins_a_form(phrase, facet.last):
            continue
        for match in phrase.vocabulary.matches_at(phrase.tokens, facet.last):
            named = tuple(entry for entry in match.entries if entry.kind == "concept")
            if not named or not _goes_on(phrase, part, match):
                continue
            longer = Segment(facet.last, match.last, "concept", match.by, named)
            form, inner = facets_of(facet)
            for reading in _readings(phrase, longer, region):
                if _fits(facet, reading.id, catalogue) and _is_of_others(reading.id, made, facet, catalogue):
                    concept = catalogue.pair(reading.id, form=form, part=inner)
                    sure = sureness(phrase, longer) * _how_found(phrase, longer)
                    return Claim(concept, catalogue.concept(concept).category, sure, part.first, match.last)
    return None


def _begins_a_form(phrase: Phrase, index: int) -> bool:
    return any(facet.word.kind == "form" for facet in phrase.facets.heads_at(phrase.tokens, index))


def _is_of_others(concept_id: str, made: Goods, facet: Facet, catalogue: Catalogue) -> bool:
    """Whether other goods are raw enough to be made so; a leaf of one kind of coconut is a coconut leaf."""
    if facet.word.kind == "part":
        return not _are_kin(concept_id, made.commodity, catalogue)
    return catalogue.goods(concept_id).form is None and not catalogue.is_finished(
        catalogue.concept(concept_id).category
    )


def _goes_on(phrase: Phrase, part: Segment, match: Match) -> bool:
    """Whether a name goes on behind another, and what it goes on with begins no longer one: dừa lá dứa is no dừa lá."""
    if match.last <= part.last or (match.by != "marks" and phrase.marked):
        return False
    return not any(other.last > match.last for other in phrase.vocabulary.matches_at(phrase.tokens, part.last))


def _are_kin(one: str, other: str, catalogue: Catalogue) -> bool:
    goods = catalogue.goods(one).commodity
    return catalogue.is_same_or_narrower(goods, than=other) or catalogue.is_same_or_narrower(other, than=goods)


def _sureness_of_a_plant(phrase: Phrase, head: Head, concept_id: str) -> float:
    """How sure goods are behind a word for a plant: cây sả may be the plant, cây ngải cứu is what is sold."""
    catalogue = phrase.vocabulary.catalogue
    eaten = not SOLD_CUT.isdisjoint(catalogue.category_line(catalogue.concept(concept_id).category))
    return WHOLE_PLANT if eaten and head.counted == PLANT else 1.0


def _how_found(phrase: Phrase, part: Segment) -> float:
    # A slip of the keys is not put right in a title, nor are marks put where somebody who types them left them out.
    if part.by == "slip":
        return 0.5
    return 0.7 if part.by == "letters" and phrase.marked else 1.0


def _part_of_goods(phrase: Phrase, head: Head, region: str | None) -> Claim | None:
    """Lá chanh is a leaf, hạt sen a seed; lá trâm ổi is nothing that is known."""
    facet = next((f for f in phrase.facets.heads_at(phrase.tokens, head.first) if f.word.kind == "part"), None)
    if facet is None or _named_longer(phrase, facet):
        return None
    return _made(phrase, facet, region)


def _form_of_goods(phrase: Phrase, head: Head, region: str | None) -> Claim | None:
    """Mứt dừa, bột rau má, tinh dầu vỏ bưởi: what comes first says how what follows comes."""
    facet = next(
        (
            f
            for f in phrase.facets.heads_at(phrase.tokens, head.first)
            if f.word.kind == "form" and not _named_longer(phrase, f)
        ),
        None,
    )
    claim = None if facet is None else _made(phrase, facet, region)
    if claim is not None and facet is not None and head.counted == PLANT and _is_a_thing(phrase, facet):
        return replace(claim, confidence=claim.confidence * DOUBTFUL_PLANT)
    return claim


def _member_of_a_class(phrase: Phrase, head: Head, region: str | None) -> Claim | None:
    """A cá that nothing explains is a fish: its category is known, its name stays open."""
    catalogue = phrase.vocabulary.catalogue
    for facet in phrase.facets.classes_at(phrase.tokens, head.first):
        part = phrase.part_at(facet.last) if facet.last < len(phrase.tokens) else None
        if part is not None and part.kind == "concept" and part.first == facet.last:
            readings = [
                reading
                for reading in _readings(phrase, part, region)
                if facet.word.id in catalogue.category_line(catalogue.concept(reading.id).category)
            ]
            if readings:
                concept, last = as_it_comes(phrase, readings[0].id, part)
                sure = sureness(phrase, part) * _how_found(phrase, part)
                return Claim(concept, catalogue.concept(concept).category, sure, head.first, last)
        return Claim(None, facet.word.id, 1.0, head.first, facet.last)
    return None


Rule = Callable[[Phrase, Head, str | None], Claim | None]
RULES: tuple[Rule, ...] = (_thing_that_vetoes, _named_goods, _part_of_goods, _form_of_goods, _member_of_a_class)


def _made(phrase: Phrase, facet: Facet, region: str | None) -> Claim | None:
    """Goods made of what follows a word for a form or part."""
    catalogue = phrase.vocabulary.catalogue
    form, part_id = facets_of(facet)
    for unknown, named in _following(phrase, facet):
        if isinstance(named, Facet):
            inner_form, inner_part = facets_of(named)
            form, part_id = form or inner_form, inner_part or part_id
            continue
        readings = [r for r in _readings(phrase, named, region) if _fits(facet, r.id, catalogue)]
        if not readings:
            continue
        concept = catalogue.pair(readings[0].id, form=form, part=part_id)
        if form is None:
            concept, _ = as_it_comes(phrase, concept, named)
        sure = FURTHER**unknown * (AFTER_UNKNOWN + 0.2) if unknown else sureness(phrase, named)
        sure *= _how_found(phrase, named)
        others = tuple(reading.id for reading in readings[1:])
        return Claim(concept, catalogue.concept(concept).category, sure, facet.first, named.last, others)
    return _of_nothing_known(phrase, facet, form, part_id)


def _following(phrase: Phrase, facet: Facet) -> Iterator[tuple[int, Facet | Segment]]:
    """What follows a form or part, with the number of unknown words before it: further forms and parts (mứt vỏ bưởi),
    then names of goods."""
    index, unknown = facet.last, 0
    while index < len(phrase.tokens) and unknown <= MOST_BETWEEN:
        if phrase.broken(index - 1, index):
            return
        part = phrase.part_at(index)
        if part is not None and part.kind == "concept" and part.first == index and not _begins_a_name(phrase, part):
            yield unknown, part
        inner = next((f for f in phrase.facets.heads_at(phrase.tokens, index) if not _is_a_thing(phrase, f)), None)
        if inner is not None:
            yield unknown, inner
            index = inner.last
            continue
        if not is_harmless(phrase, index) and not is_classifier(phrase.tokens[index].text):
            unknown += 1
        index += 1


def _is_a_thing(phrase: Phrase, facet: Facet) -> bool:
    """Whether a word says a thing of its own rather than how goods come: the thìa of dây thìa canh."""
    form = phrase.vocabulary.catalogue.find_form(facet.word.id) if facet.word.kind == "form" else None
    return form is not None and form.vetoes


def _of_nothing_known(phrase: Phrase, facet: Facet, form: str | None, part: str | None) -> Claim | None:
    catalogue = phrase.vocabulary.catalogue
    if form is not None and (known := catalogue.find_form(form)) is not None:
        alone = catalogue.generic(form)
        rest = [i for i in range(facet.last, len(phrase.tokens)) if not changes_nothing(phrase, i)]
        if alone is not None and not rest:
            return Claim(alone, catalogue.concept(alone).category, 1.0, facet.first, facet.last)
        return Claim(None, known.category.get("*", UNCLASSIFIED), 1.0, facet.first, facet.last)
    # A word for a part of some goods alone says nothing of others: the đầu of đầu nhỏ giọt is no meat.
    if part is not None and facet.word.of is None and (of := catalogue.find_part(part)) is not None:
        return Claim(None, of.category.get("*", UNCLASSIFIED), 1.0, facet.first, facet.last)
    return None


def _fits(facet: Facet, concept_id: str, catalogue: Catalogue) -> bool:
    """Whether goods may come in a form or part; what was made into something has no parts: trấu cám viên is no feed.

    What was only dried has: hoa thanh long sấy is made of flowers.
    """
    of = facet.word.of
    if facet.word.kind == "part" and catalogue.is_finished(catalogue.concept(concept_id).category):
        goods = catalogue.goods(concept_id)
        if goods.part is not None or goods.form not in catalogue.forms_below(DRIED):
            return False
        concept_id = goods.commodity
    return of is None or not set(of).isdisjoint(catalogue.category_line(catalogue.concept(concept_id).category))


def _named_longer(phrase: Phrase, facet: Facet) -> bool:
    part = phrase.part_at(facet.first)
    if part is None or part.kind != "concept" or part.by == "slip":
        return False
    return part.first == facet.first and part.last > facet.last


def _names_as_much(phrase: Phrase, facet: Facet) -> bool:
    part = phrase.part_at(facet.first)
    return part is not None and part.kind == "concept" and (part.first, part.last) == (facet.first, facet.last)


def _goods_follow(phrase: Phrase, facet: Facet) -> bool:
    index = facet.last
    while inner := _part_head(phrase, index):
        index = inner.last
    part = phrase.part_at(index) if index < len(phrase.tokens) else None
    if part is None or part.kind != "concept" or part.first not in {facet.last, index}:
        return False
    fits = any(_fits(facet, entry.keys[0], phrase.vocabulary.catalogue) for entry in part.entries)
    return (
        fits
        and part.by != "slip"
        and not _begins_a_name(phrase, part)
        and phrase.side_by_side(part.first - 1, part.first)
    )


def _part_head(phrase: Phrase, index: int) -> Facet | None:
    """A word for a part that stands at a place by itself: the lá and hoa of trà lá hoa đu đủ."""
    if index >= len(phrase.tokens) or phrase.broken(index - 1, index):
        return None
    part = phrase.part_at(index)
    if part is not None and part.kind == "concept":
        return None
    return next((facet for facet in phrase.facets.heads_at(phrase.tokens, index) if facet.word.kind == "part"), None)


def _begins_a_name(phrase: Phrase, part: Segment) -> bool:
    """Whether one word of goods begins a proper name: the quất of Quất Động."""
    if any(entry.english for entry in part.entries):
        return False
    name = part.last == part.first + 1 and phrase.looks_like_a_name(part.first) and part.last < len(phrase.tokens)
    return name and phrase.part_at(part.last) is None and phrase.looks_like_a_name(part.last)


def _made_of(phrase: Phrase, index: int) -> Iterator[Segment]:
    return (part for part in phrase.goods() if part.first >= index)


def _narrowest(phrase: Phrase, part: Segment) -> Segment:
    """The name, or one later in the title that names a kind of the same goods: xoài Đồng Tháp cát chu."""
    catalogue = phrase.vocabulary.catalogue
    wider = {entry.keys[0] for entry in part.entries}
    for other in phrase.goods():
        if other.first >= part.last and any(
            wider.intersection(catalogue.ancestors(entry.keys[0])) for entry in other.entries
        ):
            return Segment(part.first, other.last, part.kind, part.by, other.entries)
    return part


def _readings(phrase: Phrase, part: Segment, region: str | None) -> list[ConceptReading]:
    """What a name may mean, with the meanings first that other words of the title decide for."""
    readings = readings_of(part, phrase.tokens, phrase.vocabulary, region=region, marked=phrase.marked)
    if len(readings) == 1:
        return readings
    text = f" {' '.join(token.folded for token in phrase.tokens)} "
    near = {
        reading.concept
        for entry in part.entries
        for reading in phrase.vocabulary.catalogue.readings(" ".join(entry.words))
        if any(f" {fold(' '.join(words(word)))} " in text for word in reading.near)
    }
    decided = [replace(reading, confidence=1.0) for reading in readings if reading.id in near]
    return [*decided, *(replace(r, confidence=0.5) if decided else r for r in readings if r.id not in near)]
