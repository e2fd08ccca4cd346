"""Role x verb x state: who may do what with an agreement, in one table.

Policy asks this table, the documentation is drawn from it (`rights_in_words`), and a test tries every verb as every
role in every state against it. Whoever may see the paper and has no right to the verb is refused with 403, and a verb
that does not fit the state with 409; whoever may not see the paper gets 404 before that.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from market.agreements.gate import principals
from market.agreements.models import Agreement
from market.agreements.states import TRANSITIONS, AgreementStatus
from market.core.access import Actor
from market.core.errors import NotAllowed
from market.core.language import Message
from market.core.states import IllegalTransition, Transition, spoken, state_name
from market.organizations.models import Organization

Role = Literal["officer", "body", "principal", "staff", "logger", "reader", "stranger"]
States = tuple[AgreementStatus, ...]

LOGGING_KINDS = frozenset({"organizer", "authority"})
SPEAKING = ("owner", "manager")
"""Who speaks for an organization."""

ROLES: MappingProxyType[Role, Message] = MappingProxyType(
    {
        "officer": Message(vi="cán bộ chương trình", en="officers"),
        "body": Message(
            vi="đơn vị tổ chức sự kiện đã xác minh, khi chính đơn vị ghi nhận",
            en="the event's verified organizer, of what it logged",
        ),
        "principal": Message(vi="chủ hoặc quản lý của bên bán, bên mua", en="owners and managers of a seller or buyer"),
        "staff": Message(vi="nhân viên của bên bán, bên mua", en="staff of a seller or buyer"),
        "logger": Message(vi="tổ chức đã ghi nhận văn bản", en="the organization that logged it"),
        "reader": Message(
            vi="bên chứng kiến, cơ quan bên cạnh hai bên", en="witnesses, and authorities beside two sides"
        ),
        "stranger": Message(vi="người khác", en="others"),
    }
)
"""Principals are bound: sellers and buyers, the authorities where there are neither. Readers may only read."""

DRAFT: States = ("draft",)
SIGNED: States = ("signed",)
EARLY: States = ("draft", "signed")
OPEN: States = ("signed", "effective")
EFFECTIVE: States = ("effective",)
DELIVERED: States = ("effective", "fulfilled", "partly_fulfilled", "terminated", "superseded")
ALL: States = (
    "draft", "signed", "effective", "fulfilled", "partly_fulfilled", "lapsed", "terminated", "superseded",
)  # fmt: skip


def _of(states: States, *roles: Role, **others: States) -> Mapping[str, States]:
    return MappingProxyType(dict.fromkeys(roles, states) | others)


RIGHTS: Mapping[str, Mapping[str, States]] = MappingProxyType(
    {
        "read": _of(ALL, "officer", "body", "principal", "staff", "logger", "reader"),
        "edit": _of(EARLY, "officer", "body", "logger", principal=DRAFT, staff=DRAFT),
        "annotate": _of(("draft", *OPEN), "officer", "body", "principal", "staff", "logger"),
        "discard": _of(DRAFT, "officer", "body", "principal", "logger"),
        "sign": _of(DRAFT, "officer", "body", "principal", "logger"),
        "confirm": _of(EARLY, "officer", "body", "principal", "logger", "reader"),
        "contest": _of(SIGNED, "officer", "principal", "reader"),
        "make_effective": _of(SIGNED, "officer", "body", "principal", "logger"),
        "amend": _of(OPEN, "officer", "body", "principal", "logger"),
        "convert": _of((*OPEN, "fulfilled"), "officer", "body", "principal", "logger"),
        "deliver": _of(("effective", "fulfilled"), "officer", "body", "principal", "staff", "logger"),
        "confirm_delivery": _of(DELIVERED, "officer", "body", "principal", "staff", "logger"),
        "dispute_delivery": _of(DELIVERED, "officer", "body", "principal", "staff", "logger"),
        "close": _of(EFFECTIVE, "officer", "body", "principal", "logger"),
        "lapse": _of(OPEN, "officer", "body", "principal", "logger"),
        "terminate": _of(OPEN, "officer", "body", "principal", "logger"),
        "attach": _of(ALL, "officer", "body", "principal", "staff", "logger"),
    }
)
"""By verb and role, the states. What binds a principal takes its own consent beside the right; see `proposals`.

