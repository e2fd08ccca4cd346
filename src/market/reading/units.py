"""Units of measure by code or by any of their names, and packages with what they hold: thùng 10 kg, gói 200g.

The rule. Marks always count (tạ is 100 kg, tá a dozen). A package that says what it holds is that package with a stated
content; a content that reads two ways is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from market.core.language import Message
from market.core.values.letters import plain_text
from market.core.values.numbers import read_number, spelled
from market.core.values.refusal import Unreadable
from market.reading.nearest import nearest, offered
from market.reference.catalogue import Catalogue
from market.reference.records import Unit
from market.vietnamese.spelling import folded

UNKNOWN_UNIT = Message(vi="Không có đơn vị tính “{text}”.{vi_near}", en='No unit "{text}".{en_near}')
CONTENT_NOT_HERE = Message(
    vi="Ở đây chỉ ghi đơn vị, {code}; “{text}” còn nói mỗi {name} chứa bao nhiêu.",
    en='Only the unit stands here, {code}; "{text}" also says how much one holds.',
)

_HOLDING = re.compile(r"(?P<package>[^\d(/]+?)\s*[(/]?\s*(?P<amount>\d[\d.,]*)\s*(?P<unit>[^\W\d][^)]*?)\s*\)?")
_EACH = re.compile(r"(?P<amount>\d[\d.,]*)\s*(?P<unit>[^\W\d][^/]*?)\s*/\s*(?P<package>[^\d/]+)")
LONGEST = 200
"""Of a text that may be a unit."""
_NOTHING = re.compile(r"^(?:1|một)\s+(?=\D)|\.$")


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit as it was written, with what one of it holds where that was said ("thùng 10 kg")."""

    unit: Unit
    content: Decimal | None = None
    content_unit: Unit | None = None

    def kg_each(self, catalogue: Catalogue) -> Decimal | None:
        """What one weighs, where the content is a weight."""
        if self.content is None or self.content_unit is None:
            return None
        return catalogue.to_kg(self.content, self.content_unit)


@lru_cache(maxsize=4096)
def read_measure(text: str, catalogue: Catalogue) -> Measure:
    """A unit, or a package with its content.

    Raises:
        Unreadable: no such unit, or a content that reads two ways.
    """
    bare = _NOTHING.sub("", plain_text(text)).strip()
    if unit := _named(bare, catalogue):
        return Measure(unit)
    found = _HOLDING.fullmatch(bare) or _EACH.fullmatch(bare)
    if found:
        package, inner = _named(found["package"].strip(), catalogue), _named(found["unit"].strip(), catalogue)
        if package is not None and inner is not None:
            return Measure(package, read_number(found["amount"]), inner)
    raise unknown_unit(bare, catalogue)


def unknown_unit(text: str, catalogue: Catalogue) -> Unreadable:
    """The refusal of what is no unit, with the nearest ones."""
    # Goods in the place of a unit are no slip of one: "trứng" is not nearly "thùng".
    is_goods = text != folded(text) and bool(catalogue.concepts_named(text))
    near = () if is_goods else _nearest(text, catalogue)
    shown = [f"{catalogue.unit(code).name_vi} ({code})" for code in near]
    return Unreadable("unknown-unit", UNKNOWN_UNIT, suggestions=near, text=text, **offered(shown))


def read_unit(text: str, catalogue: Catalogue) -> str:
    """The code of a unit.

    Raises:
        Unreadable: no such unit, or a package with a content, which has no place here.
    """
    if catalogue.find_unit(text) is not None:
        return text
    measure = read_measure(text, catalogue)
    if measure.content is not None:
        code, name = measure.unit.code, measure.unit.name_vi
        raise Unreadable("content-not-here", CONTENT_NOT_HERE, suggestions=(code,), text=text, code=code, name=name)
    return measure.unit.code


def with_content(given: Any, catalogue: Catalogue) -> Any:
    """What was sent, its `unit` as a code: `thùng 10 kg` is a carton (`packaging`), and one weighs 10 kg (`kg_each`).

    What it says of either itself holds; what is no package with a content is left to the reader of the field.
    """
    text = given.get("unit") if isinstance(given, dict) else None
    if not isinstance(text, str) or len(text) > LONGEST or catalogue.find_unit(text) is not None:
        return given
    try:
        measure = read_measure(text, catalogue)
    except Unreadable:
        return given
    if measure.content is None:
        return given
    weight, stated = measure.kg_each(catalogue), given.get("kg_each")
    said = {} if weight is None or stated is not None else {"kg_each": weight}
    return {"packaging": text, **given, "unit": measure.unit.code, **said}


def weight_in_words(words: str, unit: Unit, catalogue: Catalogue) -> Decimal | None:
    """What one of a unit weighs, where words about the goods say it: "Gạo ST25 túi 5kg", "Ổi (10kg/thùng)".

    None where the unit has a weight of its own, or the words say none, or several.
    """
    if unit.kg_factor or len(words) > LONGEST:
        return None
    found = {
        weight
        for pattern in _contents_of(unit)
        for match in pattern.finditer(plain_text(words))
        if (weight := _weight_of(match["amount"], match["inner"], catalogue)) is not None
    }
    return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=256)
def _contents_of(unit: Unit) -> tuple[re.Pattern[str], ...]:
    names = "|".join(re.escape(name) for name in sorted(unit_names(unit)[:-1], key=len, reverse=True))
    weighed = r"(?<![\d.,/–-])(?P<amount>\d[\d.,]*)\s*(?P<inner>kg|kí|ký|g|gr|gam|gram|kilo|lạng)(?!\w)"
    return (
        re.compile(rf"(?<!\w)(?:{names})\s*[(:]?\s*{weighed}(?!\s*[-–/x×])", re.IGNORECASE),
        re.compile(rf"{weighed}\s*/\s*(?:1\s+)?(?:{names})(?!\w)", re.IGNORECASE),
    )


def _weight_of(amount: str, inner: str, catalogue: Catalogue) -> Decimal | None:
    unit = _named(inner.lower(), catalogue) or _named("g", catalogue)
    try:
        value = read_number(amount)
    except Unreadable:
        return None
    return catalogue.to_kg(value, unit) if unit is not None else None


def unit_ratio(was: tuple[Unit, Decimal | None], now: tuple[Unit, Decimal | None]) -> Decimal | None:
    """How many of one unit another one holds, by weight: 1000 from kg to tấn; None where one of them has no weight.

    Args:
        was: a unit, and what one weighs in kilograms where it has no weight of its own.
        now: as `was`.
    """
    before, after = was[0].kg_factor or was[1], now[0].kg_factor or now[1]
    return after / before if before and after else None


def _named(text: str, catalogue: Catalogue) -> Unit | None:
    unit = catalogue.find_unit(text) or catalogue.unit_by_name(text)
    return None if unit is None or unit.retired else unit


@lru_cache(maxsize=1024)
def _nearest(text: str, catalogue: Catalogue) -> tuple[str, ...]:
    return nearest(text, [(name, unit.code) for unit in catalogue.units for name in unit_names(unit)])


def unit_names(unit: Unit) -> tuple[str, ...]:
    """Every name of a unit, its code last."""
    return (unit.name_vi, *unit.aliases, unit.name_en, unit.code)


def measure_words(measure: Measure) -> str:
    """A package with its content in words: thùng 10 kilôgam."""
    if measure.content is None or measure.content_unit is None:
        return measure.unit.name_vi
    return f"{measure.unit.name_vi} {spelled(measure.content)} {measure.content_unit.name_vi}"
