"""Which goods a query or a title names: readings of each name, and which of several names is what is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from market.reading.commonness import TYPED_EXACTLY, region_factor
from market.reading.denials import denial_before
from market.reading.making import Made, is_tail, makes_others
from market.reading.names import Entry, is_classifier
from market.reading.roles import Role, roles_of
from market.reading.segments import Segment
from market.reading.vocabulary import MatchedBy, Vocabulary
from market.vietnamese.text import Token

CONFIDENCE: dict[MatchedBy, float] = {"marks": 1.0, "letters": 0.95, "blanks": 0.9, "slip": 0.7}
MODIFIER_CONFIDENCE = 0.5
"""A name that only describes other goods: the ginger of trà gừng."""
LEAST_CONFIDENCE = 0.05


@dataclass(frozen=True, slots=True)
class ConceptReading:
    """One thing that some words may name; `span` are its characters in the query."""

    id: str
    name: str
    confidence: float
    regions: tuple[str, ...]
    span: tuple[int, int]
    role: Role
    by: MatchedBy

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "id": self.id,
            "name": self.name,
            "confidence": self.confidence,
            "regions": list(self.regions),
            "span": list(self.span),
            "role": self.role,
            "matched_by": self.by,
        }


@dataclass(frozen=True, slots=True)
class Goods:
    """The goods read; `spent` are the words that name them, `organization` what follows "HTX" or "công ty".

    `variety` are the words of the name that tell some of the goods from the others: the Phú Quốc of tiêu Phú Quốc.
    `others` are concepts in whose names the names stand without meaning these goods: bí ngô, where ngô is asked for.
    """

    readings: tuple[ConceptReading, ...]
    spent: frozenset[int]
    organization: str | None
    variety: str = ""
    others: tuple[str, ...] = ()


def read_goods(
    query: str,
    tokens: Sequence[Token],
    parts: Sequence[Segment],
    vocabulary: Vocabulary,
    *,
    region: str | None,
    marked: bool,
) -> Goods:
    """The goods that segments name, in the order of their importance.

    Args:
        query: the text the tokens were cut from.
        tokens: its words.
        parts: its segments.
        vocabulary: the names known.
        region: whose words to prefer (bac, trung, nam).
        marked: whether the writer types marks, so that a word without them is meant without.
    """
    organization, owned = _organization(query, tokens, parts)
    parts = goods_only_where_meant(tokens, parts, vocabulary)
    named = [part for part in parts if part.kind == "concept"]
    roles, made = roles_of(query, tokens, parts, owned, vocabulary)
    readings = _readings(named, roles, made, tokens, vocabulary, region=region, marked=marked)
    kept, refining = _without_wider(readings, vocabulary)
    spent = _spent(named, roles, made, refining, tokens, parts, vocabulary)
    asked = [part for part in named if roles[part.first] == "goods"]
    others = _others(asked, tokens, readings, vocabulary)
    return Goods(kept, spent, organization, _variety(asked, tokens), others)


def _readings(
    named: Sequence[Segment],
    roles: Mapping[int, Role],
    made: Mapping[int, Made],
    tokens: Sequence[Token],
    vocabulary: Vocabulary,
    *,
    region: str | None,
    marked: bool,
) -> dict[str, ConceptReading]:
    """The readings of all names by their ids, goods before those that only describe."""
    goods: list[ConceptReading] = []
    modifiers: list[ConceptReading] = []
    for part in named:
        role = roles[part.first]
        into = made.get(part.first)
        if into is not None:
            goods.append(_reading_of_made(into, part, tokens, vocabulary))
        else:
            readings = readings_of(part, tokens, vocabulary, region=region, marked=marked, role=role)
            (goods if role == "goods" else modifiers).extend(readings)
    unique: dict[str, ConceptReading] = {}
    for reading in [*goods, *modifiers]:
        unique.setdefault(reading.id, reading)
    return unique


def _spent(
    named: Sequence[Segment],
    roles: Mapping[int, Role],
    made: Mapping[int, Made],
    refining: frozenset[str],
    tokens: Sequence[Token],
    parts: Sequence[Segment],
    vocabulary: Vocabulary,
) -> frozenset[int]:
    """The words that name the goods asked for, or what they are made into."""
    spent: set[int] = set()
    for part in named:
        into = made.get(part.first)
        if into is not None:
            spent.update(into.words)
        if roles[part.first] == "goods" or into is not None:
            spent.update(range(_with_classifier(part, tokens, parts, vocabulary), part.last))
        elif refining.intersection(entry.keys[0] for entry in part.entries):
            spent.update(range(part.first, part.last))
    return frozenset(spent)


def _reading_of_made(made: Made, part: Segment, tokens: Sequence[Token], vocabulary: Vocabulary) -> ConceptReading:
    """The reading of what is made of goods, over its words and theirs."""
    places = (*made.words, part.first, part.last - 1)
    return ConceptReading(
        id=made.concept_id,
        name=vocabulary.catalogue.concept(made.concept_id).name_vi,
        confidence=CONFIDENCE[part.by],
        regions=(),
        span=(tokens[min(places)].start, tokens[max(places)].end),
        role="goods",
        by=part.by,
    )


def goods_only_where_meant(tokens: Sequence[Token], parts: Sequence[Segment], vocabulary: Vocabulary) -> list[Segment]:
    """The segments without names of goods that are something else here: khô after other words, Gia in Lê Gia."""
    named = [part for part in parts if part.kind == "concept"]
    return [
        part
        for part in parts
        if part.kind != "concept"
        or not (
            is_tail(tokens, part, parts, vocabulary)
            or _is_lost_mark(tokens, part, named)
            or makes_others(tokens, part, parts, vocabulary)
            or _is_denied(tokens, part)
        )
    ]


def readings_of(
    part: Segment,
    tokens: Sequence[Token],
    vocabulary: Vocabulary,
    *,
    region: str | None,
    marked: bool,
    role: Role = "goods",
) -> list[ConceptReading]:
    """Everything one name may mean, commonest first, with the words of the searcher's region before others."""
    typed = tuple(token.text for token in tokens[part.first : part.last])
    entries: Sequence[Entry] = part.entries
    exact = [entry for entry in entries if entry.words == typed]
    if marked and exact:
        entries = exact
    weights: dict[str, tuple[float, Entry]] = {}
    for entry in entries:
        weight = entry.weight * region_factor(entry.regions, region)
        if entry.words == typed:
            weight *= TYPED_EXACTLY
        if weight > weights.get(entry.keys[0], (0.0, entry))[0]:
            weights[entry.keys[0]] = (weight, entry)
    ranked = sorted(weights.items(), key=lambda item: (-item[1][0], item[0]))
    top = ranked[0][1][0]
    base = CONFIDENCE[part.by] * (MODIFIER_CONFIDENCE if role == "modifier" else 1.0)
    return [
        ConceptReading(
            id=concept,
            name=vocabulary.catalogue.concept(concept).name_vi,
            confidence=round(max(LEAST_CONFIDENCE, base * weight / top), 3),
            regions=entry.regions or (),
            span=(tokens[part.first].start, tokens[part.last - 1].end),
            role=role,
            by=part.by,
        )
        for concept, (weight, entry) in ranked
    ]


