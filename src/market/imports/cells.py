"""The readers of cells: the one place where what stands in a cell becomes a value. See `Reading` for what they know.

Nothing is guessed in silence: what can be read in two ways is refused with both readings, unless the other cells of its
column say which is meant.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from market.core.errors import FieldError
from market.core.language import Message
from market.imports.columns import AMBIGUOUS, AMBIGUOUS_NAME, BadCell
from market.imports.sheets.grids import Value
from market.reference.catalogue import Catalogue
from market.reference.spelling import folded

Style = Literal["1.000,5", "1,000.5"]
"""Which sign parts thousands and which decimals."""

NOT_A_NUMBER = Message(vi="“{text}” không phải một số.", en='"{text}" is no number.')
NOT_A_DATE = Message(vi="“{text}” không phải một ngày; hãy ghi ngày/tháng/năm.", en='"{text}" is no date; write d/m/y.')
NOT_A_TIME = Message(vi="“{text}” không phải giờ; ví dụ 6h30.", en='"{text}" is no time of day, e.g. 06:30.')
NOT_DONG = Message(vi="“{text}”: chỉ nhận giá bằng đồng.", en='"{text}": only prices in đồng are taken.')
RANGE = Message(vi="“{text}” là một khoảng; hãy ghi một số.", en='"{text}" is a range; write one number.')
WORDS_FOR_NUMBER = Message(vi="“{text}” không phải giá: để trống.", en='"{text}" is no price: left open.')
APPROXIMATE = Message(vi="“{text}” là con số ước chừng.", en='"{text}" is approximate.')
PARTIAL_DATE = Message(
    vi="“{text}” chỉ có tháng hoặc năm, không đặt thành ngày.", en='"{text}" is a month or a year, no day.'
)

_MONEY_WORDS = re.compile(r"(?:\s*(?:đồng|đ|₫|vnd|vnđ))?\.?\s*(?:/\s*[^\d/]{1,20})?$", re.IGNORECASE)
_FOREIGN = re.compile(r"[$€¥]|\busd\b|\beur\b", re.IGNORECASE)
_TIMES = {"ty": 10**9, "ti": 10**9, "tr": 10**6, "trieu": 10**6, "k": 1000, "nghin": 1000, "ngan": 1000, "ng": 1000}
_SCALED = re.compile(r"^([\d.,]+)\s*(ty|ti|trieu|tr|k|nghin|ngan|ng)\s*(\d{1,3})?(?:\s*(?:dong|vnd|d))?$")
_TWO_SCALES = re.compile(r"^([\d.,]+)\s*(?:ty|ti)\s*([\d.,]+)\s*(?:trieu|tr)(?:\s*(?:dong|vnd|d))?$")
_RANGE = re.compile(r"^[~≈]?\s*([\d.,]+)\s*(?:-|–|—|den)\s*([\d.,]+)\s*(.*)$")
_ABOUT = re.compile(r"^(?:~|≈|khoang|gan|tam|chung|uoc)\s*")
NO_PRICE = ("lien he", "thoa thuan", "theo thi truong", "het hang", "chua co", "bao sau", "theo thoi gia", "thi truong")
UNDECIDED = ("chua xac dinh", "theo mua vu", "theo thoa thuan", "theo nhu cau", "chua ro", "khong xac dinh", "theo don")
ABOVE = frozenset({"nt", "n/t", "-nt-", "như trên", "nhu tren", '"', "''", "”", "〃", "- nt -", "như trên nt", "//"})
"""What means: as in the row above."""


@dataclass(slots=True)
class Reading:
    """What a reader knows of where its cell stands, and where it says what people should know."""

    catalogue: Catalogue
    style: Style | None = None
    """That of the numbers of the column, as its cells say."""
    remarks: list[FieldError] = field(default_factory=list)
    pointer: str = ""

    def say(self, code: str, message: Message, **parameters: object) -> None:
        """Something that is no error."""
        self.remarks.append(FieldError(self.pointer, code, message, parameters))


def plain(value: Value) -> str:
    """A cell as a person would type it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return format(Decimal(repr(round(value, 9))).normalize(), "f")
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
        case date():
            return value.isoformat()
        case time():
            return value.strftime("%H:%M")
        case timedelta():
            return f"{value.seconds // 3600:02}:{value.seconds % 3600 // 60:02}"
    return " ".join(str(value).split())


def told_style(values: Iterable[Value]) -> Style | None:
    """How the numbers of a column are written, by those that can be read in one way only; None when none of them
    says, or they contradict each other."""
    votes: Counter[Style] = Counter()
    for value in values:
        if isinstance(value, str) and (style := _style_of(value)):
            votes[style] += 1
    return next(iter(votes)) if len(votes) == 1 else None


