"""How records and table rows map onto each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from market.core.db import Base
from market.reference.models import (
    CategoryRow,
    CertificationScheme,
    CommuneRow,
    ConceptNameRow,
    ConceptRow,
    DistrictRow,
    FormRow,
    HomographReadingRow,
    MeasurementUnit,
    PartRow,
    ProgrammeGroupMember,
    ProgrammeGroupRow,
    ProvinceTermRow,
    ProvinceUnit,
    RegionRow,
    SchemeRuleRow,
    SpecificationRow,
)
from market.reference.records import ReferenceRecords

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SeedTable:
    """A table and the rows that the records give it, by attribute name."""

    model: type[Base]
    rows: Callable[[ReferenceRecords], list[Values]]


def _plain(record: Any, *, without: str | None = None) -> Values:
    # Not `asdict`, which copies every value, and there are fifteen thousand records.
    return {field.name: _plain_value(getattr(record, field.name)) for field in fields(record) if field.name != without}


def _plain_value(value: Any) -> Any:
    if not isinstance(value, tuple):
        return value
    return [_plain(one) if is_dataclass(one) else one for one in value]


def _plainly(records: Iterable[Any]) -> list[Values]:
    return [_plain(record) for record in records]


def _members(records: ReferenceRecords) -> list[Values]:
    return [
        {
            "group_id": group.id,
            "code": code,
            "version": group.version,
            "retired": group.retired,
        }
        for group in records.programme_groups
        for code in group.members
    ]


def _concept_names(records: ReferenceRecords) -> list[Values]:
    return [
        {
            "concept_id": concept.id,
            "name": name.name,
            "position": position,
            "regions": None if name.regions is None else list(name.regions),
            "retired": concept.retired,
        }
        for concept in records.concepts
        for position, name in enumerate(concept.names)
    ]


SEED_TABLES: tuple[SeedTable, ...] = (
    SeedTable(RegionRow, lambda records: _plainly(records.regions)),
    SeedTable(ProvinceUnit, lambda records: _plainly(records.provinces)),
    SeedTable(ProvinceTermRow, lambda records: _plainly(records.province_terms)),
    SeedTable(DistrictRow, lambda records: _plainly(records.districts)),
    SeedTable(CommuneRow, lambda records: _plainly(records.communes)),
    SeedTable(
        ProgrammeGroupRow,
        lambda records: [_plain(group, without="members") for group in records.programme_groups],
    ),
    SeedTable(ProgrammeGroupMember, _members),
    SeedTable(MeasurementUnit, lambda records: _plainly(records.units)),
    SeedTable(CategoryRow, lambda records: _plainly(records.categories)),
    SeedTable(FormRow, lambda records: _plainly(records.forms)),
    SeedTable(PartRow, lambda records: _plainly(records.parts)),
    SeedTable(
        ConceptRow,
        lambda records: [_plain(concept, without="names") for concept in records.concepts],
    ),
    SeedTable(ConceptNameRow, _concept_names),
    SeedTable(SpecificationRow, lambda records: _plainly(records.specifications)),
    SeedTable(CertificationScheme, lambda records: _plainly(records.schemes)),
    SeedTable(SchemeRuleRow, lambda records: _plainly(records.scheme_rules)),
    SeedTable(HomographReadingRow, lambda records: _plainly(records.homographs)),
)
"""In an order in which every row finds what it refers to."""
