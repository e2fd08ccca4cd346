"""Numbers beside which a unit is written, in their cell or over their column: "1,5 tấn", "28.000 đ/kg", "Tồn (tấn)".

The rule. A row has one unit. A number in another one is turned into it where both have a fixed factor, which is said;
anything else is refused: 28.000 đ/tạ is no price of a kilogram.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from market.core.errors import FieldError
from market.core.language import Message
from market.core.values.numbers import spelled
from market.core.values.often import split_often
from market.core.values.refusal import Unreadable
from market.reading.units import read_measure, with_content
from market.reference.catalogue import Catalogue

OTHER_UNIT = Message(
    vi="“{text}” tính theo {said}, còn dòng này theo {own}; hãy ghi theo cùng một đơn vị.",
    en='"{text}" is counted in {said}, the row in {own}; write both in the same unit.',
)
CONVERTED = Message(vi="“{text}” được đổi thành {value} {own}.", en='"{text}" becomes {value} {own}.')
PRICE_CONVERTED = Message(vi="“{text}” được đổi thành {value} đ/{own}.", en='"{text}" becomes {value} đ/{own}.')

PRICE_OF_NO_UNIT = Message(
    vi="{amount} đ cho một {own} chỉ là {each} đ/kg; hãy ghi rõ giá cho đơn vị nào, ví dụ {amount} đ/kg.",
    en="{amount} đ for one {own} is only {each} đ/kg; say which unit the price is for, such as {amount} đ/kg.",
)
PER_NOT_HERE = Message(
    vi="“{text}”: ở đây không ghi theo kỳ như vậy được; hãy ghi số lượng.",
    en='"{text}" says how often; here only an amount can stand.',
)

PRICES = ("price_vnd", "price_ceiling_vnd")
LEAST_PRICE = 100
"""Nothing is sold for less đồng, so that a smaller number may be counted in thousands, or be for a smaller unit."""
OFTEN = dict.fromkeys(("stock", "quantity"), ("day", "week", "month"))
"""Fields whose amount may be said for each day, week or month."""
_BEHIND_SLASH = re.compile(r"^(?:đ|đồng|vnd|vnđ)\s*/\s*(.+)$", re.IGNORECASE)
_SO_MANY = re.compile(r"(?P<count>\d+)\s*(?P<unit>[^\W\d].*)")
_LAST_BRACKET = re.compile(r"\(([^()]+)\)\s*$")


@dataclass(frozen=True, slots=True)
class Measured:
    """A number, and the unit that stands beside it."""

    value: str
    unit: str | None
    """Code; None where only how often stands beside it."""
    text: str
    """As it was written."""
    count: Decimal | None = None
    """Of a price: for how many units; None for an amount."""
    per: str | None = None
    """How often, of an amount that says so (`core/values/often.py`)."""
    holds: str | None = None
    """As in `Beside`."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What is written beside a number, or over its column."""

    unit: str | None
    count: Decimal = Decimal(1)
    per: str | None = None
    holds: str | None = None
    """The package with its content, where that was said: "chai 500ml"."""


def unit_named(said: str, catalogue: Catalogue) -> str:
    """The code of a unit: "gói 200g" is a package, "Tạ" and "đ/kg" what they say.

    Raises:
        Unreadable: no unit is called so.
    """
    bare = said.strip(" .")
    bare = found[1] if (found := _BEHIND_SLASH.match(bare)) else bare
    try:
        return read_measure(bare, catalogue).unit.code
    except Unreadable:
        first = catalogue.unit_by_name(bare.split()[0]) if " " in bare else None
        if first is None:
            raise
        return first.code


def content_beside(said: Any, catalogue: Catalogue) -> dict[str, Any]:
    """What a cell of units, or of packings, says of a package: `packaging`, and `kg_each` where it is a weight."""
    if not isinstance(said, str):
        return {}
    packed = with_content({"unit": said.strip()}, catalogue)
    return {name: packed[name] if name != "kg_each" else spelled(packed[name]) for name in packed if name != "unit"}


def read_beside(said: str, catalogue: Catalogue) -> Beside:
    """The unit behind a number: "tấn", "kg/tuần", of prices also "100kg".

    Raises:
        Unreadable: no unit is called so.
    """
    if re.search(r"\D\d", said):
        # A second number is what a package holds ("chai 500ml"), or belongs to something else: "kg (sỉ 40k)".
        measure = read_measure(said, catalogue)
        return Beside(measure.unit.code, holds=said.strip())
    bare, per = split_often(said)
    words = bare.strip()
    if per and not words:
        return Beside(None, per=per)
    try:
        return Beside(unit_named(words, catalogue), per=per)
    except Unreadable:
        counted = _SO_MANY.fullmatch(words)
        if counted is None:
            raise
        return Beside(unit_named(counted["unit"], catalogue), Decimal(counted["count"]), per)


