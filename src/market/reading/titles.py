"""Which goods the title of an offer names, when its author did not say: rules tried from top to bottom.

In Vietnamese the first noun says what a thing is. A name of goods later in the title is an ingredient, a material, a
flavour or a place, so what comes first decides, and what nothing explains is never taken for the next best name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from market.reading.facets import Facet
from market.reading.goods import ConceptReading, readings_of
from market.reading.language import language
from market.reading.phrase import Phrase
from market.reading.segments import Segment
from market.reading.vocabulary import Vocabulary
from market.reference.catalogue import Catalogue
from market.reference.goods import UNCLASSIFIED
from market.reference.records import Certainty
from market.vietnamese.text import fold, words

LONGEST_TITLE = 300
MOST_WORDS = 48

CERTAIN = 0.8
"""From here on what was read is what the title says."""
LEAST_CONFIDENCE = 0.6
"""Below this nothing is published of a guess: the name stays open, and says what it might be."""
AFTER_A_BRAND = 0.85
AFTER_UNKNOWN = 0.4
WEAK_BEFORE_UNKNOWN = 0.4
SHORT_BEFORE_UNKNOWN = 0.75
LONG_BEFORE_UNKNOWN = 0.85
FURTHER = 0.85
"""For each unknown word between a form and what it is made of."""
SEVERAL_GOODS = 0.5
"""A title that lists unrelated goods is one offer of several: a person says which."""
MOST_BETWEEN = 3


@dataclass(frozen=True, slots=True)
class TitleGoods:
    """What a title says of goods: a concept when that is clear, else at most a category.

    `evidence` are the words it was read from; `alternatives` what else they may mean.
    """

    concept_id: str | None
    category: str
    certainty: Certainty
    confidence: float
    evidence: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """Where the first noun of a title stands, and how sure it is that it is one."""

    first: int
    confidence: float
    counted: str | None = None
    """The classifier before it (trái, củ, con)."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a rule read."""

    concept_id: str | None
    category: str
    confidence: float
    first: int
    last: int
    alternatives: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def goods_of_title(title: str, vocabulary: Vocabulary, *, region: str | None = None) -> TitleGoods:
    """The goods that a title names. Never raises, whatever the title is.

    Args:
        title: of an offer, in any spelling.
        vocabulary: the names known.
        region: of the producer (bac, trung, nam), for words that differ by region.
    """
    phrase = Phrase.of(title, vocabulary, limit=LONGEST_TITLE, most_words=MOST_WORDS)
    head = _head(phrase)
    if head is None:
        return TitleGoods(None, UNCLASSIFIED, "open", 0.0, (), _mentioned(phrase, region))
    for rule in RULES:
        claim = rule(phrase, head, region)
        if claim is not None:
            return _settled(phrase, _without_lists(phrase, claim), head, region)
    return TitleGoods(None, UNCLASSIFIED, "open", 0.0, (), _mentioned(phrase, region))


def goods_told(
    title: str,
    vocabulary: Vocabulary,
    *,
    region: str | None,
    concept: str | None = None,
    form: str | None = None,
    part: str | None = None,
    category: str | None = None,
) -> TitleGoods:
    """The goods as their author gave them, and where they did not, as the title names them.

    A form or part that is given without a concept is one of the goods in the title; a category that is given places a
    name that stays open.
    """
    catalogue = vocabulary.catalogue
    read = goods_of_title(title, vocabulary, region=region)
    known = concept or read.concept_id
    if known is None:
        return replace(read, category=category or read.category)
    paired = catalogue.pair(known, form=form, part=part) if form or part else known
    placed = catalogue.concept(paired).category
    if concept is not None:
        return TitleGoods(paired, placed, "given", 1.0)
    return replace(read, concept_id=paired, category=placed)


