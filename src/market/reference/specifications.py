"""Grades, sizes and packings: which belong to which goods, what a text says of them, and whether an offer answers it.

A text is read within the goods it is said of: "size 30" of shrimp is thirty to the kilogram, of eggs it is nothing.
What is read as nothing stays words, which only equal words answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from market.core.values.numbers import certain, written_number
from market.core.values.refusal import Unreadable
from market.reference.goods_catalogue import GoodsCatalogue
from market.reference.indexes import InconsistentReference, by_key, keys_by_name, keys_named, lines_of_parents
from market.reference.records import Specification, SpecificationKind
from market.vietnamese.spelling import folded, marked

_SIGNS = re.compile(r"[\s()]+")
"""What people write or leave out without meaning anything else: "Thùng (10kg)" is "thùng 10 kg"."""
_NUMBER = r"\d+(?:[.,]\d+)*"
_RANGE = re.compile(
    rf"(?P<before>[^\d]*?)\s*(?P<low>{_NUMBER})\s*(?P<unit>[^\d\s\-–—~]*)\s*"
    rf"(?:(?:-|–|—|~|đến|tới|to)\s*(?P<high>{_NUMBER}))?\s*(?P<after>\D*)"
)
_AT_LEAST = re.compile(r"(?:^|\s)(?:trên|từ|hơn|tối thiểu|over|from|min|>=?|≥)(?:\s|$)")
_AT_MOST = re.compile(r"(?:^|\s)(?:dưới|không quá|tối đa|under|up to|max|<=?|≤)(?:\s|$)")
_AROUND = re.compile(r"(?:^|\s)(?:khoảng|tầm|cỡ|size|loại|about|approx\.?)(?:\s|$)")
_CONTENT = re.compile(rf"(?P<amount>{_NUMBER})\s*(?P<unit>[^\W\d]+)?")
_PARTS = re.compile(r"\s*(?:;|\+|,(?!\d))\s*")
_MOST_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Stated:
    """One thing that a text says: a term, with the range of a scale or what a package holds."""

    term: Specification
    low: Decimal | None = None
    high: Decimal | None = None
    """Of the term's measure, both ends included; None is an open end, or no scale."""
    content: tuple[str, Decimal] | None = None
    """What one package holds: the base unit or the word for what is counted, and how much."""


@dataclass(frozen=True, slots=True)
class OfGoods:
    """Goods as far as specifications depend on them."""

    concepts: frozenset[str]
    categories: frozenset[str]

    def have(self, term: Specification) -> bool:
        return not self.concepts.isdisjoint(term.concepts) or not self.categories.isdisjoint(term.categories)


Measured = Callable[[Decimal, str], tuple[str, Decimal] | None]
"""A quantity in the base unit of its kind, from the name of its unit; None for a name of none."""


