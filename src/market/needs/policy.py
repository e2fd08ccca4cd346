"""Who may do what with a need, and in which state. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from market.core.access import Actor
from market.core.errors import Conflict, FieldError
from market.core.language import Message
from market.needs.models import Need
from market.organizations.policy import require_member
from market.organizations.publication import Status, WrongState, next_status

DEADLINE_PASSED = Message(
    vi="Hạn chào giá {deadline} đã qua: nhu cầu sẽ không ai thấy và không ai báo giá được; hãy lùi hạn.",
    en="The deadline {deadline} has passed: nobody would see the need or could quote for it; set a later one.",
)
LINES_OVER = Message(
    vi="Mọi dòng đã hết hạn giao ({last}): không ai báo giá được nữa; hãy ghi ngày giao sau hôm nay.",
    en="Every line is over ({last}): nobody could quote for it; ask for days to come.",
)


class NotPublishable(Conflict):
    code = "not-publishable"
    detail = Message(vi="Nhu cầu chưa thể đăng.", en="The need cannot be published as it is.")


def deadline_error(deadline: date | None, *, today: date) -> FieldError | None:
    """What is wrong with publishing a need that takes offers until `deadline`, if anything."""
    if deadline is None or deadline >= today:
        return None
    suggestions = (today.isoformat(),)
    return FieldError(
        "/deadline", "deadline-passed", DEADLINE_PASSED, {"deadline": f"{deadline:%d/%m/%Y}"}, suggestions
    )


def over_error(ends: Sequence[date], *, today: date) -> FieldError | None:
    """What is wrong with publishing a need whose lines end on these days, if anything."""
    last = max(ends, default=today)
    if last >= today:
        return None
    return FieldError("/lines", "lines-over", LINES_OVER, {"last": f"{last:%d/%m/%Y}"})


def publication_errors(deadline: date | None, ends: Sequence[date], *, today: date) -> list[FieldError]:
    """All that is wrong with publishing a need."""
    return [error for error in (deadline_error(deadline, today=today), over_error(ends, today=today)) if error]


def require_can_edit(actor: Actor, need: Need) -> None:
    """Members of the organization; archived needs stay as they are.

    Raises:
        NotAllowed: others.
        WrongState: it is archived.
    """
    require_member(actor, need.organization_id)
    if need.status == "archived":
        raise WrongState(verb="edit", status=need.status)


def require_transition(actor: Actor, need: Need, verb: str, *, today: date) -> Status:
    """The state that `verb` leads to.

    Raises:
        NotAllowed: the actor is not of the organization.
        WrongState: the verb does not start from the need's state.
        NotPublishable: its deadline has passed, or every line is over.
    """
    require_member(actor, need.organization_id)
    status = next_status(need.status, verb)
    ends = [line.ends_on for line in need.lines]
    if verb == "publish" and (errors := publication_errors(need.deadline, ends, today=today)):
        raise NotPublishable(errors=errors)
    return status
