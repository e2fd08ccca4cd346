import hashlib
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.history.contents import AlteredContent, content_of, document, rebuild
from market.agreements.models import Agreement
from market.agreements.queries import whole
from market.core.changes import Change
from market.core.errors import NotFound
from tests.agreements.stories import act, logged, table
from tests.people import Client


async def test_every_version_is_rebuilt_byte_for_byte_from_its_history(client: Client, session: AsyncSession) -> None:
    around = await table(client)
    agreement = await logged(around.officer, around.paper())
    id_ = UUID(agreement["id"])
    said: list[bytes] = []
    for title in ("Tiêu đề kín", "Bánh tráng «Ơ»", "Tiêu đề kín"):
        tag = (await around.officer.get(f"/agreements/{id_}")).headers["etag"]
        await around.officer.patch(f"/agreements/{id_}", {"title": title}, headers={"If-Match": tag})
        rows = whole(select(Agreement).where(Agreement.id == id_)).execution_options(populate_existing=True)
        said.append(document(content_of((await session.scalars(rows)).one())))
    await act(around.officer, agreement, "sign")

    rebuilt = [await rebuild(session, id_, version) for version in (1, 2, 3)]

    assert rebuilt == said
    assert len(set(said)) == 2
    logged_digests = await session.scalars(
        select(Change.diff["content_sha256"][1].as_string()).where(Change.entity_id == id_).order_by(Change.id)
    )
    assert [hashlib.sha256(one).hexdigest() for one in rebuilt] == list(logged_digests)[:3]


async def test_content_that_was_altered_is_not_given_out_as_the_document(client: Client, session: AsyncSession) -> None:
    around = await table(client)
    agreement = await logged(around.officer, around.paper())
    await session.execute(text("SET LOCAL session_replication_role = replica"))
    await session.execute(text("UPDATE agreement_content SET content = jsonb_set(content, '{terms,title}', '\"x\"')"))
    await session.execute(text("SET LOCAL session_replication_role = origin"))

    with pytest.raises(AlteredContent):
        await rebuild(session, UUID(agreement["id"]), 1)
    with pytest.raises(NotFound):
        await rebuild(session, UUID(agreement["id"]), 9)
