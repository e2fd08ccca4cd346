"""Content that belongs to nothing is swept away; content that is being uploaded, or was ever a file, is not."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from market.attachments.files import blobs_of
from market.attachments.service import attach, withdraw
from market.attachments.sweeping import sweep_orphans, sweep_schedule
from market.config import Settings
from market.core import clock
from market.core.access import SYSTEM
from market.core.blobs import BlobStore, get_blob, put_blob
from market.core.file_types import PDF
from market.core.uploads import Upload
from tests.people import Client

LATER = timedelta(hours=2)
SUBJECT = UUID("00000000-0000-7000-8000-00000000000b")


@pytest.fixture
def store(own_client: Client, tmp_path: Path) -> Iterator[BlobStore]:
    settings: Settings = own_client.app.state.settings
    before, settings.data_dir = settings.data_dir, tmp_path
    yield blobs_of(settings)
    settings.data_dir = before


def upload(text: str) -> Upload:
    return Upload(f"%PDF-1.7 {text}".encode(), f"{text}.pdf", PDF, {})


def kept(tmp_path: Path) -> set[str]:
    return {path.name for path in (tmp_path / "blobs").rglob("*") if path.is_file()}


def sha256(text: str) -> str:
    return hashlib.sha256(upload(text).body).hexdigest()


async def test_only_content_that_no_row_names_goes(own_client: Client, store: BlobStore, tmp_path: Path) -> None:
    sessions = own_client.app.state.sessions
    async with sessions() as session, session.begin():
        for text in ("a", "b"):
            made = await attach(
                session, SYSTEM, upload(text), store=store, subject="agreement", subject_id=SUBJECT, kind="scan"
            )
        await withdraw(session, SYSTEM, made, "nhầm tệp")
    await put_blob(store, upload("c").body)
    (tmp_path / "blobs" / "của người khác.txt").write_text("không phải của ta")

    async with sessions() as session, session.begin():
        assert await sweep_orphans(session, store) == 0
    with clock.shifted(LATER):
        async with sessions() as session, session.begin():
            await sweep_schedule(lambda: store).run(session)

    assert kept(tmp_path) == {sha256("a"), sha256("b"), "của người khác.txt"}


async def test_an_upload_under_way_is_not_swept_from_under(own_client: Client, store: BlobStore) -> None:
    sessions = own_client.app.state.sessions
    with clock.shifted(LATER):
        async with sessions() as uploading, uploading.begin():
            await attach(
                uploading, SYSTEM, upload("a"), store=store, subject="thread", subject_id=SUBJECT, kind="enclosure"
            )
            async with sessions() as session, session.begin():
                assert await sweep_orphans(session, store) == 0
        async with sessions() as session, session.begin():
            assert await sweep_orphans(session, store) == 0
    assert await get_blob(store, sha256("a")) == upload("a").body


async def test_an_upload_waits_for_the_sweeper_and_stores_its_content_after_it(
    own_client: Client, store: BlobStore
) -> None:
    sessions = own_client.app.state.sessions
    await put_blob(store, upload("a").body)

    async def send() -> None:
        async with sessions() as session, session.begin():
            await attach(
                session, SYSTEM, upload("a"), store=store, subject="thread", subject_id=SUBJECT, kind="enclosure"
            )

    with clock.shifted(LATER):
        async with sessions() as session, session.begin():
            assert await sweep_orphans(session, store) == 1
            sending = asyncio.create_task(send())
            await asyncio.sleep(0.2)
            assert not sending.done()
        await sending
    assert await get_blob(store, sha256("a")) == upload("a").body


async def test_many_uploads_and_sweepers_at_once_lose_nothing(own_client: Client, store: BlobStore) -> None:
    sessions = own_client.app.state.sessions
    texts = [str(number) for number in range(10)]
    for text in texts:
        await put_blob(store, upload(text).body)

    async def send(text: str) -> None:
        async with sessions() as session, session.begin():
            await attach(
                session, SYSTEM, upload(text), store=store, subject="thread", subject_id=SUBJECT, kind="enclosure"
            )

    async def sweep() -> None:
        async with sessions() as session, session.begin():
            await sweep_orphans(session, store)

    with clock.shifted(LATER):
        await asyncio.gather(*(work for text in texts for work in (sweep(), send(text))))
    for text in texts:
        assert await get_blob(store, sha256(text)) == upload(text).body
