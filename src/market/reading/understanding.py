"""A query read before the engine is asked: goods, places, certificates, prices, quantities, seasons, and the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from market.reading.attributes import (
    Attributes,
    Certificate,
    PlaceReading,
    Quantity,
    QuantityOfGoods,
    Reader,
    RegionReading,
)
from market.reading.classes import ClassOfGoods, class_of
from market.reading.denials import NOTHING, Unwanted, unwanted_of
from market.reading.generic import category_of, spent_on, with_a_head
from market.reading.goods import ConceptReading, Goods, read_goods
from market.reading.language import is_state
from market.reading.segments import Segment, segment
from market.reading.vocabulary import Vocabulary
from market.vietnamese.text import Token, clean, fold, tokens
from market.vietnamese.tone_keys import syllable_key

LONGEST_QUERY = 400
MOST_WORDS = 48
FEWEST_KEPT = 2
"""Words that are sought as they were typed, too, when goods were read by putting them right."""

Note = Literal[
    "query_cut", "contradictory_price", "contradictory_quantity", "unit_not_converted", "no_certificate_level",
    "place_of_delivery",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Understood:
    """What was read in a query.

    `query` is the cleaned query; spans are character positions in it. `concepts` are readings, the goods asked for
    before words that only describe them, each group commonest first. `text` is what was not understood; words that
    describe goods stay in it. `phrase` is the query without its bounds, places and certificates, typed slips and
    keystrokes put right; `tone_key` spells it with its marks and is empty when the query has none.
    `quantities` are those of several goods that have their own; `quantity` is then the least of them, or None when
    other goods are named without any.
    `category` is one of the catalogue that is asked for whole (rau, trái cây).
    Prices are đồng for one `price_unit` (UN/CEFACT code; None: for the unit of the offer).
    """

    query: str
    marked: bool
    concepts: tuple[ConceptReading, ...] = ()
    provinces: tuple[PlaceReading, ...] = ()
    region: RegionReading | None = None
    certificates: tuple[Certificate, ...] = ()
    ocop_min: int | None = None
    price_min_vnd: int | None = None
    price_max_vnd: int | None = None
    price_unit: str | None = None
    quantity: Quantity | None = None
    quantities: tuple[QuantityOfGoods, ...] = ()
    months: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    """ISO year * 100 + ISO week of weeks told from today on (tuần sau)."""
    season: str | None = None
    organization: str | None = None
    category: str | None = None
    text: str = ""
    phrase: str = ""
    tone_key: str = ""
    variety: str = ""
    """Words of the name of goods that tell some of them from the others: they are wanted first."""
    as_typed: str = ""
    """The phrase with nothing put right, when goods were read only by putting something right."""
    asked_class: ClassOfGoods | None = None
    """The class of goods that is asked for, when the words name nothing else."""
    others: tuple[str, ...] = ()
    """Concepts in whose names the words stand without meaning the goods that were read."""
    unwanted: Unwanted = field(default=NOTHING)
    """Forms and kinds in which the goods are not wanted."""
    unknown_words: int = 0
    """Words that nothing explains."""
    localities: int = 0
    """Places below a province that are named; they stay in `text`."""
    notes: tuple[Note, ...] = field(default=())

    @property
    def province(self) -> PlaceReading | None:
        """The first place named."""
        return self.provinces[0] if self.provinces else None

    @property
    def denied_forms(self) -> tuple[str, ...]:
        """Forms in which the goods are not wanted: the roasted of cà phê chưa rang."""
        return self.unwanted.forms

    @property
    def names_something(self) -> bool:
        """Whether words are left that nothing explains, and no place is among them."""
        return self.unknown_words > 0 and not self.localities

    @property
    def by_letters(self) -> bool:
        """Whether goods were read, and only in the letters of their names: ban mai is no bàn mai if it is a name."""
        return not self.marked and {reading.by for reading in self.concepts} == {"letters"}

    @property
    def quantity_min_kg(self) -> Decimal | None:
        """Least quantity in kilograms; None without one, or in a unit without a fixed weight."""
        return self.quantity.min_kg if self.quantity else None

    @property
    def quantity_max_kg(self) -> Decimal | None:
        """Greatest quantity in kilograms; None without one, or in a unit without a fixed weight."""
        return self.quantity.max_kg if self.quantity else None

    def as_dict(self) -> dict[str, Any]:
        """The `understood` part of a search answer, for JSON: only what was read, and always the text."""
        read: dict[str, Any] = {
            "concepts": [reading.as_dict() for reading in self.concepts],
            "province": self.province.as_dict() if self.province else None,
            "provinces": [place.as_dict() for place in self.provinces] if len(self.provinces) > 1 else None,
            "region": self.region.as_dict() if self.region else None,
            "certificates": [certificate.as_dict() for certificate in self.certificates],
            "ocop_min": self.ocop_min,
            "price_min_vnd": self.price_min_vnd,
            "price_max_vnd": self.price_max_vnd,
            "price_unit": self.price_unit,
            "quantity_min_kg": _number(self.quantity_min_kg),
            "quantity_max_kg": _number(self.quantity_max_kg),
            "quantity": self.quantity.as_dict() if self.quantity else None,
            "quantities": [one.as_dict() for one in self.quantities],
            "months": list(self.months),
            "weeks": list(self.weeks),
            "season": self.season,
            "organization": self.organization,
            "category": self.category,
            "notes": list(self.notes),
        }
        return {key: value for key, value in read.items() if value not in (None, [])} | {"text": self.text}


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def read_query(
    text: str, vocabulary: Vocabulary, *, region: str | None = None, today: date, understand: bool = True
) -> Understood:
    """Read a query. Never raises, whatever the text is.

    Args:
        text: what was typed; only its first 400 characters and 48 words are read.
        vocabulary: the names known.
        region: where the searcher is (bac, trung, nam); their words are read first. Without it, the place named in
            the query decides.
        today: for "Tết" and "tháng sau".
        understand: False leaves everything in `text`.
    """
    whole = clean(text[: 4 * LONGEST_QUERY])
    query = whole[:LONGEST_QUERY]
    typed = tokens(query)
    notes: list[Note] = ["query_cut"] if len(typed) > MOST_WORDS or len(whole) > LONGEST_QUERY else []
    marked = any(token.marked for token in typed)
    typed = typed[:MOST_WORDS]
    if not understand or not typed:
        key = " ".join([syllable_key(token.text) for token in typed]) if marked else ""
        return Understood(query, marked, text=query, phrase=query, tone_key=key, notes=tuple(notes))
    read = typed
    if not vocabulary.letters.issuperset([token.folded for token in typed]):
        read = vocabulary.parted(vocabulary.keyed(typed))
    return _understood(query, read, vocabulary, region=region, today=today, notes=notes)


def _understood(
    query: str,
    read: Sequence[Token],
    vocabulary: Vocabulary,
    *,
    region: str | None,
    today: date,
    notes: Sequence[Note],
) -> Understood:
    marked = any(token.marked for token in read)
    cut = segment(query, read, vocabulary)
    unwanted = unwanted_of(read, cut, vocabulary)
    cut = [part for part in cut if unwanted.kind_words.isdisjoint(range(part.first, part.last))]
    asked_class = None if unwanted.kind_words else class_of(read, cut, vocabulary.catalogue)
    parts = with_a_head(read, cut, vocabulary) if asked_class is None else cut
    found = Reader(query, read, vocabulary.catalogue, today).read(parts)
    home = region or (found.provinces[0].macro_region if found.provinces else None)
    goods = read_goods(query, read, parts, vocabulary, region=home, marked=marked)
    unknown = len(read) - sum([part.last - part.first for part in parts])
    category = asked_class.category if asked_class else category_of(parts, goods, unknown_words=unknown)
    consumed = _consumed(parts, found.kept) | unwanted.words
    spent = goods.spent if goods.readings else spent_on(parts, category, conditions=found.asked_anything)
    rest = [index for index in range(len(read)) if index not in consumed and index not in spent]
    if asked_class or (goods.readings and all(is_state(read[index]) for index in rest)):
        rest = []
    phrase = _phrase(read, parts, consumed)
    return Understood(
        query=query,
        marked=marked,
        concepts=goods.readings,
        **_conditions(found),
        organization=goods.organization,
        category=category,
        text=" ".join([_spelled(query, read[index]) for index in rest]),
        phrase=" ".join(phrase),
        tone_key=" ".join([syllable_key(word) for word in phrase]) if marked else "",
        variety="" if asked_class else goods.variety,
        asked_class=asked_class,
        as_typed=_as_typed(read, goods, phrase, consumed, marked=marked),
        others=goods.others,
        unwanted=unwanted,
        unknown_words=unknown,
        localities=sum([part.kind == "locality" for part in parts]),
        notes=(*notes, *found.notes),
    )


def _conditions(found: Attributes) -> dict[str, Any]:
    """Where, when, how much and certified how."""
    return {
        "provinces": found.provinces,
        "region": found.region,
        "certificates": found.certificates,
        "ocop_min": found.ocop_min,
        "price_min_vnd": found.price_min_vnd,
        "price_max_vnd": found.price_max_vnd,
        "price_unit": found.price_unit,
        "quantity": found.quantity,
        "quantities": found.quantities,
        "months": found.months,
        "weeks": found.weeks,
        "season": found.season,
    }


def _as_typed(
    read: Sequence[Token], goods: Goods, phrase: Sequence[str], consumed: frozenset[int], *, marked: bool
) -> str:
    """The words with nothing put right, if goods were read by putting them right.

    What only lost its marks, or has wrong ones, is found by its letters anyway.
    """
    if not any(one.by == "slip" or (marked and one.by == "letters") for one in goods.readings):
        return ""
    typed = [token.text for index, token in enumerate(read) if index not in consumed]
    same = not marked and typed == [fold(word) for word in phrase]
    return "" if same or len(typed) < FEWEST_KEPT else " ".join(typed)


def _spelled(query: str, token: Token) -> str:
    typed = query[token.start : token.end]
    return token.text if typed.isascii() and token.marked else typed


def _consumed(parts: Sequence[Segment], kept: frozenset[int]) -> frozenset[int]:
    """Words that say where, how much or nothing, so that they are no part of the text."""
    return frozenset(
        index
        for number, part in enumerate(parts)
        if part.kind not in {"concept", "producer", "word", "locality"} and number not in kept
        for index in range(part.first, part.last)
    )


def _phrase(read: Sequence[Token], parts: Sequence[Segment], consumed: frozenset[int]) -> list[str]:
    """The words left for a search in titles, names that were typed otherwise put right."""
    corrected = {part.first: part for part in parts if part.kind == "concept" and part.by in {"blanks", "slip"}}
    words: list[str] = []
    at = 0
    while at < len(read):
        part = corrected.get(at)
        if part is not None:
            words.extend(part.entries[0].words)
            at = part.last
            continue
        if at not in consumed:
            words.append(read[at].text)
        at += 1
    return words
