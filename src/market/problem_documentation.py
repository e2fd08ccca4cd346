"""Which refusals each operation may meet, read from what its handler runs: what can be raised is what is described.

Functions are followed through what they name (`service.accept`, `policy.require_member`), so a refusal that is only
reached through an object's method stands in no list of an operation; `/problems` has them all.
"""

from __future__ import annotations

import dis
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from inspect import ismodule, unwrap
from types import CodeType, FunctionType
from typing import Any

from market.core.access import ForPeople, OutsideScopes
from market.core.database_errors import Inconsistent
from market.core.deadline import BodyTooSlow, Overdue, Overloaded
from market.core.eras import LogAhead
from market.core.errors import (
    InvalidCredential,
    MalformedRequest,
    MarketError,
    NotAllowed,
    NotFound,
    NotSignedIn,
    PreconditionRequired,
    Stale,
    TooLarge,
    TooManyRequests,
    Unavailable,
    UnsupportedMediaType,
    ValidationFailed,
)
from market.core.idempotency import AnswerLost, KeyReused, StillRunning
from market.events.desk.devices import DeviceEnded
from market.organizations.authentication import NotAMember

OURS = "market."
ATTRIBUTES = frozenset({"LOAD_ATTR", "LOAD_METHOD"})
MATCHES = "CHECK_EXC_MATCH"
"""Follows what is only caught."""
AROUND: tuple[type[MarketError], ...] = (
    *(ValidationFailed, MalformedRequest, NotSignedIn, InvalidCredential, DeviceEnded),
    *(NotAllowed, NotAMember, ForPeople, OutsideScopes),
    *(NotFound, BodyTooSlow, StillRunning, AnswerLost, Inconsistent, Stale, TooLarge, UnsupportedMediaType, KeyReused),
    *(PreconditionRequired, TooManyRequests, MarketError, Unavailable, Overdue, Overloaded, LogAhead),
)
"""What stands before every operation: who asks, how often, what is sent, whether it was sent before."""


def refusals_of(handler: Any) -> frozenset[type[MarketError]]:
    """The errors that a function, or whatever it calls by name, may raise."""
    found: set[type[MarketError]] = set()
    seen: set[FunctionType] = set()
    waiting = [handler]
    while waiting:
        function = _function(waiting.pop())
        if function is None or function in seen:
            continue
        seen.add(function)
        raised, called = _reached(function)
        found |= raised
        waiting += called
    return frozenset(found - {MarketError})


def codes_by_status(refusals: Iterable[type[MarketError]]) -> Mapping[str, list[str]]:
    """Their codes by HTTP status, in order."""
    codes: dict[str, set[str]] = defaultdict(set)
    for refusal in refusals:
        codes[str(refusal.status)].add(refusal.code)
    return {status: sorted(of_status) for status, of_status in codes.items()}


def with_codes(text: str, codes: Iterable[str]) -> str:
    """What a refusal means, with the `code` of each problem that may come."""
    said = ", ".join(f"`{code}`" for code in codes)
    return f"{text}. Codes: {said}" if said else text


@cache
def _reached(function: FunctionType) -> tuple[frozenset[type[MarketError]], tuple[FunctionType, ...]]:
    """The errors that a function names itself, and the functions."""
    named = list(_named(function.__code__, function.__globals__))
    raised = {one for one in named if isinstance(one, type) and issubclass(one, MarketError)}
    named += getattr(function, "also_runs", ())
    called = (_function(one) for one in named if not isinstance(one, type))
    return frozenset(raised), tuple(one for one in called if one is not None)


def _function(named: Any) -> FunctionType | None:
    """A function of ours, out of what wraps it or is bound to it."""
    plain = unwrap(named) if callable(named) else None
    plain = getattr(plain, "__func__", plain)
    is_ours = isinstance(plain, FunctionType) and plain.__module__.startswith(OURS)
    return plain if is_ours else None


def _named(code: CodeType, known: Mapping[str, Any]) -> Iterator[Any]:
    """What a function names outside itself: `policy.require_member` is one name."""
    current: Any = None
    for instruction in dis.get_instructions(code):
        if (
            current is not None
            and instruction.opname in ATTRIBUTES
            and (ismodule(current) or isinstance(current, type))
        ):
            current = getattr(current, str(instruction.argval), None)
            continue
        if current is not None and instruction.opname != MATCHES:
            yield current
        current = known.get(str(instruction.argval)) if instruction.opname == "LOAD_GLOBAL" else None
    for nested in code.co_consts:
        if isinstance(nested, CodeType):
            yield from _named(nested, known)
