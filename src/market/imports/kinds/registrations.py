"""Who takes part in an event: an organization a row, or a delegate a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from market.core.errors import FieldError, MarketError, NotFound
from market.core.language import Message
from market.events.queries import get_event
from market.events.registering import register_organization
from market.events.schemas import RegistrationCreate
from market.imports.kinds.kind import Keeping, Kind, Outcome, Outcomes, Prepared, Setting, as_it_is
from market.imports.rows import Row
from market.imports.tables.lines import Line
from market.organizations.models import Organization

BY_LIST = "Theo danh sách đăng ký nhập từ tệp"
"""How an organization agreed that a list names."""
NO_EVENT = Message(vi="Không có sự kiện này.", en="There is no such event.")


def assemble(lines: Iterable[Line], _setting: Setting) -> Iterator[Row]:
    """A registration for each organization; rows below each other name its delegates."""
    for whose, group in groupby(lines, key=_named):
        own = list(group)
        body: dict[str, Any] = {"delegates": [_delegate(line) for line in own if "delegate_name" in line.values]}
        for name in ("delegates_count", "booths", "booth_wish"):
            if found := [line.values[name] for line in own if name in line.values]:
                body[name] = found[0]
        errors = [error for line in own for error in line.errors]
        remarks = [remark for line in own for remark in line.remarks]
        yield Row(own[0].line, None, body, whose and str(whose), errors, remarks, lines=own)


def _named(line: Line) -> Any:
    """What says whose the row is, the surest first."""
    return next((line.values[name] for name in ("tax_code", "gln", "organization") if line.values.get(name)), None)


def _delegate(line: Line) -> dict[str, Any]:
    names = {"delegate_name": "name", "delegate_title": "title", "phone": "phone"}
    return {inside: line.values[name] for name, inside in names.items() if name in line.values}


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
DELEGATES = Kind("delegates", RegistrationCreate, assemble, as_it_is, keep)
