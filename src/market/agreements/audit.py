"""Whether the history of agreements is what was recorded: chain, log, contents, ledger and the rows of today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Bundle

from market.agreements.audit_rows import first_differing_row, first_without_a_change
from market.agreements.chain import BEGINNING, ENTITIES, HASHED, NAME, link_hash, payload_digest
from market.agreements.contents import CONFIRMATION, DELIVERY, content_of_confirmation, content_of_delivery, digest
from market.agreements.findings import Finding
from market.agreements.models import AgreementContent, AgreementLink, Delivery, DeliveryConfirmation
from market.core.changes import BEFORE_ALL, Change
from market.core.followers import backlog, read_cursor

ROWS_AT_ONCE = 2000


@dataclass(slots=True)
class Audit:
    """What was walked, and the first row that is not what was recorded."""

    links: int
    head: str
    """The hash of the newest link that holds; worth writing down elsewhere."""
    pending: int
    """Entries of the log that the chain has not come to yet, whatever they are about."""
    finding: Finding | None


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
        first = await first_without_a_change(session) or await first_differing_row(session)
    return Audit(walk.links, walk.head, await backlog(session, NAME), first)


class Walk:
    """A way along the chain, from its beginning."""

    def __init__(self, *, known: str | None) -> None:
        self.links, self.head = 0, BEGINNING
        self._change_id = 0
        self._known, self._known_seen = known, known in (None, BEGINNING)

    async def to_the_end(self, session: AsyncSession) -> Finding | None:
        """The first link that does not hold, or the first row that a link tells of and that is another now."""
        async for link, change, content, delivery, confirmation in await session.stream(_history()):
            row = {"agreement": content, "delivery": delivery, "delivery_confirmation": confirmation}.get(link.entity)
            finding = self._broken(link) or _change_differs(link, change) or _row_differs(change, row)
            if finding is not None:
                return finding
            self.links, self.head, self._change_id = link.seq, link.hash, link.change_id
            self._known_seen = self._known_seen or link.hash == self._known
        if not self._known_seen:
            why = f"no link has the hash {self._known}; the chain was built anew"
            return Finding("missing", "agreement_link", "with the known hash", None, why)
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


def _history() -> Select[Any]:
    """Every link in order, with what it tells of."""
    columns = AgreementLink.__table__.c
    bundles: list[Bundle[Any]] = [
        Bundle("link", *columns),
        Bundle("change", *(getattr(Change, name) for name in ("at", *HASHED))),
        Bundle("content", AgreementContent.content, AgreementContent.sha256),
        Bundle("delivery", Delivery.id, *(getattr(Delivery, name) for name in DELIVERY)),
        Bundle(
            "confirmation", DeliveryConfirmation.id, *(getattr(DeliveryConfirmation, name) for name in CONFIRMATION)
        ),
    ]
    rows: Select[Any] = (
        select(*bundles)
        .select_from(AgreementLink)
        .outerjoin(Change, Change.id == AgreementLink.change_id)
        .outerjoin(
            AgreementContent,
            and_(
                AgreementLink.entity == "agreement",
                AgreementContent.agreement_id == AgreementLink.entity_id,
                AgreementContent.version == Change.version,
            ),
        )
        .outerjoin(Delivery, and_(AgreementLink.entity == "delivery", Delivery.id == AgreementLink.entity_id))
        .outerjoin(
            DeliveryConfirmation,
            and_(AgreementLink.entity == "delivery_confirmation", DeliveryConfirmation.id == AgreementLink.entity_id),
        )
    )
    return rows.order_by(AgreementLink.seq).execution_options(yield_per=ROWS_AT_ONCE)


def _change_differs(link: Any, change: Any) -> Finding | None:
    row, about = str(link.change_id), f"link {link.seq}, {link.entity} {link.entity_id}"
    if change.id is None:
        return Finding("missing", "change", row, link.change_id, about)
    if payload_digest(change) != link.payload_sha256:
        return Finding("altered", "change", row, link.change_id, about)
    return None


def _row_differs(change: Any, row: Any) -> Finding | None:
    """Whether the content or entry of the ledger that a log entry names is as it says."""
    kept: Any = change.diff.get("content_sha256", [None, None])[1]
    if change.entity == "agreement":
        table, key, gone = "agreement_content", f"{change.entity_id} version {change.version}", row.content is None
    else:
        table, key, gone = change.entity, str(change.entity_id), row.id is None
    if gone:
        return Finding("missing", table, key, change.id, f"change {change.id} tells of it")
    if change.entity == "agreement":
        true = digest(row.content) == kept == row.sha256
    elif change.entity == "delivery":
        true = digest(content_of_delivery(row)) == kept
    else:
        true = digest(content_of_confirmation(row)) == kept
    return None if true else Finding("altered", table, key, change.id, f"change {change.id} told of something else")


async def _first_unlinked(session: AsyncSession) -> Finding | None:
    """The first entry of the log that the follower has passed and that has no link."""
    cursor = await read_cursor(session, NAME)
    head = select(AgreementLink.change_id).order_by(AgreementLink.seq.desc()).limit(1).scalar_subquery()
    place = (await session.execute(select(Change.xid, Change.id).where(Change.id == head))).one_or_none()
    end = max((cursor.xid, cursor.id), (place.xid, place.id) if place else (BEFORE_ALL, 0))
    linked = select(AgreementLink.seq).where(AgreementLink.change_id == Change.id).exists()
    rows = (
        select(Change.xid, Change.id, Change.entity, Change.entity_id)
        .where(Change.entity.in_(ENTITIES), tuple_(Change.xid, Change.id) <= end, ~linked)
        .order_by(Change.xid, Change.id)
        .limit(1)
    )
    found = (await session.execute(rows)).one_or_none()
    if found is None:
        return None
    if place is not None and (found.xid, found.id) > (place.xid, place.id):
        why = f"change {found.id} was read and has no link after the last one"
        return Finding("missing", "agreement_link", f"for change {found.id}", found.id, why)
    why = f"{found.entity} {found.entity_id}; the chain passed this place and knows of no such entry"
    return Finding("inserted", "change", str(found.id), found.id, why)
