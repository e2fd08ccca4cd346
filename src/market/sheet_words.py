"""Codes of exported lists in words for people, each of which an import reads again as the same code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from market.core.language import Language, Message
from market.core.values.refusal import Unreadable
from market.core.values.weekdays import SHORT
from market.reading.certificates import read_requirement
from market.reading.units import read_measure
from market.reference.catalogue import Catalogue
from market.reference.types import remembered

COMMON_UNITS: Mapping[str, str] = {"KGM": "kg"}
"""What people write for a unit rather than its name."""
SHORT_ENGLISH = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
STRETCHES: Mapping[str, Message] = {
    "day": Message(vi="ngày", en="day"),
    "week": Message(vi="tuần", en="week"),
    "month": Message(vi="tháng", en="month"),
    "quarter": Message(vi="quý", en="quarter"),
    "year": Message(vi="năm", en="year"),
    "season": Message(vi="vụ", en="season"),
    "total": Message(vi="tổng", en="total"),
}
STATUSES: Mapping[str, Message] = {
    "draft": Message(vi="bản nháp", en="draft"),
    "published": Message(vi="đang đăng", en="published"),
    "paused": Message(vi="tạm dừng", en="paused"),
    "archived": Message(vi="đã cất", en="archived"),
    "requested": Message(vi="chờ duyệt", en="requested"),
    "waiting": Message(vi="chờ chỗ", en="waiting"),
    "accepted": Message(vi="đã nhận", en="accepted"),
    "declined": Message(vi="bị từ chối", en="declined"),
    "withdrawn": Message(vi="đã rút", en="withdrawn"),
}


def unit_said(code: Any, language: Language) -> str:
    """A unit by its name; the code where no name leads back to it."""
    catalogue = remembered()
    unit = catalogue.find_unit(str(code))
    if unit is None:
        return str(code)
    name = COMMON_UNITS.get(unit.code) or (unit.name_en if language == "en" else unit.name_vi)
    return name if _names(name, unit.code, catalogue) else unit.code


def _names(name: str, code: str, catalogue: Catalogue) -> bool:
    try:
        return read_measure(name, catalogue).unit.code == code
    except Unreadable:
        return False


def stretch_said(per: Any, language: Language) -> str:
    """How often an amount comes."""
    known = STRETCHES.get(str(per))
    return known.text(language) if known else str(per)


def status_said(status: Any, language: Language) -> str:
    """How far something has come."""
    known = STATUSES.get(str(status))
    return known.text(language) if known else str(status)


def is_status(said: str, status: str) -> bool:
    """Whether words, or a code, say this status."""
    known = STATUSES.get(status)
    names = (status, known.vi, known.en) if known else (status,)
    return said.strip().casefold() in names


def weekdays_said(days: Any, language: Language) -> str | None:
    """Days of the week; None for none, which means all of them."""
    names = SHORT_ENGLISH if language == "en" else SHORT
    return ", ".join(names[int(day) - 1] for day in days) or None


def requirements_said(required: Any, language: Language) -> str | None:
    """Certificates that are asked for; None for none."""
    return "; ".join(_requirement(str(one), language) for one in required) or None


def _requirement(required: str, language: Language) -> str:
    catalogue = remembered()
    scheme_id, _, level = required.partition(":")
    scheme = catalogue.find_scheme(scheme_id)
    if scheme is None:
        return required
    name = scheme.name_en if language == "en" else scheme.name_vi
    stars = "stars" if language == "en" else "sao"
    for said in (name, scheme.id.upper()):
        whole = f"{said} {level} {stars}" if level else said
        if not set(whole) & set(";|,") and _requires(whole, required, catalogue):
            return whole
    return required


def _requires(said: str, required: str, catalogue: Catalogue) -> bool:
    try:
        return read_requirement(said, catalogue) == required
    except Unreadable:
        return False
