"""The migration that made claims takes for granted only what an officer had seen."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Litestar
from sqlalchemy import text

from market.config import Settings
from market.migrate import downgrade_database, upgrade_database
from tests.organizations.test_tax_codes import a_code
from tests.people import SEEN, Client

BEFORE = "0120"
GAVE_ITSELF = """
INSERT INTO change (at, entity, entity_id, version, verb, diff, actor_kind)
VALUES (now(), 'organization', :id, 9, 'edit', '{"kinds": [["producer"], ["authority", "producer"]]}', 'user')
"""


async def test_a_kind_that_was_added_after_the_verification_waits_for_an_officer(
    own_client: Client, own_app: Litestar, own_settings: Settings
) -> None:
    officer, code = await own_client.officer(), a_code(30)
    seen = await own_client.register("organizer", "producer", tax_code=code)
    twin = await own_client.register("producer", tax_code=code)
    unknown = await own_client.register("authority", "producer")
    giver = await own_client.register("producer")
    for who in (seen, giver):
        await officer.post(f"/organizations/{who.organization['id']}/verify", SEEN)
    async with own_app.state.sessions.begin() as session:
        await session.execute(text(GAVE_ITSELF), {"id": giver.organization["id"]})
    await own_app.state.engine.dispose()

    def back_to_the_older_rule() -> None:
        downgrade_database(own_settings, BEFORE)

    await asyncio.to_thread(back_to_the_older_rule)
    async with own_app.state.sessions.begin() as session:
        kinds = "UPDATE organization SET kinds = '{authority,producer}' WHERE id = :id"
        await session.execute(text(kinds), {"id": giver.organization["id"]})
    await own_app.state.engine.dispose()
    await asyncio.to_thread(upgrade_database, own_settings)

    now = {who.organization["id"]: await read(officer, who) for who in (seen, twin, unknown, giver)}
    assert now[seen.organization["id"]] == (["organizer", "producer"], [], code)
    assert now[twin.organization["id"]] == (["producer"], [], None)
    assert now[unknown.organization["id"]] == (["producer"], ["authority"], None)
    assert now[giver.organization["id"]] == (["producer"], ["authority"], None)
    claims = (await officer.get("/claims", params={"organization": seen.organization["id"]})).json()["items"]
    assert {claim["kind"] or claim["subject"]: claim["status"] for claim in claims} == {
        "identity": "verified",
        "organizer": "verified",
        "producer": "verified",
    }


async def read(officer: Client, who: Client) -> tuple[Any, ...]:
    body = (await officer.get(f"/organizations/{who.organization['id']}")).json()
    return body["kinds"], body["asked_kinds"], body["tax_code"]
