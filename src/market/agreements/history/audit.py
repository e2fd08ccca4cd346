"""Whether history is what was recorded: chain, log, contents, ledger and the rows of today."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.history.audit_rows import first_differing_row, first_without_a_change
from market.agreements.history.chain import ENTITIES, NAME
from market.agreements.history.findings import Finding
from market.agreements.history.told_rows import first_row_told_otherwise
from market.agreements.history.walking import Walk
from market.agreements.models import AgreementLink
from market.core.changes import BEFORE_ALL, Change
from market.core.followers import backlog, read_cursor


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
    finding = await walk.to_the_end(session)
    walked = Walked(walk.links, walk.head, walk.known_seen, finding)
    rows = None if finding else await first_differing_row(session)
    return await completed(session, walked, rows, known=known)


@dataclass(frozen=True, slots=True)
class Walked:
    """How far the chain holds."""

    links: int
    head: str
    known_seen: bool
    finding: Finding | None


async def completed(session: AsyncSession, walked: Walked, rows: Finding | None, *, known: str | None) -> Audit:
    """The audit, once the chain was walked and agreements were held against their newest versions.

    Args:
        rows: the first agreement, party or line that differs.
    """
    first = walked.finding
    if first is None and not walked.known_seen:
        why = f"no link has the hash {known}; the chain was built anew"
        first = Finding("missing", "agreement_link", "with the known hash", None, why)
    entry = await _first_unlinked(session)
    if entry is not None and (first is None or (entry.change_id or 0) < (first.change_id or 0)):
        first = entry
    if first is None:
        first = await first_without_a_change(session) or rows or await first_row_told_otherwise(session)
    return Audit(walked.links, walked.head, await backlog(session, NAME), first)


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
