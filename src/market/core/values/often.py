"""How often an amount comes, as people write it beside a number, a unit or a heading: "kg/ngày", "mỗi tuần".

The rule. A word for a stretch of time says how often only behind a slash or behind mỗi, hằng, một, theo; a number
behind it makes it a date (Tuần 49, năm 2027), which says nothing of the kind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, get_args

from market.core.language import Message
from market.core.values.letters import plain_text, without_marks
from market.core.values.refusal import Unreadable

Often = Literal["day", "week", "month", "quarter", "year", "season", "delivery"]

NOT_OFTEN = Message(
    vi="“{text}” không nói theo kỳ nào; hãy ghi ngày, tuần, tháng hoặc tổng.",
    en='"{text}" does not say how often; write day, week, month or total.',
)
_WORDS: Mapping[str, Often] = {
    "ngay": "day", "tuan": "week", "thang": "month", "quy": "quarter", "nam": "year", "vu": "season",
    "mua": "season", "mua vu": "season", "dot": "delivery", "lan": "delivery", "chuyen": "delivery",
    "day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year", "season": "season",
}  # fmt: skip
_ADVERBS: Mapping[str, Often] = {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year"}
_STRETCH = (
    r"ng[àa]y|tu[ầa]n|th[áa]ng|qu[ýy]|n[ăa]m|m[ùu]a\s+v[ụu]|v[ụu]|m[ùu]a|đ[ợo]t|dot|l[ầa]n|chuy[ếe]n"
    r"|day|week|month|quarter|year|season"
)
_BEFORE = (
    r"/\s*(?:(?:1|một|mot|mỗi|moi)\s+)?|(?<!\w)(?:mỗi|moi|một|mot|hằng|hàng|hang|theo|per|every|each)\s+"
    r"|(?<![\w.,])1\s+"
)
_OFTEN = re.compile(
    rf"\s*(?:(?:{_BEFORE})(?P<stretch>{_STRETCH})(?!\w)(?!\s*[\d/])|(?<!\w)(?P<adverb>{'|'.join(_ADVERBS)})(?!\w))",
    re.IGNORECASE,
)
_IN_ALL = frozenset(("total", "tong", "tong cong", "tong so", "tat ca", "ca dot", "toan bo"))


def split_often(text: str) -> tuple[str, Often | None]:
    """A text without what says how often, and that; the text as it is and None where nothing does.

    Of several (kg/ngày/vụ) the first is meant.
    """
    bare = plain_text(text)
    found = _OFTEN.search(bare)
    if found is None:
        return text, None
    often = _ADVERBS[found["adverb"].lower()] if found["adverb"] else _WORDS[_of(found["stretch"])]
    return " ".join(f"{bare[: found.start()]}{bare[found.end() :]}".split()).replace("( ", "(").strip(), often


def _of(stretch: str) -> str:
    return " ".join(without_marks(stretch).split())


def read_often(text: str) -> Often | Literal["total"]:
    """What a quantity is counted by: day, "ngày", "/tuần", "hằng tháng", "tổng".

    Raises:
        Unreadable: it says none of them.
    """
    said = _of(text)
    if said in _IN_ALL:
        return "total"
    if said in _WORDS:
        return _WORDS[said]
    bare, often = split_often(text)
    if often is None or bare:
        raise Unreadable("unknown-period", NOT_OFTEN, suggestions=("day", "week", "month", "total"), text=text)
    return often


STRETCHES = frozenset(get_args(Often))
