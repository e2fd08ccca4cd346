"""The hash chain over the history of promises and claims: each link holds the digest of one log entry and of the last.

There is one chain for the whole market, in the reading order of the log. A chain for each agreement would not show
that a whole agreement was taken away with its history; in one chain every entry stands on all that came before it.
What a log entry tells differs by kind, and so what is chained (`CHAINED`): of an agreement or an entry of the ledger
the digest of its whole content (see `contents`), of others the values themselves.

Who can rewrite every table and every link can build a whole new chain. The hash of the newest link, written down
outside of this database, shows even that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC
from operator import attrgetter
from typing import Any

import msgspec
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.models import AgreementLink
from market.core.changes import Change
from market.core.followers import Follower

NAME = "chain"
CHAINED = {
    "agreement": "the digest of each version's whole content, parties and lines included",
    "agreement_proposal": "each column that the log tells of",
    "delivery": "the digest of all it says",
    "delivery_confirmation": "the digest of all it says",
    "delivery_dispute": "the digest of all it says",
    "quote": "each column that the log tells of, and the lines of each revision",
    "certificate": "each column that the log tells of",
    "claim": "each column that the log tells of",
}
"""The kinds that the chain covers, and what of each its links stand on."""
ENTITIES = frozenset(CHAINED)
BEGINNING = "0" * 64
"""What the first link stands on."""
HASHED = (
    "id",
    "entity",
    "entity_id",
    "version",
    "verb",
    "diff",
    "actor_kind",
    "user_id",
    "organization_id",
    "credential_id",
    "on_behalf_of",
    "request_id",
)
SORTED = msgspec.json.Encoder(order="sorted")
_hashed_of = attrgetter(*HASHED)


def payload_digest(change: Any) -> str:
    """SHA-256 of a log entry: all of it but the number of its transaction, which a restored database gives anew."""
    payload = dict(zip(HASHED, _hashed_of(change), strict=True))
    payload["at"] = change.at.astimezone(UTC).isoformat()
    return hashlib.sha256(SORTED.encode(payload)).hexdigest()


def link_hash(link: Any) -> str:
    """SHA-256 of a link's place, of what it is about, of the entry's digest, and of the link before."""
    said = f"{link.seq}\n{link.change_id}\n{link.entity}\n{link.entity_id}\n{link.payload_sha256}\n{link.previous}"
    return hashlib.sha256(said.encode()).hexdigest()


async def _append(session: AsyncSession, changes: Sequence[Change]) -> None:
    newest = select(AgreementLink.seq, AgreementLink.hash).order_by(AgreementLink.seq.desc()).limit(1)
    head = (await session.execute(newest)).one_or_none()
    seq, previous = (head.seq, head.hash) if head else (0, BEGINNING)
    links: list[dict[str, Any]] = []
    numbers = [change.id for change in changes]
    # Kinds that the chain did not cover before are read from the beginning of the log, past what is linked already.
    linked = set(await session.scalars(select(AgreementLink.change_id).where(AgreementLink.change_id.in_(numbers))))
    for change in changes:
        if change.id in linked:
            continue
        seq += 1
        link = AgreementLink(
            seq=seq,
            change_id=change.id,
            entity=change.entity,
            entity_id=change.entity_id,
            payload_sha256=payload_digest(change),
            previous=previous,
        )
        previous = link_hash(link)
        columns = ("seq", "change_id", "entity", "entity_id", "payload_sha256", "previous")
        links.append({name: getattr(link, name) for name in columns} | {"hash": previous})
    if links:
        await session.execute(insert(AgreementLink), links)


def chain_follower() -> Follower:
    """Appends a link for each entry about what is chained, in the transaction that moves its cursor."""
    return Follower(NAME, _append, entities=ENTITIES)
