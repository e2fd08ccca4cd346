"""What a search says it understood: the reading, and which parts of it the results do not follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from market.reading.understanding import Understood
from market.search.conflicts import Conflict

SET_ASIDE = {
    "province": ("nơi sản xuất", "the place"),
    "region": ("vùng", "the region"),
    "certificates": ("chứng nhận", "the certificates"),
    "months": ("mùa vụ", "the season"),
    "weeks": ("mùa vụ", "the season"),
}
"""Parts of a reading that may be words of a name instead, in Vietnamese and English."""


def said(understood: Understood, conflicts: Sequence[Conflict], *, set_aside: bool) -> dict[str, Any]:
    """The `understood` part of an answer.

    Args:
        understood: what was read.
        conflicts: what of it a parameter overrules.
        set_aside: whether results are shown that carry the words but do not meet the conditions read in them.
    """
    read = understood.as_dict()
    if conflicts:
        read["conflicts"] = [conflict.as_dict() for conflict in conflicts]
    if set_aside:
        read["set_aside"] = _set_aside(read, conflicts)
    return read


def _set_aside(read: dict[str, Any], conflicts: Sequence[Conflict]) -> dict[str, Any]:
    overruled = {name for conflict in conflicts for name in conflict.read}
    if "provinces" in overruled:
        overruled.add("province")
    names = [name for name in SET_ASIDE if name in read and name not in overruled]
    vi = ", ".join(SET_ASIDE[name][0] for name in names)
    en = ", ".join(SET_ASIDE[name][1] for name in names)
    return {
        "read": names,
        "message": {
            "vi": f"Không có kết quả vừa đúng tên vừa đúng {vi}; có cả kết quả chỉ đúng tên.",
            "en": f"Nothing has both the name and {en}; results with the name alone are shown too.",
        },
    }
