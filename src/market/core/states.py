"""Transitions as data: what may be done in which state, in one table for each kind of thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from market.core.errors import Conflict
from market.core.language import Message


@dataclass(frozen=True, slots=True)
class Transition:
    """One verb of a thing's life."""

    sources: tuple[str, ...]
    """The states in which it may be done."""
    target: str | None
    """The state it leads to; None when the thing stays as it is."""
    name: Message
    requires: tuple[Message, ...] = ()
    """What must hold beside the state."""
    automatic: bool = False
    """It follows from something else that was recorded; nobody asks for it."""


Table = Mapping[str, Transition]


STATE_NAMES: Mapping[str, Message] = MappingProxyType(
    {
        "draft": Message(vi="dự thảo", en="draft"),
        "published": Message(vi="đã công bố", en="published"),
        "closed": Message(vi="đã đóng", en="closed"),
        "cancelled": Message(vi="đã hủy", en="cancelled"),
        "requested": Message(vi="chờ duyệt", en="requested"),
        "waiting": Message(vi="trong danh sách chờ", en="on the waiting list"),
        "accepted": Message(vi="đã nhận", en="accepted"),
        "partly_accepted": Message(vi="đã nhận một phần", en="partly accepted"),
        "declined": Message(vi="đã từ chối", en="declined"),
        "withdrawn": Message(vi="đã rút", en="withdrawn"),
        "submitted": Message(vi="đã gửi", en="submitted"),
        "countered": Message(vi="đã trả giá", en="countered"),
        "expired": Message(vi="hết hạn", en="expired"),
        "signed": Message(vi="đã ký", en="signed"),
        "effective": Message(vi="có hiệu lực", en="in force"),
        "fulfilled": Message(vi="đã thực hiện đủ", en="fulfilled"),
        "partly_fulfilled": Message(vi="thực hiện một phần", en="partly fulfilled"),
        "lapsed": Message(vi="hết hiệu lực mà không thực hiện", en="lapsed"),
        "terminated": Message(vi="chấm dứt trước hạn", en="terminated"),
        "superseded": Message(vi="đã thay bằng phiên bản mới", en="superseded"),
        "open": Message(vi="đang mở", en="open"),
        "verified": Message(vi="đã xác minh", en="verified"),
        "rejected": Message(vi="bị từ chối", en="rejected"),
        "suspended": Message(vi="tạm ngưng", en="suspended"),
        "unverified": Message(vi="chưa xác minh", en="not verified yet"),
        "active": Message(vi="đang hoạt động", en="active"),
        "paused": Message(vi="tạm dừng", en="paused"),
        "archived": Message(vi="đã lưu trữ", en="archived"),
        "matched": Message(vi="đã ghép", en="matched"),
        "fulfilling": Message(vi="đang thực hiện", en="being fulfilled"),
    }
)
"""States as people say them; of all kinds of things, for one word means the same of each."""


class IllegalTransition(Conflict):
    """The verb does not fit the state; the problem carries `state` and the `allowed` verbs."""

    code = "illegal-transition"
    detail = Message(
        vi="Đang ở trạng thái “{state}” nên không làm được việc “{verb}”.",
        en='It is "{state}", which does not allow "{verb}".',
    )


def state_name(state: str) -> Message:
    """A state in words."""
    return STATE_NAMES.get(state) or Message(vi=state, en=state)


def spoken(verb: str) -> str:
    """A verb as it stands in the address of its route."""
    return verb.replace("_", "-")


def allowed(table: Table, state: str) -> list[str]:
    """The verbs that people may ask for in a state."""
    return [spoken(verb) for verb, step in table.items() if state in step.sources and not step.automatic]


def require_transition(table: Table, verb: str, *, state: str) -> Transition:
    """The transition of a verb out of a state.

    Raises:
        IllegalTransition: the table has none.
    """
    step = table[verb]
    if state not in step.sources:
        extra = {"state": state, "allowed": allowed(table, state)}
        raise IllegalTransition(state=state_name(state), verb=step.name, extra=extra)
    return step
