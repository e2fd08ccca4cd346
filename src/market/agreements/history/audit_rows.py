"""Whether rows that may change are what the newest version says, and whether every row has its entry in the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, union
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.consent.standing import consent_of
from market.agreements.history.contents import (
    CONSENT,
    COURSE,
    LINE,
    PARTY,
    PARTY_CONSENT,
    TERMS,
    Content,
    content_of_rows,
    digest,
)
from market.agreements.history.findings import Finding
from market.agreements.models import (
    Agreement,
    AgreementContent,
    AgreementLine,
    AgreementParty,
    Delivery,
    DeliveryConfirmation,
    DeliveryDispute,
)
from market.core.changes import Change
from market.core.db import among

AGREEMENTS_AT_ONCE = 1000
FIRST_ID, LAST_ID = UUID(int=0), UUID(int=2**128 - 1)


async def first_without_a_change(session: AsyncSession) -> Finding | None:
    """The first content, delivery, confirmation or dispute that the log never told of."""
    told = select(Change.id).where(
        Change.entity == "agreement",
        Change.entity_id == AgreementContent.agreement_id,
        Change.version == AgreementContent.version,
    )
    contents = select(AgreementContent.agreement_id, AgreementContent.version).where(~told.exists()).limit(1)
    if found := (await session.execute(contents)).one_or_none():
        return _untold("agreement_content", f"{found.agreement_id} version {found.version}")
    for entity in (Delivery, DeliveryConfirmation, DeliveryDispute):
        name = entity.__tablename__
        told = select(Change.id).where(Change.entity == name, Change.entity_id == entity.id)
        row = await session.scalar(select(entity.id).where(~told.exists()).order_by(entity.id).limit(1))
        if row is not None:
            return _untold(name, str(row))
    return None


def _untold(table: str, row: str) -> Finding:
    return Finding("inserted", table, row, None, "the log tells of no such row")


async def first_differing_row(
    session: AsyncSession, *, after: UUID = FIRST_ID, until: UUID = LAST_ID
) -> Finding | None:
    """The first agreement, party or line that is not what the newest version of its agreement says.

    Args:
        after, until: only agreements with ids behind the one and up to the other.
    """
    last = after
    while True:
        kept = select(AgreementContent.agreement_id.label("id"))
        known = union(
            *(
                rows.where(column > last, column <= until).distinct().order_by(column).limit(AGREEMENTS_AT_ONCE)
                for rows, column in ((select(Agreement.id), Agreement.id), (kept, AgreementContent.agreement_id))
            )
        ).subquery()
        ids = (await session.scalars(select(known.c.id).order_by(known.c.id).limit(AGREEMENTS_AT_ONCE))).all()
        if not ids:
            return None
        if finding := await _first_differing(session, ids):
            return finding
        last = ids[-1]


async def _first_differing(session: AsyncSession, ids: Sequence[UUID]) -> Finding | None:
    kept = (
        select(AgreementContent.agreement_id, AgreementContent.version, AgreementContent.sha256)
        .where(among(AgreementContent.agreement_id, ids))
        .ext(distinct_on(AgreementContent.agreement_id))
        .order_by(AgreementContent.agreement_id, AgreementContent.version.desc())
    )
    newest = {row.agreement_id: row for row in await session.execute(kept)}
    names = ("id", "version", *TERMS, *COURSE, *CONSENT, "consent")
    columns = [getattr(Agreement, name) for name in names]
    rows = {row.id: row for row in await session.execute(select(*columns).where(among(Agreement.id, ids)))}
    parties = await _parts(session, AgreementParty, (*PARTY, *PARTY_CONSENT), ids)
    lines = await _parts(session, AgreementLine, LINE, ids)
    for id_ in ids:
        if id_ not in rows:
            return Finding("missing", "agreement", str(id_), None, "its content is there")
        if id_ not in newest:
            return Finding("inserted", "agreement", str(id_), None, "there is no content of it")
        if rows[id_].version != newest[id_].version:
            why = f"it is version {rows[id_].version}, the newest content is version {newest[id_].version}"
            return Finding("altered", "agreement", str(id_), None, why)
        current = content_of_rows(rows[id_], parties[id_], lines[id_])
        # The digest is that of the content and of what the log says: the chain was held against both.
        if digest(current) != newest[id_].sha256:
            version = AgreementContent.version == newest[id_].version
            said = select(AgreementContent.content).where(AgreementContent.agreement_id == id_, version)
            if current != (then := (await session.scalars(said)).one()):
                return _named(id_, current, then, {"parties": parties[id_], "lines": lines[id_]})
        if rows[id_].consent != consent_of(rows[id_], parties[id_]):
            return Finding("altered", "agreement", str(id_), None, "consent does not follow from its parties")
    return None


async def _parts(
    session: AsyncSession, kind: type[AgreementParty | AgreementLine], names: Sequence[str], ids: Sequence[UUID]
) -> Mapping[UUID, Sequence[Row[Any]]]:
    columns = (kind.id, kind.agreement_id, *(getattr(kind, name) for name in names))
    rows = select(*columns).where(among(kind.agreement_id, ids)).order_by(kind.agreement_id, kind.position)
    found: defaultdict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in await session.execute(rows):
        found[row.agreement_id].append(row)
    return found


def _named(id_: UUID, current: Content, kept: Content, rows: Mapping[str, Sequence[Row[Any]]]) -> Finding:
    """Which row it is that differs."""
    for part, table in (("parties", "agreement_party"), ("lines", "agreement_line")):
        now, then = current["terms"][part], kept["terms"][part]
        if len(now) != len(then):
            why = f"agreement {id_} has {len(now)} {part}, its newest version {len(then)}"
            return Finding("missing" if len(now) < len(then) else "inserted", table, f"of agreement {id_}", None, why)
        for place, (one, other) in enumerate(zip(now, then, strict=True)):
            if one != other:
                why = f"agreement {id_}: {_fields(one, other)}"
                return Finding("altered", table, str(rows[part][place].id), None, why)
    for place, (one, other) in enumerate(zip(current["confirmations"], kept["confirmations"], strict=True)):
        if one != other:
            why = f"agreement {id_}: confirmed_at"
            return Finding("altered", "agreement_party", str(rows["parties"][place].id), None, why)
    parts = [part for part in ("terms", "course", "consent") if current.get(part) != kept.get(part)]
    differing = [_fields(current.get(part, {}), kept.get(part, {})) for part in parts]
    return Finding("altered", "agreement", str(id_), None, ", ".join(differing))


def _fields(one: Content, other: Content) -> str:
    return ", ".join(sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name)))