def _settled(phrase: Phrase, claim: Claim, head: Head, region: str | None) -> TitleGoods:
    confidence = round(claim.confidence * head.confidence, 3)
    evidence = (phrase.written(claim.first, claim.last),)
    others = tuple(dict.fromkeys([*claim.alternatives, *_mentioned(phrase, region)]))
    if claim.concept_id is None or confidence < LEAST_CONFIDENCE:
        guesses = dict.fromkeys([*([claim.concept_id] if claim.concept_id else []), *others])
        # A guess says nothing of the category either; a class noun does.
        placed = claim.concept_id is None and head.confidence >= LEAST_CONFIDENCE
        category = claim.category if placed else UNCLASSIFIED
        return TitleGoods(None, category, "open", confidence, evidence, tuple(guesses))
    certainty: Certainty = "certain" if confidence >= CERTAIN else "guessed"
    alternatives = tuple(id_ for id_ in others if id_ != claim.concept_id)
    return TitleGoods(claim.concept_id, claim.category, certainty, confidence, evidence, alternatives)


# Where the first noun stands


def _head(phrase: Phrase) -> Head | None:
    """The first word that may be a noun: after what introduces goods, and after what is written like a brand."""
    index, confidence, counted = 0, 1.0, None
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


def _introduces(phrase: Phrase, index: int) -> int:
    """Where the words end that come before goods and say nothing of them; 0 when there are none."""
    part = phrase.part_at(index)
    if part is not None and part.first == index and part.kind not in {"concept", "word", "locality"}:
        return part.last
    for run in _LEADING_LENGTHS:
        if index + run < len(phrase.tokens) and _run(phrase, index, run) in _leading():
            named = part is not None and part.kind == "concept" and part.last > index + run
            longer = any(facet.last > index + run for facet in phrase.facets.heads_at(phrase.tokens, index))
            return 0 if named or longer or _stands_alone(phrase, index + run) else index + run
    return 0


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


# What the first noun says


def _thing_that_vetoes(phrase: Phrase, head: Head, region: str | None) -> Claim | None:
    """Chổi xơ dừa is a broom, nhang quế incense: what it is made of only describes it."""
    facet = next((f for f in phrase.facets.heads_at(phrase.tokens, head.first) if f.word.kind == "form"), None)
    catalogue = phrase.vocabulary.catalogue
    form = catalogue.find_form(facet.word.id) if facet is not None else None
    if facet is None or form is None or not form.vetoes or _named_longer(phrase, facet):
        return None
    material = next((found for part in _made_of(phrase, facet.last) if (found := _material(phrase, part))), None)
    if material is not None:
        concept = catalogue.pair(material, form=form.id)
        return Claim(concept, catalogue.concept(concept).category, 1.0, head.first, facet.last)
    if form.alone:
        return Claim(form.id, catalogue.concept(form.id).category, 1.0, head.first, facet.last)
    return _made(phrase, facet, region)


def _material(phrase: Phrase, part: Segment) -> str | None:
    catalogue = phrase.vocabulary.catalogue
    return next((e.keys[0] for e in part.entries if catalogue.concept(e.keys[0]).material), None)


def _named_goods(phrase: Phrase, head: Head, region: str | None) -> Claim | None:
    """A name of goods, unless a word for a form or part begins there and goods follow it."""
    part = phrase.part_at(head.first)
    if part is None or part.kind != "concept" or part.first != head.first:
        return None
    part = _narrowest(phrase, part)
    facet = next(phrase.facets.heads_at(phrase.tokens, head.first), None)
    if facet is not None and facet.last >= part.last and (facet.last > part.last or _goods_follow(phrase, facet)):
        return None
    readings = _readings(phrase, part, region)
    ambiguous = len(readings) > 1 and readings[1].confidence >= readings[0].confidence
    sure = (0.9 if ambiguous else 1.0) * _alone(phrase, part)
    concept, last = _as_it_comes(phrase, readings[0].id, part)
    category = phrase.vocabulary.catalogue.concept(concept).category
    others = tuple(reading.id for reading in readings[1:])
    return Claim(concept, category, sure * _how_found(part), part.first, last, others)


