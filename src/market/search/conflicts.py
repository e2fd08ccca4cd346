"""Where the words of a query and a parameter beside them leave nothing that both allow.

Who sets a parameter has chosen it; words are read and may be read wrongly. So the parameter holds, what the words say
against it is set aside, and the answer says so. A bound or a place that only narrows the parameter is no conflict.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from market.reading.understanding import Understood
from market.reference.cadence import iso_week
from market.reference.catalogue import Catalogue
from market.search.request import Filters, weeks_of_months

FOLLOWED = ("kết quả theo bộ lọc", "the filter was followed")
ONLY_WORDS = ("chỉ tìm chữ ấy trong bộ lọc", "they were only sought as words within the filter")
FILTERS = {
    "price_min_vnd": ("giá thấp nhất", "the least price"),
    "price_max_vnd": ("giá cao nhất", "the greatest price"),
    "quantity_min_kg": ("sản lượng ít nhất", "the least quantity"),
    "province": ("tỉnh, thành", "the province"),
    "region": ("vùng", "the region"),
    "on": ("ngày", "the day"),
    "concept": ("mặt hàng", "the goods"),
    "category": ("nhóm hàng", "the category"),
}
"""What people call each parameter, in Vietnamese and English."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A parameter, and what was read in the words against it: `read` has the names that `understood` has."""

    parameter: str
    read: dict[str, Any]
    vi: str
    en: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        then = ONLY_WORDS if self.parameter in {"concept", "category"} else FOLLOWED
        called = FILTERS[self.parameter]
        return {
            "parameter": self.parameter,
            "read": self.read,
            "message": {
                "vi": f"Từ khóa ghi {self.vi}, trái với bộ lọc {called[0]}; {then[0]}.",
                "en": f"The words say {self.en}, against the filter for {called[1]}; {then[1]}.",
            },
        }


@dataclass(frozen=True, slots=True)
class Settled:
    """What of a reading still holds beside the parameters."""

    read: Filters
    conflicts: tuple[Conflict, ...] = ()

    @property
    def goods_are_set_aside(self) -> bool:
        """Whether the words name other goods than the parameters, so that they are only words."""
        return any({"concepts", "category"}.intersection(conflict.read) for conflict in self.conflicts)


def settle(
    explicit: Filters, read: Filters, understood: Understood, *, on: date | None, catalogue: Catalogue, today: date
) -> Settled:
    """Set aside what was read against a parameter.

    Args:
        explicit: the conditions that the parameters make.
        read: the conditions that were read in the words.
        understood: the reading itself.
        on: the day of the parameter of that name.
        catalogue: for places on both maps and for wider and narrower goods.
        today: for the weeks of a month.
    """
    if explicit == _NONE:
        return Settled(read)
    conflicts = [
        *_of_bounds(explicit, read),
        *_of_places(explicit, understood, catalogue),
        *_of_weeks(on, understood, today),
        *_of_goods(explicit, understood, catalogue),
    ]
    dropped: dict[str, Any] = {
        _FIELDS[name][0]: _FIELDS[name][1] for conflict in conflicts for name in conflict.read if name in _FIELDS
    }
    return Settled(replace(read, **dropped) if dropped else read, tuple(conflicts))


_NONE = Filters()
_FIELDS: dict[str, tuple[str, Any]] = {
    "price_min_vnd": ("price_min_vnd", None),
    "price_max_vnd": ("price_max_vnd", None),
    "quantity_max_kg": ("quantity_max_kg", None),
    "provinces": ("provinces", ()),
    "region": ("provinces", ()),
    "months": ("weeks", ()),
    "weeks": ("weeks", ()),
}
"""Which condition each part of a reading made, and that condition when it is dropped."""


