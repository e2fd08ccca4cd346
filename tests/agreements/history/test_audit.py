import asyncio
import json
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from typer.testing import CliRunner

from market.agreements.history.audit import Audit, verify
from market.agreements.history.chain import chain_follower
from market.agreements.history.commands import audit_commands
from market.config import Settings
from market.core.db import create_sessions
from market.core.followers import follow_once
from tests.agreements.stories import LINE, done, effective, table
from tests.people import Client

COPIED_CHANGE = """
INSERT INTO change (xid, at, entity, entity_id, version, verb, diff, actor_kind)
SELECT xid, at, entity, entity_id, version, 'terminate', diff, actor_kind
FROM change WHERE entity = 'agreement' AND verb = 'sign'
"""
CONTENT = "FROM agreement_content WHERE version = 2"
SECOND = "SELECT change_id FROM agreement_link WHERE entity = 'agreement' ORDER BY seq OFFSET 1 LIMIT 1"
PRICE = (
    """UPDATE agreement_content SET content = jsonb_set(content, '{terms,lines,0,price_vnd}', '1') WHERE version = 2"""
)


@dataclass
class History:
    """A story that is committed and linked, and a hand that alters it past all triggers."""

    sessions: async_sessionmaker[AsyncSession]
    agreement: dict[str, Any]

    async def link(self) -> None:
        while await follow_once(self.sessions, chain_follower()):
            pass

    async def tamper(self, statement: str) -> None:
        async with self.sessions.begin() as session:
            await session.execute(text("SET LOCAL session_replication_role = replica"))
            await session.execute(text(statement))

    async def one(self, query: str) -> str:
        async with self.sessions() as session:
            return str(await session.scalar(text(query)))

    async def verify(self, known: str | None = None) -> Audit:
        async with self.sessions() as session:
            return await verify(session, known=known)


@pytest.fixture
async def history(own_client: Client, own_engine: AsyncEngine) -> History:
    around = await table(own_client)
    agreement = await effective(around, lines=[LINE, LINE])
    path = f"/agreements/{agreement['id']}/deliveries"
    body = {"line": agreement["lines"][0]["id"], "delivered_on": "2026-11-21", "quantity": "2", "note": "Kín"}
    answer = await around.seller.post(path, body)
    assert answer.status_code == 201, answer.text
    await done(around.officer, agreement, "terminate", {"cause": "quality"})
    history = History(create_sessions(own_engine), agreement)
    await history.link()
    return history


async def test_an_untouched_history_holds(history: History) -> None:
    audit = await history.verify()

    assert audit.finding is None
    assert (audit.links, audit.pending) == (int(await history.one("SELECT count(*) FROM agreement_link")), 0)
    linked = await history.one("SELECT string_agg(DISTINCT entity, ' ' ORDER BY entity) FROM agreement_link")
    assert linked == "agreement claim delivery"
    assert audit.head == await history.one("SELECT hash FROM agreement_link ORDER BY seq DESC LIMIT 1")


