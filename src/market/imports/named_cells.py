"""Readers of cells that name something: units, places, goods, stars, certificates, amounts with a unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from market.core.language import Message
from market.imports.cells import UNDECIDED, Reading, ambiguous_name, number, plain
from market.imports.columns import BadCell
from market.imports.goods import goods_named
from market.imports.sheets.grids import Value
from market.reference.catalogue import Catalogue
from market.reference.spelling import folded

UNKNOWN_UNIT = Message(
    vi="Không rõ đơn vị tính “{text}”; gần nhất: {nearest}.", en='Unknown unit "{text}"; nearest: {nearest}.'
)
UNKNOWN_PLACE = Message(vi="“{text}” không phải tên một tỉnh, thành.", en='"{text}" is no province.')
PLACE_IS_AREA = Message(
    vi="“{text}” không phải tên tỉnh: ghi vào vùng trồng.", en='"{text}" is no province: kept as the growing area.'
)
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

_WITH_SIZE = re.compile(r"^([^\d(]+?)[\s(]*(\d.*)$")
_BEHIND_SLASH = re.compile(r"^(?:đ|đồng|vnd|vnđ)\s*/\s*(.+)$", re.IGNORECASE)


def unit(value: Value, reading: Reading) -> Any:
    """A unit's code; "gói 200g" is a package, "Tạ" and "đ/kg" what they say.

    Raises:
        BadCell: no unit is called so.
    """
    said = plain(value).strip(" .")
    said = found[1] if (found := _BEHIND_SLASH.match(said)) else said
    code = unit_code(said, reading.catalogue)
    if code is None:
        raise BadCell(UNKNOWN_UNIT, text=said, nearest=", ".join(_nearest_units(said, reading.catalogue)))
    return code


def unit_code(said: str, catalogue: Catalogue) -> str | None:
    """The unit that words name, with or without a size behind it."""
    if catalogue.find_unit(said.upper()) is not None:
        return said.upper()
    named = catalogue.unit_by_name(said)
    if named is None and (sized := _WITH_SIZE.match(said)):
        named = catalogue.unit_by_name(sized[1].strip())
    if named is None and " " in said:
        named = catalogue.unit_by_name(said.split()[0])
    return named.code if named else None


def _nearest_units(said: str, catalogue: Catalogue) -> list[str]:
    first = folded(said)[:1]
    near = [one.name_vi for one in catalogue.units if folded(one.name_vi).startswith(first)]
    return (near or ["kg", "tấn", "trái", "thùng", "gói"])[:5]


def province(value: Value, reading: Reading) -> Any:
    """A province by code or name, at the end of an address too.

    Raises:
        BadCell: it is none, or several are called so.
    """
    said = plain(value)
    found = place_named(said, reading.catalogue)
    if found is None:
        raise BadCell(UNKNOWN_PLACE, text=said)
    return found


def place_named(said: str, catalogue: Catalogue) -> dict[str, str] | None:
    """The province that words name: a code of today, `2008:83`, or a name; a name of both maps is today's."""
    version, colon, code = said.rpartition(":")
    if said.isdigit() or (colon and code.isdigit()):
        return {"code": code.zfill(2), "version": version or "2025"}
    for part in (said, *reversed(re.split(r"\s*[,;–-]\s*", said))):
        found = catalogue.provinces_named(part)
        today = [one for one in found if one.becomes is None]
        known = today or list(found)
        if len(known) > 1:
            raise ambiguous_name((f"{one.version}:{one.code}" for one in known), said)
        if known:
            return {"code": known[0].code, "version": known[0].version}
    return None


def goods(value: Value, reading: Reading) -> Any:
    """A kind of goods by id, by name, or by what a title says.

    Raises:
        BadCell: it is not known.
    """
    said = plain(value)
    catalogue = reading.catalogue
    if catalogue.find_concept(said) is not None:
        return said
    named = catalogue.concepts_named(said)
    if len(named) == 1:
        return named[0].id
    found = goods_named(said, catalogue)
    if found is None:
        raise BadCell(UNKNOWN_GOODS, text=said)
    return found


_NUMERALS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5}


