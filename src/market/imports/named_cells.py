"""Readers of cells that name something: units, places, goods, stars, certificates, amounts with a unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from market.core.language import Message
from market.core.values.numbers import spelled
from market.core.values.often import read_often, split_often
from market.core.values.refusal import Unreadable
from market.core.values.truth import read_truth
from market.core.values.weekdays import read_weekdays
from market.imports.cells import UNDECIDED, Reading, number, plain
from market.imports.goods import goods_named
from market.imports.measured import Beside, unit_named
from market.imports.sheets.grids import Value
from market.reading.beside import read_weight
from market.reading.certificates import read_requirement
from market.reading.named_goods import concept_called
from market.reading.places import SEVERAL_PROVINCES, read_province
from market.reference.catalogue import Catalogue
from market.reference.records import Province
from market.vietnamese.spelling import folded

UNKNOWN_GOODS = Message(vi="Chưa nhận ra mặt hàng “{text}”.", en='The goods "{text}" are not known here yet.')
NO_STARS = Message(vi="“{text}” không phải hạng sao (1 đến 5).", en='"{text}" is no number of stars (1 to 5).')
EITHER = Message(
    vi="“{text}”: một trong các chứng nhận này là đủ; ghi thành ưu tiên và ghi chú, không bắt buộc cả hai.",
    en='"{text}": either will do; kept as preferred and in the note, not as both required.',
)
OTHER_DEMAND = Message(vi="“{text}” ghi vào ghi chú.", en='"{text}" is kept in the note.')
APPROXIMATE = Message(vi="“{text}” là con số ước chừng.", en='"{text}" is approximate.')
RANGE = Message(vi="“{text}”: ghi mức ít nhất là {least}.", en='"{text}": at least {least} is recorded.')
NO_AMOUNT = Message(vi="“{text}” chưa phải số lượng: để trống.", en='"{text}" is no amount: left open.')
NOT_A_PLACE = Message(
    vi="“{text}” không phải tên tỉnh: ghi vào vùng trồng.", en='"{text}" is no province: kept as the growing area.'
)
_BETWEEN_PLACES = re.compile(r"\s*[,;/+]\s*|\s+[-–—]\s+|\s+và\s+")


def unit(value: Value, reading: Reading) -> Any:
    """A unit's code; "gói 200g" is a package, "Tạ" and "đ/kg" what they say.

    Raises:
        Unreadable: no unit is called so.
    """
    return unit_named(plain(value), reading.catalogue)


def unit_code(said: str, catalogue: Catalogue) -> str | None:
    """The unit that words name; None when they name none."""
    try:
        return unit_named(said, catalogue)
    except Unreadable:
        return None


@dataclass(frozen=True, slots=True)
class Area:
    """A place of origin that is no province."""

    name: str


def province(value: Value, reading: Reading) -> Any:
    """A province by code or name, at the end of an address too; any other place of origin stays a name.

    Raises:
        Unreadable: several provinces are called so.
    """
    said = plain(value)
    try:
        return _place(said, reading.catalogue)
    except Unreadable as unreadable:
        if unreadable.code == "ambiguous":
            raise
        reading.say("place-is-area", NOT_A_PLACE, text=said)
        return Area(said)


def delivery_province(value: Value, reading: Reading) -> Any:
    """A province by code or name, at the end of an address too.

    Raises:
        Unreadable: it is none, or several are called so.
    """
    return _place(plain(value), reading.catalogue)


def _place(said: str, catalogue: Catalogue) -> dict[str, str]:
    try:
        found = read_province(said, catalogue)
    except Unreadable:
        parts = [part for part in _BETWEEN_PLACES.split(said) if part]
        if len(parts) < 2:
            raise
        found = read_province(parts[-1], catalogue)
        others = [place for part in parts[:-1] if (place := _province_or_none(part, catalogue)) is not None]
        if others := [place for place in others if _today(place) != _today(found)]:
            named = ", ".join(place.full_name for place in (*others, found))
            raise Unreadable(
                "ambiguous",
                SEVERAL_PROVINCES,
                suggestions=[one.full_name for one in (*others, found)],
                text=said,
                named=named,
            ) from None
    return {"code": found.code, "version": found.version}


def _today(province: Province) -> str:
    """The code of the unit of today that it lies in."""
    return province.becomes or province.code


def _province_or_none(said: str, catalogue: Catalogue) -> Province | None:
    try:
        return read_province(said, catalogue)
    except Unreadable:
        return None


def goods(value: Value, reading: Reading) -> Any:
    """A kind of goods by id, by name, or by what a title says.

    Raises:
        Unreadable: it is not known.
    """
    said = plain(value)
    try:
        called = concept_called(said, reading.catalogue)
    except Unreadable as unreadable:
        if unreadable.code == "ambiguous":
            raise
        called = None
    found = called or goods_named(said, reading.catalogue)
    if found is None:
        raise Unreadable("unknown-goods", UNKNOWN_GOODS, text=said)
    return found


def stretch(value: Value, _reading: Reading) -> Any:
    """How often an amount comes: "tuần", "mỗi ngày", "tổng".

    Raises:
        Unreadable: it does not say.
    """
    return read_often(plain(value))


def kg_each(value: Value, reading: Reading) -> Any:
    """What one unit weighs, in kilograms: 10, "10 kg", "250 g".

    Raises:
        Unreadable: it is no weight.
    """
    if isinstance(value, str) and (weight := read_weight(value, reading.catalogue)) is not None:
        return spelled(weight)
    return spelled(number(plain(value), reading))


_NUMERALS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5}


def stars(value: Value, _reading: Reading) -> Any:
    """Stars of OCOP: 4, "4 sao", "4*", "★★★★", "hạng 4 sao", "bốn sao".

    Raises:
        Unreadable: no number of stars from 1 to 5.
    """
    said = plain(value)
    signs = sum(said.count(sign) for sign in "★⭐☆*✩✭")
    digits = re.findall(r"\d+", said)
    if len(digits) == 1 and 1 <= int(digits[0]) <= 5:
        return int(digits[0])
    if not digits and 1 <= signs <= 5:
        return said.count("★") or signs
    words = [_NUMERALS[word] for word in folded(said).split() if word in _NUMERALS]
    if len(words) == 1:
        return words[0]
    raise Unreadable("no-stars", NO_STARS, text=said)


def has_stars(value: Value) -> bool:
    """Whether a cell looks like stars rather than like any other rank."""
    said = plain(value)
    return bool(re.fullmatch(r"[★⭐☆*✩✭\s]{1,9}|(?:hạng\s*)?[1-5]\s*(?:sao|\*|★)?", said.lower()))


@dataclass(frozen=True, slots=True)
class Demands:
    """Certificates that are asked for, as words say it."""

    required: tuple[str, ...] = ()
    preferred: tuple[str, ...] = ()
    note: str | None = None


def scheme_named(said: str, catalogue: Catalogue) -> str | None:
    """A requirement such as `vietgap` or `ocop:4` that words name; None when they name none."""
    try:
        return read_requirement(said, catalogue)
    except Unreadable:
        return None


def demands(value: Value, reading: Reading) -> Any:
    """Certificates asked for: with "và" or commas all of them, with "hoặc" any of them."""
    said = plain(value)
    either = re.split(r"\s+(?:hoặc|hay|or)\s+|\s*/\s*", said)
    if len(either) > 1 and (named := [scheme_named(part, reading.catalogue) for part in either]) and any(named):
        reading.say("either", EITHER, text=said)
        return Demands(preferred=tuple(dict.fromkeys(one for one in named if one)), note=said)
    parts = [part for part in re.split(r"\s*[,;+&|]\s*|\s+và\s+", said) if part]
    named = [scheme_named(part, reading.catalogue) for part in parts]
    rest = [part for part, one in zip(parts, named, strict=True) if one is None]
    if rest:
        reading.say("other-demand", OTHER_DEMAND, text=", ".join(rest))
    return Demands(required=tuple(dict.fromkeys(one for one in named if one)), note=", ".join(rest) or None)


@dataclass(frozen=True, slots=True)
class Amount:
    """How much, as words say it: "20 tấn/tháng", "~ 2 tấn", "10-12 tấn/tháng"."""

    quantity: str | None = None
    unit: str | None = None
    per: str = "total"
    at_least: bool = False
    words: str | None = None


_AMOUNT = re.compile(
    r"^(?P<about>~|≈|khoảng|gần|tầm|ước|trên|ít nhất|tối thiểu|>=?|từ)?\s*(?P<first>\d[\d.,]*)"
    r"(?:\s*(?:-|–|—|đến)\s*(?P<second>\d[\d.,]*))?\s*(?P<unit>[^\d/]*?)\s*$",
    re.IGNORECASE,
)


NO_COUNT = ("quarter", "delivery")
"""What no line of a paper can be counted by."""


def amount(value: Value, reading: Reading) -> Any:
    """An amount with its unit and cadence; words that are none are kept as words.

    Raises:
        Unreadable: the number can be read in two ways, or the unit is unknown.
    """
    beside = reading.beside or Beside(None)
    numeric = isinstance(value, (int, float)) and not isinstance(value, bool)
    said = plain(value)
    bare, often = split_often(said)
    found = _AMOUNT.match(bare)
    per = often or beside.per
    if found is None or per in NO_COUNT or any(word in folded(said) for word in UNDECIDED):
        reading.say("no-amount", NO_AMOUNT, text=said)
        return Amount(words=said)
    least = plain(value) if numeric else _least(found["first"], reading)
    code = unit_named(found["unit"], reading.catalogue) if found["unit"].strip(" .") else beside.unit
    if found["second"]:
        reading.say("range", RANGE, text=said, least=least)
    elif found["about"]:
        reading.say("approximate", APPROXIMATE, text=said)
    loose = bool(found["second"] or found["about"])
    return Amount(least, code, per or "total", at_least=bool(found["second"]), words=said if loose else None)


def _least(said: str, reading: Reading) -> str:
    return spelled(number(said, reading))


_INSTRUMENTS = (
    (re.compile(r"\bghi nho\b|\bbbgn\b|\bmou\b|\bmemorandum\b|\bban ghi nho\b"), "mou"),
    (re.compile(r"\bnguyen tac\b|\bhdnt\b|\bframework\b"), "framework"),
    (re.compile(r"\bbao tieu\b|\bofftake\b"), "offtake"),
    (re.compile(r"\bdai ly\b|\bagency\b"), "agency"),
    (re.compile(r"\bhop tac\b|\bcooperation\b|\blien ket\b|\bthoa thuan\b"), "cooperation"),
    (re.compile(r"\bhop dong\b|\bhd\b|\bhdmb\b|\bmua ban\b|\bsale\b|\bcontract\b|\btieu thu\b"), "sale"),
)
UNKNOWN_INSTRUMENT = Message(
    vi="Không rõ loại văn bản “{text}”: hợp đồng, biên bản ghi nhớ, hợp đồng nguyên tắc...",
    en='Unknown kind of paper "{text}".',
)


def instrument(value: Value, _reading: Reading) -> Any:
    """The kind of a paper.

    Raises:
        Unreadable: it is none that is known.
    """
    said = folded(plain(value))
    for pattern, code in _INSTRUMENTS:
        if pattern.search(said) or said == code:
            return code
    raise Unreadable("unknown-instrument", UNKNOWN_INSTRUMENT, text=plain(value))


def flag(value: Value, _reading: Reading) -> Any:
    """true or false, by the marks people make.

    Raises:
        Unreadable: it says neither.
    """
    # ODS files hold true and false as 1 and 0.
    return bool(value) if value in (0, 1) else read_truth(plain(value))


def marked(value: Value, reading: Reading) -> Any:
    """Whether somebody put a mark into a cell: x, 1, any true; None where the mark says no.

    Raises:
        Unreadable: it holds something that is no mark.
    """
    said = plain(value)
    return True if said == "1" or (said != "0" and flag(said, reading)) else None


def listed(value: Value, _reading: Reading) -> Any:
    """Words parted by ; | or commas."""
    return [part.strip() for part in re.split(r"[;|,]", plain(value)) if part.strip()]


def weekdays(value: Value, _reading: Reading) -> Any:
    """Days of delivery, 1 is Monday.

    Raises:
        Unreadable: none, or bare numbers that may count from Monday or from Sunday.
    """
    return read_weekdays(plain(value))
