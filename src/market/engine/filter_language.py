"""Conditions in the engine's filter language."""

from __future__ import annotations

import re
from collections.abc import Iterable

NOTHING = "id IN []"

_IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def quoted(value: str) -> str:
    """A value as a literal of the filter language. Nothing in it can end the literal.

    Backslashes are dropped: the engine has no spelling for one before a quote, and no id has any.
    """
    if not value.isprintable():
        value = "".join(character if character.isprintable() else " " for character in value)
    return '"' + value.replace("\\", "").replace('"', '\\"')[:200] + '"'


def any_of(attribute: str, values: Iterable[str]) -> str:
    """The attribute has one of these values."""
    listed = [quoted(value) for value in values]
    return f"{attribute} = {listed[0]}" if len(listed) == 1 else f"{attribute} IN [{', '.join(listed)}]"


def valid_now(schemes: Iterable[str], now: int) -> str:
    """Each of the schemes is held and has not expired."""
    conditions = []
    for scheme in schemes:
        if not _IDENTIFIER.fullmatch(scheme):
            return NOTHING
        conditions.append(f"valid_until.{scheme} > {now}")
    return " AND ".join(conditions)