def _how_found(part: Segment) -> float:
    # A slip of the keys is not put right in a title: what it means is asked.
    return 0.5 if part.by == "slip" else 1.0


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
    return None if facet is None else _made(phrase, facet, region)


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
                concept, last = _as_it_comes(phrase, readings[0].id, part)
                sure = _alone(phrase, part)
                return Claim(concept, catalogue.concept(concept).category, sure, head.first, last)
        return Claim(None, facet.word.id, 1.0, head.first, facet.last)
    return None


Rule = Callable[[Phrase, Head, str | None], Claim | None]
RULES: tuple[Rule, ...] = (_thing_that_vetoes, _named_goods, _part_of_goods, _form_of_goods, _member_of_a_class)


# What stands beside it


def _made(phrase: Phrase, facet: Facet, region: str | None) -> Claim | None:
    """Goods made of what follows a word for a form or part."""
    catalogue = phrase.vocabulary.catalogue
    form, part_id = _facets_of(facet)
    for unknown, named in _following(phrase, facet):
        if isinstance(named, Facet):
            inner_form, inner_part = _facets_of(named)
            form, part_id = form or inner_form, inner_part or part_id
            continue
        readings = [r for r in _readings(phrase, named, region) if _fits(facet, r.id, catalogue)]
        if not readings:
            continue
        concept = catalogue.pair(readings[0].id, form=form, part=part_id)
        if form is None:
            concept, _ = _as_it_comes(phrase, concept, named)
        sure = FURTHER**unknown * (AFTER_UNKNOWN + 0.2) if unknown else _alone(phrase, named)
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
        if part is not None and part.kind == "concept" and part.first == index:
            yield unknown, part
        inner = next(phrase.facets.heads_at(phrase.tokens, index), None)
        if inner is not None:
            yield unknown, inner
            index = inner.last
            continue
        if not _is_harmless(phrase, index):
            unknown += 1
        index += 1


def _of_nothing_known(phrase: Phrase, facet: Facet, form: str | None, part: str | None) -> Claim | None:
    catalogue = phrase.vocabulary.catalogue
    if form is not None and (known := catalogue.find_form(form)) is not None:
        alone = catalogue.find_concept(form)
        rest = [i for i in range(facet.last, len(phrase.tokens)) if not _is_harmless(phrase, i)]
        if alone is not None and not rest:
            return Claim(alone.id, alone.category, 1.0, facet.first, facet.last)
        return Claim(None, known.category.get("*", UNCLASSIFIED), 1.0, facet.first, facet.last)
    if part is not None and (of := catalogue.find_part(part)) is not None:
        return Claim(None, of.category.get("*", UNCLASSIFIED), 1.0, facet.first, facet.last)
    return None


def _facets_of(facet: Facet) -> tuple[str | None, str | None]:
    return (facet.word.id, None) if facet.word.kind == "form" else (None, facet.word.id)


def _fits(facet: Facet, concept_id: str, catalogue: Catalogue) -> bool:
    of = facet.word.of
    return of is None or not set(of).isdisjoint(catalogue.category_line(catalogue.concept(concept_id).category))


def _named_longer(phrase: Phrase, facet: Facet) -> bool:
    part = phrase.part_at(facet.first)
    return part is not None and part.kind == "concept" and part.first == facet.first and part.last > facet.last


def _goods_follow(phrase: Phrase, facet: Facet) -> bool:
    part = phrase.part_at(facet.last) if facet.last < len(phrase.tokens) else None
    return (
        part is not None
        and part.kind == "concept"
        and part.first == facet.last
        and phrase.side_by_side(facet.last - 1, facet.last)
    )


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


