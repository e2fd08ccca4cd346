"""What a query asks of goods besides their name: where from, which certificates, what price, how much, when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache
from typing import Any

from market.reading.amounts import PIECE, Amount
from market.reading.binding import quantities_by_goods
from market.reading.everyday_words import DELIVERY_WORDS, MONTHS_AHEAD, SEASONS, TET_DAYS, WEEKS_AHEAD
from market.reading.names import is_classifier
from market.reading.segments import Segment
from market.reference.cadence import iso_week
from market.reference.catalogue import Catalogue
from market.reference.records import Province, Unit
from market.vietnamese.text import Token, fold

AT = frozenset({"tại", "ở", "tai", "o", "cho", "hàng", "hang"})
"""Words between giao and the place."""

LOWEST_OCOP, HIGHEST_OCOP = 3, 5

THOUSANDS = frozenset({"k", "nghìn", "ngàn", "nghin", "ngan"})
"""How thousands are written, of đồng or of anything."""


@dataclass(frozen=True, slots=True)
class PlaceReading:
    """A province by any of its names. An old name means the old unit, and `code_2025` is where it lies today.

    `codes_2008` are the units of 2008 meant: the one of that name, or all that today's unit is made of.
    """

    name: str
    code: str
    version: str
    codes_2008: tuple[str, ...]
    code_2025: str
    name_2025: str
    macro_region: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "name": self.name,
            "code": self.code,
            "version": self.version,
            "codes_2008": list(self.codes_2008),
            "today": {"code": self.code_2025, "version": "2025", "name": self.name_2025},
        }


@dataclass(frozen=True, slots=True)
class RegionReading:
    """A region of either map (`id`, `version`) or a macro-region (`id` bac, trung, nam; no version), as provinces."""

    id: str
    version: str | None
    name: str
    codes_2008: tuple[str, ...]
    codes_2025: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"id": self.id, "version": self.version, "name": self.name, "codes_2025": list(self.codes_2025)}


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate asked for; `level_min` is the least number of OCOP stars."""

    scheme: str
    level_min: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"scheme": self.scheme, "level_min": self.level_min}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity asked for, in the unit it was written in; kilograms only where the unit has a fixed weight."""

    minimum: Decimal | None
    maximum: Decimal | None
    unit: str
    per: str | None
    min_kg: Decimal | None
    max_kg: Decimal | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        values = {"min": self.minimum, "max": self.maximum}
        return {key: f"{v.normalize():f}" for key, v in values.items() if v is not None} | {
            "unit": self.unit,
            "per": self.per,
        }


def _quantity_of(low: Decimal | None, high: Decimal | None, unit: Unit, per: str | None) -> Quantity:
    factor = unit.kg_factor
    return Quantity(
        minimum=low,
        maximum=high,
        unit=unit.code,
        per=per,
        min_kg=None if low is None or factor is None else low * factor,
        max_kg=None if high is None or factor is None else high * factor,
    )


@dataclass(frozen=True, slots=True)
class QuantityOfGoods:
    """A quantity and the readings of the goods that it is asked of."""

    concepts: tuple[str, ...]
    quantity: Quantity

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"concepts": list(self.concepts)} | self.quantity.as_dict()


@dataclass(slots=True)
class Attributes:
    """What was read so far; `kept` are the numbers of segments whose words stay in the text."""

    provinces: tuple[PlaceReading, ...] = ()
    region: RegionReading | None = None
    certificates: tuple[Certificate, ...] = ()
    ocop_min: int | None = None
    price_min_vnd: int | None = None
    price_max_vnd: int | None = None
    price_unit: str | None = None
    quantity: Quantity | None = None
    quantities: tuple[QuantityOfGoods, ...] = ()
    """Of each goods, when several are named with a quantity each."""
    months: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    season: str | None = None
    notes: tuple[Any, ...] = ()
    kept: frozenset[int] = field(default=frozenset())

    @property
    def asked_anything(self) -> bool:
        """Whether the query asks for anything of goods besides their name."""
        asked = (self.provinces, self.region, self.certificates, self.price_min_vnd, self.price_max_vnd)
        return any((*asked, self.months, self.weeks)) or self.quantity is not None


class Reader:
    """Reads the attributes of one query from its segments."""

    def __init__(self, query: str, tokens: Sequence[Token], catalogue: Catalogue, today: date) -> None:
        self.query = query
        self.tokens = tokens
        self.catalogue = catalogue
        self.today = today
        self.found = Attributes()
        self.schemes: dict[str, int | None] = {}
        self.per: str | None = None
        self.bounded: list[tuple[int, Quantity]] = []
        """Quantities by the number of their segment."""

    def read(self, parts: Sequence[Segment]) -> Attributes:
        """The attributes that the segments give."""
        for number, part in enumerate(parts):
            if part.amount is not None:
                self._amount(part.amount, number, parts)
            elif part.kind == "province":
                self._province(part, number)
            elif part.kind in {"region", "macro_region"}:
                self.found.region = self.found.region or self._region(part)
            elif part.kind == "scheme":
                self.schemes.setdefault(part.entries[0].keys[0], None)
            elif part.kind == "season":
                self._season(part.entries[0].keys[0])
            elif part.kind == "tet":
                self._tet()
            elif part.kind == "concept":
                self._scheme_in_name(part)
        self._tell_apart(parts)
        self._close()
        return self.found

    def _note(self, note: str) -> None:
        if note not in self.found.notes:
            self.found.notes = (*self.found.notes, note)

    def _keep(self, number: int) -> None:
        self.found.kept = self.found.kept | {number}

    def _province(self, part: Segment, number: int) -> None:
        before = [token.text for token in self.tokens[max(0, part.first - 2) : part.first]]
        if before[-1:] and (before[-1] in DELIVERY_WORDS or (before[-1] in AT and before[0] in DELIVERY_WORDS)):
            self._note("place_of_delivery")
            self._keep(number)
            return
        reading = _place(part.entries[0].keys[0], self.catalogue)
        if reading not in self.found.provinces:
            self.found.provinces = (*self.found.provinces, reading)

    def _region(self, part: Segment) -> RegionReading:
        key = part.entries[0].keys[0]
        if part.kind == "macro_region":
            members = [p for p in self.catalogue.provinces if p.macro_region == key]
            return self._region_of(key, None, " ".join(part.entries[0].words), members)
        code, version = key.split("/")
        region = next(r for r in self.catalogue.regions if r.id == code and r.version == version)
        members = [p for p in self.catalogue.provinces if p.region == code and p.version == version]
        return self._region_of(code, version, region.name_vi, members)

    def _region_of(self, code: str, version: str | None, name: str, members: Sequence[Province]) -> RegionReading:
        old = [p for p in members if p.version == "2008"]
        new = [p for p in members if p.version == "2025"] or [self.catalogue.today(p) for p in old]
        old = old or [former for p in new for former in self.catalogue.formed_from(p)]
        return RegionReading(code, version, name, tuple(p.code for p in old), tuple(dict.fromkeys(p.code for p in new)))

    def _scheme_in_name(self, part: Segment) -> None:
        """A scheme inside a name that the goods have by it alone: rau VietGAP are vegetables, and VietGAP."""
        entry = part.entries[0]
        concept = self.catalogue.concept(entry.keys[0])
        primary = fold(f"{concept.name_vi} {concept.name_en}")
        for scheme in ("vietgap", "globalgap", "organic", "ocop"):
            if self.catalogue.find_scheme(scheme) and scheme in entry.words and scheme not in primary:
                self.schemes.setdefault(scheme, None)

    def _tet(self) -> None:
        coming = [day for day in TET_DAYS if day >= self.today.isoformat()]
        month = int(coming[0][5:7]) if coming else 2
        self.found.season = "tet"
        self._add_months(((month - 2) % 12 + 1, month))

    def _season(self, name: str) -> None:
        if name in WEEKS_AHEAD:
            week = iso_week(self.today + timedelta(weeks=WEEKS_AHEAD[name]))
            self.found.weeks = tuple(dict.fromkeys((*self.found.weeks, week)))
        elif name in MONTHS_AHEAD:
            self._add_months(((self.today.month - 1 + MONTHS_AHEAD[name]) % 12 + 1,))
        else:
            self._add_months(SEASONS[name])

    def _add_months(self, months: Sequence[int]) -> None:
        self.found.months = tuple(dict.fromkeys((*self.found.months, *months)))

    def _amount(self, amount: Amount, number: int, parts: Sequence[Segment]) -> None:
        counted = self._counted(number, parts)
        if counted is not None:
            self._quantity(counted, number)
        elif amount.kind == "price":
            self._price(amount)
        elif amount.kind == "quantity":
            self._quantity(amount, number)
        elif amount.kind == "months":
            self._months(amount)
        elif amount.kind == "period":
            self.per = self.per or amount.per
        else:
            self._stars(amount, number, parts)

    def _months(self, amount: Amount) -> None:
        if amount.low is None or amount.high is None:
            return
        first, last = int(amount.low), int(amount.high)
        count = (last - first) % 12 + 1
        self._add_months(tuple((first - 1 + step) % 12 + 1 for step in range(count)))

    def _stars(self, amount: Amount, number: int, parts: Sequence[Segment]) -> None:
        stars = amount.low if amount.low is not None else amount.high
        level = int(stars or 0)
        named = any(part.kind == "scheme" and part.entries[0].keys[0] == "ocop" for part in parts)
        if LOWEST_OCOP <= level <= HIGHEST_OCOP and amount.low is not None:
            self.schemes["ocop"] = max(level, self.schemes.get("ocop") or 0)
        elif named:
            self._note("no_certificate_level")
        else:
            self._keep(number)

    def _price(self, amount: Amount) -> None:
        low, high = amount.low, amount.high
        found = self.found
        if low is not None:
            found.price_min_vnd = max(found.price_min_vnd or 0, int(low.to_integral_value(ROUND_CEILING)))
        if high is not None:
            price = int(high.to_integral_value(ROUND_FLOOR))
            found.price_max_vnd = price if found.price_max_vnd is None else min(found.price_max_vnd, price)
        if amount.unit is not None:
            found.price_unit = amount.unit.code

    def _counted(self, number: int, parts: Sequence[Segment]) -> Amount | None:
        """Pieces, where a bare amount of thousands stands before goods that are counted: 10 ngàn trứng gà.

        Goods are counted when a classifier says so (5 nghìn trái xoài), or when they are usually sold by the piece.
        """
        part, amount = parts[number], parts[number].amount
        after = parts[number + 1] if number + 1 < len(parts) else None
        if amount is None or not amount.bare or amount.unit is not None or after is None or after.kind != "concept":
            return None
        if not (amount.kind == "price" and self.tokens[part.last - 1].text.lstrip("0123456789.,") in THOUSANDS):
            return None
        classified = is_classifier(self.tokens[part.last].text)
        if after.first != part.last + (classified and after.first > part.last):
            return None
        units = [self.catalogue.concept(entry.keys[0]).units[:1] for entry in after.entries]
        usual = [self.catalogue.unit(unit[0]) for unit in units if unit]
        if not classified and all(unit.dimension != "count" for unit in usual):
            return None
        return replace(amount, kind="quantity", low=amount.high, high=None, unit=self.catalogue.unit(PIECE))

    def _quantity(self, amount: Amount, number: int) -> None:
        unit = amount.unit
        if unit is None:
            return
        if unit.kg_factor is None:
            self._note("unit_not_converted")
        self.bounded.append((number, _quantity_of(amount.low, amount.high, unit, amount.per)))
        low, high, per = amount.low, amount.high, amount.per
        before = self.found.quantity
        if before is not None and before.unit == unit.code:
            low = low if low is not None else before.minimum
            high = high if high is not None else before.maximum
            per = per or before.per
        self.found.quantity = _quantity_of(low, high, unit, per)

    def _tell_apart(self, parts: Sequence[Segment]) -> None:
        """Quantities that stand by different goods are each of its own; together they only ask for the least of them.

        2 tấn xoài và 500 kg thanh long: whoever has 500 kg a week may have one of them. Xoài và 500 kg thanh long asks
        nothing of the mangoes.
        """
        bound = quantities_by_goods([number for number, _ in self.bounded], self.query, self.tokens, parts)
        if not bound:
            return
        by_number = dict(self.bounded)
        found = [
            QuantityOfGoods(goods, replace(by_number[number], per=by_number[number].per or self.per))
            for number, goods in bound.own.items()
        ]
        self.found.quantities = tuple(found)
        least = [one.quantity for one in found if one.quantity.min_kg is not None]
        all_known = len(least) == len(found) and not bound.others
        self.found.quantity = min(least, key=lambda q: q.min_kg or Decimal(0)) if all_known else None

    def _close(self) -> None:
        """Drop bounds that contradict each other, and put the certificates down."""
        found = self.found
        low, high = found.price_min_vnd, found.price_max_vnd
        if low is not None and high is not None and low > high:
            found.price_min_vnd = found.price_max_vnd = None
            self._note("contradictory_price")
        quantity = found.quantity
        limits = (quantity.minimum, quantity.maximum) if quantity else (None, None)
        if limits[0] is not None and limits[1] is not None and limits[0] > limits[1]:
            found.quantity = None
            self._note("contradictory_quantity")
        if found.quantity and self.per and found.quantity.per is None:
            found.quantity = replace(found.quantity, per=self.per)
        found.certificates = tuple(Certificate(scheme, level) for scheme, level in self.schemes.items())
        found.ocop_min = self.schemes.get("ocop")


@lru_cache(maxsize=256)
def _place(key: str, catalogue: Catalogue) -> PlaceReading:
    code, version = key.split("/")
    unit = next(p for p in catalogue.provinces if p.code == code and p.version == version)
    now = catalogue.today(unit)
    old = (unit,) if unit.version == "2008" else catalogue.formed_from(unit)
    return PlaceReading(
        unit.name, code, version, tuple(p.code for p in old), now.code, now.name, catalogue.macro_region(unit)
    )
