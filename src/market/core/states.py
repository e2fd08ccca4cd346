"""Transitions as data: what may be done in which state, in one table for each kind of thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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


class IllegalTransition(Conflict):
    """The verb does not fit the state; the problem carries `state` and the `allowed` verbs."""

    code = "illegal-transition"
    detail = Message(
        vi="Trạng thái hiện tại ({state}) không cho phép việc này ({verb}).",
        en="The current state ({state}) does not allow this ({verb}).",
    )


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
        raise IllegalTransition(state=state, verb=spoken(verb), extra=extra)
    return step
