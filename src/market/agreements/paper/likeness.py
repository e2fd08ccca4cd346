"""Whether a paper was logged already: at another desk, by the other side, or with a second tap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.gate import party_name
from market.agreements.models import Agreement, AgreementParty
from market.agreements.queries import visible_agreements
from market.core.access import Actor
from market.core.duplicates import Likeness, numbered, spelled
from market.organizations.models import Organization


class _Identity(NamedTuple):
    """What tells one paper from another, beside its parties."""

    id: UUID
    number: str
    title: str
    paper_number: str | None
    event_id: UUID | None
    signed_on: date | None
    instrument: str


Parties = frozenset[tuple[str, str]]


class KnownPapers:
    """Papers that are there already, by who is bound."""

    def __init__(self) -> None:
        self._by_parties: dict[Parties, list[_Identity]] = defaultdict(list)

    @classmethod
    async def of(cls, session: AsyncSession, actor: Actor, *conditions: ColumnElement[bool]) -> KnownPapers:
        """Those that the actor may see, the newest first; one statement."""
        name = func.coalesce(Organization.name, AgreementParty.name_only)
        told = (
            select(func.json_agg(func.json_build_array(AgreementParty.role, name)))
            .outerjoin(Organization, Organization.id == AgreementParty.organization_id)
            .where(AgreementParty.agreement_id == Agreement.id)
            .correlate(Agreement)
            .scalar_subquery()
        )
        columns = tuple(getattr(Agreement, column) for column in _Identity._fields)
        rows = visible_agreements(actor).where(*conditions).order_by(Agreement.id.desc())
        known = cls()
        for *identity, parties in await session.execute(
            rows.with_only_columns(*columns, told.label("parties"), maintain_column_froms=True)
        ):
            known._by_parties[_parties(map(tuple, parties or ()))].append(_Identity(*identity))
        return known

    def add(self, agreement: Agreement) -> None:
        """One more is there."""
        identity = _Identity(*(getattr(agreement, name) for name in _Identity._fields))
        self._by_parties[_parties_of(agreement)].insert(0, identity)

    def like(self, agreement: Agreement) -> Likeness | None:
        """The paper that another one is probably the same as.

        The same parties at the same event, on the same day where both say one, and with the same number however it is
        spelled. Where one has no number, the same kind of paper on that day is the same; without an event, so named.
        """
        parties = _parties_of(agreement)
        for other in self._by_parties.get(parties, ()) if parties else ():
            days = {agreement.signed_on, other.signed_on} - {None}
            if other.id != agreement.id and len(days) < 2 and (same := _same(agreement, other)):
                return Likeness(other.id, other.number, same)
        return None


async def paper_like(session: AsyncSession, actor: Actor, agreement: Agreement) -> Likeness | None:
    """The paper that a new one is probably the same as, among those that the actor may see; one statement."""
    return (await KnownPapers.of(session, actor, *_candidates(agreement))).like(agreement)


def papers_of_event(event_id: UUID) -> ColumnElement[bool]:
    """Those that a new one of an event may be the same as."""
    return and_(Agreement.event_id == event_id, Agreement.amends_id.is_(None))


def _parties_of(agreement: Agreement) -> Parties:
    return _parties((party.role, party_name(party)) for party in agreement.parties)


def _parties(parties: Iterable[tuple[str, str]]) -> Parties:
    """Who is bound, however the names are spelled; witnesses come and go."""
    return frozenset((role, spelled(name)) for role, name in parties if role != "witness")


def _candidates(agreement: Agreement) -> list[ColumnElement[bool]]:
    """What an index finds: papers of the event; without one, papers of one of the parties."""
    found: list[ColumnElement[bool]] = [Agreement.amends_id.is_(None)]
    if agreement.id is not None:
        found.append(Agreement.id != agreement.id)
    if agreement.signed_on is not None:
        found.append(or_(Agreement.signed_on == agreement.signed_on, Agreement.signed_on.is_(None)))
    if agreement.event_id is not None:
        return [*found, Agreement.event_id == agreement.event_id]
    known = [party.organization_id for party in agreement.parties if party.organization_id]
    names = [party.name_only for party in agreement.parties if party.name_only]
    named = AgreementParty.organization_id.in_(known) if known else AgreementParty.name_only.in_(names)
    own = select(AgreementParty.agreement_id).where(named)
    return [*found, Agreement.event_id.is_(None), Agreement.id.in_(own)]


def _same(agreement: Agreement, row: _Identity) -> list[str]:
    """The fields in which both agree, if that makes them one paper."""
    numbers = numbered(agreement.paper_number), numbered(row.paper_number)
    same = {
        "paper_number": bool(numbers[0]) and numbers[0] == numbers[1],
        "event": agreement.event_id is not None,
        "parties": True,
        "signed_on": agreement.signed_on == row.signed_on,
        "instrument": agreement.instrument == row.instrument,
        "title": spelled(agreement.title) == spelled(row.title),
    }
    if all(numbers):
        is_one = same["paper_number"]
    else:
        is_one = same["signed_on"] and same["instrument"] and (same["title"] or same["event"])
    return [name for name, agrees in same.items() if agrees] if is_one else []
