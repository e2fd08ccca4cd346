"""Whom a paper names: found by tax code, telephone or name; kept by name where that is not certain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, any_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Actor
from market.events.desk.people import People, key_of
from market.hall.schemas import PaperIn, PaperParty, Unlinked
from market.organizations.models import Organization
from market.organizations.queries import visible_organizations

MOST_CANDIDATES = 5


@dataclass(slots=True)
class Directory:
    """Organizations by what papers call them."""

    people: People
    by_id: dict[UUID, Organization] = field(default_factory=dict)
    by_tax_code: dict[str, Organization] = field(default_factory=dict)
    by_phone: dict[str, list[Organization]] = field(default_factory=lambda: defaultdict(list))
    by_name: dict[str, list[Organization]] = field(default_factory=lambda: defaultdict(list))

    def candidates(self, party: PaperParty) -> list[Organization]:
        """Whom it may be, by the surest thing that is said; those at the event before all others."""
        if party.organization is not None:
            known = self.by_id.get(party.organization)
            return [known] if known else []
        if party.tax_code is not None and (found := self.by_tax_code.get(_digits(party.tax_code))):
            return [found]
        if party.phone is not None:
            here = [row.organization for row in self.people.with_phone(party.phone)]
            if found_by_phone := _distinct([*here, *self.by_phone.get(party.phone, ())]):
                return found_by_phone
        if party.name is None:
            return []
        here = [row.organization for row in self.people.organizations_named(party.name)]
        return _distinct(here or self.by_name.get(key_of(party.name), ()))

    def perhaps(self, party: PaperParty) -> list[Organization]:
        """Whom it may be after all, of those at the event: to be offered, never linked."""
        return [row.organization for row in self.people.organizations_nearly_named(party.name)] if party.name else []


def _distinct(organizations: Iterable[Organization]) -> list[Organization]:
    return list({organization.id: organization for organization in organizations}.values())


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit() or character == "-")


def _named_in(papers: Sequence[PaperIn]) -> list[ColumnElement[bool]]:
    """Whom these papers name, each by a column that has an index; nothing that nobody is named by."""
    parties = [party for paper in papers for party in paper.parties]
    ids = {party.organization for party in parties if party.organization}
    columns: dict[Any, set[str]] = {
        Organization.tax_code: {_digits(party.tax_code) for party in parties if party.tax_code},
        Organization.contact_phone: {party.phone for party in parties if party.phone},
    }
    found = [column == any_(literal(sorted(said), ARRAY(Text))) for column, said in columns.items() if said]
    if ids:
        found.append(Organization.id == any_(literal(list(ids), ARRAY(Uuid))))
    if names := {party.name.lower() for party in parties if party.name}:
        folded = select(func.market_searchable(func.unnest(literal(sorted(names), ARRAY(Text))), type_=Text))
        found.append(
            func.market_searchable(Organization.name) == any_(func.array(folded.scalar_subquery(), type_=ARRAY(Text)))
        )
    return found


async def directory(session: AsyncSession, actor: Actor, people: People, papers: Sequence[PaperIn]) -> Directory:
    """Everybody whom these papers may name, in one statement."""
    found = Directory(people)
    named = _named_in(papers)
    if not named:
        return found
    rows = visible_organizations(actor).where(or_(*named))
    for organization in await session.scalars(rows):
        found.by_id[organization.id] = organization
        if organization.tax_code:
            found.by_tax_code[_digits(organization.tax_code)] = organization
        if organization.contact_phone:
            found.by_phone[organization.contact_phone].append(organization)
        found.by_name[key_of(organization.name)].append(organization)
    return found


@dataclass(frozen=True, slots=True)
class Linked:
    """A party as it will stand in the agreement."""

    party: PaperParty
    organization: UUID | None
    name: str | None
    """Where the organization is not known for certain."""
    unlinked: Unlinked | None

    @property
    def key(self) -> str:
        """The same for the same party, however it is spelled."""
        return str(self.organization) if self.organization else key_of(self.name or "")


def linked(paper: PaperIn, known: Directory) -> list[Linked]:
    """The parties of a paper, each linked when exactly one organization can be meant."""
    found = []
    for place, party in enumerate(paper.parties):
        candidates = known.candidates(party)
        name = party.name or party.tax_code or party.phone or str(party.organization)
        if len(candidates) == 1:
            found.append(Linked(party, candidates[0].id, None, None))
            continue
        likely = candidates or _distinct(known.perhaps(party))
        offered = [organization.id for organization in likely[:MOST_CANDIDATES]]
        found.append(Linked(party, None, name, Unlinked(pointer=f"/parties/{place}", name=name, candidates=offered)))
    return found
