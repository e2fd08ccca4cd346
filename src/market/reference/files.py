"""The seed files of `seeds/reference` as records."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

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


def _document(directory: Path, name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((directory / name).read_text(encoding="utf-8"))
    return document


def _with_words(facet: dict[str, Any]) -> dict[str, Any]:
    """A form or part whose heads may stand as bare words."""
    heads = [{"word": head} if isinstance(head, str) else head for head in facet.get("heads", ())]
    return facet | {"heads": heads}


LAST_DAY_OF_DISTRICTS = date(2025, 6, 30)
FIRST_DAY_WITHOUT = date(2025, 7, 1)


def _rows(directory: Path, name: str) -> list[dict[str, str]]:
    with (directory / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_districts(directory: Path) -> tuple[District, ...]:
    """The districts of `districts.csv`.

    Raises:
        OSError: the file is missing.
        KeyError: a column is.
    """
    return tuple(
        District(
            code=row["code"],
            kind=row["kind"],
            name=row["name"],
            province=row["province"],
            valid_to=LAST_DAY_OF_DISTRICTS,
            becomes=tuple(row["becomes"].split()),
        )
        for row in _rows(directory, "districts.csv")
    )


def read_communes(directory: Path, districts: Mapping[str, District]) -> tuple[Commune, ...]:
    """The communes of both lists of `communes.csv`.

    Raises:
        OSError: the file is missing.
        KeyError: a column is, or an old commune lies in no known district.
    """
    return tuple(_commune(row, districts) for row in _rows(directory, "communes.csv"))


def _commune(row: dict[str, str], districts: Mapping[str, District]) -> Commune:
    of_today = row["version"] == "2025"
    return Commune(
        code=row["code"],
        version="2025" if of_today else "2024",
        kind=row["kind"],
        name=row["name"],
        province=row["parent"] if of_today else districts[row["parent"]].province,
        district=None if of_today else row["parent"],
        valid_from=FIRST_DAY_WITHOUT if of_today else None,
        valid_to=None if of_today else LAST_DAY_OF_DISTRICTS,
        becomes=tuple(row["becomes"].split()),
    )


def read_specifications(directory: Path) -> tuple[Specification, ...]:
    """The grades, sizes and packings of `specifications.json`, in their order.

    Raises:
        OSError: the file is missing.
        pydantic.ValidationError: one is malformed.
    """
    listed = _document(directory, "specifications.json")["specifications"]
    placed = [one | {"position": position} for position, one in enumerate(listed)]
    return TypeAdapter(tuple[Specification, ...]).validate_python(placed)


def read_records(directory: Path) -> ReferenceRecords:
    """Everything in the seed files.

    Raises:
        OSError: a file is missing.
        pydantic.ValidationError: a record lacks a field or has a value of the wrong type.
    """
    places = _document(directory, "provinces.json")
    certification = _document(directory, "schemes.json")
    districts = read_districts(directory)
    return ReferenceRecords(
        regions=TypeAdapter(tuple[Region, ...]).validate_python(places["regions"]),
        provinces=TypeAdapter(tuple[Province, ...]).validate_python(places["units"]),
        programme_groups=TypeAdapter(tuple[ProgrammeGroup, ...]).validate_python(places["programme_groups"]),
        categories=TypeAdapter(tuple[Category, ...]).validate_python(
            _document(directory, "categories.json")["categories"]
        ),
        forms=TypeAdapter(tuple[Form, ...]).validate_python(
            [_with_words(form) for form in _document(directory, "forms.json")["forms"]]
        ),
        parts=TypeAdapter(tuple[Part, ...]).validate_python(
            [_with_words(part) for part in _document(directory, "parts.json")["parts"]]
        ),
        concepts=TypeAdapter(tuple[Concept, ...]).validate_python(_document(directory, "concepts.json")["concepts"]),
        units=TypeAdapter(tuple[Unit, ...]).validate_python(_document(directory, "units.json")["units"]),
        schemes=TypeAdapter(tuple[Scheme, ...]).validate_python(certification["schemes"]),
        scheme_rules=TypeAdapter(tuple[SchemeRule, ...]).validate_python(certification["rules"]),
        province_terms=TypeAdapter(tuple[ProvinceTerm, ...]).validate_python(places["terms"]),
        specifications=read_specifications(directory),
        districts=districts,
        communes=read_communes(directory, {district.code: district for district in districts}),
        homographs=TypeAdapter(tuple[HomographReading, ...]).validate_python(
            _document(directory, "homographs.json")["readings"]
        ),
    )
