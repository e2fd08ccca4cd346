"""The import itself killed with 9: run again, it goes on where it was, and every row is there once."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from market.config import PROJECT_ROOT, Settings
from market.core.access import SYSTEM
from market.core.changes import Change
from market.core.db import create_sessions
from market.imports.kinds.kind import Outcome
from market.imports.ledgers import ImportedMeanwhile
from market.imports.models import ImportedFile
from market.imports.refusals import Refusals
from market.imports.resuming import FilePlace, place_of
from market.imports.rows import Row
from market.listings.models import Listing
from market.organizations.schemas import OrganizationCreate
from market.organizations.service import create_organization
from market.reference.catalogue import Catalogue

ROWS, EVERY = 6000, 10
"""One row of so many is refused."""
PATIENCE_SECONDS = 120.0
OWNER = "HTX Giả lập Bị Ngắt"


def written(path: Path) -> Path:
    with path.open("w", encoding="utf-8") as file:
        for number in range(1, ROWS + 1):
            row = {
                "title": f"Thanh long ruột đỏ đợt {number}",
                "concept": "dragon-fruit-red",
                "province": {"code": "82"},
                "unit": "???" if number % EVERY == 0 else "KGM",
                "publish": True,
            }
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


def importing(settings: Settings, file: Path) -> subprocess.Popen[str]:
    database = settings.database_url.get_secret_value() if settings.database_url else ""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MARKET_")}
    return subprocess.Popen(
        [sys.executable, "-m", "market", "import", "listings", str(file), "--organization", OWNER],
        env={**kept, "MARKET_DATABASE_URL": database, "MARKET_DATA_DIR": str(file.parent)},
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def refused_lines(path: Path) -> list[int]:
    return [json.loads(row)["line"] for row in path.read_text(encoding="utf-8").splitlines()]


async def test_an_import_that_was_killed_goes_on_without_losing_or_doubling_a_row(
    own_settings: Settings, own_engine: AsyncEngine, catalogue: Catalogue, tmp_path: Path
) -> None:
    del catalogue  # only to be there
    sessions = create_sessions(own_engine)
    named = {"name": OWNER, "kinds": ["producer"], "legal_form": "cooperative", "province": {"code": "82"}}
    async with sessions.begin() as session:
        await create_organization(session, SYSTEM, OrganizationCreate.model_validate(named))

    async def begun() -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), sessions() as session:
            while (await session.scalar(select(ImportedFile.next_line)) or 1) == 1:
                await session.rollback()
                await asyncio.sleep(0.02)

    file = written(tmp_path / "hang.ndjson")
    first = importing(own_settings, file)
    try:
        await begun()
    finally:
        first.kill()
        await asyncio.to_thread(first.communicate)
    async with sessions() as session:
        line = await session.scalar(select(ImportedFile.next_line)) or 0
        kept = await session.scalar(select(func.count()).select_from(Listing))
    assert 1 < line <= ROWS, "killed too late to tell anything"
    assert kept == sum(number % EVERY != 0 for number in range(1, line))

    second = importing(own_settings, file)
    said, _ = await asyncio.to_thread(second.communicate)
    assert second.returncode == 1, said
    assert f"Going on after line {line - 1:,}" in said
    assert f"{ROWS - ROWS // EVERY:,} listings kept, {ROWS // EVERY:,} refused" in said
    async with sessions() as session:
        counted = select(func.count(), func.count(Listing.title.distinct())).select_from(Listing)
        assert (await session.execute(counted)).one() == (ROWS - ROWS // EVERY, ROWS - ROWS // EVERY)
        logged = select(func.count(), func.count(Change.entity_id.distinct())).where(Change.entity == "listing")
        assert (await session.execute(logged)).one() == (ROWS - ROWS // EVERY, ROWS - ROWS // EVERY)
    assert refused_lines(Path(f"{file}.errors.ndjson")) == list(range(EVERY, ROWS + 1, EVERY))


def test_refusals_that_were_written_but_never_settled_are_replaced(tmp_path: Path) -> None:
    path = tmp_path / "hang.ndjson.errors.ndjson"
    refusals = Refusals(path, from_line=1)
    refusals.write([{"line": 2}, {"line": 5}])
    refusals.settle()
    refusals.write([{"line": 7}])
    refusals.write([{"line": 8}])
    refusals.close()
    with path.open("ab") as torn:
        torn.write(b'{"line": 9, "ro')
    after = Refusals(path, from_line=6)
    after.write([{"line": 6}])
    after.settle()
    after.close()
    assert refused_lines(path) == [2, 5, 6]


async def test_of_two_runs_at_once_only_one_goes_on(own_engine: AsyncEngine) -> None:
    sessions = create_sessions(own_engine)

    async def opened(**changes: Any) -> FilePlace:
        async with sessions() as session:
            what: dict[str, Any] = {"sha256": "0" * 64, "kind": "listings", "owner": None, "from_line": None}
            return await place_of(session, **what | changes)

    noted = [(Row(line, {}), Outcome("refused" if line % 100 == 0 else "created")) for line in range(1, 1001)]
    one, other = await opened(), await opened()
    async with sessions.begin() as session:
        await one.move(session, next_line=1001, noted=noted)
    with pytest.raises(ImportedMeanwhile):
        async with sessions.begin() as session:
            await other.move(session, next_line=1001, noted=noted)
    later = await opened()
    assert (later.id, later.next_line, later.kept, later.refused) == (one.id, 1001, 990, 10)
    assert (await opened(kind="needs")).next_line == 1
    assert (await opened(from_line=501)).next_line == 501
