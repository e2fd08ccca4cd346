"""Numbers, money, days, times, weekdays and yes or no: what is plain, what is asked back, and with which readings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from market.core.values.dates import day_of_serial, read_day, read_period
from market.core.values.numbers import read_money, read_number
from market.core.values.refusal import Unreadable
from market.core.values.times import read_time
from market.core.values.truth import read_truth
from market.core.values.weekdays import read_weekdays

READ: list[tuple[Callable[[str], Any], dict[str, Any]]] = [
    (
        read_money,
        {
            "28000": 28000, "28.000 đ": 28000, "28.000đ": 28000, "28,000 VND": 28000, "₫28.000": 28000, "25k": 25000,
            "1,2 tỷ": 1_200_000_000, "1.9 tr": 1_900_000, "1 triệu 2": 1_200_000, "1tr250": 1_250_000,
            "45 nghìn": 45000, "2 triệu rưỡi": 2_500_000, "1 tỷ 200 triệu": 1_200_000_000, "1.000.000": 1_000_000,
            "28.000.000 VND": 28_000_000, "２８０００": 28000, "28\u00a0000": 28000, "28.000,00": 28000, "-5": -5,
        },
    ),
    (
        read_number,
        {
            "1.5": Decimal("1.5"), "1,5": Decimal("1.5"), "1.000,5": Decimal("1000.5"), "1,000.5": Decimal("1000.5"),
            "0.500": Decimal("0.5"), "1234.567": Decimal("1234.567"), "12 000,5": Decimal("12000.5"),
            "-2,5": Decimal("-2.5"), "1.1250": Decimal("1.125"), "1.000.000": Decimal(1_000_000),
        },
    ),
    (
        read_day,
        dict.fromkeys(
            ("2026-12-05", "5/12/2026", "05-12-2026", "5.12.2026", "2026/12/05", "ngày 5 tháng 12 năm 2026"),
            date(2026, 12, 5),
        ),
    ),
    (
        read_time,
        {
            "06:00": time(6), "6h": time(6), "6h00": time(6), "5h30": time(5, 30), "6 giờ rưỡi": time(6, 30),
            "5 giờ chiều": time(17), "1h trưa": time(13),
        },
    ),
    (
        read_weekdays,
        {
            "T2": [1], "thứ 2": [1], "thứ hai": [1], "CN": [7], "chủ nhật": [7], "Mon-Sat": [1, 2, 3, 4, 5, 6],
            "T2-T7": [1, 2, 3, 4, 5, 6], "thứ 2 đến thứ 7": [1, 2, 3, 4, 5, 6], "T2 T3 T4": [1, 2, 3],
            "1,2,3": [1, 2, 3], "2,4,6,8": [1, 3, 5, 7], "2, 4, CN": [1, 3, 7], "hàng ngày": [1, 2, 3, 4, 5, 6, 7],
        },
    ),
    (read_truth, {"có": True, "x": True, "true": True, "Không": False, "sai": False}),
]  # fmt: skip
ASKED: list[tuple[Callable[[str], Any], dict[str, tuple[str, tuple[str, ...]]]]] = [
    (
        read_money,
        {
            "28.000": ("ambiguous", ("28000", "28 đ")),
            "28": ("ambiguous", ("28000", "28 đ")),
            "180": ("ambiguous", ("180000", "180 đ")),
            "9.000": ("ambiguous", ("9000", "9 đ")),
            "24,000": ("ambiguous", ("24000", "24 đ")),
            "1.500k": ("ambiguous", ("1500000", "1500")),
            "28,5": ("fraction-of-dong", ("28500", "28")),
            "28.000đ/kg": ("unit-not-here", ()),
            "1,5 triệu/tạ": ("unit-not-here", ()),
            "giá tốt": ("int-parsing", ()),
        },
    ),
    (
        read_number,
        {
            "1.500": ("ambiguous", ("1500", "1.5")),
            "1,500": ("ambiguous", ("1500", "1.5")),
            "1.125": ("ambiguous", ("1125", "1.1250")),
            "1.00.0": ("decimal-parsing", ()),
        },
    ),
    (
        read_day,
        {
            "12/13/2026": ("month-first", ("2026-12-13",)),
            "12/2026": ("not-a-day", ("2026-12-01", "2026-12-31")),
            "2023": ("not-a-day", ("2023-01-01", "2023-12-31")),
            "05/12/26": ("ambiguous", ("2026-12-05", "2005-12-26")),
            "31/2/2026": ("date-parsing", ("2026-02-28",)),
            "5/12": ("year-missing", ()),
        },
    ),
    (
        read_time,
        {"6": ("ambiguous", ("06:00", "18:00")), "25:00": ("time-type", ())},
    ),
    (
        read_weekdays,
        {
            "2,3,4,5,6,7": ("ambiguous", ("T2, T3, T4, T5, T6, T7", "T3, T4, T5, T6, T7, CN")),
            "2-7": ("ambiguous", ("T2, T3, T4, T5, T6, T7", "T3, T4, T5, T6, T7, CN")),
            "9": ("weekdays", ("T2", "T3", "T4", "T5", "T6", "T7", "CN")),
            "1, CN": ("weekdays", ("T2", "T3", "T4", "T5", "T6", "T7", "CN")),
        },
    ),
    (read_truth, {"yes": ("bool-type", ("true", "false"))}),
]


@pytest.mark.parametrize(
    ("reader", "text", "value"), [(reader, text, value) for reader, said in READ for text, value in said.items()]
)
def test_what_reads_one_way_is_read(reader: Callable[[str], Any], text: str, value: Any) -> None:
    assert reader(text) == value


@pytest.mark.parametrize(
    ("reader", "text", "code", "suggestions"),
    [(reader, text, *said) for reader, asked in ASKED for text, said in asked.items()],
)
def test_what_reads_two_ways_is_asked_with_what_would_do(
    reader: Callable[[str], Any], text: str, code: str, suggestions: tuple[str, ...]
) -> None:
    with pytest.raises(Unreadable) as unreadable:
        reader(text)
    assert (unreadable.value.code, unreadable.value.suggestions) == (code, suggestions)
    error = unreadable.value.at("/x")
    assert "{" not in error.render("vi")["message"] + error.render("en")["message"]


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("12/2026", date(2026, 12, 1), date(2026, 12, 31), "month"),
        ("tháng 2 năm 2028", date(2028, 2, 1), date(2028, 2, 29), "month"),
        ("2023", date(2023, 1, 1), date(2023, 12, 31), "year"),
        ("5/12/2026", date(2026, 12, 5), date(2026, 12, 5), "day"),
    ],
)
def test_a_month_or_a_year_keeps_its_width(text: str, first: date, last: date, precision: str) -> None:
    period = read_period(text)
    assert (period.first, period.last, period.precision) == (first, last, precision)


def test_serial_numbers_of_spreadsheets_are_days() -> None:
    assert day_of_serial(45658) == date(2025, 1, 1)
    with pytest.raises(Unreadable):
        day_of_serial(12)
