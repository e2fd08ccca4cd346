"""Who takes part in an event: an organization a row, or a delegate a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import select

from market.core.errors import FieldError, MarketError, NotFound
from market.core.language import Message
from market.events.models import Registration
from market.events.policy import may_run
from market.events.queries import get_event
from market.events.registering import change_registration, register_organization
from market.events.schemas import AvailabilityUpdate, Delegate, RegistrationCreate
from market.imports.kinds.kind import Keeping, Kind, Outcome, Outcomes, Prepared, Setting, as_it_is
from market.imports.rows import Row
from market.imports.tables.lines import Line
from market.organizations.models import Organization
from market.vietnamese.spelling import folded

BY_LIST = "Theo danh sách đăng ký nhập từ tệp"
"""How an organization agreed that a list names."""
NO_EVENT = Message(vi="Không có sự kiện này.", en="There is no such event.")


def assemble(lines: Iterable[Line], _setting: Setting) -> Iterator[Row]:
    """A registration for each organization; rows below each other name its delegates."""
    for whose, group in groupby(lines, key=_whose):
        own = list(group)
        body: dict[str, Any] = {"delegates": [_delegate(line) for line in own if "delegate_name" in line.values]}
        for name in ("delegates_count", "booths", "booth_wish"):
            if found := [line.values[name] for line in own if name in line.values]:
                body[name] = found[0]
        errors = [error for line in own for error in line.errors]
        remarks = [remark for line in own for remark in line.remarks]
        yield Row(own[0].line, None, body, whose and str(whose), errors, remarks, lines=own)


def _whose(line: Line) -> Any:
    """What says whose the row is, the surest first."""
    return next((line.values[name] for name in ("tax_code", "gln", "organization") if line.values.get(name)), None)


def _delegate(line: Line) -> dict[str, Any]:
    names = {"delegate_name": "name", "delegate_title": "title", "phone": "phone"}
    return {inside: line.values[name] for name, inside in names.items() if name in line.values}


async def keep_delegates(keeping: Keeping, rows: Sequence[Prepared], organization: Organization | None) -> Outcomes:
    """Name the people of an organization that is registered already; register any other."""
    if organization is None or keeping.options.event is None:
        raise ValueError("delegates are an organization's, for an event")
    outcomes: Outcomes = []
    for prepared in rows:
        coming = select(Registration).where(
            Registration.event_id == keeping.options.event,
            Registration.organization_id == organization.id,
            Registration.status.in_(("requested", "waiting", "accepted")),
        )
        registration = await keeping.session.scalar(coming.with_for_update())
        if registration is None:
            outcomes += await keep(keeping, [prepared], organization)
        else:
            outcomes.append(await _named(keeping, registration, prepared[1]))
    return outcomes


async def _named(keeping: Keeping, registration: Registration, said: RegistrationCreate) -> Outcome:
    """Add to a registration those of the people whom it does not name yet, and what it does not know of the others."""
    people = named_together(registration.delegates, [person.model_dump(mode="json") for person in said.delegates])
    try:
        async with keeping.session.begin_nested():
            event = await get_event(keeping.session, keeping.actor, registration.event_id)
            changes = AvailabilityUpdate(delegates=[Delegate(**person) for person in people])
            if people == registration.delegates and may_run(keeping.actor, event):
                return Outcome("unchanged", registration.id)
            await change_registration(keeping.session, keeping.actor, event, registration, changes=changes)
            await keeping.session.flush()
        return Outcome("updated", registration.id)
    except MarketError as error:
        return Outcome.refused_by(error)


def named_together(known: Sequence[dict[str, Any]], said: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Everybody once: the same telephone, or the same name where not both have one, is the same person."""
    people = [dict(person) for person in known]
    for new in said:
        same = next((person for person in people if _same_person(person, new)), None)
        if same is None:
            people.append(dict(new))
        else:
            same.update({name: new[name] for name in ("title", "phone") if new.get(name) and not same.get(name)})
    return people


def _same_person(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if one.get("phone") and other.get("phone"):
        return bool(one["phone"] == other["phone"])
    return folded(str(one["name"])) == folded(str(other["name"]))


async def keep(keeping: Keeping, rows: Sequence[Prepared], organization: Organization | None) -> Outcomes:
    """Register the organization of these rows."""
    if organization is None or keeping.options.event is None:
        raise ValueError("a registration is an organization's, for an event")
    outcomes: Outcomes = []
    for _, registration_in in rows:
        said = registration_in.consent or (None if keeping.actor.belongs_to(organization.id) else BY_LIST)
        named = registration_in.model_copy(update={"organization": organization.id, "consent": said})
        try:
            async with keeping.session.begin_nested():
                event = await get_event(keeping.session, keeping.actor, keeping.options.event)
                made = await register_organization(keeping.session, keeping.actor, event, named)
                await keeping.session.flush()
            outcomes.append(Outcome("created", made.id))
        except NotFound:
            outcomes.append(Outcome.refused(FieldError("/event", "unknown-event", NO_EVENT)))
        except MarketError as error:
            outcomes.append(Outcome.refused_by(error))
    return outcomes


REGISTRATIONS = Kind("registrations", RegistrationCreate, assemble, as_it_is, keep)
DELEGATES = Kind("delegates", RegistrationCreate, assemble, as_it_is, keep_delegates)
