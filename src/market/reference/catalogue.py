"""Reference data in memory: every look-up of the other rooms, without a query."""

from __future__ import annotations

import asyncio
import math
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from market.reference.files import read_records
from market.reference.goods import GoodsTable
from market.reference.goods_catalogue import GoodsCatalogue, concept_names
from market.reference.indexes import (
    InconsistentReference,
    by_key,
    in_force,
    keys_by_name,
    lines_of_parents,
    months_later,
    places_by_name,
    places_called,
    readings_by_word,
    units_by_name,
)
from market.reference.places import Places
from market.reference.queries import stored_records
from market.reference.records import (
    CURRENT,
    Commune,
    District,
    MacroRegion,
    ProgrammeGroup,
    Province,
    ProvinceTerm,
    ReferenceRecords,
    Region,
    Scheme,
    SchemeRule,
    Unit,
    Version,
)
from market.reference.specifications import Specifications
from market.vietnamese.spelling import folded, marked, province_spelling

EARTH_RADIUS_KM = 6371.0088
BASE_UNITS: Mapping[str, str] = {
    "kg_factor": "KGM",
    "litre_factor": "LTR",
    "piece_factor": "H87",
}


class Catalogue(GoodsCatalogue):
    """All reference data, indexed once. Immutable: a reload makes a new one.

    Look-ups by key raise `LookupError` for a key that does not exist and find retired records too, because
    what was recorded with them must stay readable; `find_*` answers None instead. Lists leave retired ones out.
    """

    def __init__(self, records: ReferenceRecords) -> None:
        self._regions = by_key((((r.id, r.version), r) for r in records.regions), "region")
        self._provinces = by_key(((p.key, p) for p in records.provinces), "province")
        self._groups = by_key(((g.id, g) for g in records.programme_groups), "programme group")
        self._goods = GoodsTable(records)
        self._concepts = self._goods.concepts
        self._units = by_key(((u.code, u) for u in records.units), "unit")
        self._schemes = by_key(((s.id, s) for s in records.schemes), "scheme")
        self._rules = tuple(rule for rule in records.scheme_rules if not rule.retired)
        self._scheme_ancestors = lines_of_parents({s.id: s.parent for s in records.schemes}, "scheme")
        self._unit_names = units_by_name(self.units)
        self._concept_names = keys_by_name((c.id, concept_names(c)) for c in self.concepts)
        self._spellings = {
            c.id: tuple((marked(name), folded(name)) for name in concept_names(c)) for c in self._concepts.values()
        }
        self._province_names = places_by_name(
            (p.key, [province_spelling(name) for name in province_names(p)]) for p in self.provinces
        )
        self._homographs = readings_by_word(records.homographs)
        self._terms: dict[tuple[str, Version], list[ProvinceTerm]] = defaultdict(list)
        for term in records.province_terms:
            if not term.retired:
                self._terms[term.code, term.version].append(term)
        self.places = Places(records.communes, records.districts)
        """Everything below a province."""
        self.specifications = Specifications(records.specifications, self, measured=self._measured_in)
        """The grades, sizes and packings of goods."""
        self._check_places()
        self._check_goods()
        self._formed_from: dict[tuple[str, Version], list[Province]] = defaultdict(list)
        for province in self.provinces:
            if province.version != CURRENT:
                self._formed_from[province.becomes or "", CURRENT].append(province)

    def _check_places(self) -> None:
        for province in self._provinces.values():
            if (province.region, province.version) not in self._regions:
                raise InconsistentReference(f"province {province.key} lies in no region of its map")
            if province.version != CURRENT and (province.becomes or "", CURRENT) not in self._provinces:
                raise InconsistentReference(f"province {province.key} becomes nothing")
        if unknown := self._terms.keys() - self._provinces.keys():
            raise InconsistentReference(f"terms of unknown provinces {sorted(unknown)}")
        if unknown_places := {d.province for d in self.places.districts} - {
            c for c, v in self._provinces if v == "2008"
        }:
            raise InconsistentReference(f"districts of unknown provinces {sorted(unknown_places)}")
        for group in self._groups.values():
            if missing := [code for code in group.members if (code, group.version) not in self._provinces]:
                raise InconsistentReference(f"programme group {group.id} names no province by {missing}")

    def _check_goods(self) -> None:
        for concept in self._concepts.values():
            if missing := [code for code in concept.units if code not in self._units]:
                raise InconsistentReference(f"concept {concept.id} has unknown units {missing}")
        if unknown := {rule.scheme for rule in self._rules} - self._schemes.keys():
            raise InconsistentReference(f"rules of unknown schemes {sorted(unknown)}")
        for reading in self.homographs:
            if reading.concept not in self._concepts and reading.unit not in self._units:
                raise InconsistentReference(f"homograph {reading.word} reads as nothing known")

    # Places

    @property
    def provinces(self) -> tuple[Province, ...]:
        """The units of both maps."""
        return tuple(province for province in self._provinces.values() if not province.retired)

    def province(self, code: str, version: Version = CURRENT) -> Province:
        return self._provinces[(code, version)]

    def find_province(self, code: str, version: Version = CURRENT) -> Province | None:
        return self._provinces.get((code, version))

    def today(self, province: Province) -> Province:
        """The unit of today that the territory belongs to; a unit of today is its own."""
        return province if province.becomes is None else self._provinces[(province.becomes, CURRENT)]

    def formed_from(self, province: Province) -> tuple[Province, ...]:
        """The units of 2008 that a unit of today is made of."""
        return tuple(self._formed_from.get(province.key, ()))

    def on(self, day: date) -> tuple[Province, ...]:
        """The units that were in force on `day`; none before 2008-08-01, which no map here covers."""
        return tuple(p for p in self.provinces if in_force(p.valid_from, p.valid_to, day))

    def terms(self, province: Province) -> tuple[ProvinceTerm, ...]:
        """The times in which a province was called or was something else than its unit says, by first day."""
        return tuple(sorted(self._terms.get(province.key, ()), key=lambda term: term.valid_from))

    def term_on(self, province: Province, day: date) -> ProvinceTerm | None:
        """What a province was called on a day, where a resolution had changed that."""
        found = (term for term in self.terms(province) if in_force(term.valid_from, term.valid_to, day))
        return next(found, None)

    def province_of(self, place: Commune | District) -> Province:
        """The province that a commune or district lies in, on the map of its own time."""
        version: Version = "2025" if isinstance(place, Commune) and place.version == "2025" else "2008"
        return self._provinces[(place.province, version)]

    def nearest_unit(self, place: Commune) -> Province:
        """The unit whose centre is the nearest known point: the old province that a commune lies in, if in one."""
        old = {district.province for district in self.places.districts_of(place)}
        return self._provinces[(old.pop(), "2008")] if len(old) == 1 else self.province_of(place)

    def provinces_named(self, text: str) -> tuple[Province, ...]:
        """Units of both maps called `text`, by name or alias, whatever word for their kind stands before it.

        Marks count on the syllables that have any; dots, dashes and blanks do not.
        """
        return tuple(self._provinces[key] for key in places_called(self._province_names, province_spelling(text)))

    @property
    def regions(self) -> tuple[Region, ...]:
        """The regions of both maps."""
        return tuple(region for region in self._regions.values() if not region.retired)

    def region(self, region_id: str, version: Version = CURRENT) -> Region:
        return self._regions[(region_id, version)]

    def region_of(self, province: Province) -> Region:
        return self._regions[(province.region, province.version)]

    def provinces_of_region(self, region_id: str, version: Version = CURRENT) -> tuple[Province, ...]:
        return tuple(p for p in self.provinces if p.region == region_id and p.version == version)

    def macro_region(self, province: Province) -> MacroRegion:
        return province.macro_region

    @property
    def programme_groups(self) -> tuple[ProgrammeGroup, ...]:
        return tuple(group for group in self._groups.values() if not group.retired)

    def programme_group(self, group_id: str) -> ProgrammeGroup:
        return self._groups[group_id]

    def programme_provinces(self, group_id: str) -> tuple[Province, ...]:
        """The members of a programme group as they were when it was agreed."""
        group = self._groups[group_id]
        return tuple(self._provinces[(code, group.version)] for code in group.members)

    def programme_provinces_today(self, group_id: str) -> tuple[Province, ...]:
        """The units of today that hold territory of a programme group; one may belong to several groups."""
        return tuple(dict.fromkeys(self.today(province) for province in self.programme_provinces(group_id)))

    def distance_km(self, one: Province, other: Province) -> float:
        """Great-circle distance between the administrative centres; roads are longer."""
        return _distance_km(one.latitude, one.longitude, other.latitude, other.longitude)

    # Units

    @property
    def units(self) -> tuple[Unit, ...]:
        return tuple(unit for unit in self._units.values() if not unit.retired)

    def unit(self, code: str) -> Unit:
        return self._units[code]

    def find_unit(self, code: str) -> Unit | None:
        return self._units.get(code)

    def unit_by_name(self, text: str) -> Unit | None:
        """The unit a word or code means. Marks always count: can is a jerrycan, cân a kilogram."""
        code = self._unit_names.get(marked(text))
        return self._units[code] if code else None

    def to_kg(self, quantity: Decimal, unit: Unit) -> Decimal | None:
        """The weight of a quantity, exactly; None when the unit has no fixed weight and must be asked about."""
        return None if unit.kg_factor is None else quantity * unit.kg_factor

    def measured(self, quantity: Decimal, unit: Unit) -> tuple[str, Decimal]:
        """A quantity in the base unit of its kind (KGM, LTR, H87), or as it is when its unit has no fixed factor.

        Two quantities can be compared exactly when the codes answered are the same.
        """
        for factor, base in BASE_UNITS.items():
            value: Decimal | None = getattr(unit, factor)
            if value is not None:
                return (base, quantity * value)
        return (unit.code, quantity)

    def _measured_in(self, quantity: Decimal, name: str) -> tuple[str, Decimal] | None:
        unit = self.unit_by_name(name)
        return None if unit is None else self.measured(quantity, unit)

    # Certification

    @property
    def schemes(self) -> tuple[Scheme, ...]:
        return tuple(scheme for scheme in self._schemes.values() if not scheme.retired)

    def scheme(self, scheme_id: str) -> Scheme:
        return self._schemes[scheme_id]

    def find_scheme(self, scheme_id: str) -> Scheme | None:
        return self._schemes.get(scheme_id)

    def scheme_ancestors(self, scheme_id: str) -> tuple[str, ...]:
        """The broader schemes, nearest first."""
        return self._scheme_ancestors[scheme_id]

    def scheme_satisfies(self, have: str, wanted: str) -> bool:
        """Whether a certificate of scheme `have` answers a requirement of scheme `wanted`: the same or below it."""
        return have == wanted or wanted in self._scheme_ancestors[have]

    def scheme_rule(self, scheme_id: str, *, level: int, on: date) -> SchemeRule | None:
        """Who granted a level of a scheme on a day; None when nobody did."""
        for rule in self._rules:
            if (rule.scheme, rule.level) == (scheme_id, level) and in_force(rule.valid_from, rule.valid_to, on):
                return rule
        return None

    def scheme_rules(self, scheme_id: str) -> tuple[SchemeRule, ...]:
        return tuple(rule for rule in self._rules if rule.scheme == scheme_id)

    def valid_until(self, scheme_id: str, *, issued: date) -> date | None:
        """The last day of a certificate issued on a day, by the scheme's usual term; None without a usual term.

        A term of months ends with the day of the same number (Bộ luật Dân sự 2015, Điều 148). Dates printed on
        the paper win over this.
        """
        months = self._schemes[scheme_id].validity_months
        return None if months is None else months_later(issued, months)

    def renewal_opens(self, scheme_id: str, *, valid_until: date) -> date | None:
        """The first day on which a renewal may be asked for; None when the scheme has no such window."""
        window = self._schemes[scheme_id].renewal_window_days
        return None if window is None else valid_until - timedelta(days=window)


@lru_cache(maxsize=8192)
def _distance_km(latitude: Decimal, longitude: Decimal, other_latitude: Decimal, other_longitude: Decimal) -> float:
    north, east = math.radians(float(latitude)), math.radians(float(longitude))
    other_north, other_east = math.radians(float(other_latitude)), math.radians(float(other_longitude))
    half_chord = (
        math.sin((other_north - north) / 2) ** 2
        + math.cos(north) * math.cos(other_north) * math.sin((other_east - east) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, half_chord)))


def province_names(province: Province) -> tuple[str, ...]:
    return (province.name, province.full_name, *province.aliases)


async def load_catalogue(session: AsyncSession) -> Catalogue:
    """The catalogue as the database has it.

    Raises:
        InconsistentReference: the stored records contradict each other.
    """
    return await asyncio.to_thread(Catalogue, await stored_records(session))


def catalogue_from_files(directory: Path) -> Catalogue:
    """The catalogue as the seed files have it, without a database.

    Raises:
        OSError, pydantic.ValidationError: as `read_records`.
        InconsistentReference: the files contradict each other.
    """
    return Catalogue(read_records(directory))