def told_beside(heading: str, catalogue: Catalogue, *, price: bool) -> Beside | None:
    """The unit that a heading names for its column: "Tồn kho (tấn)", "Giá (đ/kg)", "Đơn giá/kg"; None without one."""
    bare, per = (heading, None) if price else split_often(heading)
    whole = bare.rpartition(" / ")
    group, _, last = whole if whole[1] else ("", "", bare)
    for words in _behind_heading(last, group, price=price):
        try:
            found = read_beside(words, catalogue)
        except Unreadable:
            continue
        return replace(found, per=found.per or per)
    return Beside(None, per=per) if per else None


def _behind_heading(last: str, group: str, *, price: bool) -> Iterator[str]:
    if group:
        yield last
    if bracket := _LAST_BRACKET.search(last):
        said = re.sub(r"^\s*(?:đvt|đơn vị(?: tính)?)\s*:?\s*", "", bracket[1], flags=re.IGNORECASE)
        if price and "/" in said:
            yield said.partition("/")[2]
        yield said
    if price and "/" in last:
        yield last.rpartition("/")[2].strip(" )")


def settle_units(values: dict[str, Any], catalogue: Catalogue, *, sure: bool) -> Iterator[FieldError]:
    """Give a row one unit, and put its numbers into it, in place; answers what was refused or should be known.

    Args:
        sure: prices are for the unit of their row, however low they are.

    Yields:
        A remark of code `converted`, or an error of another code.
    """
    said = [name for name, value in values.items() if isinstance(value, Measured)]
    said.sort(key=lambda name: values[name].count is None)
    for name in said:
        measured: Measured = values[name]
        own = _unit_of(name, values)
        if measured.holds is not None and "." not in name:
            values.setdefault("packaging", measured.holds)
        if own is None and measured.unit is not None:
            own = values[f"{name.rpartition('.')[0]}.unit".removeprefix(".")] = measured.unit
        pointer = "/" + name.replace(".", "/")
        if measured.per is not None:
            if name not in OFTEN or measured.per not in OFTEN[name]:
                del values[name]
                yield FieldError(pointer, "per-not-here", PER_NOT_HERE, {"text": measured.text})
                continue
            values[f"{name}_per"] = measured.per
        if measured.unit is None or own is None:
            values[name] = measured.value
            continue
        found = _turned(measured, measured.unit, own, catalogue)
        units = {"said": catalogue.unit(measured.unit).name_vi, "own": catalogue.unit(own).name_vi}
        if found is None:
            del values[name]
            yield FieldError(pointer, "other-unit", OTHER_UNIT, {"text": measured.text, **units})
            continue
        values[name] = found
        if found != measured.value:
            message = CONVERTED if measured.count is None else PRICE_CONVERTED
            yield FieldError(pointer, "converted", message, {"text": measured.text, "value": found, **units})
    if not sure:
        yield from _prices_of_no_unit(values, catalogue)


def _prices_of_no_unit(values: dict[str, Any], catalogue: Catalogue) -> Iterator[FieldError]:
    """Prices that are none for the unit of their row: 28.000 beside "20 tấn" would be 28 đ a kilogram."""
    for name in [name for name in values if name.rpartition(".")[2] in PRICES]:
        code = _unit_of(name, values)
        unit = catalogue.find_unit(code) if code else None
        factor = unit.kg_factor if unit else None
        amount = int(values[name])
        if unit is None or factor is None or factor <= 1 or amount == 0 or amount >= LEAST_PRICE * factor:
            continue
        del values[name]
        about = {"amount": amount, "own": unit.name_vi, "each": spelled(amount / factor)}
        yield FieldError("/" + name.replace(".", "/"), "price-of-no-unit", PRICE_OF_NO_UNIT, about)


def _unit_of(name: str, values: dict[str, Any]) -> str | None:
    """The unit of the row, or of the numbered part of it, that a field stands in."""
    own = values.get(f"{name.rpartition('.')[0]}.unit".removeprefix("."))
    return own or getattr(values.get("quantity_words"), "unit", None)


def _turned(measured: Measured, said: str, own: str, catalogue: Catalogue) -> str | None:
    """A number in the unit of its row, exactly; None where it cannot be."""
    value, count = Decimal(measured.value), measured.count
    if said == own and count in (None, 1):
        return measured.value
    base, weight = catalogue.measured(count or Decimal(1), catalogue.unit(said))
    own_base, own_weight = catalogue.measured(Decimal(1), catalogue.unit(own))
    if base != own_base:
        return None
    if count is None:
        return spelled(value * weight / own_weight)
    price = value * own_weight / weight
    return spelled(price) if price == price.to_integral_value() else None
