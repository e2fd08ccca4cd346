"""How long a paper is to last, as lists say it: until a day, from a month to a month, or for so many months."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from market.core.language import Message
from market.core.values.refusal import Unreadable
from market.imports.cells import UNDECIDED, Reading, plain
from market.imports.day_cells import LASTS, last_day
from market.imports.sheets.grids import Value
from market.vietnamese.spelling import folded

_MONTH = r"(?:thang\s*|t\.?\s*)?(\d{1,2})\s*[/.-]\s*(\d{4})"
_SPAN = re.compile(rf"\b(?:tu\s+)?{_MONTH}\s*(?:den|toi|-|–)\s*(?:het\s+)?{_MONTH}\b")
_LASTS = re.compile(r"(?:trong\s+|thoi han\s+)?(\d{1,3})\s*(thang|nam|tuan|ngay)\b(?:\s+ke tu.*)?")
_MOST_MONTHS = 600
SPAN = Message(vi="“{text}” được hiểu là từ {first} đến {last}.", en='"{text}" is taken as from {first} to {last}.')


@dataclass(frozen=True, slots=True)
class Term:
    """From a day to a day; or for so long, from the day of signing."""

    until: str | None = None
    since: str | None = None
    months: int = 0
    days: int = 0

    def from_day(self, day: date) -> tuple[str, str]:
        """The first and last day of what lasts so long from a day."""
        at = day.year * 12 + day.month - 1 + self.months
        year, month = divmod(at, 12)
        same = date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
        return day.isoformat(), (same + timedelta(days=self.days - 1)).isoformat()


def term(value: Value, reading: Reading) -> Any:
    """A term; None, said, where nothing of it is decided.

    Raises:
        Unreadable: it is none.
    """
    text = plain(value)
    said = folded(text)
    if isinstance(value, str):
        if any(word in said for word in UNDECIDED):
            reading.say("duration", LASTS, text=text)
            return None
        if (span := told_span(text)) is not None:
            reading.say("term", SPAN, text=text, first=span.since, last=span.until)
            return span
        if (found := _LASTS.fullmatch(said.strip(" ."))) and 0 < int(found[1]) <= _MOST_MONTHS:
            return _lasting(int(found[1]), found[2])
    try:
        return Term(until=last_day(value, reading))
    except Unreadable as unreadable:
        if unreadable.code == "ambiguous" or not isinstance(value, str):
            raise
        reading.say("duration", LASTS, text=text)
        return None


def told_span(text: str) -> Term | None:
    """The months from and to which a text says that something is delivered."""
    found = _SPAN.search(folded(text))
    if found is None:
        return None
    first_month, first_year, last_month, last_year = map(int, found.groups())
    if not (1 <= first_month <= 12 and 1 <= last_month <= 12) or (first_year, first_month) > (last_year, last_month):
        return None
    last = date(last_year, last_month, calendar.monthrange(last_year, last_month)[1])
    return Term(last.isoformat(), date(first_year, first_month, 1).isoformat())


def _lasting(count: int, unit: str) -> Term:
    days = {"tuan": 7 * count, "ngay": count}.get(unit, 0)
    return Term(months={"thang": count, "nam": 12 * count}.get(unit, 0), days=days)