def _of_bounds(explicit: Filters, read: Filters) -> Iterable[Conflict]:
    if _below(read.price_max_vnd, explicit.price_min_vnd):
        dong = f"{read.price_max_vnd:,}"
        vi, en = f"giá tối đa {dong.replace(',', '.')} đồng", f"at most {dong} VND"
        yield Conflict("price_min_vnd", {"price_max_vnd": read.price_max_vnd}, vi, en)
    if _below(explicit.price_max_vnd, read.price_min_vnd):
        dong = f"{read.price_min_vnd:,}"
        vi, en = f"giá tối thiểu {dong.replace(',', '.')} đồng", f"at least {dong} VND"
        yield Conflict("price_max_vnd", {"price_min_vnd": read.price_min_vnd}, vi, en)
    if _below(read.quantity_max_kg, explicit.quantity_min_kg):
        kg = read.quantity_max_kg
        yield Conflict("quantity_min_kg", {"quantity_max_kg": kg}, f"tối đa {kg} kg", f"at most {kg} kg")


def _below(most: int | None, least: int | None) -> bool:
    return most is not None and least is not None and most < least


def _of_places(explicit: Filters, understood: Understood, catalogue: Catalogue) -> Iterable[Conflict]:
    given = {"province": explicit.provinces, "region": explicit.regions}
    named: list[str] = [place.name for place in understood.provinces]
    read = {code for place in understood.provinces for code in place.codes_2008}
    if not named and understood.region is not None:
        read = set(understood.region.codes_2008)
    if not read:
        return
    for parameter, keys in given.items():
        units = _units_of_2008(keys, catalogue, regions=parameter == "region")
        if keys and read.isdisjoint(units):
            region = understood.region.name if understood.region is not None and not named else None
            words = region or ", ".join(named)
            yield Conflict(parameter, {"region": region} if region else {"provinces": named}, words, words)
            return


def _units_of_2008(keys: Iterable[str], catalogue: Catalogue, *, regions: bool) -> set[str]:
    """The units of 2008 that places of either map were made of or are."""
    found: set[str] = set()
    for key in keys:
        version, _, code = key.partition(":")
        for unit in catalogue.provinces:
            if unit.version == version and code == (unit.region if regions else unit.code):
                found |= {unit.code} if version == "2008" else {old.code for old in catalogue.formed_from(unit)}
    return found


def _of_weeks(on: date | None, understood: Understood, today: date) -> Iterable[Conflict]:
    if on is None or not (understood.months or understood.weeks):
        return
    if iso_week(on) in {*weeks_of_months(understood.months, today=today), *understood.weeks}:
        return
    if understood.weeks:
        weeks = ", ".join(str(week % 100) for week in understood.weeks)
        yield Conflict("on", {"weeks": list(understood.weeks)}, f"tuần {weeks}", f"week {weeks}")
    if understood.months:
        months = ", ".join(map(str, understood.months))
        yield Conflict("on", {"months": list(understood.months)}, f"tháng {months}", f"month {months}")


def _of_goods(explicit: Filters, understood: Understood, catalogue: Catalogue) -> Iterable[Conflict]:
    goods = [reading for reading in understood.concepts if reading.role == "goods"]
    if understood.category is not None:
        yield from _of_category(explicit, understood.category, understood.phrase, catalogue)
        return
    if not goods:
        return
    read = {"concepts": [reading.id for reading in goods]}
    names = ", ".join(dict.fromkeys(reading.name for reading in goods))
    english = ", ".join(dict.fromkeys(catalogue.concept(reading.id).name_en for reading in goods))
    related = {
        id_ for reading in goods for id_ in (*catalogue.ancestors(reading.id), *catalogue.descendants(reading.id))
    }
    if explicit.concepts and related.isdisjoint(explicit.concepts):
        yield Conflict("concept", read, names, english)
    elif explicit.category and explicit.category not in {catalogue.concept(id_).category for id_ in related}:
        yield Conflict("category", read, names, english)


def _of_category(explicit: Filters, category: str, words: str, catalogue: Catalogue) -> Iterable[Conflict]:
    given = {catalogue.concept(id_).category for id_ in explicit.concepts}
    if given and category not in given:
        yield Conflict("concept", {"category": category}, words, words)
    elif explicit.category not in (None, category):
        yield Conflict("category", {"category": category}, words, words)
