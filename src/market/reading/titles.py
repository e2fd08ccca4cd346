"""Which goods the title of an offer names, when its author did not say: rules tried from top to bottom.

In Vietnamese the first noun says what a thing is. A name of goods later in the title is an ingredient, a material, a
flavour or a place, so what comes first decides, and what nothing explains is never taken for the next best name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from market.reading.goods import readings_of
from market.reading.phrase import Phrase
from market.reading.segments import Segment
from market.reading.title_heads import Head, head_of, starts_after_a_maker
from market.reading.title_rules import RULES, Claim
from market.reading.title_words import leading_words, only_describes, run_of
from market.reading.vocabulary import Vocabulary
from market.reference.goods import UNCLASSIFIED
from market.reference.records import Certainty
from market.vietnamese.syllables import is_syllable

LONGEST_TITLE = 300
MOST_WORDS = 48

CERTAIN = 0.8
"""From here on what was read is what the title says."""
LEAST_CONFIDENCE = 0.6
"""Below this nothing is published of a guess: the name stays open, and says what it might be."""
SEVERAL_GOODS = 0.5
"""A title that lists unrelated goods is one offer of several: a person says which."""
MOST_WORDS_OF_A_NAME = 8
BETWEEN_STRANGERS = 0.85
"""Of goods with foreign words before and after them: VICUMAX mật ong nano is more than honey."""


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


@lru_cache(maxsize=16384)
def goods_of_title(title: str, vocabulary: Vocabulary, *, region: str | None = None) -> TitleGoods:
    """The goods that a title names. Never raises, whatever the title is.

    Args:
        title: of an offer, in any spelling.
        vocabulary: the names known.
        region: of the producer (bac, trung, nam), for words that differ by region.
    """
    phrase = Phrase.of(title, vocabulary, limit=LONGEST_TITLE, most_words=MOST_WORDS)
    read = _read(phrase, head_of(phrase), region)
    if read.concept_id is None:
        for start in starts_after_a_maker(phrase):
            later = _read(phrase, head_of(phrase, start=start), region)
            if later.concept_id is not None:
                return later
    return read


def _read(phrase: Phrase, head: Head | None, region: str | None) -> TitleGoods:
    """What the first rule says that says anything, from the first noun on."""
    for rule in RULES if head is not None else ():
        claim = rule(phrase, head, region) if head is not None else None
        if claim is not None and head is not None:
            return _settled(phrase, _without_lists(phrase, claim), head, region)
    return TitleGoods(None, UNCLASSIFIED, "open", 0.0, (), _mentioned(phrase, region))


def open_name(title: str, vocabulary: Vocabulary) -> str | None:
    """The words of a title that name its goods, without marks: places, amounts and what only describes are left out.

    None when nothing is left.
    """
    phrase = Phrase.of(title, vocabulary, limit=LONGEST_TITLE, most_words=MOST_WORDS)
    kept: list[str] = []
    for index, token in enumerate(phrase.tokens):
        part = phrase.part_at(index)
        said = part is not None and part.kind not in {"concept", "word"}
        if not said and not token.text[:1].isdigit() and not (kept and only_describes(phrase, index)):
            kept.append(token.folded)
    return " ".join(filter(None, kept[:MOST_WORDS_OF_A_NAME])) or None


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
    between_strangers = head.confidence < 1 and _is_foreign(phrase, claim.last)
    confidence = round(claim.confidence * head.confidence * (BETWEEN_STRANGERS if between_strangers else 1), 3)
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


def _is_foreign(phrase: Phrase, index: int) -> bool:
    """Whether a word that is no Vietnamese syllable stands at a place, so that goods stand inside a brand."""
    part = phrase.part_at(index)
    if index >= len(phrase.tokens) or (part is not None and part.kind != "concept"):
        return False
    text = phrase.tokens[index].text
    return len(text) > 1 and not text[:1].isdigit() and not is_syllable(text)


def _without_lists(phrase: Phrase, claim: Claim) -> Claim:
    """Less sure of goods that only begin a list of several: xoài, ổi, mận."""
    if claim.concept_id is None:
        return claim
    catalogue = phrase.vocabulary.catalogue
    own = {claim.concept_id, *catalogue.ancestors(claim.concept_id)}
    for part in phrase.goods():
        if part.first >= claim.last and phrase.is_list(claim.last - 1, part.first) and not _only_counts(phrase, part):
            other = part.entries[0].keys[0]
            if own.isdisjoint({other, *catalogue.ancestors(other)}) and _ends_an_item(phrase, part):
                return replace(claim, confidence=claim.confidence * SEVERAL_GOODS)
    return claim


def _only_counts(phrase: Phrase, part: Segment) -> bool:
    """Whether a name only says how much or in what: the tép and hộp of trà nhàu túi lọc, 60 tép, hộp."""
    counted = part.first > 0 and phrase.tokens[part.first - 1].text.isdigit()
    return counted or run_of(phrase, part.first, part.last - part.first) in leading_words()


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
