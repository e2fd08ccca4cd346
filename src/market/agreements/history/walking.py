"""Along the chain of the history: each link, its entry of the log, and the content or ledger entry it tells of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Select, Uuid, and_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.history.chain import BEGINNING, HASHED, link_hash, payload_digest
from market.agreements.history.contents import (
    CONFIRMATION,
    DELIVERY,
    DISPUTE,
    Content,
    content_of_confirmation,
    content_of_delivery,
    content_of_dispute,
    digest,
)
from market.agreements.history.findings import Finding
from market.agreements.models import (
    AgreementContent,
    AgreementLink,
    Delivery,
    DeliveryConfirmation,
    DeliveryDispute,
)
from market.core.changes import BEFORE_ALL, Change
from market.core.db import among

ROWS_AT_ONCE = 5000
ENTRY = ("xid", "at", *HASHED)
LEDGER: Mapping[str, tuple[type[Any], tuple[str, ...], Callable[[Any], Content]]] = {
    "delivery": (Delivery, DELIVERY, content_of_delivery),
    "delivery_confirmation": (DeliveryConfirmation, CONFIRMATION, content_of_confirmation),
    "delivery_dispute": (DeliveryDispute, DISPUTE, content_of_dispute),
}
"""Entries of the ledger: their table, what they say, and how it is digested."""


class Walk:
    """A way along the chain: all of it, or a stretch that others go on from."""

    def __init__(self, *, known: str | None = None, after: int = 0, until: int | None = None) -> None:
        """
        Args:
            known: a hash to look out for.
            after: the link that the stretch begins behind.
            until: its last link; to the end of the chain when left out.
        """
        self.links, self.head = after, BEGINNING
        self.known_seen = known in (None, BEGINNING)
        self._known, self._until = known, until
        self._change_id = 0
        self._newest: dict[str, int] = {}

    async def to_the_end(self, session: AsyncSession) -> Finding | None:
        """The first link that does not hold, or the first row that a link tells of and that is another now."""
        await self._begin(session)
        while rows := (await session.execute(_page(after=self.links, until=self._until))).all():
            told = await _told_of(session, rows)
            for row in rows:
                if finding := self._broken(row) or _entry_differs(row) or _row_differs(row, told) or self._late(row):
                    return finding
                self.links, self.head, self._change_id = row.seq, row.hash, row.change_id
                self.known_seen = self.known_seen or row.hash == self._known
        if self._until is not None and self.links < self._until:
            return self._missing(f"the chain breaks off behind {self.links}")
        return None

    async def _begin(self, session: AsyncSession) -> None:
        """What a stretch in the middle stands on; whether that holds is found by the one before."""
        if self.links == 0:
            return
        link = select(AgreementLink.hash, AgreementLink.change_id).where(AgreementLink.seq == self.links)
        if found := (await session.execute(link)).one_or_none():
            self.head, self._change_id = found.hash, found.change_id
        newest = select(Change.entity, func.max(Change.xid).label("newest")).join(
            AgreementLink, AgreementLink.change_id == Change.id
        )
        told = newest.where(AgreementLink.seq <= self.links).group_by(Change.entity)
        self._newest = {row.entity: row.newest for row in await session.execute(told)}

    def _missing(self, why: str) -> Finding:
        return Finding("missing", "agreement_link", str(self.links + 1), self._change_id, why)

    def _late(self, row: Any) -> Finding | None:
        """Whether an entry was put before others of its kind that were linked already."""
        if row.xid < self._newest.get(row.entity, BEFORE_ALL):
            why = f"{row.entity} {row.entity_id}; link {row.seq} comes after links of later entries"
            return Finding("inserted", "change", str(row.change_id), row.change_id, why)
        self._newest[row.entity] = row.xid
        return None

    def _broken(self, link: Any) -> Finding | None:
        if link.seq != self.links + 1:
            return self._missing(f"the chain goes from {self.links} to {link.seq}")
        if link.hash != link_hash(link):
            why = "its hash is not that of what it says"
            return Finding("altered", "agreement_link", str(link.seq), link.change_id, why)
        if link.previous != self.head:
            why = f"it does not continue link {self.links}: one of the two was written anew"
            return Finding("altered", "agreement_link", str(link.seq), link.change_id, why)
        return None


def _page(*, after: int, until: int | None) -> Select[Any]:
    """The next links in order, each in one row with the entry of the log that it tells of."""
    link = AgreementLink.__table__.c
    entry = [getattr(Change, name).label(f"change_{name}" if name in link else name) for name in ENTRY]
    rows = select(*link, *entry).outerjoin_from(AgreementLink, Change, Change.id == AgreementLink.change_id)
    if until is not None:
        rows = rows.where(link.seq <= until)
    return rows.where(link.seq > after).order_by(link.seq).limit(ROWS_AT_ONCE)


Told = Mapping[tuple[str, UUID, int], Any]
"""Contents and entries of the ledger by kind and id, those of agreements by version too."""


async def _told_of(session: AsyncSession, rows: Sequence[Any]) -> Told:
    """What those links tell of, read for all of them at once."""
    ids: dict[str, list[UUID]] = {}
    for row in rows:
        ids.setdefault(row.entity, []).append(row.entity_id)
    told: dict[tuple[str, UUID, int], Any] = {}
    if "agreement" in ids:
        versions = [row.version for row in rows if row.entity == "agreement"]
        wanted = select(
            func.unnest(literal(ids["agreement"], ARRAY(Uuid))).label("id"),
            func.unnest(literal(versions, ARRAY(Integer))).label("version"),
        ).subquery()
        kept = select(*AgreementContent.__table__.c).join(
            wanted,
            and_(AgreementContent.agreement_id == wanted.c.id, AgreementContent.version == wanted.c.version),
        )
        for content in await session.execute(kept):
            told["agreement", content.agreement_id, content.version] = content
    for entity, (kind, names, _) in LEDGER.items():
        if entity in ids:
            columns = (kind.id, *(getattr(kind, name) for name in names))
            for entry in await session.execute(select(*columns).where(among(kind.id, ids[entity]))):
                told[entity, entry.id, 1] = entry
    return told


def _entry_differs(row: Any) -> Finding | None:
    key, about = str(row.change_id), f"link {row.seq}, {row.entity} {row.entity_id}"
    if row.id is None:
        return Finding("missing", "change", key, row.change_id, about)
    told_of = (row.change_entity, row.change_entity_id)
    if told_of != (row.entity, row.entity_id) or payload_digest(row) != row.payload_sha256:
        return Finding("altered", "change", key, row.change_id, about)
    return None


def _row_differs(row: Any, told: Told) -> Finding | None:
    """Whether the content or entry of the ledger that a log entry names is as it says; others have none."""
    if row.entity not in LEDGER and row.entity != "agreement":
        return None
    kept: Any = row.diff.get("content_sha256", [None, None])[1]
    if row.entity == "agreement":
        table, key = "agreement_content", f"{row.entity_id} version {row.version}"
        found = told.get(("agreement", row.entity_id, row.version))
    else:
        table, key, found = row.entity, str(row.entity_id), told.get((row.entity, row.entity_id, 1))
    if found is None:
        return Finding("missing", table, key, row.change_id, f"change {row.change_id} tells of it")
    if row.entity == "agreement":
        true = digest(found.content) == kept == found.sha256
    else:
        true = digest(LEDGER[row.entity][2](found)) == kept
    why = f"change {row.change_id} told of something else"
    return None if true else Finding("altered", table, key, row.change_id, why)
