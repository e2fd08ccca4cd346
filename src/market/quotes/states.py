"""The life of a quote: every state and every transition with whose it is, in one table.

Code asks this table, tests are generated from it, documentation is drawn from it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from market.core.language import Message
from market.core.states import IllegalTransition, Transition, spoken, state_name

QuoteStatus = Literal[
    "draft", "submitted", "countered", "accepted", "partly_accepted", "declined", "withdrawn", "expired"
]
Side = Literal["supplier", "buyer"]
Doer = Literal["supplier", "buyer", "answering", "system"]
"""Whose a transition is; `answering` is the side to whom the offer on the table is made."""

ANSWERING: Mapping[str, Side] = MappingProxyType({"submitted": "buyer", "countered": "supplier"})
"""Who is asked in a state: the buyer by a supplier's offer, the supplier by a buyer's counter-offer."""

OPEN: tuple[QuoteStatus, ...] = ("draft", "submitted", "countered")
"""A supplier has at most one quote for a need in these states."""
ON_THE_TABLE: tuple[QuoteStatus, ...] = ("submitted", "countered")
WON: tuple[QuoteStatus, ...] = ("accepted", "partly_accepted")

STATES: Mapping[QuoteStatus, Message] = MappingProxyType(
    {
        "draft": Message(vi="Bản nháp", en="Draft"),
        "submitted": Message(vi="Đã gửi", en="Submitted"),
        "countered": Message(vi="Bên mua đề nghị lại", en="Countered"),
        "accepted": Message(vi="Đã chấp nhận", en="Accepted"),
        "partly_accepted": Message(vi="Chấp nhận một phần", en="Partly accepted"),
        "declined": Message(vi="Bị từ chối", en="Declined"),
        "withdrawn": Message(vi="Đã rút", en="Withdrawn"),
        "expired": Message(vi="Hết hạn", en="Expired"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Transition):
    """One verb of a quote's life."""

    who: Doer
    in_part: QuoteStatus | None = None
    """The state it leads to when only a part is meant."""


VALID = Message(vi="Báo giá còn hiệu lực", en="The quote is still valid")
CAPACITY = Message(vi="Mỗi tuần còn đủ hàng", en="Every week has enough left")
REASON = Message(vi="Có mã lý do", en="A coded reason")

TRANSITIONS: Mapping[str, Step] = MappingProxyType(
    {
        "edit": Step(("draft",), None, Message(vi="Sửa", en="Edit"), who="supplier"),
        "submit": Step(("draft",), "submitted", Message(vi="Gửi", en="Submit"), (VALID,), who="supplier"),
        "revise": Step(ON_THE_TABLE, "submitted", Message(vi="Chào lại", en="Revise"), (VALID,), who="supplier"),
        "counter": Step(ON_THE_TABLE, "countered", Message(vi="Đề nghị lại", en="Counter"), (VALID,), who="buyer"),
        "accept": Step(
            ON_THE_TABLE,
            "accepted",
            Message(vi="Chấp nhận", en="Accept"),
            (VALID, CAPACITY),
            who="answering",
            in_part="partly_accepted",
        ),
        "decline": Step(ON_THE_TABLE, "declined", Message(vi="Từ chối", en="Decline"), (REASON,), who="buyer"),
        "withdraw": Step(OPEN, "withdrawn", Message(vi="Rút", en="Withdraw"), who="supplier"),
        "expire": Step(ON_THE_TABLE, "expired", Message(vi="Hết hạn", en="Expire"), automatic=True, who="system"),
    }
)


def doer(step: Step, *, state: str) -> Doer:
    """Whose a transition is in a state."""
    return ANSWERING[state] if step.who == "answering" else step.who


def allowed_to(sides: Collection[Side], *, state: str) -> list[str]:
    """The verbs that somebody of these sides may ask for in a state."""
    return [
        spoken(verb)
        for verb, step in TRANSITIONS.items()
        if state in step.sources and not step.automatic and doer(step, state=state) in sides
    ]


def require_step(verb: str, *, state: str, sides: Collection[Side]) -> Step:
    """The transition of a verb out of a state.

    Raises:
        IllegalTransition: the table has none; `allowed` names what these sides may do instead.
    """
    step = TRANSITIONS[verb]
    if state not in step.sources:
        extra = {"state": state, "allowed": allowed_to(sides, state=state)}
        raise IllegalTransition(state=state_name(state), verb=step.name, extra=extra)
    return step
