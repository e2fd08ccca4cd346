"""Records keep the province as it was; reports show them on the map of 34 or of 63 units."""

from __future__ import annotations

from typing import Literal

from market.core.errors import ValidationFailed
from market.core.language import Message
from market.reference.catalogue import Catalogue
from market.reference.records import Province, Version

ProvinceMap = Literal["34", "63"]

VERSIONS: dict[ProvinceMap, Version] = {"34": "2025", "63": "2008"}


def on_map(catalogue: Catalogue, province: Province, units: ProvinceMap) -> Province:
    """The unit of a map that a recorded unit belongs to.

    On the map of 63 a unit of today stays itself when it was formed from several: which of them is not known.
    """
    if units == "34":
        return catalogue.today(province)
    if province.version == VERSIONS["63"]:
        return province
    before = catalogue.formed_from(province)
    return before[0] if len(before) == 1 else province


def recorded_as(catalogue: Catalogue, code: str, units: ProvinceMap, *, pointer: str) -> list[tuple[str, Version]]:
    """The keys under which a unit of a map may have been recorded.

    Raises:
        ValidationFailed: the map has no such unit; at `pointer`.
    """
    wanted = catalogue.find_province(code, VERSIONS[units])
    if wanted is None:
        message = Message(
            vi="Bản đồ {map} tỉnh, thành không có mã {code}.", en="No province {code} on the map of {map}."
        )
        raise ValidationFailed.single(pointer, "unknown-province", message, code=code, map=units)
    return [province.key for province in catalogue.provinces if on_map(catalogue, province, units) == wanted]
