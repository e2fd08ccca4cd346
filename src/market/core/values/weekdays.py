"""Days of the week as people write them: T2, thứ hai, CN, Monday, 2-7.

The rule. The answer counts as ISO does, 1 is Monday. In text, bare numbers are in doubt: Vietnamese count thứ 2
(Monday) to thứ 7 and Chủ nhật. They are certain beside a day that is named (T2, 3, CN), with an 8 (chủ nhật as thứ 8)
or with a 1 (ISO, for there is no thứ 1); else they are refused and both readings are named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from market.core.language import Message
from market.core.values.letters import plain_text, without_marks
from market.core.values.refusal import Unreadable, two_ways

NOT_WEEKDAYS = Message(
    vi="Phải là các thứ trong tuần, ví dụ T2, T3, CN hoặc thứ hai, chủ nhật.",
    en="Must be days of the week, such as T2, T3, CN or Mon, Sun.",
)
SHORT = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")

_WORDS = ("hai", "ba", "tu", "nam", "sau", "bay")
_ENGLISH = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_EVERY_DAY = frozenset({"hang ngay", "hang ngay trong tuan", "moi ngay", "ca tuan", "every day", "daily"})
_NUMBERED = re.compile(r"(?:t|thu)\s*([2-8])", re.ASCII)
_NAMED = re.compile(rf"thu\s*({'|'.join(_WORDS)})")
_RANGE = re.compile(r"\s*(?:->|-|\bden\b|\btoi\b|\bto\b)\s*")
_BETWEEN = re.compile(r"[,;|/+&]|\bva\b|\band\b")
_FROM = re.compile(r"\btu (?=(?:t|thu)\s*[2-8h]|chu|cn)")
_DOTTED = re.compile(r"(?<=\d)\.(?=\s*(?:t|thu)?\s*\d|cn)")


def read_weekdays(text: str | Sequence[str]) -> list[int]:
    """ISO weekdays, sorted, without repetition.

    Raises:
        Unreadable: something else is named, or only numbers that may count either way.
    """
    whole = plain_text(text if isinstance(text, str) else ", ".join(text))
    words = _DOTTED.sub(",", _FROM.sub("", without_marks(whole)))
    if words in _EVERY_DAY:
        return list(range(1, 8))
    spans = [_ends(part) for part in _BETWEEN.split(_spaced(words)) if part.strip()]
    named = [_named(end) for span in spans for end in span]
    bare = [int(end) for span in spans for end in span if end.isdigit()]
    vietnamese = any(number is not None and form == "vi" for form, number in named) or 8 in bare
    iso = any(number is not None and form == "en" for form, number in named) or 1 in bare
    if not spans or any(number is None for _, number in named) or (bare and vietnamese and iso):
        raise Unreadable("weekdays", NOT_WEEKDAYS, suggestions=SHORT)
    if not bare or iso:
        return _days(spans, shift=0)
    if vietnamese:
        return _days(spans, shift=1)
    raise two_ways(whole, _shown(_days(spans, shift=1)), _shown(_days(spans, shift=0)))


def _spaced(words: str) -> str:
    """`2 3 4` and `T2 T3` as lists with commas."""
    return re.sub(r"(?:(?<=\d)|(?<=cn))\s+(?=(?:t|thu\s*)?\d\b|cn\b)", ",", words)


def _ends(part: str) -> tuple[str, ...]:
    return tuple(end.strip() for end in _RANGE.split(part.strip(), maxsplit=1))


def _named(word: str) -> tuple[str, int | None]:
    """Who counts so (`vi`, `en`, or nobody in particular), and the ISO day; no day for a word that is none."""
    if word.isdigit():
        return ("", int(word)) if len(word) == 1 and 1 <= int(word) <= 8 else ("", None)
    if found := _NUMBERED.fullmatch(word):
        return "vi", int(found[1]) - 1
    if found := _NAMED.fullmatch(word):
        return "vi", _WORDS.index(found[1]) + 1
    if word in ("cn", "chu nhat", "chunhat"):
        return "vi", 7
    if len(word) >= 3:
        for day, name in enumerate(_ENGLISH, 1):
            if name.startswith(word.rstrip(".")):
                return "en", day
    return "", None


def _days(spans: Iterable[tuple[str, ...]], *, shift: int) -> list[int]:
    days: set[int] = set()
    for span in spans:
        ends = [max(1, min(7, int(end) - shift)) if end.isdigit() else _named(end)[1] or 1 for end in span]
        first, last = ends[0], ends[-1]
        days |= set(range(first, last + 1)) if first <= last else {*range(first, 8), *range(1, last + 1)}
    return sorted(days)


def _shown(days: Sequence[int]) -> str:
    return ", ".join(SHORT[day - 1] for day in days)
