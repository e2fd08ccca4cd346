"""Whether a paper was logged already: at another desk, by the other side, or with a second tap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.gate import UNNAMED, party_name, public_name
from market.agreements.models import Agreement, AgreementLine, AgreementParty
from market.agreements.paper.goods_alike import COLUMNS, Goods, Said, goods_of, same_goods
from market.agreements.queries import visible_agreements
from market.core.access import Actor
from market.core.duplicates import Likeness, numbered
from market.organizations.firm_names import ends_of, firm_key, nearly_called, numbers_in
from market.organizations.models import Organization


class _Identity(NamedTuple):
    """What tells one paper from another, beside its parties."""

    id: UUID
    number: str | None
    """None: it is in the same sending, and gets its number with the others."""
    title: str | None
    paper_number: str | None
    event_id: UUID | None
    signed_on: date | None
    instrument: str
    value_vnd: int | None
    goods: Goods

    def like(self, same: Sequence[str]) -> Likeness:
        """That a paper is probably this one."""
        return Likeness(self.id, self.number or self.paper_number or self.title or "", same)


OWN = tuple(name for name in _Identity._fields if name != "goods")
Parties = frozenset[tuple[str, str]]


class KnownPapers:
    """Papers that are there already, by who is bound."""

    def __init__(self) -> None:
        self._by_parties: dict[Parties, list[_Identity]] = defaultdict(list)
        self._by_content: dict[Hashable, dict[Parties, None]] = defaultdict(dict)

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
        line = AgreementLine
        brought = (
            select(func.json_agg(func.json_build_array(*(cast(getattr(line, name), Text) for name in COLUMNS))))
            .where(line.agreement_id == Agreement.id)
            .correlate(Agreement)
            .scalar_subquery()
        )
        columns = tuple(getattr(Agreement, column) for column in OWN)
        rows = visible_agreements(actor).where(*conditions).order_by(Agreement.id.desc())
        known = cls()
        for *identity, lines, parties in await session.execute(
            rows.with_only_columns(*columns, brought.label("goods"), told.label("parties"), maintain_column_froms=True)
        ):
            own = _Identity._make((*identity, goods_of(map(tuple, lines or ()))))
            known._keep(_parties(map(tuple, parties or ())), own)
        return known

    def _keep(self, parties: Parties, identity: _Identity, *, first: bool = False) -> None:
        papers = self._by_parties[parties]
        papers.insert(0 if first else len(papers), identity)
        for key in _contents(parties, identity.goods, identity.value_vnd):
            self._by_content[key][parties] = None

    def add(self, agreement: Agreement) -> None:
        """One more is there."""
        identity = _Identity._make((*(getattr(agreement, name) for name in OWN), _goods_of(agreement)))
        self._keep(_parties_of(agreement), identity, first=True)

    def like(self, agreement: Agreement) -> Likeness | None:
        """The paper that another one is probably the same as.

        The same parties at the same event, on the same day where both say one, and with the same number however it is
        spelled. Where one has no number, the same kind of paper is the same if it brings as much of the same goods or
        is worth as much; at an event also where one of them leaves that out. Other goods, another quantity or another
        value are another paper. What a paper is called tells nothing. Where all is the same, one party may be called
        a little otherwise.
        """
        parties = _parties_of(agreement)
        for other in self._by_parties.get(parties, ()) if parties else ():
            if other.id != agreement.id and _on_one_day(agreement, other) and (same := _same(agreement, other)):
                return other.like(same)
        return self._nearly_like(agreement, parties)

    def _nearly_like(self, agreement: Agreement, parties: Parties) -> Likeness | None:
        """A paper of which one party is written a little otherwise, but that says all the same."""
        keys = _contents(parties, _goods_of(agreement), agreement.value_vnd)
        near = {others: None for key in keys for others in self._by_content.get(key, ()) if _near(parties, others)}
        for other in (paper for others in near for paper in self._by_parties[others]):
            if other.id != agreement.id and _on_one_day(agreement, other) and _brings_the_same(agreement, other):
                return other.like(_same(agreement, other))
        return None


def _contents(parties: Parties, goods: Goods, value_vnd: int | None) -> Iterator[Hashable]:
    """What papers are found by of which all parties but one are the same, and that bring the same or are worth as much.

    The one has the same numbers in its name, and its first or last word: thousands who sign the same paper with one
    buyer are not compared with each other.
    """
    said = [content for content in (goods, value_vnd) if content not in ((), None)]
    for party in parties if said else ():
        others, (role, name) = parties - {party}, party
        first, last = ends_of(name)
        for content in said:
            yield others, role, numbers_in(name), content, "first", first
            yield others, role, numbers_in(name), content, "last", last


def _on_one_day(agreement: Agreement, other: _Identity) -> bool:
    return len({agreement.signed_on, other.signed_on} - {None}) < 2


def _near(parties: Parties, others: Parties) -> bool:
    """Whether all parties but one are the same, and that one is nearly called so."""
    own, theirs = parties - others, others - parties
    if len(own) != 1 or len(theirs) != 1:
        return False
    (role, name), (other_role, other_name) = *own, *theirs
    return role == other_role and nearly_called(name, other_name)


def _brings_the_same(agreement: Agreement, row: _Identity) -> bool:
    """Whether kind, goods and value are the same where both say them, and something of it is said."""
    said = {same_goods(_goods_of(agreement), row.goods), _same_value(agreement, row)}
    return (
        agreement.instrument == row.instrument
        and "same" in said
        and "other" not in said
        and bool(_same(agreement, row))
    )


def _same_value(agreement: Agreement, row: _Identity) -> Said:
    if agreement.value_vnd is None or row.value_vnd is None:
        return "unsaid"
    return "same" if agreement.value_vnd == row.value_vnd else "other"


async def paper_like(session: AsyncSession, actor: Actor, agreement: Agreement) -> Likeness | None:
    """The paper that a new one is probably the same as, among those that the actor may see; one statement."""
    return (await KnownPapers.of(session, actor, *_candidates(agreement))).like(agreement)


def papers_of_event(event_id: UUID) -> ColumnElement[bool]:
    """Those that a new one of an event may be the same as."""
    return and_(Agreement.event_id == event_id, Agreement.amends_id.is_(None))


def _parties_of(agreement: Agreement) -> Parties:
    return _parties((party.role, party_name(party)) for party in agreement.parties)


def _parties(parties: Iterable[tuple[str, str]]) -> Parties:
    """Who is bound, however the names are spelled; witnesses come and go. Nobody where one of them has no name."""
    named = [(role, public_name(name)) for role, name in parties if role != "witness"]
    unnamed = any(name.startswith(UNNAMED) for _, name in named)
    return frozenset(() if unnamed else ((role, firm_key(name)) for role, name in named))


def _goods_of(agreement: Agreement) -> Goods:
    return goods_of(tuple(getattr(line, name) for name in COLUMNS) for line in agreement.lines)


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
    goods, value = same_goods(_goods_of(agreement), row.goods), _same_value(agreement, row)
    same = {
        "paper_number": bool(numbers[0]) and numbers[0] == numbers[1],
        "event": agreement.event_id is not None,
        "parties": True,
        "signed_on": agreement.signed_on == row.signed_on,
        "instrument": agreement.instrument == row.instrument,
        "lines": goods == "same",
        "value_vnd": value == "same",
    }
    if all(numbers):
        is_one = same["paper_number"]
    else:
        # `like` has asked whether the days agree where both are said: what was drawn up from a quote says none yet.
        is_one = same["instrument"] and _tell_nothing_apart(
            goods, value, same, said=bool(_goods_of(agreement) or row.goods)
        )
    return [name for name, agrees in same.items() if agrees] if is_one else []


def _tell_nothing_apart(goods: Said, value: Said, same: Mapping[str, bool], *, said: bool) -> bool:
    """Whether goods or value are the same; or neither is another one, of papers of one day.

    Args:
        said: one of them names goods; without an event that tells them apart.
    """
    if "same" in (goods, value):
        return True
    return "other" not in (goods, value) and same["signed_on"] and (same["event"] or not said)