class Specifications:
    """All grades, sizes and packings of a catalogue."""

    def __init__(self, terms: Iterable[Specification], catalogue: GoodsCatalogue, *, measured: Measured) -> None:
        self._terms = by_key(((t.id, t) for t in sorted(terms, key=lambda t: t.position)), "specification")
        self._above = lines_of_parents({t.id: t.parent for t in self._terms.values()}, "specification")
        self._names = {
            kind: keys_by_name((t.id, called(t)) for t in self.all if t.kind == kind)
            for kind in ("grade", "size", "packing")
        }
        self._catalogue = catalogue
        self._measured = measured
        self._goods: dict[tuple[str | None, str], OfGoods] = {}
        self._read: dict[tuple[SpecificationKind, str, str | None, str], tuple[Stated, ...]] = {}
        for term in self.all:
            if any(catalogue.find_category(id_) is None for id_ in term.categories) or any(
                catalogue.find_concept(id_) is None for id_ in term.concepts
            ):
                raise InconsistentReference(f"specification {term.id} is of unknown goods")

    @property
    def all(self) -> tuple[Specification, ...]:
        """Those in use, in the order of the reference data."""
        return tuple(term for term in self._terms.values() if not term.retired)

    def of(self, kind: SpecificationKind, *, concept: str | None, category: str) -> tuple[Specification, ...]:
        """Which of a kind goods have; those that a concept has of its own come first."""
        goods = self._of_goods(concept, category)
        known = [term for term in self.all if term.kind == kind and goods.have(term)]
        return tuple(sorted(known, key=lambda term: goods.concepts.isdisjoint(term.concepts)))

    def _of_goods(self, concept: str | None, category: str) -> OfGoods:
        if (concept, category) not in self._goods:
            concepts: set[str] = set()
            if concept is not None and self._catalogue.find_concept(concept) is not None:
                commodity = self._catalogue.goods(concept).commodity
                category = self._catalogue.concept(concept).category
                for one in (concept, commodity):
                    concepts |= {one, *self._catalogue.ancestors(one)}
            line = self._catalogue.category_line(category) if self._catalogue.find_category(category) else ()
            self._goods[concept, category] = OfGoods(frozenset(concepts), frozenset(line))
        return self._goods[concept, category]

    def read(self, kind: SpecificationKind, text: str, *, concept: str | None, category: str) -> tuple[Stated, ...]:
        """What a text says of goods; several things for a packing within another, nothing for mere words.

        Raises:
            Unreadable: a number in it can be read two ways.
        """
        key = (kind, text, concept, category)
        if key not in self._read:
            if len(self._read) >= _MOST_KEPT:
                self._read.clear()
            self._read[key] = self._stated(kind, text, self.of(kind, concept=concept, category=category))
        return self._read[key]

    def is_of_other_goods(self, kind: SpecificationKind, text: str) -> bool:
        """Whether a text says something of any goods at all, by a name of its own."""
        return bool(keys_named(self._names[kind], text)) or bool(
            self._stated(kind, text, [term for term in self.all if term.kind == kind])
        )

    def _stated(self, kind: SpecificationKind, text: str, terms: Iterable[Specification]) -> tuple[Stated, ...]:
        order = {term.id: place for place, term in enumerate(terms)}
        if kind == "packing":
            parts = [
                self._package(part, order) for part in _PARTS.split(marked(text).replace("(", " ").replace(")", " "))
            ]
            return tuple(part for part in parts if part is not None)
        term = self._named(kind, text, order, scale=False)
        found = Stated(term) if term else self._on_scale(kind, marked(text), order)
        return (found,) if found else ()

    def _named(
        self, kind: SpecificationKind, words: str, order: dict[str, int], *, scale: bool | None
    ) -> Specification | None:
        found = (self._terms[id_] for id_ in keys_named(self._names[kind], words) if id_ in order)
        fitting = (term for term in found if scale is None or (term.measure is not None) == scale)
        return min(fitting, key=lambda term: order[term.id], default=None)

    def _on_scale(self, kind: SpecificationKind, text: str, order: dict[str, int]) -> Stated | None:
        found = _RANGE.fullmatch(text)
        if found is None or (found["unit"] and found["high"] and found["after"].strip() not in ("", found["unit"])):
            return None
        before, unit = found["before"], found["after"] if found["high"] else f"{found['unit']} {found['after']}"
        unit = unit.strip() or found["unit"]
        open_above, open_below = bool(_AT_LEAST.search(before)), bool(_AT_MOST.search(before))
        before = " ".join(_AT_MOST.sub(" ", _AT_LEAST.sub(" ", before)).split()).strip(": ")
        bare = " ".join(_AROUND.sub(" ", before).split())
        candidates = (f"{before} {unit}", f"{bare} {unit}", f"{bare}{unit}", unit, before)
        terms = (self._named(kind, words.strip(), order, scale=True) for words in candidates if words.strip())
        term = next((term for term in terms if term is not None), None)
        if term is None or term.factor is None:
            return None
        low = _value(found["low"], text) * term.factor
        high = _value(found["high"], text) * term.factor if found["high"] else low
        if high < low:
            low, high = high, low
        return Stated(term, None if open_below else low, None if open_above and not found["high"] else high)

    def _package(self, text: str, order: dict[str, int]) -> Stated | None:
        held = _CONTENT.search(text)
        words = " ".join((text[: held.start()] + " " + text[held.end() :] if held else text).split())
        whole = words.split()
        names = (" ".join(whole[:length]) for length in range(len(whole), 0, -1))
        term = next((t for name in names if (t := self._named("packing", name, order, scale=None))), None)
        if term is None:
            return None
        return Stated(term, content=self._content(held["amount"], held["unit"], text) if held else None)

    def _content(self, amount: str, unit: str | None, text: str) -> tuple[str, Decimal]:
        value = _value(amount, text)
        return (self._measured(value, unit) if unit else None) or (folded(unit or ""), value)

    def answers(
        self,
        kind: SpecificationKind,
        *,
        offered: str | None,
        asked: str,
        of_offer: tuple[str | None, str],
        of_demand: tuple[str | None, str],
    ) -> bool:
        """Whether what an offer says is what is asked for; a better grade is, too.

        Args:
            kind: which of the three is compared.
            offered: what the offer says, if it does.
            asked: what the line says.
            of_offer: concept and category of the offer's goods.
            of_demand: those of the goods asked for.
        """
        if offered is None:
            return False
        if _bare(offered) == _bare(asked):
            return True
        try:
            wanted = self.read(kind, asked, concept=of_demand[0], category=of_demand[1])
            given = self.read(kind, offered, concept=of_offer[0], category=of_offer[1])
        except Unreadable:
            return False
        return bool(wanted) and all(any(self._is(one, other) for one in given) for other in wanted)

    def _is(self, given: Stated, wanted: Stated) -> bool:
        one, other = given.term, wanted.term
        if one.measure is not None or other.measure is not None:
            return one.measure == other.measure and _is_within(given, wanted)
        if one.kind == "grade" and one.rank is not None and other.rank is not None:
            return one.rank <= other.rank
        same = one.id == other.id or other.id in self._above[one.id]
        return same and wanted.content in (None, given.content)


def called(term: Specification) -> tuple[str, ...]:
    """Every name of a term, Vietnamese first."""
    return (term.name_vi, *term.names, term.name_en)


def _value(number: str, text: str) -> Decimal:
    written = written_number(number)
    return Decimal(0) if written is None else certain(written, text=text)


def _is_within(given: Stated, wanted: Stated) -> bool:
    above = wanted.low is None or (given.low is not None and given.low >= wanted.low)
    return above and (wanted.high is None or (given.high is not None and given.high <= wanted.high))


def _bare(words: str) -> str:
    return _SIGNS.sub("", folded(words))


def examples(terms: Iterable[Specification]) -> Iterator[str]:
    """How each may be written."""
    return (term.example or term.name_vi for term in terms)
