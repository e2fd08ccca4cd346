"""Whom a list of papers names: found as the event's desk finds them; where that is not certain, said or asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.schemas import AgreementCreate, PartyIn, Representative
from market.core.access import Actor
from market.core.errors import FieldError
from market.core.language import Message
from market.events.desk.people import People, first_signatory
from market.events.models import Registration
from market.imports.tables.asking import Choice, Question, same
from market.organizations.called import organizations_called, sure_one, told
from market.organizations.firm_names import firm_key
from market.organizations.models import Organization

BY_NAME = "name"
"""Answer to whom a name means: nobody here, it stays a name."""
LONGEST_KEY = 80
WHOM = Message(vi="“{name}” là tổ chức nào?", en='Which organization is "{name}"?')
NOBODY_HERE = Message(vi="Không tổ chức nào trong số này: giữ theo tên", en="None of these: keep the name")
SEVERAL = Message(
    vi="Có nhiều tổ chức tên “{name}”: {candidates}. Giữ theo tên cho đến khi có người chọn.",
    en='Several organizations are called "{name}": {candidates}. Kept by name until somebody chooses.',
)
NEARLY = Message(
    vi="Chưa có tổ chức nào tên “{name}”, có thể là {candidates}. Giữ theo tên, có thể gắn sau.",
    en='No organization is called "{name}", it may be {candidates}. Kept by name, to be linked later.',
)
NOBODY = Message(
    vi="Chưa có tổ chức nào tên “{name}” trên chợ: giữ theo tên, có thể gắn sau.",
    en='No organization here is called "{name}": kept by name, to be linked later.',
)


@dataclass(slots=True)
class Found:
    """A paper with its parties, and what whoever imports should know or say of them."""

    paper: AgreementCreate
    remarks: list[FieldError] = field(default_factory=list)
    asks: list[Question] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Finder:
    """Organizations by the names of a list."""

    known: Mapping[str, Sequence[Organization]]
    people: People | None
    """Those who came to the event, who are meant before all others."""
    answers: Mapping[str, str]

    @classmethod
    async def of(
        cls,
        session: AsyncSession,
        actor: Actor,
        papers: Iterable[AgreementCreate],
        *,
        people: People | None,
        answers: Mapping[str, str],
    ) -> Finder:
        """For these papers; one statement."""
        names = {party.name for paper in papers for party in paper.parties if party.name}
        return cls(await organizations_called(session, actor, names), people, answers)

    def find(self, paper: AgreementCreate) -> Found:
        """The paper, its parties as the organizations that are meant for certain."""
        found = Found(paper)
        parties = [self._party(party, f"/parties/{place}", found) for place, party in enumerate(paper.parties)]
        found.paper = paper.model_copy(update={"parties": parties})
        return found

    def _party(self, party: PartyIn, pointer: str, found: Found) -> PartyIn:
        if party.name is None:
            return party
        here = self.people.organizations_named(party.name) if self.people else []
        if len(here) == 1:
            return _linked(party, here[0].organization, here[0])
        likely = [row.organization for row in here] or list(self.known.get(party.name, ()))
        sure = None if here else sure_one(likely)
        if sure is not None:
            return _linked(party, sure, None)
        return self._unsure(party, likely, pointer, found)

    def _unsure(self, party: PartyIn, likely: list[Organization], pointer: str, found: Found) -> PartyIn:
        name = party.name or ""
        key = f"party:{firm_key(name)[:LONGEST_KEY]}"
        answer = self.answers.get(key)
        if meant := next((one for one in likely if str(one.id) == answer), None):
            return _linked(party, meant, None)
        if answer == BY_NAME:
            return party
        if likely:
            if likely[0].verification == "verified":
                choices = [Choice(str(one.id), same(words)) for one, words in zip(likely, told(likely), strict=True)]
                found.asks.append(Question(key, WHOM, {"name": name}, [*choices, Choice(BY_NAME, NOBODY_HERE)]))
            found.remarks.append(_remark(pointer, "several-organizations", SEVERAL, name, likely))
            return party
        near = [row.organization for row in self.people.organizations_nearly_named(name)] if self.people else []
        found.remarks.append(_remark(pointer, "unknown-organization", NEARLY if near else NOBODY, name, near))
        return party


def _remark(pointer: str, code: str, message: Message, name: str, candidates: Sequence[Organization]) -> FieldError:
    about = {"name": name, "candidates": "; ".join(told(candidates[:5]))}
    return FieldError(pointer, code, message, about)


def _linked(party: PartyIn, organization: Organization, registration: Registration | None) -> PartyIn:
    """The party as an organization here, signed by whoever came for it where nobody else is named."""
    more: dict[str, object] = {"organization": organization.id, "name": None}
    if party.representative is None and (person := first_signatory(registration)):
        more["representative"] = Representative(**person)
    return party.model_copy(update=more)
