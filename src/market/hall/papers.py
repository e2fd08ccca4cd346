"""One paper of the signing table becomes an agreement: the only file here that calls the agreements' verbs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.models import Agreement
from market.agreements.paper.likeness import KnownPapers
from market.agreements.schemas import AgreementCreate
from market.agreements.service import Shared, draft_agreement
from market.agreements.states import INSTRUMENTS
from market.agreements.together import create_agreements, shared_by, sign_agreements
from market.core import clock
from market.core.access import Actor, Membership
from market.core.batches import ItemError
from market.core.duplicates import ProbableDuplicate
from market.core.errors import FieldError, MarketError
from market.core.ids import new_id
from market.core.language import Language
from market.core.validation import field_errors
from market.events.desk.people import People, first_signatory, key_of
from market.events.models import Event
from market.hall.parties import Linked
from market.hall.schemas import PAPER_FIELDS, PaperIn


class PaperRefused(Exception):
    """A paper that cannot be kept, with every reason."""

    def __init__(self, errors: Sequence[FieldError | MarketError]) -> None:
        super().__init__("the paper is refused")
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Logged:
    """The number of an agreement, and what is missing where it could not be signed."""

    number: str
    missing: MarketError | None


def for_the_event(actor: Actor, event: Event) -> Actor:
    """The actor with the right of who runs the event: a device has no other, and only while it logs papers of it."""
    if actor.kind != "device":
        return actor
    if event.organizer_id is None:
        return replace(actor, platform_roles=frozenset({"officer"}))
    organizer = Membership(event.organizer_id, "staff", frozenset({"organizer"}))
    return replace(actor, membership=organizer, memberships=(organizer,))


def digest_of(paper: PaperIn, parties: Sequence[Linked]) -> str:
    """The same for what is probably the same paper, however it is spelled: parties, kind, goods, amounts."""
    goods = sorted(
        (line.concept or key_of(line.description or ""), str(line.quantity or ""), line.unit or "", line.per)
        for line in paper.lines
    )
    sides = sorted((linked.party.role, linked.key) for linked in parties)
    day = paper.signed_on.isoformat() if paper.signed_on else ""
    telling = [paper.instrument, paper.domain, sides, goods, paper.value_vnd, day]
    return hashlib.blake2b(msgspec.json.encode(telling), digest_size=16).hexdigest()


async def read_once(session: AsyncSession, actor: Actor, event: Event, sides: Iterable[Sequence[Linked]]) -> Shared:
    """What these papers name, for `drafted`; one statement however many they are."""
    named = {side.organization for linked in sides for side in linked if side.organization is not None}
    return await shared_by(session, for_the_event(actor, event), event, named)


async def drafted(
    session: AsyncSession,
    actor: Actor,
    paper: PaperIn,
    *,
    parties: Sequence[Linked],
    people: People,
    day: date,
    shared: Shared,
    known: KnownPapers,
) -> Agreement:
    """What a paper says, as an agreement that is not written yet (see `log_drafted`).

    Args:
        day: the day of signing when the paper does not say one.
        shared: its event, and whom papers name.
        known: the event's papers, to which this one is added.

    Raises:
        PaperRefused: it cannot be kept as it is.
        MarketError: the same paper was logged already (`probable-duplicate`), or the actor may not.
    """
    try:
        created = AgreementCreate.model_validate(_terms(shared.event, paper, parties, people, day))
    except ValidationError as error:
        raise PaperRefused(field_errors(error.errors(include_input=False))) from None
    # What is there already is known for all papers that were sent: to ask for each would be to read them all each time.
    agreement = await draft_agreement(session, for_the_event(actor, shared.event), created, shared=shared)
    agreement.id = new_id()
    if not paper.another and (other := known.like(agreement)) is not None:
        raise ProbableDuplicate(other)
    known.add(agreement)
    return agreement


async def log_drafted(
    session: AsyncSession, actor: Actor, event: Event, drafts: Sequence[Agreement]
) -> dict[UUID, Logged]:
    """Number, log and sign papers in their order; what keeps one from being signed leaves it a draft."""
    acting = for_the_event(actor, event)
    await create_agreements(session, acting, event, drafts)
    numbers = {agreement.id: agreement.number for agreement in drafts}
    missing = await sign_agreements(session, acting, drafts)
    return {id_: Logged(number, missing.get(id_)) for id_, number in numbers.items()}


def _terms(event: Event, paper: PaperIn, parties: Sequence[Linked], people: People, day: date) -> dict[str, Any]:
    said = paper.model_dump(include=set(PAPER_FIELDS), exclude_unset=True)
    label = INSTRUMENTS[paper.instrument].vi
    names = " – ".join(_name(linked, people) for linked in parties)
    by_default = {
        "title": f"{label} {names}"[:200],
        "signed_on": day,
        "signing_place": event.place,
        "province": {"code": event.province_code, "version": event.province_version},
    }
    return {
        **by_default,
        **{name: value for name, value in said.items() if value is not None},
        "event": event.id,
        "another": paper.another,
        "parties": [_party(linked, people) for linked in parties],
    }


def _name(linked: Linked, people: People) -> str:
    registration = people.by_organization.get(linked.organization) if linked.organization else None
    return registration.organization.name if registration else linked.name or ""


def _party(linked: Linked, people: People) -> dict[str, Any]:
    registration = people.by_organization.get(linked.organization) if linked.organization else None
    said = linked.party.representative
    representative = said.model_dump() if said else first_signatory(registration)
    return {
        "role": linked.party.role,
        "organization": linked.organization,
        "name": linked.name,
        "representative": representative,
    }


def signing_day(event: Event, at_day: date) -> date:
    """The day on which something noted on a day was signed: one of the event's, and none that has not come."""
    return min(max(at_day, event.starts_on), event.ends_on, clock.today())


def told(error: FieldError | MarketError, language: Language) -> list[ItemError]:
    """A refusal as it stands in an item's `errors`."""
    if isinstance(error, FieldError):
        return [ItemError.model_validate(error.render(language))]
    if error.errors:
        return [ItemError.model_validate(each.render(language)) for each in error.errors]
    text = error.detail.text(language, **error.parameters)
    return [ItemError(pointer="", code=error.code, message=text)]
