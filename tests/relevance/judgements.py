"""Judged queries: what is relevant is said by criteria, so that the judgements hold for any corpus.

A line of `search/judgements/<class>.jsonl` is `{"id", "class", "query", "region", "relevant": [criterion, ...]}`. A
document has the grade of its best criterion: 2 what was asked for, 1 near it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from market.search.request import weeks_of_months

CLASSES = ("marked", "unmarked", "regional", "homograph", "attribute", "brand", "typo", "long")
"""Of queries over known goods."""

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """Conditions that hold together, and the grade of a document that meets them."""

    grade: int
    concepts: tuple[str, ...] = ()
    """Same or narrower."""
    not_concepts: tuple[str, ...] = ()
    category: str | None = None
    provinces: tuple[str, ...] = ()
    """`version:code`."""
    regions: tuple[str, ...] = ()
    """`version:id`."""
    certificates: tuple[str, ...] = ()
    """Keys of `valid_until`: vietgap, ocop-4."""
    price_min_vnd: int | None = None
    price_max_vnd: int | None = None
    quantity_min_kg: int | None = None
    months: tuple[int, ...] = ()
    title: str | None = None
    """The whole title."""
    title_has: str | None = None
    organization: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One query and what is relevant to it."""

    id: str
    query_class: str
    query: str
    region: str | None
    relevant: tuple[Criterion, ...]


_CRITERIA = TypeAdapter(tuple[Criterion, ...])


def load_judgements(directory: Path) -> list[Judgement]:
    """Every judged query of the directory, in order of class and line."""
    found = []
    for name in CLASSES:
        for line in (directory / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found.append(
                Judgement(
                    id=row["id"],
                    query_class=row["class"],
                    query=row["query"],
                    region=row.get("region"),
                    relevant=_CRITERIA.validate_python(row["relevant"]),
                )
            )
    return found


def grade(judgement: Judgement, document: Document, *, now: int, today: date) -> int:
    """How relevant a document is to a query, 0 to 2."""
    return max((c.grade for c in judgement.relevant if _meets(c, document, now=now, today=today)), default=0)


def _meets(criterion: Criterion, document: Document, *, now: int, today: date) -> bool:
    if criterion.concepts and not _overlap(criterion.concepts, document["concepts"]):
        return False  # as most are: the rest is not looked at
    price, weekly = document["price_vnd_kg"], document["capacity_kg_week"]
    until = document["valid_until"]
    conditions = (
        not _overlap(criterion.not_concepts, document["concepts"]),
        criterion.category is None or document["category"] == criterion.category,
        not criterion.provinces or _overlap(criterion.provinces, document["provinces"]),
        not criterion.regions or _overlap(criterion.regions, document["regions"]),
        all(until.get(key, 0) > now for key in criterion.certificates),
        criterion.price_min_vnd is None or price >= criterion.price_min_vnd,
        criterion.price_max_vnd is None or price <= criterion.price_max_vnd,
        criterion.quantity_min_kg is None or weekly >= criterion.quantity_min_kg,
        not criterion.months or _overlap(weeks_of_months(criterion.months, today=today), document["weeks"]),
        criterion.title is None or document["title"] == criterion.title,
        criterion.title_has is None or criterion.title_has in document["title"],
        criterion.organization is None or document["organization_name"] == criterion.organization,
    )
    return all(conditions)


def _overlap(one: Sequence[Any], other: Sequence[Any]) -> bool:
    return not set(one).isdisjoint(other)
