"""Whether two papers bring the same goods: as much of them, whatever they are called and measured in."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from market.core.duplicates import spelled
from market.reference.types import remembered

Said = Literal["same", "other", "unsaid"]
"""What two papers say of one thing; unsaid where one of them says nothing of it."""

COLUMNS = ("concept_id", "description", "quantity", "unit_code", "per")


class Brought(NamedTuple):
    """What a line brings."""

    concept: str
    words: str
    """Spelled plainly; of goods that are known these tell nothing."""
    quantity: str
    unit: str
    per: str

    def may_be(self, other: Brought) -> bool:
        """Whether both may be one line: nothing that both say is said otherwise, and the goods are akin."""
        apart = self.quantity and other.quantity and self[2:] != other[2:]
        return not apart and _akin(self, other)


Goods = tuple[Brought, ...]


def goods_of(lines: Iterable[tuple[Any, ...]]) -> Goods:
    """What lines bring, by `COLUMNS`, in order; 3 tonnes are 3,000 kg and 1.50 is 1.5."""
    return tuple(sorted(_brought(*line) for line in lines))


def _brought(concept: str | None, words: str | None, quantity: Any, unit: str | None, per: str | None) -> Brought:
    amount = Decimal(quantity) if quantity is not None else None
    known = remembered().find_unit(unit) if amount is not None and unit else None
    if amount is not None and known is not None:
        unit, amount = remembered().measured(amount, known)
    figures = f"{amount.normalize():f}" if amount is not None else ""
    return Brought(concept or "", "" if concept else spelled(words), figures, unit or "", per or "")


def same_goods(one: Goods, other: Goods) -> Said:
    """Whether each line of one paper may be a line of the other, and none is left over."""
    if not one or not other:
        return "unsaid"
    if one == other:
        return "same"
    rest = list(other)
    for line in one if len(one) == len(other) else ():
        found = next((its for its in rest if line.may_be(its)), None)
        if found is None:
            return "other"
        rest.remove(found)
    return "other" if rest else "same"


def _akin(one: Brought, other: Brought) -> bool:
    """Whether one is the other or a kind of it: mangoes, and mangoes of Hòa Lộc."""
    if one.concept and other.concept:
        return one.concept in _kinds(other.concept) or other.concept in _kinds(one.concept)
    words, others = ({*_words(line).split()} for line in (one, other))
    return words <= others or others <= words


def _kinds(concept: str) -> set[str]:
    """A concept and all that it is a kind of."""
    known = remembered()
    return {concept, *known.ancestors(concept)} if known.find_concept(concept) else {concept}


def _words(line: Brought) -> str:
    known = remembered().find_concept(line.concept) if line.concept else None
    return spelled(known.name_vi) if known else line.words or line.concept
