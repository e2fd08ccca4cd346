"""Published figures from their seed file, as often as one likes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import SYSTEM
from market.core.changes import difference, record_changes
from market.programmes.models import Figure, Qualifier
from market.programmes.wording import METRICS
from market.reference.catalogue import Catalogue
from market.reference.schemas import ProvinceRef


class InconsistentFigures(ValueError):
    """The figures contradict each other or name something unknown."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Source(_Record):
    """Where a figure was published; what the source does not show is None."""

    title: str
    publisher: str
    url: str | None
    published: str | None


class PublishedFigure(_Record):
    """A figure as the seed file has it."""

    id: str
    programme: str | None
    event: str | None
    metric: str
    value: Decimal
    of: Decimal | None
    unit: str
    qualifier: Qualifier
    as_of: str
    provinces: list[ProvinceRef]
    source: Source
    quote: str | None

    def columns(self) -> dict[str, Any]:
        """The figure as values of the table."""
        return {
            "programme_group_id": self.programme,
            "out_of": self.of,
            "provinces": [province.model_dump() for province in self.provinces],
            "source_title": self.source.title,
            "source_publisher": self.source.publisher,
            "source_url": self.source.url,
            "source_published": self.source.published,
            "retired": False,
        } | {name: getattr(self, name) for name in ("event", "metric", "value", "unit", "qualifier", "as_of", "quote")}


class Check(_Record):
    """A sum that must hold among the figures."""

    total: str
    parts: list[str]


class FigureFile(BaseModel):
    """The seed file."""

    figures: list[PublishedFigure] = Field(min_length=1)
    checks: list[Check]


def read_figures(path: Path, *, catalogue: Catalogue) -> FigureFile:
    """The seed file, checked.

    Raises:
        OSError: the file is missing.
        pydantic.ValidationError: a record is malformed.
        InconsistentFigures: a sum does not hold, or a figure names an unknown programme, province or metric.
    """
    file = FigureFile.model_validate(json.loads(path.read_text(encoding="utf-8")))
    programmes = {group.id for group in catalogue.programme_groups}
    for figure in file.figures:
        if figure.programme is not None and figure.programme not in programmes:
            raise InconsistentFigures(f"figure {figure.id} is of no known programme: {figure.programme}")
        if figure.metric not in METRICS:
            raise InconsistentFigures(f"figure {figure.id} has a metric without words: {figure.metric}")
        for province in figure.provinces:
            if catalogue.find_province(province.code, province.version) is None:
                raise InconsistentFigures(f"figure {figure.id} names no province by {province.code}")
    _check_sums(file)
    return file


def _check_sums(file: FigureFile) -> None:
    values = {figure.id: figure.value for figure in file.figures}
    if len(values) != len(file.figures):
        raise InconsistentFigures("two figures have one id")
    for check in file.checks:
        if values[check.total] != sum(values[part] for part in check.parts):
            raise InconsistentFigures(f"{check.total} is not the sum of {', '.join(check.parts)}")


async def load_figures(session: AsyncSession, directory: Path, *, catalogue: Catalogue) -> int:
    """Bring the figures to the state of `figures.json` in `directory`; the caller commits.

    Returns:
        How many figures were created, changed or retired; 0 when everything was there.

    Raises:
        OSError, pydantic.ValidationError, InconsistentFigures: as `read_figures`; nothing was written.
    """
    file = read_figures(directory / "figures.json", catalogue=catalogue)
    known = {figure.code: figure for figure in await session.scalars(select(Figure))}
    new = [Figure(code=one.id, **one.columns()) for one in file.figures if one.id not in known]
    edited = _changed(known, {one.id: one.columns() for one in file.figures})
    await record_changes(session, SYSTEM, new, verb="create")
    await record_changes(session, SYSTEM, edited, verb="edit")
    return len(new) + len(edited)


def _changed(known: Mapping[str, Figure], wanted: Mapping[str, Mapping[str, Any]]) -> Sequence[Figure]:
    for code, figure in known.items():
        for name, value in wanted.get(code, {"retired": True}).items():
            if getattr(figure, name) != value:
                setattr(figure, name, value)
    return [figure for figure in known.values() if difference(figure)]