def stars(value: Value, _reading: Reading) -> Any:
    """Stars of OCOP: 4, "4 sao", "4*", "★★★★", "hạng 4 sao", "bốn sao".

    Raises:
        BadCell: no number of stars from 1 to 5.
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
    raise BadCell(NO_STARS, text=said)


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


_SCHEMES = (
    (re.compile(r"\bglobal\s*-?\s*g\.?a\.?p"), "globalgap"),
    (re.compile(r"\bviet\s*-?\s*g\.?a\.?p"), "vietgap"),
    (re.compile(r"\bhuu co\b|\borganic\b"), "organic"),
    (re.compile(r"\bhaccp\b"), "haccp"),
    (re.compile(r"\biso\s*22000"), "iso-22000"),
    (re.compile(r"\bhalal\b"), "halal"),
    (re.compile(r"\bfssc"), "fssc-22000"),
    (re.compile(r"\bbrc"), "brcgs"),
    (re.compile(r"\battp\b|\ban toan thuc pham\b|\bvsattp\b"), "food-safety"),
    (re.compile(r"\bma (?:so )?vung trong\b"), "growing-area-code"),
)
_OCOP = re.compile(r"\bocop\b\D*([3-5])?")


def scheme_named(said: str, catalogue: Catalogue) -> str | None:
    """A requirement such as `vietgap` or `ocop:4` that words name."""
    text_ = folded(said)
    if found := _OCOP.search(text_):
        return f"ocop:{found[1]}" if found[1] else "ocop"
    for pattern, scheme in _SCHEMES:
        if pattern.search(text_) and catalogue.find_scheme(scheme):
            return scheme
    return said if catalogue.find_scheme(said) else None


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


_PER = {
    "ngay": "day",
    "tuan": "week",
    "thang": "month",
    "nam": "year",
    "vu": "season",
    "mua": "season",
    "mua vu": "season",
}
_AMOUNT = re.compile(
    r"^(?P<about>~|≈|khoảng|gần|tầm|ước|trên|ít nhất|tối thiểu|>=?|từ)?\s*(?P<first>\d[\d.,]*)"
    r"(?:\s*(?:-|–|—|đến)\s*(?P<second>\d[\d.,]*))?\s*(?P<unit>[^\d/]*?)\s*(?:(?:/|mỗi|một|hàng)\s*(?P<per>[^\d/]+))?$",
    re.IGNORECASE,
)


def amount(value: Value, reading: Reading) -> Any:
    """An amount with its unit and cadence; words that are none are kept as words.

    Raises:
        BadCell: the number can be read in two ways, or the unit is unknown.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Amount(quantity=plain(float(value)))
    said = plain(value)
    found = _AMOUNT.match(said)
    if found is None or any(word in folded(said) for word in UNDECIDED):
        reading.say("no-amount", NO_AMOUNT, text=said)
        return Amount(words=said)
    least = _least(found["first"], reading)
    code = unit_code(found["unit"].strip(" ."), reading.catalogue) if found["unit"].strip() else None
    if found["unit"].strip() and code is None:
        near = ", ".join(_nearest_units(found["unit"], reading.catalogue))
        raise BadCell(UNKNOWN_UNIT, text=found["unit"].strip(), nearest=near)
    per = _PER.get(folded(found["per"] or "").strip(), "total")
    if found["second"]:
        reading.say("range", RANGE, text=said, least=least)
    elif found["about"]:
        reading.say("approximate", APPROXIMATE, text=said)
    loose = bool(found["second"] or found["about"])
    return Amount(least, code, per, at_least=bool(found["second"]), words=said if loose else None)


def _least(said: str, reading: Reading) -> str:
    return format(Decimal(number(said, reading)), "f")


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
        BadCell: it is none that is known.
    """
    said = folded(plain(value))
    for pattern, code in _INSTRUMENTS:
        if pattern.search(said) or said == code:
            return code
    raise BadCell(UNKNOWN_INSTRUMENT, text=plain(value))


_TRUE = {"x", "co", "true", "v", "✓", "✔", "yes", "1", "dung"}
_FALSE = {"khong", "false", "no", "0", "-", "sai"}


def flag(value: Value, _reading: Reading) -> Any:
    """true or false, by the marks people make."""
    said = folded(plain(value))
    return "true" if said in _TRUE else "false" if said in _FALSE else plain(value)


def listed(value: Value, _reading: Reading) -> Any:
    """Words parted by ; | or commas."""
    return [part.strip() for part in re.split(r"[;|,]", plain(value)) if part.strip()]


def weekdays(value: Value, _reading: Reading) -> Any:
    """Days of delivery, 1 is Monday: T2, thứ 2 and CN as Vietnamese count, bare numbers as the API counts."""
    days: list[Any] = []
    for part in re.split(r"[;|,]\s*", folded(plain(value))):
        found = re.fullmatch(r"(?:t|thu)\s*([2-7])", part)
        days.append(int(found[1]) - 1 if found else 7 if part in ("cn", "chu nhat") else part)
    return days
