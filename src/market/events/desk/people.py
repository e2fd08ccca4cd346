"""Who is meant by a badge, an organization or a name in whatever spelling."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, false, func, null, select, union
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, load_only

from market.core.access import Actor
from market.core.errors import FieldError, NotFound
from market.core.language import Message
from market.events.desk.schemas import BADGE, CheckIn
from market.events.models import Event, Registration
from market.events.queries import may_see
from market.organizations.firm_names import FORMS, firm_key, nearly_called, numbers_in
from market.organizations.models import Organization
from market.vietnamese.text import fold

UNKNOWN_BADGE = Message(vi="Không có thẻ này ở sự kiện.", en="No such badge at this event.")
UNKNOWN_PERSON = Message(vi="Không tìm thấy ai tên như vậy ở sự kiện.", en="Nobody of that name is at this event.")
AMBIGUOUS = Message(
    vi="Có {count} người hoặc tổ chức trùng tên; hãy nêu tổ chức.", en="{count} have that name; say which organization."
)
NOT_REGISTERED = Message(vi="Tổ chức này không đăng ký sự kiện.", en="This organization is not registered.")


@dataclass(frozen=True, slots=True)
class Present:
    """A person, or an organization of which nobody is named."""

    registration: Registration
    delegate: int | None

    @property
    def name(self) -> str | None:
        people = self.registration.delegates
        return people[self.delegate]["name"] if self.delegate is not None and self.delegate < len(people) else None

    @property
    def digest(self) -> str:
        """The same for the same person."""
        return f"{self.registration.id}/{'-' if self.delegate is None else self.delegate}"


def key_of(name: str) -> str:
    """A name as it is compared: without marks, case or doubled spaces."""
    return " ".join(fold(name).split())


class People:
    """Everybody who is registered for an event and neither declined nor withdrew."""

    def __init__(self, registrations: Iterable[Registration]) -> None:
        self.by_id = {row.id: row for row in registrations}
        self.by_organization = {row.organization_id: row for row in self.by_id.values()}

    @cached_property
    def _named(self) -> Mapping[str, Sequence[Present]]:
        named: dict[str, list[Present]] = defaultdict(list)
        for row in self.by_id.values():
            named[key_of(row.organization.name)].append(Present(row, None))
            for place, person in enumerate(row.delegates):
                named[key_of(person["name"])].append(Present(row, place))
        return named

    @cached_property
    def _with_phones(self) -> Mapping[str, Sequence[Registration]]:
        found: dict[str, dict[UUID, Registration]] = defaultdict(dict)
        for row in self.by_id.values():
            for person in row.delegates:
                if person.get("phone"):
                    found[person["phone"]][row.id] = row
        return {phone: list(rows.values()) for phone, rows in found.items()}

    def find(self, asked: CheckIn) -> Present | FieldError:
        """Who is meant, or why that cannot be said."""
        if asked.badge is not None:
            return self._by_badge(asked.badge)
        if asked.organization is not None:
            row = self.by_organization.get(asked.organization)
            if row is None:
                return FieldError("/organization", "not-registered", NOT_REGISTERED)
            named = [found for found in self._with_name(asked.name) if found.registration is row]
            return named[0] if named else Present(row, None)
        found = self._with_name(asked.name)
        if len(found) == 1:
            return found[0]
        if found:
            return FieldError("/name", "name-ambiguous", AMBIGUOUS, {"count": len(found)})
        return FieldError("/name", "unknown-person", UNKNOWN_PERSON)

    def _by_badge(self, badge: str) -> Present | FieldError:
        read = BADGE.match(badge)
        row = self.by_id.get(UUID(read["registration"])) if read else None
        if read is None or row is None or int(read["delegate"]) >= row.delegates_count:
            return FieldError("/badge", "unknown-badge", UNKNOWN_BADGE)
        return Present(row, int(read["delegate"]))

    def _with_name(self, name: str | None) -> Sequence[Present]:
        return self._named.get(key_of(name), ()) if name else ()

    def organizations_named(self, name: str) -> list[Registration]:
        """The registrations of organizations with this name, its legal form written short or not."""
        exactly = [found.registration for found in self._with_name(name) if found.delegate is None]
        return exactly or list(self._by_firm.get(firm_key(name), ()))

    def organizations_nearly_named(self, name: str) -> list[Registration]:
        """The registrations of organizations that are probably meant by a name with a slip in it."""
        key = firm_key(name)
        numbers = numbers_in(key)
        known = sorted((self._by_word.get((word, numbers), ()) for word in {*key.split()} - FORMS), key=len)
        # Of two rare words at least one is without a slip.
        likely = {called: None for names in [names for names in known if names][:2] for called in names}
        return [row for called in likely if nearly_called(key, called) for row in self._by_firm[called]]

    @cached_property
    def _by_word(self) -> Mapping[tuple[str, str], Sequence[str]]:
        """Names by each of their words and all of their numbers."""
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for called in self._by_firm:
            numbers = numbers_in(called)
            for word in {*called.split()} - FORMS:
                found[word, numbers].append(called)
        return found

    @cached_property
    def _by_firm(self) -> Mapping[str, Sequence[Registration]]:
        found: dict[str, list[Registration]] = defaultdict(list)
        for row in self.by_id.values():
            found[firm_key(row.organization.name)].append(row)
        return found

    def with_phone(self, phone: str) -> Sequence[Registration]:
        """The registrations of which a delegate has this telephone."""
        return self._with_phones.get(phone, ())


def _may_come(event_id: UUID) -> ColumnElement[bool]:
    return and_(Registration.event_id == event_id, Registration.status.in_(("requested", "waiting", "accepted")))


async def people_of(session: AsyncSession, event: Event) -> People:
    """Everybody who may come, in one statement."""
    rows = select(Registration).where(_may_come(event.id)).order_by(Registration.id)
    return People(await session.scalars(rows.options(joinedload(Registration.organization, innerjoin=True))))


async def event_with_people(
    session: AsyncSession, actor: Actor, event_id: UUID, asked: CheckIn, *, lock: ColumnElement[Any] | None = None
) -> tuple[Event, People]:
    """An event and as many of those who may come as can be meant: one by badge or organization, else namesakes.

    One statement, for it stands before every check-in: of the rows it reads no more than a check-in looks at.

    Args:
        lock: what else the statement calls.

    Raises:
        NotFound: there is no such event, or it may not be seen.
    """
    rows = (
        select(Event, Registration, null() if lock is None else lock)
        .outerjoin(Registration, and_(_may_come(event_id), _meant(event_id, asked)))
        .where(Event.id == event_id, may_see(actor))
        .options(load_only(Event.organizer_id))
        .options(load_only(Registration.organization_id, Registration.delegates_count, Registration.delegates))
        .order_by(Registration.id)
    )
    if asked.badge is None:
        rows = rows.options(joinedload(Registration.organization).load_only(Organization.name))
    found = (await session.execute(rows)).all()
    if not found:
        raise NotFound
    return found[0][0], People(registration for _, registration, _ in found if registration is not None)


def _meant(event_id: UUID, asked: CheckIn) -> ColumnElement[bool]:
    if asked.badge is not None:
        read = BADGE.match(asked.badge)
        return Registration.id == UUID(read["registration"]) if read else false()
    if asked.organization is not None:
        return Registration.organization_id == asked.organization
    return Registration.id.in_(_namesakes(event_id, asked.name or ""))


def _namesakes(event_id: UUID, name: str) -> Select[UUID]:
    """The registrations of an organization or a delegate of this name, each by an index of folded names."""
    wanted = func.market_searchable(name, type_=Text)
    here = select(Registration.id).where(Registration.event_id == event_id)
    people = here.where(func.market_delegate_names(Registration.delegates).op("@>")(array([wanted])))
    organizations = here.join(Organization, Organization.id == Registration.organization_id)
    return select(union(people, organizations.where(func.market_searchable(Organization.name) == wanted)).subquery())


def first_signatory(registration: Registration | None) -> dict[str, Any] | None:
    """Who signs for an organization when nobody else is named: the first delegate with a title, else the first."""
    people = registration.delegates if registration else []
    named = next((person for person in people if person.get("title")), people[0] if people else None)
    return {"name": named["name"], "title": named.get("title")} if named else None
