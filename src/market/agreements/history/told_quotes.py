"""Whether what quotes say, revision by revision, is what the log told of it: lines, terms, and what was accepted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from market.agreements.history.findings import Finding, Kind
from market.core.changes import Change
from market.core.db import among
from market.quotes.contents import LOGGED_LINE, revision_digest, spelled
from market.quotes.models import Quote, QuoteLine, QuoteRevision

QUOTES_AT_ONCE = 1000
FIRST_ID = UUID(int=0)


async def first_quote_told_otherwise(session: AsyncSession) -> Finding | None:
    """The first revision or line of a quote that the log tells otherwise, knows nothing of, or that is gone."""
    last = FIRST_ID
    while ids := (await session.scalars(_page(last))).all():
        if finding := await _first_of(session, ids):
            return finding
        last = ids[-1]
    return None


def _page(last: UUID) -> Any:
    return select(Quote.id).where(Quote.id > last).order_by(Quote.id).limit(QUOTES_AT_ONCE)


async def _first_of(session: AsyncSession, ids: Sequence[UUID]) -> Finding | None:
    rows = select(QuoteRevision).where(among(QuoteRevision.quote_id, ids)).options(selectinload(QuoteRevision.lines))
    revisions: defaultdict[UUID, dict[int, QuoteRevision]] = defaultdict(dict)
    for revision in await session.scalars(rows.execution_options(populate_existing=True)):
        revisions[revision.quote_id][revision.number] = revision
    told: defaultdict[UUID, list[Any]] = defaultdict(list)
    entries = select(Change.id, Change.entity_id, Change.diff).where(
        Change.entity == "quote", among(Change.entity_id, ids)
    )
    for entry in await session.execute(entries.order_by(Change.xid, Change.id)):
        told[entry.entity_id].append(entry)
    for id_ in ids:
        if finding := _differing(id_, revisions[id_], told[id_]):
            return finding
    return None


def _differing(quote_id: UUID, revisions: Mapping[int, QuoteRevision], told: Sequence[Any]) -> Finding | None:
    known: dict[int, Any] = {entry.diff["revision"][1]: entry for entry in told if "lines" in entry.diff}
    for number, entry in known.items():
        if number not in revisions:
            row, why = f"{number} of quote {quote_id}", f"change {entry.id} tells of it"
            return Finding("missing", "quote_revision", row, entry.id, why)
        if finding := _revision_differs(quote_id, revisions[number], entry):
            return finding
    for number, revision in revisions.items():
        if number not in known:
            return Finding("inserted", "quote_revision", str(revision.id), None, "the log tells of no such row")
    return _accepted_differs(revisions, [entry for entry in told if "accepted" in entry.diff])


def _revision_differs(quote_id: UUID, revision: QuoteRevision, entry: Any) -> Finding | None:
    """Lines one by one, so that it is said which; then all of it by its digest, prices too."""
    lines, then = revision.lines, entry.diff["lines"]
    if len(lines) != len(then):
        kind: Kind = "missing" if len(lines) < len(then) else "inserted"
        row = f"of revision {revision.number}"
        why = f"quote {quote_id} has {len(lines)} lines there, the log tells of {len(then)}"
        return Finding(kind, "quote_line", row, entry.id, why)
    for line, said in zip(lines, then, strict=True):
        differing = [name for name in LOGGED_LINE if not _alike(getattr(line, name), said[name])]
        if differing:
            return Finding("altered", "quote_line", str(line.id), entry.id, ", ".join(differing))
    kept: Any = entry.diff.get("content_sha256")
    if kept is not None and revision_digest(revision) != kept[1]:
        why = f"change {entry.id} told of other prices or terms in revision {revision.number} of quote {quote_id}"
        return Finding("altered", "quote_revision", str(revision.id), entry.id, why)
    return None


def _accepted_differs(revisions: Mapping[int, QuoteRevision], told: Sequence[Any]) -> Finding | None:
    accepted = told[-1].diff["accepted"] if told else {}
    lines: list[QuoteLine] = [line for revision in revisions.values() for line in revision.lines]
    for line in lines:
        if not _alike(line.accepted_quantity, accepted.get(str(line.id))):
            entry = told[-1].id if told else None
            return Finding("altered", "quote_line", str(line.id), entry, "accepted_quantity")
    return None


def _alike(value: Any, said: Any) -> bool:
    if isinstance(value, Decimal):
        return said is not None and value == Decimal(str(said))
    return bool(spelled(value) == said)
