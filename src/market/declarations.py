"""What the routes of the rooms declare, gathered for the API's description."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from market.common_documentation import Declared
from market.core.endings import Ending
from market.core.errors import MarketError
from market.core.query import QueryProvider


def declared_by(
    rooms: Mapping[str, Sequence[Any]],
    scopes: Mapping[str, str],
    endings: Mapping[str, Ending],
    conflicts: Mapping[str, Sequence[type[MarketError]]],
) -> Declared:
    """What these routes declare.

    Args:
        rooms: their handlers, by room.
        scopes: what a key needs to ask a room, where its route declares none.
        endings: operations that are going to end, by operation id.
        conflicts: what only the database refuses, by operation id.

    Raises:
        ValueError: something is said of an operation that none of the rooms has.
    """
    handlers = {handler.operation_id: (room, handler) for room, routes in rooms.items() for handler in routes}
    if unknown := {*endings, *conflicts} - handlers.keys():
        raise ValueError(f"no operation is called {', '.join(sorted(unknown))}")
    asked = {name: handler.opt.get("scope", scopes.get(room)) for name, (room, handler) in handlers.items()}
    return Declared(
        access={name: handler.opt["access"] for name, (_, handler) in handlers.items()},
        scopes={name: scope for name, scope in asked.items() if scope is not None},
        endings=endings,
        queries={
            name: provider.model
            for name, (_, handler) in handlers.items()
            for provider in (handler.dependencies or {}).values()
            if isinstance(provider, QueryProvider)
        },
        answers=_options(handlers, "answers"),
        bodies=_options(handlers, "takes"),
        forms=_options(handlers, "form"),
        handlers={name: handler.fn for name, (_, handler) in handlers.items()},
        conflicts=conflicts,
    )


def _options(handlers: Mapping[str, tuple[str, Any]], option: str) -> dict[str, Any]:
    return {name: handler.opt[option] for name, (_, handler) in handlers.items() if option in handler.opt}
