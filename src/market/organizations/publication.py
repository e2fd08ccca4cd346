"""The life of what an organization shows the market, the same for listings and needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from market.core.errors import Conflict
from market.core.language import Message

Status = Literal["draft", "published", "paused", "archived"]

TRANSITIONS: Mapping[str, tuple[frozenset[Status], Status]] = {
    "publish": (frozenset({"draft", "paused"}), "published"),
    "pause": (frozenset({"published"}), "paused"),
    "archive": (frozenset({"draft", "published", "paused"}), "archived"),
}
"""Verb -> (states it starts from, state it ends in)."""


class WrongState(Conflict):
    code = "wrong-state"
    detail = Message(
        vi="Không thể {verb} khi tin đang ở trạng thái {status}.", en="Cannot {verb} while the status is {status}."
    )


def next_status(status: Status, verb: str) -> Status:
    """The state that `verb` leads to from `status`.

    Raises:
        WrongState: it leads nowhere from there; `allowed` names the verbs that do.
    """
    starts, end = TRANSITIONS[verb]
    if status not in starts:
        allowed = sorted(name for name, (states, _) in TRANSITIONS.items() if status in states)
        raise WrongState(verb=verb, status=status, extra={"allowed": allowed})
    return end
