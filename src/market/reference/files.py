"""The seed files of `seeds/reference` as records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from market.reference.records import (
    Category,
    Concept,
    Form,
    HomographReading,
    Part,
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


def _with_words(facet: dict[str, Any]) -> dict[str, Any]:
    """A form or part whose heads may stand as bare words."""
    heads = [{"word": head} if isinstance(head, str) else head for head in facet.get("heads", ())]
    return facet | {"heads": heads}


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
        homographs=TypeAdapter(tuple[HomographReading, ...]).validate_python(
            _document(directory, "homographs.json")["readings"]
        ),
    )
