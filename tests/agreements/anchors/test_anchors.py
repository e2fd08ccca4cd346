"""A history that its database's owner rewrote, hashes and all, is told by what was signed outside."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from market.agreements.anchors.files import Anchor, UnreadableAnchor, anchor_files, links_file, read_anchor
from market.agreements.anchors.holding import hold
from market.agreements.anchors.publishing import (
    AnchorMail,
    AnchorSettings,
    HistoryRewritten,
    anchor_mail_job,
    anchor_schedule,
    publish,
)
from market.agreements.anchors.signing import fingerprint
from market.agreements.history.commands import audit_commands
from market.config import Settings
from market.core import clock
from market.core.mail import file_mail
from tests.agreements.history.test_audit import History, history
from tests.people import Client

__all__ = ["history"]

SIGNED = "entity = 'agreement' AND verb = 'sign'"


@pytest.fixture
def settings(tmp_path: Path) -> AnchorSettings:
    return AnchorSettings(
        directory=tmp_path / "anchors", key_file=tmp_path / "keys" / "anchor.pem", market="https://market.example"
    )


async def published(history: History, settings: AnchorSettings, *, day: int = 0) -> Anchor:
    with clock.shifted(timedelta(days=day)):
        async with history.sessions() as session:
            anchor = await publish(session, settings)
    assert anchor is not None
    return anchor


async def rewritten(history: History, statement: str) -> None:
    """As an owner would: alter the log, and build the whole chain anew."""
    await history.tamper(statement)
    await history.tamper("DELETE FROM agreement_link")
    await history.tamper("DELETE FROM follower_cursor")
    await history.link()


async def test_an_untouched_history_goes_through_its_anchors(history: History, settings: AnchorSettings) -> None:
    first = await published(history, settings)
    second = await published(history, settings, day=1)

    async with history.sessions() as session:
        held = await hold(session, settings.directory)
        again = await publish(session, settings)

    assert (held.anchors, held.finding, again) == (2, None, None)
    assert held.key == fingerprint(first.public_key)
    assert second.anchor.previous == first.anchor.head
    assert first.anchor.head.links == int(await history.one("SELECT max(seq) FROM agreement_link"))
    assert settings.key_file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("statement", "kind", "row"),
    [
        (
            f"UPDATE change SET organization_id = NULL WHERE {SIGNED}",
            "altered",
            f"SELECT id FROM change WHERE {SIGNED}",
        ),
        (f"DELETE FROM change WHERE {SIGNED}", "missing", f"SELECT min(id) FROM change WHERE {SIGNED}"),
        (
            "INSERT INTO change (xid, at, entity, entity_id, version, verb, diff, actor_kind) "
            f"SELECT xid - 1, at, entity, entity_id, version, 'edit', diff, actor_kind FROM change WHERE {SIGNED}",
            "inserted",
            "",
        ),
        (
            "UPDATE change SET organization_id = NULL WHERE entity = 'delivery'",
            "altered",
            "SELECT id FROM change WHERE entity = 'delivery'",
        ),
    ],
)
async def test_a_rewritten_database_is_named_by_its_anchor(
    history: History, settings: AnchorSettings, own_settings: Settings, statement: str, kind: str, row: str
) -> None:
    await published(history, settings)
    named = await history.one(row) if row else ""
    await rewritten(history, statement)
    app = audit_commands(lambda _: own_settings)

    async with history.sessions() as session:
        held = await hold(session, settings.directory)
    alone = await history.verify()
    told = await asyncio.to_thread(CliRunner().invoke, app, ["verify", "--json", "--anchor", str(settings.directory)])

    assert alone.finding is None or kind != "altered"
    assert held.finding is not None
    assert (held.finding.kind, held.finding.table) == (kind, "change")
    assert held.finding.row == (named or await history.one("SELECT max(id) FROM change"))
    assert told.exit_code == 1
    assert json.loads(told.output)["finding"]["row"] == held.finding.row


async def test_without_the_links_beside_it_an_anchor_still_tells_that_something_was_rewritten(
    history: History, settings: AnchorSettings
) -> None:
    await published(history, settings)
    for file in anchor_files(settings.directory):
        links_file(file).unlink()
    await rewritten(history, f"UPDATE change SET request_id = NULL WHERE {SIGNED}")

    async with history.sessions() as session:
        held = await hold(session, settings.directory)

    assert held.finding is not None
    assert (held.finding.kind, held.finding.table) == ("altered", "agreement_link")


async def test_an_anchor_that_was_altered_or_signed_by_another_or_left_out_is_told(
    history: History, settings: AnchorSettings, tmp_path: Path
) -> None:
    for day in range(3):
        await published(history, settings, day=day)
    first, second, _ = anchor_files(settings.directory)
    forged = tmp_path / "forged.json"
    forged.write_text(first.read_text().replace('"links": ', '"links": 1'))

    async with history.sessions() as session:
        altered = await hold(session, forged)
        stranger = await hold(session, first, key="0" * 16)
        second.rename(second.with_suffix(".gone"))
        left_out = await hold(session, settings.directory)
        with pytest.raises(UnreadableAnchor):
            await hold(session, tmp_path / "nowhere")
    assert altered.finding is not None
    assert altered.finding.table == "anchor"
    assert left_out.finding is not None
    assert (left_out.finding.kind, left_out.finding.table) == ("missing", "anchor")
    assert stranger.finding is not None
    assert "signed it" in stranger.finding.why


async def test_a_rewritten_chain_is_not_signed_and_officers_are_warned(
    history: History, settings: AnchorSettings, own_client: Client, tmp_path: Path
) -> None:
    await own_client.officer()
    mails = tmp_path / "outbox"
    job = anchor_mail_job(
        AnchorMail(send=file_mail(mails), sender="Market <no@market.example>", public_url="https://m")
    )

    async def sent() -> list[str]:
        async with history.sessions.begin() as session:
            await anchor_schedule(settings).run(session)
            queued = await session.scalars(text("SELECT payload FROM pgqueuer WHERE entrypoint = 'mail_anchor'"))
            for payload in queued.all():
                await job.run(session, json.loads(bytes(payload)))
            await session.execute(text("DELETE FROM pgqueuer"))
        found = sorted(mails.glob("*.eml"))
        texts = [mail.read_text() for mail in found]
        for mail in found:
            mail.unlink()
        return texts

    told = await sent()
    anchor = read_anchor(anchor_files(settings.directory)[0])
    assert told
    await rewritten(history, f"UPDATE change SET request_id = NULL WHERE {SIGNED}")
    with clock.shifted(timedelta(days=1)):
        warned, again = await sent(), await sent()
        async with history.sessions() as session:
            with pytest.raises(HistoryRewritten):
                await publish(session, settings)

    assert anchor.anchor.head.links > 0
    assert len(warned) == len(told)
    assert again == []
    assert len(anchor_files(settings.directory)) == 1
