"""What each column of an agreement is for, said once beside the column; every list of columns is derived from it."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import Column, inspect

Part = Literal["terms", "course", "consent", "place", "derived"]
"""What of the content it belongs to; `place` is a key or a place in an order, `derived` follows from the others."""
Shown = Literal["everybody", "insiders"]


def says(
    part: Part,
    *,
    private: bool = False,
    later: bool = False,
    carried: bool = False,
    sent: bool = False,
    logged: bool = True,
    aside: bool = False,
    shown: Shown | None = None,
    counted: bool = False,
) -> dict[str, Any]:
    """The `info` of a column.

    Args:
        private: its values never enter the log of changes.
        later: it came later and is left out of contents while it is empty.
        carried: amendments and contracts that follow begin with it.
        sent: requests set it by its own name.
        logged: the log tells of it within the parties and lines of a new version.
        aside: no part of what is agreed (who is to be called, notes): changing it asks for nobody's consent.
        shown: answers have it under its own name, to everybody or to insiders.
        counted: reports begin a new stretch when it changes.
    """
    return {
        "part": part,
        "private": private,
        "later": later,
        "carried": carried,
        "sent": sent,
        "logged": logged,
        "aside": aside,
        "shown": shown,
        "counted": counted,
    }


def columns_of(model: type[Any], **wanted: Any) -> tuple[str, ...]:
    """Names of the columns whose `info` has all these values, in the order of the table."""
    return tuple(
        attribute.key
        for attribute in inspect(model).column_attrs
        if isinstance(attribute.columns[0], Column)
        and all(attribute.columns[0].info.get(name) == value for name, value in wanted.items())
    )
