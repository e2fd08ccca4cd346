"""What is searchable: each domain describes its documents once, and the follower, rebuild and status use that."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.changes import Change

CHUNK = 1000
"""Rows read, and documents sent, at once."""

IndexSettings = dict[str, Any]
"""What Meilisearch is told about an index, in its own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchIndex:
    """One index and where its documents come from. Everything in a document may be seen by anybody."""

    name: str
    """`listings`, `needs`: also the name of its settings file."""
    load: Callable[[AsyncSession, Sequence[UUID]], Awaitable[list[dict[str, Any]]]]
    """The documents of those ids as the rows are now; ids that nobody may see are left out.

    A document must follow from rows alone (not from the clock) and be the same for the same rows.
    """
    affected: Callable[[AsyncSession, Sequence[Change]], Awaitable[set[UUID]]]
    """The ids whose documents a batch of the change log may touch."""
    public_ids: Callable[[], Select[UUID]]
    """Selects one column, the ids of all rows that have a document."""


def revision(document: dict[str, Any]) -> str:
    """A short digest of a document's content: the same content has the same revision in every process."""
    return hashlib.blake2b(msgspec.json.encode(document, order="deterministic"), digest_size=9).hexdigest()


async def load_documents(session: AsyncSession, index: SearchIndex, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Those documents as they are now, each with its `rev`."""
    # What this session read before would be answered again from its memory, as it was then.
    session.expunge_all()
    return [document | {"rev": revision(document)} for document in await index.load(session, ids)]


async def id_chunks(session: AsyncSession, index: SearchIndex, *, size: int = CHUNK) -> AsyncIterator[list[UUID]]:
    """All ids that have a document, in order of id."""
    ids = index.public_ids()
    column = ids.selected_columns[0]
    ids = ids.order_by(column).limit(size)
    chunk = list((await session.scalars(ids)).all())
    while chunk:
        yield chunk
        chunk = list((await session.scalars(ids.where(column > chunk[-1]))).all())


def read_settings(search_dir: Path, name: str) -> IndexSettings:
    """The settings of an index, as they stand in `search/<name>.json`."""
    settings: IndexSettings = msgspec.json.decode((search_dir / f"{name}.json").read_bytes(), type=dict)
    return settings
