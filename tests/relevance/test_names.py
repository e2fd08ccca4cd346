"""Real-looking names of every group of the programme, imported as their producers would."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner

from market.config import Settings
from market.core.access import SYSTEM
from market.core.db import create_sessions
from market.imports.commands import import_commands
from market.listings.models import Listing
from market.organizations.schemas import OrganizationCreate
from market.organizations.service import create_organization
from market.reference.catalogue import Catalogue
from tests.relevance.corpus import draw
from tests.relevance.listed import Fact, titles
from tests.relevance.names import verdict

NAMES = 500
MAKER = "HTX Giả lập Năm Trăm Tên"


async def test_five_hundred_names_of_every_group_are_imported_without_a_refusal(
    own_settings: Settings, own_engine: AsyncEngine, catalogue: Catalogue, tmp_path: Path
) -> None:
    sessions = create_sessions(own_engine)
    maker = {"name": MAKER, "kinds": ["producer"], "legal_form": "cooperative", "province": {"code": "82"}}
    async with sessions.begin() as session:
        await create_organization(session, SYSTEM, OrganizationCreate.model_validate(maker))
    chosen = sorted(titles(catalogue), key=lambda one: draw("import", one.title))[:NAMES]
    file = tmp_path / "ten.ndjson"
    place = {"code": "82", "version": "2025"}
    rows = [{"title": one.title, "province": place, "unit": "KGM", "publish": True} for one in chosen]
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    arguments = ["listings", str(file), "--organization", MAKER]
    done = await asyncio.to_thread(CliRunner().invoke, import_commands(lambda: own_settings), arguments)
    assert done.exit_code == 0, done.output
    assert f"{NAMES} listings kept, 0 refused" in done.output
    async with sessions() as session:
        counted = select(Listing.certainty, func.count()).group_by(Listing.certainty)
        found = {row[0]: row[1] for row in await session.execute(counted)}
        assert sum(found.values()) == NAMES
        assert found["certain"] >= 0.8 * NAMES
        assert found["open"] >= 1


def test_what_was_read_is_judged_by_the_facts(catalogue: Catalogue) -> None:
    mango, dried = Fact("xoài", ("mango",)), Fact("xoài sấy dẻo", ("mango.dried-soft",))
    assert verdict("mango-hoa-loc", mango, catalogue) == "right"
    assert verdict("mango", Fact("xoài cát Hòa Lộc", ("mango-hoa-loc",)), catalogue) == "wide"
    assert verdict("mango", dried, catalogue) == "other form"
    assert verdict("durian", mango, catalogue) == "wrong"
    assert verdict(None, mango, catalogue) == "missed"
    assert verdict(None, Fact("nậm pịa", ()), catalogue) == "open"
