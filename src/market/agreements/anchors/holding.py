"""Whether the chain of today goes through the heads that were published, and what was rewritten where it does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.anchors.files import Anchor, LinkLine, anchor_files, read_anchor, remembered_links
from market.agreements.anchors.signing import fingerprint
from market.agreements.history.chain import BEGINNING
from market.agreements.history.findings import Finding
from market.agreements.models import AgreementLink

LINKS_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Held:
    """Anchors that the chain was held against."""

    anchors: int
    key: str
    """The fingerprint of the key that signed them."""
    finding: Finding | None


async def hold(session: AsyncSession, place: Path, *, key: str | None = None) -> Held:
    """Hold the chain against an anchor, or against all of a directory; name the first entry that is another now.

    Args:
        key: the fingerprint of the key that must have signed them, as the mail to officers says it.

    Raises:
        UnreadableAnchor: there is no anchor, or a file is none.
    """
    before: Anchor | None = None
    held = 0
    for file in anchor_files(place):
        anchor = read_anchor(file)
        key = key or fingerprint(anchor.public_key)
        finding = _broken(file, anchor, before, key) or await _left(session, file, anchor)
        if finding is not None:
            return Held(held, key, finding)
        before, held = anchor, held + 1
    return Held(held, key or "", None)


def _broken(file: Path, anchor: Anchor, before: Anchor | None, key: str) -> Finding | None:
    """Whether an anchor itself is not what was signed."""
    if not anchor.holds:
        return Finding("altered", "anchor", file.name, None, "its signature is not that of what it says")
    if (signed_by := fingerprint(anchor.public_key)) != key:
        return Finding("altered", "anchor", file.name, None, f"the key {signed_by} signed it, not {key}")
    stands_on = (anchor.anchor.previous_date, anchor.anchor.previous)
    if before is not None and stands_on != (before.anchor.date, before.anchor.head):
        why = f"{file.name} continues another than the anchor of {before.anchor.date}"
        return Finding("missing", "anchor", f"before {anchor.anchor.date}", None, why)
    return None


async def _left(session: AsyncSession, file: Path, anchor: Anchor) -> Finding | None:
    """Where the chain does not go through the head of an anchor: the first entry that differs from its links."""
    body = anchor.anchor
    if await hash_at(session, body.head.links) == body.head.hash:
        return None
    remembered = list(remembered_links(file, anchor))
    for start in range(0, len(remembered), LINKS_AT_ONCE):
        lines = remembered[start : start + LINKS_AT_ONCE]
        if finding := await _first_differing(session, lines, body.date):
            return finding
    if await hash_at(session, body.previous.links) == body.previous.hash:
        place = f"{body.previous.links + 1} to {body.head.links}"
    else:
        place = f"up to {body.head.links}"
    why = f"the anchor of {body.date} knew another head; the links that it remembers do not tell which entry it was"
    return Finding("altered", "agreement_link", place, None, why)


async def _first_differing(session: AsyncSession, lines: Sequence[LinkLine], date: str) -> Finding | None:
    rows = select(
        AgreementLink.seq,
        AgreementLink.change_id,
        AgreementLink.entity,
        AgreementLink.entity_id,
        AgreementLink.payload_sha256,
    ).where(AgreementLink.seq.between(lines[0].seq, lines[-1].seq))
    now = {
        row.seq: LinkLine(row.seq, row.change_id, row.entity, str(row.entity_id), row.payload_sha256)
        for row in await session.execute(rows)
    }
    for line in lines:
        if (found := now.get(line.seq)) != line:
            return await _rewritten(session, line, found, date)
    return None


async def _rewritten(session: AsyncSession, then: LinkLine, now: LinkLine | None, date: str) -> Finding:
    about = f"{then.entity} {then.entity_id}, link {then.seq}; the anchor of {date} remembers it"
    row = str(then.change_id)
    if now is not None and now.change_id == then.change_id:
        return Finding("altered", "change", row, then.change_id, f"{about} otherwise")
    linked = select(AgreementLink.seq).where(AgreementLink.change_id == then.change_id)
    if now is None or await session.scalar(linked) is None:
        return Finding("missing", "change", row, then.change_id, about)
    why = f"{now.entity} {now.entity_id}, link {now.seq}; the anchor of {date} remembers change {then.change_id} there"
    return Finding("inserted", "change", str(now.change_id), now.change_id, why)


async def hash_at(session: AsyncSession, links: int) -> str | None:
    """The hash of the link at a place; None when the chain is shorter."""
    if links == 0:
        return BEGINNING
    return await session.scalar(select(AgreementLink.hash).where(AgreementLink.seq == links))