def _style_of(text: str) -> Style | None:
    found = re.search(r"\d[\d.,]*\d", text)
    number = found[0] if found else ""
    dots, commas = number.count("."), number.count(",")
    if dots and commas:
        return "1.000,5" if number.rfind(",") > number.rfind(".") else "1,000.5"
    if dots + commas == 1:
        whole, _, part = number.replace(",", ".").partition(".")
        decimal = len(part) != 3 or whole == "0" or len(whole) > 3
        return ("1.000,5" if commas else "1,000.5") if decimal else None
    if dots > 1:
        return "1.000,5"
    return "1,000.5" if commas > 1 else None


def number(text: str, reading: Reading, *, whole: bool = False) -> Decimal:
    """A number as people write it.

    Args:
        whole: it has no thousandths (đồng): a sign before three digits parts thousands.

    Raises:
        BadCell: it is none, or can be read in two ways.
    """
    bare = re.sub(r"(?<=\d)[\s']+(?=\d{3}(?:\D|$))", "", text.replace("\u00a0", " ").strip())
    if not re.fullmatch(r"-?\d[\d.,]*", bare):
        raise BadCell(NOT_A_NUMBER, text=text)
    signs = [sign for sign in bare if sign in ".,"]
    try:
        if not signs:
            return Decimal(bare)
        if len(set(signs)) == 2:
            decimal = bare[max(bare.rfind("."), bare.rfind(","))]
            return _parted(bare, thousands="," if decimal == "." else ".", decimal=decimal)
        sign = signs[0]
        head, _, tail = bare.rpartition(sign)
        if len(signs) > 1:
            return _parted(bare, thousands=sign, decimal="")
        if len(tail) != 3 or head.lstrip("-") == "0" or len(head.lstrip("-")) > 3:
            return Decimal(f"{head}.{tail}")
    except InvalidOperation:
        raise BadCell(NOT_A_NUMBER, text=text) from None
    return _one_sign(bare, sign, reading, whole=whole)


def _parted(text: str, *, thousands: str, decimal: str) -> Decimal:
    head, _, tail = text.partition(decimal) if decimal else (text, "", "")
    groups = head.lstrip("-").split(thousands)
    if any(len(group) != 3 for group in groups[1:]) or not 1 <= len(groups[0]) <= 3:
        raise BadCell(NOT_A_NUMBER, text=text)
    return Decimal(head.replace(thousands, "") + (f".{tail}" if tail else ""))


def _one_sign(text: str, sign: str, reading: Reading, *, whole: bool) -> Decimal:
    """One sign before three digits: thousands or thousandths."""
    thousands, thousandths = Decimal(text.replace(sign, "")), Decimal(text.replace(",", "."))
    if whole:
        return thousands
    if reading.style is None:
        decimal = format(thousandths.normalize(), "f")
        raise BadCell(AMBIGUOUS, text=text, whole=format(thousands, "f"), decimal=decimal)
    return thousands if (sign == ".") == (reading.style == "1.000,5") else thousandths


def quantity(value: Value, reading: Reading) -> Any:
    """An amount; a unit behind it is left to `amount`."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return plain(float(value))
    text = plain(value)
    bare = re.sub(r"\s*[^\d.,\s]+$", "", text) if re.match(r"^[\d.,]+\s*[^\d\s.,/-]+$", text) else text
    return format(number(bare, reading), "f")


def money(value: Value, reading: Reading) -> Any:
    """Whole đồng as text; None where words stand for a price that is open."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return plain(float(value))
    text = plain(value)
    said = folded(text)
    if any(word in said for word in (*NO_PRICE, *UNDECIDED)):
        reading.say("no-price", WORDS_FOR_NUMBER, text=text)
        return None
    if _FOREIGN.search(text):
        raise BadCell(NOT_DONG, text=text)
    if _ABOUT.match(said):
        reading.say("approximate", APPROXIMATE, text=text)
        said = _ABOUT.sub("", said)
        text = re.sub(r"^\D+", "", text)
    if _RANGE.match(said):
        raise BadCell(RANGE, text=text)
    return _dong(_scaled(said, reading) or number(_MONEY_WORDS.sub("", text), reading, whole=True))


def _dong(amount: Decimal) -> str:
    return format(amount.normalize(), "f")