def _others(
    asked: Sequence[Segment], tokens: Sequence[Token], read: dict[str, ConceptReading], vocabulary: Vocabulary
) -> tuple[str, ...]:
    """The goods in whose names the names asked for stand, without what was read and what is wider than that."""
    holding: dict[str, None] = {}
    for part in asked:
        holding |= dict.fromkeys(
            vocabulary.holders.get(" ".join([t.folded for t in tokens[part.first : part.last]]), ())
        )
    if not holding:
        return ()
    line = {id_ for key in read for id_ in (key, *vocabulary.catalogue.ancestors(key))}
    return tuple([concept for concept in holding if concept not in line])


def _variety(named: Sequence[Segment], tokens: Sequence[Token]) -> str:
    """The words that tell some of the only goods named from the others; empty when there are none."""
    if len(named) != 1 or not named[0].entries[0].beyond or named[0].by in {"blanks", "slip"}:
        return ""
    last = named[0].last
    return " ".join([token.text for token in tokens[last - min([e.beyond for e in named[0].entries]) : last]])


def _with_classifier(part: Segment, tokens: Sequence[Token], parts: Sequence[Segment], vocabulary: Vocabulary) -> int:
    """Where the words begin that name the goods, with one that only counts them (trái) or says their category (rau)."""
    before = part.first - 1
    if before < 0:
        return part.first
    other = next((other for other in parts if other.first <= before < other.last), None)
    if other is not None:
        category = vocabulary.catalogue.concept(part.entries[0].keys[0]).category
        return other.first if other.kind == "word" and other.entries[0].keys == (category,) else part.first
    return before if is_classifier(tokens[before].text) else part.first


