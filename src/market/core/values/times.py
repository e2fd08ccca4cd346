"""Times of day as people write them: 06:00, 6h, 5h30, 6 giờ rưỡi, 5 giờ chiều. A bare hour is asked about."""

from __future__ import annotations

import re
from datetime import time

from market.core.language import Message
from market.core.values.letters import plain_text, without_marks
from market.core.values.refusal import Unreadable, two_ways

NOT_A_TIME = Message(
    vi="Phải là giờ dạng HH:MM, ví dụ 06:00; cũng nhận 6h, 5h30.",
    en="Must be a time HH:MM, such as 06:00; also 6h, 5h30.",
)

_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})(?:\s*(?:(?::|h|g|gio)\s*(?P<minute>\d{2}|ruoi)?)(?:\s*(?:p|phut)|(?<=\d\d:\d\d):00)?)?"
    r"\s*(?P<part>sang|trua|chieu|toi|khuya|am|pm|a\.m\.|p\.m\.)?",
    re.ASCII,
)
_AFTERNOON = frozenset({"chieu", "toi", "pm", "p.m."})


def read_time(text: str) -> time:
    """A time of day in Viet Nam.

    Raises:
        Unreadable: it is none, or an hour that may be in the morning or in the afternoon.
    """
    bare = without_marks(text)
    found = _CLOCK.fullmatch(bare)
    if found is None:
        raise Unreadable("time-type", NOT_A_TIME)
    hour, part = int(found["hour"]), found["part"]
    if part is None and bare.isdigit():
        raise _bare_hour(plain_text(text), hour)
    minute = 30 if found["minute"] == "ruoi" else int(found["minute"] or 0)
    if bare.rstrip("0123456789").endswith(":") and not found["minute"]:
        raise Unreadable("time-type", NOT_A_TIME)
    hour = _in_part_of_day(hour, part)
    if hour > 23 or minute > 59:
        raise Unreadable("time-type", NOT_A_TIME)
    return time(hour, minute)


def _in_part_of_day(hour: int, part: str | None) -> int:
    if hour > 12 or part is None:
        return hour
    if part in _AFTERNOON or (part == "trua" and hour < 5):
        return hour % 12 + 12
    return 0 if hour == 12 and part in ("am", "a.m.", "khuya") else hour


def _bare_hour(text: str, hour: int) -> Unreadable:
    if hour > 24:
        return Unreadable("time-type", NOT_A_TIME)
    if 1 <= hour <= 11:
        return two_ways(text, f"{hour:02}:00", f"{hour + 12}:00")
    return Unreadable("time-type", NOT_A_TIME, suggestions=(f"{hour % 24:02}:00",))