Of a delivery only the receiving side says whether it came, a principal or who logged the paper: `policy.may_receive`.
"""


class NotForThisRole(NotAllowed):
    code = "not-for-this-role"
    detail = Message(vi="Việc này ({verb}) dành cho: {who_vi}.", en="This ({verb}) is for: {who_en}.")


def roles_of(actor: Actor, agreement: Agreement) -> frozenset[Role]:
    """What somebody is to an agreement; several at once, or a stranger."""
    bound = {party.organization_id for _, party in principals(agreement)}
    own = {party.organization_id for party in agreement.parties if actor.belongs_to(party.organization_id)}
    roles: set[Role] = {"officer"} if actor.is_officer else set()
    for organization_id in own & bound:
        if organization_id is not None:
            roles.add("principal" if actor.role_in(organization_id) in SPEAKING else "staff")
    if own - bound:
        roles.add("reader")
    if actor.belongs_to(agreement.logged_by_id):
        roles.add("logger")
        if is_body(agreement):
            roles.add("body")
    if _is_removed(actor, agreement):
        roles.add("reader")
    return frozenset(roles or {"stranger"})


def _is_removed(actor: Actor, agreement: Agreement) -> bool:
    """A principal of the version in force that this amendment leaves out; it is asked, so it may read."""
    proposal = agreement.proposed
    return proposal is not None and proposal.status == "open" and any(map(actor.belongs_to, proposal.asked))


def is_body(agreement: Agreement) -> bool:
    """Whether who logged it is the verified body of its event, whose word stands for the event's list."""
    logger, event = agreement.logged_by, agreement.event
    return logger is not None and event is not None and event.organizer_id == logger.id and may_vouch(logger)


def may_vouch(organization: Organization) -> bool:
    """Verified organizers and authorities."""
    return (
        organization.verification == "verified"
        and organization.status == "active"
        and bool(LOGGING_KINDS & set(organization.kinds))
    )


def granted(actor: Actor, agreement: Agreement, verb: str) -> frozenset[AgreementStatus]:
    """The states in which the table lets this actor do it."""
    by_role = RIGHTS[verb]
    return frozenset(state for role in roles_of(actor, agreement) for state in by_role.get(role, ()))


def has_right(actor: Actor, agreement: Agreement, verb: str) -> bool:
    """Whether the table lets this actor do it now."""
    return agreement.status in granted(actor, agreement, verb)


def require_right(actor: Actor, agreement: Agreement, verb: str) -> Transition | None:
    """The transition, where the table of states has one of this name.

    Raises:
        NotForThisRole: nobody like this actor may ever do it, or not in this state.
        IllegalTransition: nobody may do it in this state.
    """
    states, step = granted(actor, agreement, verb), TRANSITIONS.get(verb)
    if states and step is not None and agreement.status not in step.sources:
        extra = {"state": agreement.status, "allowed": verbs_of(actor, agreement)}
        raise IllegalTransition(state=state_name(agreement.status), verb=step.name, extra=extra)
    if agreement.status not in states:
        who = [ROLES[role] for role in ROLES if role in RIGHTS[verb]]
        vi, en = "; ".join(name.vi for name in who), "; ".join(name.en for name in who)
        raise NotForThisRole(verb=step.name if step else spoken(verb), who_vi=vi, who_en=en)
    return step


def verbs_of(actor: Actor, agreement: Agreement) -> list[str]:
    """The verbs that the table lets this actor do in this state."""
    return [
        spoken(verb)
        for verb, step in TRANSITIONS.items()
        if not step.automatic and agreement.status in step.sources and has_right(actor, agreement, verb)
    ]


def rights_in_words() -> str:
    """The table in Markdown, for the API's description and whoever reads it."""
    columns = [role for role in ROLES if role != "stranger"]
    lines = ["| verb | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for verb, by_role in RIGHTS.items():
        cells = ["any state" if by_role.get(role) == ALL else ", ".join(by_role.get(role, ())) for role in columns]
        lines.append(f"| {spoken(verb)} | " + " | ".join(cell or "—" for cell in cells) + " |")
    said = [f"* {role}: {ROLES[role].en}" for role in columns]
    return "\n".join([*said, "", *lines])
