"""What was offered and accepted, certified and claimed is held against the log, and the log against what was signed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner

from market.agreements.anchors.publishing import AnchorSettings, publish
from market.agreements.history.commands import audit_commands
from market.config import Settings
from market.core.db import create_sessions
from tests.agreements.history.test_audit import History
from tests.people import SEEN, Client
from tests.quotes.stories import done, made, trade

CERTIFICATE = {"scheme": "vietgap", "issuer": "Đơn vị Thử", "number": "VG-1", "issued_on": "2026-01-01"}
CURRENT = "revision_id = (SELECT id FROM quote_revision ORDER BY number DESC LIMIT 1)"
DIGEST = "jsonb_set(diff, '{content_sha256,1}', to_jsonb(repeat('a', 64)))"


@pytest.fixture
async def bargain(own_client: Client, own_engine: AsyncEngine) -> History:
    """A quote of two revisions that was accepted, a verified certificate and claims."""
    around = await trade(own_client)
    quote = await around.quoted()
    quote = await done(around.buyer, quote, "counter", {"lines": around.offer(price_vnd=28500)["lines"]})
    await done(around.supplier, quote, "accept")
    certificate = await made(around.supplier, "/certificates", CERTIFICATE)
    officer = await own_client.officer()
    answer = await officer.post(f"/certificates/{certificate['id']}/verify", {**SEEN, "decision": "verified"})
    assert answer.status_code == 200, answer.text
    history = History(create_sessions(own_engine), quote)
    await history.link()
    return history


async def test_an_untouched_bargain_holds(bargain: History) -> None:
    assert (await bargain.verify()).finding is None


@pytest.mark.parametrize(
    ("statement", "kind", "row_table", "row"),
    [
        (
            f"UPDATE quote_line SET price_vnd = 1 WHERE {CURRENT}",
            "altered",
            "quote_revision",
            "SELECT id FROM quote_revision ORDER BY number DESC LIMIT 1",
        ),
        (
            f"UPDATE quote_line SET quantity = quantity - 1, accepted_quantity = quantity - 1 WHERE {CURRENT}",
            "altered",
            "quote_line",
            f"SELECT id FROM quote_line WHERE {CURRENT}",
        ),
        (
            f"UPDATE quote_line SET accepted_quantity = 1 WHERE {CURRENT}",
            "altered",
            "quote_line",
            f"SELECT id FROM quote_line WHERE {CURRENT}",
        ),
        (f"DELETE FROM quote_line WHERE {CURRENT}", "missing", "quote_line", "SELECT 'of revision 2'"),
        (
            "UPDATE quote_revision SET credit_days = 90 WHERE number = 1",
            "altered",
            "quote_revision",
            "SELECT id FROM quote_revision WHERE number = 1",
        ),
        (
            "DELETE FROM quote_revision WHERE number = 1",
            "missing",
            "quote_revision",
            "SELECT '1 of quote ' || id FROM quote",
        ),
        (
            "INSERT INTO quote_revision (quote_id, number, side, written_at, valid_until, discount_pct, credit_days, "
            "tests) SELECT quote_id, 3, side, written_at, valid_until, 0, 0, '{}' FROM quote_revision LIMIT 1",
            "inserted",
            "quote_revision",
            "SELECT id FROM quote_revision WHERE number = 3",
        ),
        ("UPDATE certificate SET expires_on = '2099-12-31'", "altered", "certificate", "SELECT id FROM certificate"),
    ],
)
async def test_the_row_that_was_tampered_with_is_named(
    bargain: History, statement: str, kind: str, row_table: str, row: str
) -> None:
    await bargain.tamper(statement)

    finding = (await bargain.verify()).finding

    assert finding is not None, statement
    assert (finding.kind, finding.table, finding.row) == (kind, row_table, await bargain.one(row))


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE change SET diff = {DIGEST} WHERE entity = 'quote' AND verb = 'counter'",
        "UPDATE change SET diff = jsonb_set(diff, '{expires_on,1}', '\"2099-12-31\"') WHERE entity = 'certificate'",
        "UPDATE change SET diff = jsonb_set(diff, '{evidence}', '[null, \"Đã xem\"]') WHERE entity = 'claim'",
    ],
)
async def test_a_database_rewritten_by_its_owner_is_named_by_its_anchor(
    bargain: History, own_settings: Settings, tmp_path: Path, statement: str
) -> None:
    """The owner alters the log to suit altered rows and builds every hash of the chain anew."""
    anchors = AnchorSettings(
        directory=tmp_path / "anchors", key_file=tmp_path / "key.pem", market="https://cho.example"
    )
    async with bargain.sessions() as session:
        await publish(session, anchors)
    await bargain.tamper(statement)
    await bargain.tamper("DELETE FROM agreement_link")
    await bargain.tamper("DELETE FROM follower_cursor")
    await bargain.link()
    entity = statement.split("entity = '")[1].split("'")[0]

    arguments = ["verify", "--anchor", str(anchors.directory)]
    told = await asyncio.to_thread(CliRunner().invoke, audit_commands(lambda _: own_settings), arguments)

    assert told.exit_code == 1
    assert "NOT what was recorded: change" in told.output
    assert f"{entity} " in told.output
    assert "the anchor of" in told.output
