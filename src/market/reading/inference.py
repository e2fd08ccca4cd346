"""Which goods the title of an offer names, when its author did not say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from market.reading.goods import ConceptReading, goods_only_where_meant, readings_of
from market.reading.processing import is_processed, made_goods
from market.reading.segments import Segment, segment
from market.reading.vocabulary import Vocabulary
from market.vietnamese.text import Token, clean, tokens

LONGEST_TITLE = 300
MOST_WORDS = 48

HEAD_AT_THE_START = 1.0
HEAD_LATER = 0.75
"""A title names its goods first; a name after other words is more often an ingredient or a place."""
PROCESSED = 0.3
"""Mứt, bột, tinh dầu of goods that have no concept of their own are not those goods."""
SEVERAL_GOODS = 0.6
"""A title that lists unrelated goods is one offer of several."""
MADE_FROM_TITLE = 0.8
"""Goods dried or made into others by a word of the title are what the catalogue calls those."""
LEAST_CONFIDENCE = 0.35
"""Below this nothing is inferred; the readings are still given as alternatives."""


@dataclass(frozen=True, slots=True)
class Inference:
    """The goods a title names, None when it does not say so clearly; `alternatives` are the other readings."""

    concept_id: str | None
    confidence: float
    alternatives: tuple[str, ...] = ()


@lru_cache(maxsize=1024)
def infer_concept(title: str, vocabulary: Vocabulary, *, region: str | None = None) -> Inference:
    """The goods that a title names, by its first name of goods: mứt dừa is its own concept, mứt sầu riêng has none.

    Args:
        title: of an offer, in any spelling.
        vocabulary: the names known.
        region: of the producer (bac, trung, nam), for words that differ by region.
    """
    text = clean(title, limit=LONGEST_TITLE)
    typed = [vocabulary.decoded(token) for token in tokens(text)[:MOST_WORDS]]
    parts = goods_only_where_meant(typed, segment(text, typed, vocabulary), vocabulary)
    named = [part for part in parts if part.kind == "concept"]
    if not named:
        return Inference(None, 0.0)
    marked = any(token.marked for token in typed)
    head = _narrowest_head(named, vocabulary)
    processed = is_processed(typed, head, parts, vocabulary)
    made = made_goods(typed, head, vocabulary) if processed else None
    if made is not None and min(head.first, *made.words) == 0:
        return Inference(made.entry.keys[0], MADE_FROM_TITLE, (head.entries[0].keys[0],))
    readings = readings_of(head, typed, vocabulary, region=region, marked=marked)
    confidence = _confidence(readings, head, parts) * (PROCESSED if processed else 1.0)
    others = [part for part in named if part is not head]
    further = [reading for part in others for reading in readings_of(part, typed, vocabulary, region=None, marked=True)]
    if any(_is_list(text, typed, head, part) and part.entries[0].keys != head.entries[0].keys for part in others):
        confidence *= SEVERAL_GOODS
    alternatives = tuple(dict.fromkeys(reading.id for reading in [*readings[1:], *further]))
    if confidence < LEAST_CONFIDENCE:
        return Inference(None, round(confidence, 3), tuple(dict.fromkeys((readings[0].id, *alternatives))))
    best = readings[0].id
    return Inference(best, round(confidence, 3), tuple(other for other in alternatives if other != best))


def _narrowest_head(named: list[Segment], vocabulary: Vocabulary) -> Segment:
    """The first name, or one later in the title that names a kind of the same goods."""
    head = named[0]
    for part in named[1:]:
        wider = {entry.keys[0] for entry in head.entries}
        if any(wider.intersection(vocabulary.catalogue.ancestors(entry.keys[0])) for entry in part.entries):
            return Segment(head.first, part.last, part.kind, part.by, part.entries)
    return head


def _confidence(readings: list[ConceptReading], head: Segment, parts: list[Segment]) -> float:
    total = sum(reading.confidence for reading in readings)
    share = readings[0].confidence / total
    confidence = readings[0].confidence * (share + (1 - share) / 2 if len(readings) > 1 else 1.0)
    covered = {index for part in parts if part.last <= head.first for index in range(part.first, part.last)}
    unexplained = head.first - len([index for index in range(head.first) if index in covered])
    return confidence * (HEAD_AT_THE_START if unexplained <= 0 else HEAD_LATER)


def _is_list(text: str, typed: list[Token], head: Segment, part: Segment) -> bool:
    """Whether a separator between two names makes them a list."""
    if part.first < head.last:
        return False
    between = text[typed[head.last - 1].end : typed[part.first].start]
    return any(sign in between for sign in ",;+&") or " và " in between
