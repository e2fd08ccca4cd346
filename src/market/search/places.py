"""Where a document lies on both maps, as its filters ask."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from market.reference.catalogue import Catalogue
from market.reference.records import CURRENT, Province, Version


def place_fields(recorded: Province, *, catalogue: Catalogue) -> dict[str, Any]:
    """`provinces`, `regions`, `province` and `macro_region` of a document.

    What was recorded on today's map may come from any of the old units that its province was formed of, so a
    search by an old name finds it too.
    """
    today = catalogue.today(recorded)
    old = catalogue.formed_from(recorded) if recorded.version == CURRENT else (recorded,)
    units = {unit.key: unit for unit in (recorded, today, *old)}.values()
    return {
        "provinces": sorted({f"{unit.version}:{unit.code}" for unit in units}),
        "province": today.code,
        "regions": sorted({f"{unit.version}:{unit.region}" for unit in units}),
        "macro_region": recorded.macro_region,
    }


def units_at(keys: Iterable[str], *, catalogue: Catalogue) -> list[tuple[str, Version]]:
    """The units that rows found at these places (`version:code`) were recorded with.

    An old unit means itself and, because what is recorded today may come from there, the unit of today.
    """
    units: set[tuple[str, Version]] = set()
    for key in keys:
        version, _, code = key.partition(":")
        province = catalogue.province(code, "2008" if version == "2008" else CURRENT)
        related = catalogue.formed_from(province) if province.becomes is None else (catalogue.today(province),)
        units |= {province.key, *(unit.key for unit in related)}
    return sorted(units)


def units_in(regions: Iterable[str], *, catalogue: Catalogue) -> list[tuple[str, Version]]:
    """The units of both maps that lie in these regions (`version:id`)."""
    wanted = set(regions)
    return [unit.key for unit in catalogue.provinces if f"{unit.version}:{unit.region}" in wanted]
