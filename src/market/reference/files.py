"""The seed files of `seeds/reference` as records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from market.reference.records import (
    Concept,
    HomographReading,
    ProgrammeGroup,
    Province,
    ReferenceRecords,
    Region,
    Scheme,
    SchemeRule,
    Unit,
)


def _document(directory: Path, name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((directory / name).read_text(encoding="utf-8"))
    return document


def read_records(directory: Path) -> ReferenceRecords:
    """Everything in the seed files.

    Raises:
        OSError: a file is missing.
        pydantic.ValidationError: a record lacks a field or has a value of the wrong type.
    """
    places = _document(directory, "provinces.json")
    certification = _document(directory, "schemes.json")
    return ReferenceRecords(
        regions=TypeAdapter(tuple[Region, ...]).validate_python(places["regions"]),
        provinces=TypeAdapter(tuple[Province, ...]).validate_python(places["units"]),
        programme_groups=TypeAdapter(tuple[ProgrammeGroup, ...]).validate_python(places["programme_groups"]),
        concepts=TypeAdapter(tuple[Concept, ...]).validate_python(_document(directory, "concepts.json")["concepts"]),
        units=TypeAdapter(tuple[Unit, ...]).validate_python(_document(directory, "units.json")["units"]),
        schemes=TypeAdapter(tuple[Scheme, ...]).validate_python(certification["schemes"]),
        scheme_rules=TypeAdapter(tuple[SchemeRule, ...]).validate_python(certification["rules"]),
        homographs=TypeAdapter(tuple[HomographReading, ...]).validate_python(
            _document(directory, "homographs.json")["readings"]
        ),
    )