def _scaled(said: str, reading: Reading) -> Decimal | None:
    """1.9 tr, 1tr9, 1,2 tỷ, 1 tỷ 200 triệu, 70k."""
    said = re.sub(r"\s*/\s*[^\d/]{1,20}$", "", said)
    if found := _TWO_SCALES.match(said):
        return _decimal(found[1]) * 10**9 + _decimal(found[2]) * 10**6
    found = _SCALED.match(said)
    if found is None:
        return None
    times = _TIMES[found[2]]
    amount = _decimal(found[1]) * times
    return amount + Decimal(found[3]) * times / 10 ** len(found[3]) if found[3] else amount


def _decimal(text: str) -> Decimal:
    """Beside million or billion a single sign is decimal: nobody writes 1.200 tỷ for a farm's goods."""
    if text.count(".") + text.count(",") == 1:
        return Decimal(text.replace(",", "."))
    return Decimal(re.sub(r"[.,]", "", text))


@dataclass(frozen=True, slots=True)
class Partial:
    """A date of which only the month, or only the year, is known."""

    text: str
    """2023-12 or 2023."""

    def __str__(self) -> str:
        return self.text


_DMY = re.compile(
    r"^(?:ngay\s*)?(\d{1,2})\s*(?:[/.-]|thang|thg)\s*(\d{1,2})\s*(?:[/.-]|nam|,)\s*(\d{4}|\d{2})(?:\s+[\d:]+)?$"
)
_YMD = re.compile(r"^(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?:[ t][\d:.]+)?$")
_MY = re.compile(r"^(?:thang\s*)?(\d{1,2})\s*[/.-]\s*(\d{4})$")
_YM = re.compile(r"^(\d{4})\s*[/.-]\s*(\d{1,2})$")
_Y = re.compile(r"^(?:nam\s*)?((?:19|20)\d\d)$")
FIRST_SERIAL, LAST_SERIAL = 20_000, 80_000
"""Days since 1899-12-30 that can be meant as dates: 1954 to 2119."""
EPOCH = date(1899, 12, 30)


def day(value: Value, _reading: Reading) -> date | Partial:
    """A day; a month or a year stays one.

    Raises:
        BadCell: it is none.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = plain(value)
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text) and FIRST_SERIAL <= float(text) <= LAST_SERIAL:
        return EPOCH + timedelta(days=int(float(text)))
    said = folded(text)
    if found := _Y.match(said):
        return Partial(found[1])
    try:
        if found := _DMY.match(said):
            year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)
            return date(year, int(found[2]), int(found[1]))
        if found := _YMD.match(said):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _MY.match(said):
            return _month(int(found[2]), int(found[1]), text)
        if found := _YM.match(said):
            return _month(int(found[1]), int(found[2]), text)
    except ValueError as error:
        if not isinstance(error, BadCell):
            raise BadCell(NOT_A_DATE, text=text) from None
        raise
    raise BadCell(NOT_A_DATE, text=text)


def _month(year: int, month: int, text: str) -> Partial:
    if not 1 <= month <= 12:
        raise BadCell(NOT_A_DATE, text=text)
    return Partial(f"{year}-{month:02}")


def whole_day(value: Value, reading: Reading) -> Any:
    """A day as ISO text; None, said, where only a month or year is known."""
    found = day(value, reading)
    if isinstance(found, Partial):
        reading.say("partial-date", PARTIAL_DATE, text=plain(value))
        return None
    return found.isoformat()


def any_day(value: Value, reading: Reading) -> Any:
    """A day, month or year as ISO text."""
    found = day(value, reading)
    return found.text if isinstance(found, Partial) else found.isoformat()


_CLOCK = re.compile(r"^(?:truoc\s*)?(\d{1,2})\s*(?:h|g|gio|:)\s*(\d{1,2})?(?::\d{2})?\s*(?:phut|p|am|sang)?$")


def clock_time(value: Value, _reading: Reading) -> Any:
    """A time of day, HH:MM.

    Raises:
        BadCell: it is none.
    """
    if isinstance(value, datetime):
        value = value.time()
    if isinstance(value, float) and 0 <= value < 1:
        minutes = round(value * 1440)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    text = plain(value)
    found = _CLOCK.match(folded(text))
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise BadCell(NOT_A_TIME, text=text)
    return f"{int(found[1]):02}:{int(found[2] or 0):02}"


def text(value: Value, _reading: Reading) -> Any:
    """The text as it is; a number as a person would type it."""
    return plain(value) if not isinstance(value, str) else value.strip()


def line(value: Value, reading: Reading) -> Any:
    """As `text`, on one line."""
    return " ".join(str(text(value, reading)).split())


def ambiguous_name(found: Iterable[str], said: str) -> BadCell:
    """That a word names several things."""
    return BadCell(AMBIGUOUS_NAME, text=said, found=", ".join(found))
