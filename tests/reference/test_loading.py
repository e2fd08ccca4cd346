"""Seed files into the database and back; the database of the tests has them already."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.config import PROJECT_ROOT
from market.reference.catalogue import load_catalogue
from market.reference.files import read_records
from market.reference.indexes import InconsistentReference
from market.reference.loading import load_reference
from market.reference.models import ConceptNameRow, ConceptRow
from market.reference.queries import stored_records

SEEDS = PROJECT_ROOT / "seeds" / "reference"


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """Seed files that a test may change."""
    return Path(shutil.copytree(SEEDS, tmp_path / "reference"))


def _edit_concept(seeds: Path, concept_id: str, **values: object) -> None:
    path = seeds / "concepts.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    for concept in document["concepts"]:
        if concept["id"] == concept_id:
            concept.update(values)
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def _remove_concept(seeds: Path, concept_id: str) -> None:
    path = seeds / "concepts.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["concepts"] = [concept for concept in document["concepts"] if concept["id"] != concept_id]
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


async def test_what_is_loaded_is_what_the_files_say(session: AsyncSession) -> None:
    await load_reference(session, SEEDS)
    stored, filed = await stored_records(session), read_records(SEEDS)

    for field in dataclasses.fields(filed):
        rows, records = getattr(stored, field.name), getattr(filed, field.name)
        assert len(rows) == len(records), field.name
        assert set(rows) == set(records), field.name


async def test_loading_twice_changes_nothing(session: AsyncSession) -> None:
    assert (await load_reference(session, SEEDS)).changed == 0


async def test_only_what_differs_is_written(session: AsyncSession, seeds: Path) -> None:
    _edit_concept(seeds, "kimchi", name_en="Korean pickled cabbage")
    report = await load_reference(session, seeds)

    assert {table.table: table.changed for table in report.tables if table.changed} == {"concept": 1}
    assert (await load_catalogue(session)).concept("kimchi").name_en == "Korean pickled cabbage"


async def test_what_left_the_files_is_kept_and_retired(session: AsyncSession, seeds: Path) -> None:
    _remove_concept(seeds, "octopus")
    report = await load_reference(session, seeds)
    catalogue = await load_catalogue(session)
    names = await session.scalars(select(ConceptNameRow.retired).where(ConceptNameRow.concept_id == "octopus"))

    assert {table.table: table.retired for table in report.tables}["concept"] == 1
    assert set(names) == {True}
    assert catalogue.concept("octopus").retired
    assert "octopus" not in {concept.id for concept in catalogue.concepts}


async def test_what_comes_back_is_no_longer_retired(session: AsyncSession, seeds: Path) -> None:
    _remove_concept(seeds, "octopus")
    await load_reference(session, seeds)
    await load_reference(session, SEEDS)

    assert not (await load_catalogue(session)).concept("octopus").retired


async def test_contradicting_files_write_nothing(session: AsyncSession, seeds: Path) -> None:
    _edit_concept(seeds, "kimchi", name_en="never stored", parent="no-such-concept")

    with pytest.raises(InconsistentReference, match="no-such-concept"):
        await load_reference(session, seeds)
    assert await session.scalar(select(ConceptRow.name_en).where(ConceptRow.id == "kimchi")) == "kimchi"
