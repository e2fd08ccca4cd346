"""Addresses as people write them, from the smallest place to the largest, read back to the places they name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from market.reference.catalogue import Catalogue
from market.reference.places import lies_in
from market.reference.records import Commune, District, Province

MOST_COMMUNES = 10
"""A bare name that more communes have is no address."""
_PARTS = re.compile(r"[,;|\n]| - ")


@dataclass(frozen=True, slots=True)
class Address:
    """The places an address names; what it does not name, or names twice, is None or empty."""

    province: Province | None
    district: District | None
    communes: tuple[Commune, ...]
    """Of both lists; those of today first. One when the address is clear."""


def read_address(catalogue: Catalogue, text: str) -> Address:
    """The places that an address names: province last, district before it, commune before that.

    A district tells which commune of a repeated name is meant; without one, the list of today comes first.
    """
    parts = [part.strip() for part in _PARTS.split(text) if part.strip()]
    province, rest = _province(catalogue, parts)
    district, rest = _district(catalogue, rest, province)
    communes = _communes(catalogue, rest, district, province)
    if province is None and district is not None:
        province = catalogue.province_of(district)
    if province is None and len({commune.province for commune in communes}) == 1:
        province = catalogue.province_of(communes[0])
    return Address(province, district, communes)


def _province(catalogue: Catalogue, parts: list[str]) -> tuple[Province | None, list[str]]:
    """The province at the end of an address; the old one when the name was only used before."""
    for position in range(len(parts) - 1, -1, -1):
        found = catalogue.provinces_named(parts[position])
        if found:
            today = [province for province in found if province.becomes is None]
            return (today or list(found))[0], parts[:position]
    return None, parts


def _district(catalogue: Catalogue, parts: list[str], province: Province | None) -> tuple[District | None, list[str]]:
    for position in range(len(parts) - 1, 0 if province is None and len(parts) == 1 else -1, -1):
        found = [place for place in catalogue.places.called(parts[position]) if isinstance(place, District)]
        inside = [place for place in found if _fits(catalogue, place, province)]
        if len(inside) == 1 and (position > 0 or _says_district(parts[position])):
            return inside[0], parts[:position]
    return None, parts


def _says_district(part: str) -> bool:
    return (
        re.match(r"(?i)(huyện|huyen|quận|quan|thị xã|thi xa|thành phố|thanh pho|h\.|q\.|tx\.?|tp\.?)\s*", part)
        is not None
    )


def _communes(
    catalogue: Catalogue, parts: Iterable[str], district: District | None, province: Province | None
) -> tuple[Commune, ...]:
    for part in reversed(list(parts)):
        found = [place for place in catalogue.places.called(part) if isinstance(place, Commune)]
        inside = [place for place in found if _fits(catalogue, place, province)]
        if district is not None:
            inside = [place for place in inside if place.district == district.code] or [
                place for place in inside if district in catalogue.places.districts_of(place)
            ]
        else:
            inside = [place for place in inside if place.version == "2025"] or inside
        if inside and len(inside) <= MOST_COMMUNES:
            return tuple(inside)
    return ()


def _fits(catalogue: Catalogue, place: Commune | District, province: Province | None) -> bool:
    if province is None or lies_in(place, province, today=catalogue.today):
        return True
    theirs = catalogue.province_of(place)
    return theirs.version != province.version and catalogue.today(theirs) == province
