"""Who is meant by a badge, an organization or a name in whatever spelling."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, false, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from market.core.errors import FieldError
from market.core.language import Message
from market.events.desk.schemas import BADGE, CheckIn
from market.events.models import Event, Registration
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
        self._named: dict[str, list[Present]] = defaultdict(list)
        for row in self.by_id.values():
            self._named[key_of(row.organization.name)].append(Present(row, None))
            for place, person in enumerate(row.delegates):
                self._named[key_of(person["name"])].append(Present(row, place))

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
        """The registrations of organizations with this name."""
        return [found.registration for found in self._with_name(name) if found.delegate is None]

    def with_phone(self, phone: str) -> list[Registration]:
        """The registrations of which a delegate has this telephone."""
        return [row for row in self.by_id.values() if any(person.get("phone") == phone for person in row.delegates)]


def _who_may_come(event: Event) -> Select[Registration]:
    return (
        select(Registration)
        .where(Registration.event_id == event.id, Registration.status.in_(("requested", "waiting", "accepted")))
        .options(joinedload(Registration.organization, innerjoin=True))
        .order_by(Registration.id)
    )


async def people_of(session: AsyncSession, event: Event) -> People:
    """Everybody who may come, in one statement."""
    return People(await session.scalars(_who_may_come(event)))


async def people_meant(session: AsyncSession, event: Event, asked: CheckIn) -> People:
    """As many of those who may come as can be meant: one registration by badge or organization, else namesakes."""
    rows = _who_may_come(event)
    if asked.badge is not None:
        read = BADGE.match(asked.badge)
        rows = rows.where(Registration.id == UUID(read["registration"])) if read else rows.where(false())
    elif asked.organization is not None:
        rows = rows.where(Registration.organization_id == asked.organization)
    else:
        rows = rows.where(Registration.id.in_(_namesakes(event, asked.name or "")))
    return People(await session.scalars(rows))


def _namesakes(event: Event, name: str) -> Select[UUID]:
    """The registrations of an organization or a delegate of this name."""
    wanted = func.market_searchable(name)
    person = func.jsonb_array_elements(Registration.delegates).table_valued("value", name="person")
    spelled = func.market_searchable(person.c.value.op("->>")("name"))
    return (
        select(Registration.id)
        .join(Organization, Organization.id == Registration.organization_id)
        .where(Registration.event_id == event.id)
        .where(
            or_(
                func.market_searchable(Organization.name) == wanted,
                exists(select(literal(1)).select_from(person).where(spelled == wanted)),
            )
        )
    )


def first_signatory(registration: Registration | None) -> dict[str, Any] | None:
    """Who signs for an organization when nobody else is named: the first delegate with a title, else the first."""
    people = registration.delegates if registration else []
    named = next((person for person in people if person.get("title")), people[0] if people else None)
    return {"name": named["name"], "title": named.get("title")} if named else None
