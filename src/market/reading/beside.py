"""Amounts and prices of a body beside whose number a unit is written: "2 tấn", "500 kg/ngày", "1,5 triệu/tạ".

The rule. A body has one unit. A number for another one is turned into it where both have a fixed weight and it comes
out exactly; what has none is refused, with the amount for the body's own unit where that is known. How often is kept
in `per`; where `per` says otherwise, or there is none, it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, get_args

from market.core.language import Message
from market.core.values.letters import plain_text
from market.core.values.numbers import CERTAIN_DONG, read_number, said_money, spelled, written_price
from market.core.values.often import read_often, split_often
from market.core.values.refusal import RefusedText, Unreadable, two_ways
from market.reading.units import LONGEST, Measure, measure_words, read_measure
from market.reference.cadence import AnyPer
from market.reference.catalogue import Catalogue
from market.reference.records import Unit

OTHER_PRICE = Message(
    vi="“{text}” là giá cho {said}, còn giá ở đây tính cho {own}.{vi_near}",
    en='"{text}" is for {said}, but the price here is for one {own}.{en_near}',
)
OTHER_UNIT = Message(
    vi="“{text}” tính theo {said}, còn ở đây tính theo {own}.",
    en='"{text}" is counted in {said}, but here in {own}.',
)
OTHER_PER = Message(
    vi="“{text}” nói theo một kỳ mà ở đây không ghi như vậy; hãy ghi số lượng riêng, kỳ ở ô per.",
    en='"{text}" says how often, which does not fit here; write the amount alone, and how often in per.',
)
PRICES = ("price_vnd", "price_ceiling_vnd")
AMOUNTS = ("quantity", "moq", "min_quantity")
LISTS = ("price_tiers", "capacity")
"""Lists of a body that are counted in its unit."""
_AMOUNT = re.compile(r"(?P<number>\d[\d.,' ]*|nửa|nua)\s*(?P<unit>[^\W\d].*)", re.IGNORECASE)


def in_own_unit(given: Any, catalogue: Catalogue) -> Any:
    """What was sent, its texts of prices and amounts as numbers for its `unit`; what is left, its field refuses."""
    if isinstance(given, dict) and isinstance(given.get("kg_each"), str):
        given = {**given, "kg_each": _weight(given["kg_each"], catalogue)}
    if not isinstance(given, dict) or not isinstance(said := given.get("unit"), str) or len(said) > LONGEST:
        return given
    try:
        own = read_measure(said, catalogue)
    except Unreadable:
        return given
    weight = own.kg_each(catalogue) or _number(given.get("kg_each"))
    turned = _turned(given, own.unit, weight, catalogue)
    for name in LISTS:
        if isinstance(parts := turned.get(name), list):
            turned[name] = [
                _turned(part, own.unit, weight, catalogue) if isinstance(part, dict) else part for part in parts
            ]
    return turned


def in_unit_of_the_rest(given: Any, catalogue: Catalogue) -> dict[str, Any]:
    """Of a change that names no `unit`, the fields whose text names one: they wait for the unit that is there."""
    if not isinstance(given, dict) or "unit" in given:
        return {}
    found = {name: given[name] for name in PRICES + AMOUNTS if _names_unit(name, given.get(name), catalogue)}
    for name in LISTS:
        parts = given.get(name)
        inside = parts if isinstance(parts, list) else []
        if any(_names_unit(field, part.get(field), catalogue) for part in inside if isinstance(part, dict)
               for field in PRICES + AMOUNTS):  # fmt: skip
            found[name] = parts
    return found


def _names_unit(name: str, text: Any, catalogue: Catalogue) -> bool:
    if not isinstance(text, str) or len(text) > LONGEST or "\0" in text:
        return False
    if name in PRICES:
        price = written_price(text)
        said = price.unit if price else None
    else:
        found = _AMOUNT.fullmatch(plain_text(split_often(text)[0]))
        said = found["unit"] if found else None
    try:
        return bool(said and read_measure(said, catalogue))
    except Unreadable:
        return False


def _weight(text: str, catalogue: Catalogue) -> Any:
    if len(text) > LONGEST or "\0" in text:
        return text
    try:
        weight = read_weight(text, catalogue)
    except Unreadable as unreadable:
        return RefusedText(text, unreadable)
    return text if weight is None else weight


def read_weight(text: str, catalogue: Catalogue) -> Decimal | None:
    """A weight in kilograms, where its unit stands behind the number: "10 kg", "250g", "1,2 ký"; None without a unit.

    Raises:
        Unreadable: its number can be read in two ways, or the unit has no fixed weight.
    """
    found = _AMOUNT.fullmatch(plain_text(text))
    if found is None:
        return None
    said = read_measure(found["unit"], catalogue).unit
    if not said.kg_factor:
        raise Unreadable("other-unit", OTHER_UNIT, text=text, said=said.name_vi, own="kg")
    return _counted(found["number"]) * said.kg_factor


def _counted(number: str) -> Decimal:
    return Decimal("0.5") if number.lower() in ("nửa", "nua") else read_number(number.strip())


def _turned(part: Mapping[str, Any], own: Unit, kg_each: Decimal | None, catalogue: Catalogue) -> dict[str, Any]:
    found = dict(part)
    for name in PRICES + AMOUNTS:
        text = part.get(name)
        if not isinstance(text, str) or not text.strip() or len(text) > LONGEST or "\0" in text:
            continue
        try:
            if name in PRICES:
                found[name] = _price(text, own, kg_each, catalogue)
                if kg_each is None:
                    found |= _content_of_price(text, own, catalogue)
            else:
                found[name], often = _amount(text, own, catalogue)
                found |= {"per": _per(text, often, part, counted=name == "quantity")} if often else {}
        except Unreadable as unreadable:
            found[name] = RefusedText(text, unreadable)
    return found


def _price(text: str, own: Unit, kg_each: Decimal | None, catalogue: Catalogue) -> Any:
    price = written_price(text)
    if price is None or price.unit is None:
        return text
    said = read_measure(price.unit, catalogue)
    values = price.written.values
    if len(values) == 1 and 0 < values[0] < CERTAIN_DONG and not price.in_dong and not price.multiplied:
        values = (values[0] * 1000, values[0])
    if len(values) > 1:
        raise two_ways(text, *(f"{spelled(value)} đ/{price.unit}" for value in values))
    amount = values[0]
    weight = said.kg_each(catalogue)
    if said.unit == own and (weight is None or kg_each in (None, weight)):
        return said_money(amount)
    weights = said.unit.kg_factor, own.kg_factor
    exact = amount * weights[1] / weights[0] if weights[0] and weights[1] else None
    if exact is not None and exact == exact.to_integral_value():
        return int(exact)
    each = exact or _for_one(amount, said, own, kg_each, catalogue)
    near = (said_money(each.to_integral_value()),) if each else ()
    shown = {"vi_near": "", "en_near": ""}
    if near:
        shown = {"vi_near": f" {near[0]} cho một {own.name_vi}?", "en_near": f" {near[0]} for one {own.name_vi}?"}
    about = {"said": measure_words(said), "own": own.name_vi, **shown}
    raise Unreadable("other-unit", OTHER_PRICE, suggestions=near, text=text, **about)


def _content_of_price(text: str, own: Unit, catalogue: Catalogue) -> dict[str, Any]:
    """What one of the unit holds, where the price says it: 350 nghìn/thùng 10kg."""
    price = written_price(text)
    said = read_measure(price.unit, catalogue) if price is not None and price.unit else None
    if price is None or said is None or said.unit != own or (weight := said.kg_each(catalogue)) is None:
        return {}
    return {"kg_each": weight}


def _for_one(
    amount: Decimal, said: Measure, own: Unit, kg_each: Decimal | None, catalogue: Catalogue
) -> Decimal | None:
    """What one of the body's unit costs by the weight of both; None where one of them is not known."""
    theirs, ours = said.kg_each(catalogue) or said.unit.kg_factor, kg_each or own.kg_factor
    return amount * ours / theirs if theirs and ours else None


def _amount(text: str, own: Unit, catalogue: Catalogue) -> tuple[Any, str | None]:
    bare, often = split_often(text)
    found = _AMOUNT.fullmatch(plain_text(bare))
    if found is None:
        return (bare if often else text), often
    try:
        said = read_measure(found["unit"], catalogue).unit
    except Unreadable:
        return (bare if often else text), often
    value = _counted(found["number"])
    if said == own:
        return value, often
    if not said.kg_factor or not own.kg_factor:
        raise Unreadable("other-unit", OTHER_UNIT, text=text, said=said.name_vi, own=own.name_vi)
    return value * said.kg_factor / own.kg_factor, often


def _per(text: str, often: str, part: Mapping[str, Any], *, counted: bool) -> str:
    stated = part.get("per")
    agrees = stated is None or (isinstance(stated, str) and _often_or_none(stated) == often)
    if not counted or often not in get_args(AnyPer) or not agrees:
        raise Unreadable("other-period", OTHER_PER, text=text)
    return often


def _often_or_none(text: str) -> str | None:
    try:
        return read_often(text)
    except Unreadable:
        return None


def _number(value: Any) -> Decimal | None:
    try:
        return read_number(str(value)) if value is not None else None
    except Unreadable:
        return None
