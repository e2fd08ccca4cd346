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

from market.accounts.contacts import phone_in, without_contacts
from market.agreements.gate import UNNAMED
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
        if (phone := phone_of(party)) is not None:
            here = [row.organization for row in self.people.with_phone(phone)]
            if found_by_phone := _distinct([*here, *self.by_phone.get(phone, ())]):
                return found_by_phone
        name = name_of(party)
        if name is None:
            return []
        here = [row.organization for row in self.people.organizations_named(name)]
        return _distinct(here or self.by_name.get(key_of(name), ()))

    def perhaps(self, party: PaperParty) -> list[Organization]:
        """Whom it may be after all, of those at the event: to be offered, never linked."""
        name = name_of(party)
        return [row.organization for row in self.people.organizations_nearly_named(name)] if name else []


def name_of(party: PaperParty) -> str | None:
    """What a party is called, without telephones and addresses: everybody may read it."""
    return (without_contacts(party.name) or None) if party.name else None


def phone_of(party: PaperParty) -> str | None:
    """The telephone by which a party was named, be it where its name belongs."""
    return party.phone or (phone_in(party.name) if party.name else None)


def _called(party: PaperParty) -> str:
    """The name under which a party is kept that is not found."""
    tax_code = f" (MST {_digits(party.tax_code)})" if party.tax_code else ""
    return name_of(party) or f"{UNNAMED}{tax_code}"


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
        Organization.contact_phone: {phone for party in parties if (phone := phone_of(party))},
    }
    found = [column == any_(literal(sorted(said), ARRAY(Text))) for column, said in columns.items() if said]
    if ids:
        found.append(Organization.id == any_(literal(list(ids), ARRAY(Uuid))))
    if names := {name.lower() for party in parties if (name := name_of(party))}:
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
        if self.organization:
            return str(self.organization)
        unnamed = name_of(self.party) is None
        return f"{phone_of(self.party)} {self.party.tax_code}" if unnamed else key_of(self.name or "")


def linked(paper: PaperIn, known: Directory) -> list[Linked]:
    """The parties of a paper, each linked when exactly one organization can be meant."""
    found = []
    for place, party in enumerate(paper.parties):
        candidates = known.candidates(party)
        name = _called(party)
        if len(candidates) == 1:
            found.append(Linked(party, candidates[0].id, None, None))
            continue
        likely = candidates or _distinct(known.perhaps(party))
        offered = [organization.id for organization in likely[:MOST_CANDIDATES]]
        unlinked = Unlinked(pointer=f"/parties/{place}", name=name, candidates=offered, phone=phone_of(party))
        found.append(Linked(party, None, name, unlinked))
    return found
