"""Numbers, amounts and dates as Vietnamese papers write them. Pure."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from market.core.clock import VIETNAM

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
SCALES = ((1_000_000, "triệu"), (1_000, "nghìn"), (1, ""))
BILLION = 1_000_000_000


def in_words(number: int) -> str:
    """A number in words, in lower case, as cheques and contracts read it: 1.005 is một nghìn không trăm linh năm.

    Above a billion the count of billions is read and "tỷ" follows: 10¹⁵ is một triệu tỷ.

    Raises:
        ValueError: the number is negative.
    """
    if number < 0:
        raise ValueError("only amounts from zero have words")
    if number == 0:
        return DIGITS[0]
    billions, rest = divmod(number, BILLION)
    words = [in_words(billions), "tỷ"] if billions else []
    for scale, name in SCALES:
        group = rest // scale % 1000
        if group:
            words += [_group_in_words(group, after_others=bool(words)), name]
    return " ".join(word for word in words if word)


def _group_in_words(group: int, *, after_others: bool) -> str:
    """Three digits; after a higher group the hundreds are always said."""
    hundreds, tens, units = group // 100, group // 10 % 10, group % 10
    words: list[str] = []
    if hundreds or after_others:
        words += [DIGITS[hundreds], "trăm"]
    if tens == 0 and units and words:
        words.append("linh")
    elif tens == 1:
        words.append("mười")
    elif tens > 1:
        words += [DIGITS[tens], "mươi"]
    if units:
        words.append(_unit_in_words(units, tens))
    return " ".join(words)


def _unit_in_words(units: int, tens: int) -> str:
    if units == 5 and tens:
        return "lăm"
    if tens > 1:
        return {1: "mốt", 4: "tư"}.get(units, DIGITS[units])
    return DIGITS[units]


def amount_in_words(amount_vnd: int) -> str:
    """An amount of đồng in words, as a sentence begins: "Hai mươi mốt nghìn đồng".

    Raises:
        ValueError: the amount is negative.
    """
    words = in_words(amount_vnd)
    return f"{words[0].upper()}{words[1:]} đồng"


def in_figures(number: Decimal | int) -> str:
    """A number with points between thousands and a comma before decimals: 1.750,5."""
    plain = format(number, ",f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return plain.translate(str.maketrans(",.", ".,"))


def short_date(day: date) -> str:
    """05/12/2026."""
    return f"{day:%d/%m/%Y}"


def long_date(day: date) -> str:
    """Ngày 05 tháng 12 năm 2026, in lower case; the months of one digit but January and February stand without zero.

    Source: Nghị định 30/2020/NĐ-CP, Phụ lục I, Phần I, Mục II, khoản 4: days below 10 and months 1 and 2
    take a zero before.
    """
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def date_and_time(instant: datetime) -> str:
    """10:30 ngày 05/12/2026, on Vietnamese clocks."""
    local = instant.astimezone(VIETNAM)
    return f"{local:%H:%M} ngày {short_date(local.date())}"