def _without_wider(
    readings: dict[str, ConceptReading], vocabulary: Vocabulary
) -> tuple[tuple[ConceptReading, ...], frozenset[str]]:
    """Without a wider concept that the next words narrow (gạo 5451 is that rice), and the ids that narrow."""
    catalogue = vocabulary.catalogue
    narrowed = {
        above: reading.span
        for reading in readings.values()
        if reading.by != "slip"
        for above in catalogue.ancestors(reading.id)
        if above in readings and _touch(readings[above].span, reading.span)
    }
    told = {readings[id_].span for id_ in narrowed}
    kept = []
    refining: set[str] = set()
    for reading in readings.values():
        # What else the narrowed word may mean is not meant either: trà olong is no herbal tea.
        if reading.id in narrowed or reading.span in told:
            continue
        above = [readings[id_] for id_ in catalogue.ancestors(reading.id) if id_ in narrowed]
        refining.update(wider.id for wider in above if wider.role == "modifier" and reading.role == "goods")
        if above and reading.role == "modifier":
            wider = above[0]
            refining.add(reading.id)
            reading = ConceptReading(
                reading.id,
                reading.name,
                wider.confidence,
                reading.regions,
                (min(wider.span[0], reading.span[0]), max(wider.span[1], reading.span[1])),
                wider.role,
                reading.by,
            )
        kept.append(reading)
    return tuple(sorted(kept, key=lambda reading: reading.role == "modifier")), frozenset(refining)


def _touch(one: tuple[int, int], other: tuple[int, int]) -> bool:
    first, second = sorted((one, other))
    return first[1] <= second[0] <= first[1] + 1


def _organization(
    query: str, tokens: Sequence[Token], parts: Sequence[Segment]
) -> tuple[str | None, tuple[int, int] | None]:
    """The name after a word such as HTX, up to a place, a bound or a comma, and its words."""
    start = next((part for part in parts if part.kind == "producer"), None)
    if start is None:
        return None, None
    last = len(tokens)
    for part in parts:
        if part.first >= start.last and part.kind not in {"concept", "producer", "locality"}:
            last = part.first
            break
    for index in range(start.last, last):
        if "," in query[tokens[index - 1].end : tokens[index].start]:
            last = index
            break
    if last <= start.last:
        return None, None
    return query[tokens[start.first].start : tokens[last - 1].end], (start.first, last)


def _is_denied(tokens: Sequence[Token], part: Segment) -> bool:
    """Whether goods are named only to say that they are not in it: the đường of mứt dừa không đường."""
    return part.first > 0 and denial_before(tokens, part.first) is not None


def _is_lost_mark(tokens: Sequence[Token], part: Segment, named: Sequence[Segment]) -> bool:
    """Whether one unmarked syllable (Gia, Nam, Khe) among marked words is a name of its own, not giá, nấm or khế."""
    alone = part.last == part.first + 1 and part.by == "letters"
    return alone and any(other.by == "marks" and _carries_marks(tokens, other) for other in named)


def _carries_marks(tokens: Sequence[Token], part: Segment) -> bool:
    return any(token.marked for token in tokens[part.first : part.last])
