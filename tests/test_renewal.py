"""That each test that commits finds what the template holds, whatever the one before it did."""

from __future__ import annotations

import asyncpg
import pytest

from tests.conftest import TEMPLATE
from tests.renewal import RenewedDatabase
from tests.services import Services

CONTENT = """
SELECT (SELECT count(*) FROM organization), (SELECT count(*) FROM change), (SELECT count(*) FROM concept),
    (SELECT string_agg(name_vi, ' ' ORDER BY id) FROM concept), (SELECT count(*) FROM pg_class),
    nextval('change_id_seq')
"""
ORGANIZATION = """
INSERT INTO organization (name, kinds, legal_form, province_code, province_version, status, verification)
VALUES ('HTX Thử', ARRAY['producer'], 'cooperative', '01', '2025', 'active', 'unverified')
"""


async def seen(services: Services, name: str, statement: str | None = None) -> list[object]:
    database = await asyncpg.connect(services.database(name))
    try:
        if statement is not None:
            await database.execute(statement)
        return list(await database.fetchrow(CONTENT) or ())
    finally:
        await database.close()


@pytest.mark.parametrize(
    "statement",
    [
        ORGANIZATION,
        "UPDATE concept SET name_vi = name_vi || '!'",
        "DELETE FROM concept_name; DELETE FROM scheme_rule",
        "CREATE TABLE more (id int)",
        "ALTER TABLE organization ADD COLUMN more int",
        "DROP TABLE scheme_rule CASCADE",
        "SELECT nextval('change_id_seq') FROM generate_series(1, 100)",
    ],
)
async def test_what_a_test_did_is_undone(services: Services, new_database: asyncpg.Connection, statement: str) -> None:
    database = RenewedDatabase(services, new_database, template=TEMPLATE, name="market_renewed")
    await database.renew()
    before = await seen(services, database.name)

    await seen(services, database.name, statement)
    await database.renew()

    assert await seen(services, database.name) == before