def _as_it_comes(phrase: Phrase, concept_id: str, part: Segment) -> tuple[str, int]:
    """The concept in the form that words after it say, and where those end: khóm Cầu Đúc sấy dẻo."""
    catalogue = phrase.vocabulary.catalogue
    for index in range(part.last, len(phrase.tokens)):
        if phrase.broken(index - 1, index):
            break
        later = phrase.part_at(index)
        if later is not None and later.kind == "concept" and later.first == index and index > part.last:
            taken = next((f for f in phrase.facets.tails_at(phrase.tokens, index) if f.last >= later.last), None)
            if taken is None:
                continue
        for facet in phrase.facets.tails_at(phrase.tokens, index):
            form, inner = _facets_of(facet)
            made = catalogue.pair(concept_id, form=form, part=inner)
            if made != concept_id:
                return made, facet.last
            break
    return concept_id, part.last


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


def _alone(phrase: Phrase, part: Segment) -> float:
    """How sure a name is that an unknown word follows directly: sương sâm is no ginseng, xoài tứ quý still a mango."""
    index = part.last
    if index >= len(phrase.tokens) or phrase.broken(index - 1, index):
        return 1.0
    if _is_harmless(phrase, index) or phrase.looks_like_a_name(index):
        return 1.0
    name = " ".join(token.text for token in phrase.tokens[part.first : part.last])
    if name in _weak() or name in _weak_folded():
        return WEAK_BEFORE_UNKNOWN
    return SHORT_BEFORE_UNKNOWN if part.last - part.first == 1 else LONG_BEFORE_UNKNOWN


def _is_harmless(phrase: Phrase, index: int) -> bool:
    """Whether a word is explained, or only describes."""
    if phrase.part_at(index) is not None or phrase.tokens[index].text[:1].isdigit():
        return True
    if next(phrase.facets.tails_at(phrase.tokens, index), None) is not None:
        return True
    return any(
        _run(phrase, start, length) in _describing()
        for length in _DESCRIBING_LENGTHS
        for start in range(max(0, index - length + 1), index + 1)
        if start + length <= len(phrase.tokens)
    )


def _without_lists(phrase: Phrase, claim: Claim) -> Claim:
    """Less sure of goods that only begin a list of several: xoài, ổi, mận."""
    if claim.concept_id is None:
        return claim
    catalogue = phrase.vocabulary.catalogue
    own = {claim.concept_id, *catalogue.ancestors(claim.concept_id)}
    for part in phrase.goods():
        if part.first >= claim.last and phrase.is_list(claim.last - 1, part.first):
            other = part.entries[0].keys[0]
            if own.isdisjoint({other, *catalogue.ancestors(other)}) and _ends_an_item(phrase, part):
                return replace(claim, confidence=claim.confidence * SEVERAL_GOODS)
    return claim


def _ends_an_item(phrase: Phrase, part: Segment) -> bool:
    return not phrase.text[: phrase.tokens[part.first].start].count("(")


def _mentioned(phrase: Phrase, region: str | None) -> tuple[str, ...]:
    """Everything whose name stands in the title, the first first."""
    found = [
        reading.id
        for part in phrase.goods()
        for reading in readings_of(part, phrase.tokens, phrase.vocabulary, region=region, marked=phrase.marked)
    ]
    return tuple(dict.fromkeys(found))


def _run(phrase: Phrase, first: int, length: int) -> str:
    return " ".join([token.text for token in phrase.tokens[first : first + length]])


@cache
def _listed(name: str) -> frozenset[str]:
    listed: Sequence[str] = language("titles")[name]
    return frozenset(" ".join(words(word)) for word in listed)


@cache
def _leading() -> frozenset[str]:
    return _with_letters(_listed("leading"))


@cache
def _describing() -> frozenset[str]:
    return _with_letters(_listed("describing"))


@cache
def _weak() -> frozenset[str]:
    return _listed("weak")


@cache
def _weak_folded() -> frozenset[str]:
    return frozenset(fold(word) for word in _weak())


def _with_letters(listed: frozenset[str]) -> frozenset[str]:
    return listed | {fold(word) for word in listed}


_LEADING_LENGTHS = (3, 2, 1)
_DESCRIBING_LENGTHS = (4, 3, 2, 1)
