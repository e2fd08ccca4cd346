"""Reads of the reference tables."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import inspect, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.db import Base
from market.reference.decisions import decisions_in_force, with_decisions
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
from market.reference.records import (
    Category,
    Commune,
    Concept,
    District,
    Form,
    HomographReading,
    Part,
    ProgrammeGroup,
    Province,
    ProvinceTerm,
    ReferenceRecords,
    Region,
    Scheme,
    SchemeRule,
    Specification,
    Unit,
)

_LAST_WRITTEN = """
SELECT concat_ws(' ', current_database(), pg_postmaster_start_time(), max(xmin::text::bigint), count(*))
FROM (SELECT xmin FROM commune UNION ALL SELECT xmin FROM district) AS place
"""
_places: dict[str, tuple[tuple[District, ...], tuple[Commune, ...]]] = {}


async def _rows(session: AsyncSession, model: type[Base]) -> list[dict[str, Any]]:
    mapper = inspect(model)
    attributes = [getattr(model, attribute.key) for attribute in mapper.column_attrs]
    keys = [mapper.get_property_by_column(column).key for column in mapper.primary_key]
    found = await session.execute(select(*attributes).order_by(*(getattr(model, key) for key in keys)))
    return [dict(row) for row in found.mappings()]


async def _below_provinces(session: AsyncSession) -> tuple[tuple[District, ...], tuple[Commune, ...]]:
    """Districts and communes: 14,000 rows that change once in years, read again only when one of them was written."""
    proof = await session.scalar(text(_LAST_WRITTEN))
    if proof not in _places:
        districts, communes = await _rows(session, DistrictRow), await _rows(session, CommuneRow)
        _places.clear()
        once: dict[Any, Any] = {}
        _places[proof] = (
            tuple(District(**_sharing(row, once)) for row in districts),
            tuple(Commune(**_sharing(row, once)) for row in communes),
        )
    return _places[proof]


def _sharing(row: dict[str, Any], once: dict[Any, Any]) -> dict[str, Any]:
    """The row with one object for each value that many have: every row comes with its own copy of "2025" and "hcmc"."""
    becomes = tuple(once.setdefault(code, code) for code in row["becomes"])
    shared = {key: once.setdefault(value, value) for key, value in row.items() if isinstance(value, (str, date))}
    return row | shared | {"becomes": becomes}


async def stored_records(session: AsyncSession) -> ReferenceRecords:
    """Everything in the reference tables, retired rows included and marked."""
    members: dict[str, list[str]] = defaultdict(list)
    for member in await _rows(session, ProgrammeGroupMember):
        if not member["retired"]:
            members[member["group_id"]].append(member["code"])
    names: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for name in sorted(
        await _rows(session, ConceptNameRow),
        key=lambda row: (row["concept_id"], row["position"]),
    ):
        if not name["retired"]:
            names[name["concept_id"]].append({"name": name["name"], "regions": name["regions"]})
    groups = [group | {"members": members[group["id"]]} for group in await _rows(session, ProgrammeGroupRow)]
    concepts = [concept | {"names": names[concept["id"]]} for concept in await _rows(session, ConceptRow)]
    districts, communes = await _below_provinces(session)
    records = ReferenceRecords(
        regions=TypeAdapter(tuple[Region, ...]).validate_python(await _rows(session, RegionRow)),
        provinces=TypeAdapter(tuple[Province, ...]).validate_python(await _rows(session, ProvinceUnit)),
        programme_groups=TypeAdapter(tuple[ProgrammeGroup, ...]).validate_python(groups),
        categories=TypeAdapter(tuple[Category, ...]).validate_python(await _rows(session, CategoryRow)),
        forms=TypeAdapter(tuple[Form, ...]).validate_python(await _rows(session, FormRow)),
        parts=TypeAdapter(tuple[Part, ...]).validate_python(await _rows(session, PartRow)),
        concepts=TypeAdapter(tuple[Concept, ...]).validate_python(concepts),
        units=TypeAdapter(tuple[Unit, ...]).validate_python(await _rows(session, MeasurementUnit)),
        schemes=TypeAdapter(tuple[Scheme, ...]).validate_python(await _rows(session, CertificationScheme)),
        scheme_rules=TypeAdapter(tuple[SchemeRule, ...]).validate_python(await _rows(session, SchemeRuleRow)),
        province_terms=TypeAdapter(tuple[ProvinceTerm, ...]).validate_python(await _rows(session, ProvinceTermRow)),
        specifications=TypeAdapter(tuple[Specification, ...]).validate_python(await _rows(session, SpecificationRow)),
        districts=districts,
        communes=communes,
        homographs=TypeAdapter(tuple[HomographReading, ...]).validate_python(await _rows(session, HomographReadingRow)),
    )
    return with_decisions(records, await decisions_in_force(session))