@pytest.mark.parametrize(
    ("statement", "kind", "row_table", "row"),
    [
        (
            "UPDATE change SET organization_id = NULL WHERE entity = 'agreement' AND verb = 'sign'",
            "altered",
            "change",
            "SELECT id FROM change WHERE entity = 'agreement' AND verb = 'sign'",
        ),
        (
            "DELETE FROM change WHERE entity = 'agreement' AND verb = 'sign'",
            "missing",
            "change",
            SECOND,
        ),
        (COPIED_CHANGE, "inserted", "change", "SELECT max(id) FROM change"),
        ("UPDATE agreement_link SET hash = repeat('a', 64) WHERE seq = 3", "altered", "agreement_link", "SELECT 3"),
        ("DELETE FROM agreement_link WHERE seq = 3", "missing", "agreement_link", "SELECT 3"),
        (
            "DELETE FROM agreement_link WHERE seq = (SELECT max(seq) FROM agreement_link)",
            "missing",
            "agreement_link",
            "SELECT 'for change ' || max(id) FROM change WHERE entity = 'agreement'",
        ),
        (PRICE, "altered", "agreement_content", f"SELECT agreement_id || ' version 2' {CONTENT}"),
        (f"DELETE {CONTENT}", "missing", "agreement_content", "SELECT id || ' version 2' FROM agreement"),
        (
            "INSERT INTO agreement_content SELECT agreement_id, 99, content, sha256 FROM agreement_content LIMIT 1",
            "inserted",
            "agreement_content",
            "SELECT id || ' version 99' FROM agreement",
        ),
        ("UPDATE delivery SET note = 'Khác'", "altered", "delivery", "SELECT id FROM delivery"),
        (
            "DELETE FROM delivery",
            "missing",
            "delivery",
            "SELECT entity_id FROM change WHERE entity = 'delivery'",
        ),
        (
            "INSERT INTO delivery (line_id, delivered_on, quantity, rejected) "
            "SELECT id, '2026-11-21', 1, 0 FROM agreement_line LIMIT 1",
            "inserted",
            "delivery",
            "SELECT max(id::text) FROM delivery",
        ),
        ("UPDATE agreement SET value_vnd = 1", "altered", "agreement", "SELECT id FROM agreement"),
        ("UPDATE agreement SET status = 'effective'", "altered", "agreement", "SELECT id FROM agreement"),
        (
            "UPDATE agreement_line SET price_vnd = 1 WHERE position = 1",
            "altered",
            "agreement_line",
            "SELECT id FROM agreement_line WHERE position = 1",
        ),
        (
            "DELETE FROM agreement_line WHERE position = 1",
            "missing",
            "agreement_line",
            "SELECT 'of agreement ' || id FROM agreement",
        ),
        (
            "UPDATE agreement_party SET confirmed_at = NULL WHERE position = 1",
            "altered",
            "agreement_party",
            "SELECT id FROM agreement_party WHERE position = 1",
        ),
        (
            "UPDATE claim SET decision_note = 'Khác' WHERE status = 'verified'",
            "altered",
            "claim",
            "SELECT min(id::text) FROM claim WHERE decision_note = 'Khác'",
        ),
        (
            "DELETE FROM claim WHERE id = (SELECT min(id::text)::uuid FROM claim)",
            "missing",
            "claim",
            "SELECT entity_id FROM change WHERE entity = 'claim' ORDER BY id LIMIT 1",
        ),
        (
            "INSERT INTO certificate (organization_id, scheme, issuer, issued_on, scope_concepts, verification) "
            "SELECT organization_id, 'vietgap', 'Ai đó', '2026-01-01', '{}', 'verified' FROM claim LIMIT 1",
            "inserted",
            "certificate",
            "SELECT id FROM certificate",
        ),
        ("DELETE FROM agreement", "missing", "agreement", "SELECT DISTINCT agreement_id FROM agreement_content"),
    ],
)
async def test_the_row_that_was_tampered_with_is_named(
    history: History, statement: str, kind: str, row_table: str, row: str
) -> None:
    await history.tamper(statement)

    finding = (await history.verify()).finding

    assert finding is not None
    assert (finding.kind, finding.table, finding.row) == (kind, row_table, await history.one(row))


async def test_the_first_of_several_is_named(history: History) -> None:
    await history.tamper("UPDATE delivery SET note = 'Khác'")
    await history.tamper("UPDATE change SET verb = 'edit' WHERE entity = 'agreement' AND verb IN ('sign', 'terminate')")

    finding = (await history.verify()).finding

    assert finding is not None
    assert finding.row == await history.one(SECOND)


async def test_a_chain_that_was_built_anew_lacks_the_hash_that_was_written_down(history: History) -> None:
    head = (await history.verify()).head
    await history.tamper("UPDATE change SET request_id = NULL WHERE entity = 'agreement'")
    await history.tamper("DELETE FROM agreement_link")
    await history.tamper("DELETE FROM follower_cursor")
    await history.link()

    unknowing, knowing = await history.verify(), await history.verify(known=head)

    assert unknowing.finding is None
    assert knowing.finding is not None
    assert (knowing.finding.kind, knowing.finding.table) == ("missing", "agreement_link")


@pytest.mark.parametrize(
    "statement",
    ["UPDATE agreement_link SET hash = ''", "DELETE FROM agreement_link", "TRUNCATE agreement_link"],
)
async def test_the_chain_refuses_to_be_rewritten(history: History, statement: str) -> None:
    async with history.sessions() as session:
        with pytest.raises(DBAPIError, match="append-only"):
            await session.execute(text(statement))


async def test_what_is_not_followed_yet_is_pending_and_no_finding(history: History, own_client: Client) -> None:
    await own_client.register("producer")

    audit = await history.verify()

    assert audit.finding is None
    assert audit.pending > 0


async def test_the_command_says_it_in_words_and_by_its_exit_code(history: History, own_settings: Settings) -> None:
    app = audit_commands(lambda _: own_settings)

    holds = await asyncio.to_thread(CliRunner().invoke, app, ["verify"])
    await history.tamper("UPDATE agreement SET value_vnd = 1")
    broken = await asyncio.to_thread(CliRunner().invoke, app, ["verify"])
    as_json = await asyncio.to_thread(CliRunner().invoke, app, ["verify", "--json"])

    assert (holds.exit_code, broken.exit_code, as_json.exit_code) == (0, 1, 1), holds.output
    assert "is what was recorded" in holds.output
    assert f"agreement {history.agreement['id']} was altered: value_vnd" in broken.output
    assert json.loads(as_json.output)["finding"]["table"] == "agreement"
