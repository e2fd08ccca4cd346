"""Whether history is what was recorded: chain, log, contents, ledger and the rows of today."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Select, Uuid, and_, func, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.history.audit_rows import first_differing_row, first_without_a_change
from market.agreements.history.chain import BEGINNING, ENTITIES, HASHED, NAME, link_hash, payload_digest
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
from market.agreements.history.told_rows import first_row_told_otherwise
from market.agreements.models import (
    AgreementContent,
    AgreementLink,
    Delivery,
    DeliveryConfirmation,
    DeliveryDispute,
)
from market.core.changes import BEFORE_ALL, Change
from market.core.db import among
from market.core.followers import backlog, read_cursor

ROWS_AT_ONCE = 5000
ENTRY = ("xid", "at", *HASHED)
LEDGER: Mapping[str, tuple[type[Any], tuple[str, ...], Callable[[Any], Content]]] = {
    "delivery": (Delivery, DELIVERY, content_of_delivery),
    "delivery_confirmation": (DeliveryConfirmation, CONFIRMATION, content_of_confirmation),
    "delivery_dispute": (DeliveryDispute, DISPUTE, content_of_dispute),
}
"""Entries of the ledger: their table, what they say, and how it is digested."""


@dataclass(slots=True)
class Audit:
    """What was walked, and the first row that is not what was recorded."""

    links: int
    head: str
    """The hash of the newest link that holds; worth writing down elsewhere."""
    pending: int
    """Entries of the log that the chain has not come to yet, whatever they are about."""
    finding: Finding | None
    anchors: int = 0
    """Signed heads from outside that the chain goes through."""
    anchor_key: str = ""
    """The fingerprint of the key that signed them."""


async def verify(session: AsyncSession, *, known: str | None = None) -> Audit:
    """Walk the whole history once and name the first row that is not what was recorded.

    The session should be in a REPEATABLE READ transaction where others write meanwhile.

    Args:
        known: the hash of a link that was written down earlier; a chain without it was built anew.
    """
    walk = Walk(known=known)
    first = await walk.to_the_end(session)
    entry = await _first_unlinked(session)
    if entry is not None and (first is None or (entry.change_id or 0) < (first.change_id or 0)):
        first = entry
    if first is None:
        first = (
            await first_without_a_change(session)
            or await first_differing_row(session)
            or await first_row_told_otherwise(session)
        )
    return Audit(walk.links, walk.head, await backlog(session, NAME), first)


class Walk:
    """A way along the chain, from its beginning."""

    def __init__(self, *, known: str | None) -> None:
        self.links, self.head = 0, BEGINNING
        self._change_id = 0
        self._newest: dict[str, int] = {}
        self._known, self._known_seen = known, known in (None, BEGINNING)

    async def to_the_end(self, session: AsyncSession) -> Finding | None:
        """The first link that does not hold, or the first row that a link tells of and that is another now."""
        while rows := (await session.execute(_page(after=self.links))).all():
            told = await _told_of(session, rows)
            for row in rows:
                if finding := self._broken(row) or _entry_differs(row) or _row_differs(row, told) or self._late(row):
                    return finding
                self.links, self.head, self._change_id = row.seq, row.hash, row.change_id
                self._known_seen = self._known_seen or row.hash == self._known
        if not self._known_seen:
            why = f"no link has the hash {self._known}; the chain was built anew"
            return Finding("missing", "agreement_link", "with the known hash", None, why)
        return None

    def _late(self, row: Any) -> Finding | None:
        """Whether an entry was put before others of its kind that were linked already."""
        if row.xid < self._newest.get(row.entity, BEFORE_ALL):
            why = f"{row.entity} {row.entity_id}; link {row.seq} comes after links of later entries"
            return Finding("inserted", "change", str(row.change_id), row.change_id, why)
        self._newest[row.entity] = row.xid
        return None

    def _broken(self, link: Any) -> Finding | None:
        if link.seq != self.links + 1:
            why = f"the chain goes from {self.links} to {link.seq}"
            return Finding("missing", "agreement_link", str(self.links + 1), self._change_id, why)
        if link.hash != link_hash(link):
            why = "its hash is not that of what it says"
            return Finding("altered", "agreement_link", str(link.seq), link.change_id, why)
        if link.previous != self.head:
            why = f"it does not continue link {self.links}: one of the two was written anew"
            return Finding("altered", "agreement_link", str(link.seq), link.change_id, why)
        return None


def _page(*, after: int) -> Select[Any]:
    """The next links in order, each in one row with the entry of the log that it tells of."""
    link = AgreementLink.__table__.c
    entry = [getattr(Change, name).label(f"change_{name}" if name in link else name) for name in ENTRY]
    rows = select(*link, *entry).outerjoin_from(AgreementLink, Change, Change.id == AgreementLink.change_id)
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


async def _first_unlinked(session: AsyncSession) -> Finding | None:
    """The first entry of the log that the follower has passed and that has no link.

    A kind that is covered since lately is passed as far as its own newest link, while the follower catches up.
    """
    cursor = await read_cursor(session, NAME)
    ends = dict.fromkeys(ENTITIES, (cursor.xid, cursor.id))
    newest = (
        select(AgreementLink.entity, func.max(AgreementLink.seq).label("seq")).group_by(AgreementLink.entity).subquery()
    )
    places = (
        select(Change.entity, Change.xid, Change.id)
        .join(AgreementLink, AgreementLink.change_id == Change.id)
        .join(newest, newest.c.seq == AgreementLink.seq)
    )
    heads = {entity: (xid, id_) for entity, xid, id_ in await session.execute(places)}
    linked = select(AgreementLink.seq).where(AgreementLink.change_id == Change.id).exists()
    passed = or_(
        *(
            and_(Change.entity == entity, tuple_(Change.xid, Change.id) <= max(end, heads.get(entity, (BEFORE_ALL, 0))))
            for entity, end in ends.items()
        )
    )
    rows = select(Change.xid, Change.id, Change.entity, Change.entity_id).where(passed, ~linked)
    found = (await session.execute(rows.order_by(Change.xid, Change.id).limit(1))).one_or_none()
    if found is None:
        return None
    if (found.xid, found.id) > max(heads.values(), default=(BEFORE_ALL, 0)):
        why = f"change {found.id} was read and has no link after the last one"
        return Finding("missing", "agreement_link", f"for change {found.id}", found.id, why)
    why = f"{found.entity} {found.entity_id}; the chain passed this place and knows of no such entry"
    return Finding("inserted", "change", str(found.id), found.id, why)
