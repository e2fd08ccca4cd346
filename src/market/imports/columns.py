"""The columns of a CSV file, and which field of the API takes a cell.

A column is named as the API names the field, with dots for what lies inside: `province.code`, `capacity.1.from`,
`lines.2.concept` (they count from 1, and the first may go without its number). Short names stand for the fields of the
first window or line: `from`, `quantity`, for needs also `concept`, `unit`. An empty cell is a field left out. What a
cell says is read as text is at every other door: by the field types of the API.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ORGANIZATION = "organization"
"""Column, and field of an NDJSON row, that names whose row it is: an id, a tax code, a GLN or the exact name."""
MOST_NUMBERED = 60

Split = Callable[[str], Any]


def _text(cell: str) -> Any:
    return cell


def _list(cell: str) -> Any:
    return [part.strip() for part in re.split(r"[;|,]", cell) if part.strip()]


_WINDOW: Mapping[str, Split] = dict.fromkeys(("from", "to", "quantity", "per"), _text)


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of one kind of file may be called."""

    plain: Mapping[str, Split]
    """Fields of the row."""
    places: frozenset[str]
    """Fields that are a province: a code or name in one column, or `.code` and `.version`."""
    lists: Mapping[str, Mapping[str, Split]]
    """Lists of objects, and the fields of one."""
    short: str
    """The list whose first object needs no prefix."""

    def find(self, name: str) -> tuple[tuple[str | int, ...], Split] | None:
        """Where a column's cells go in the row, and how they are read; None for an unknown column."""
        first, *rest = name.split(".")
        if name in self.plain:
            return (name,), self.plain[name]
        if name in self.places:
            return (name,), _text
        if first in self.places and rest in (["code"], ["version"]):
            return (first, rest[0]), _text
        if name in self.lists[self.short]:
            return (self.short, 0, name), self.lists[self.short][name]
        fields = self.lists.get(first, {})
        number, field = ("1", rest[0]) if len(rest) == 1 else (rest[0], rest[1]) if len(rest) == 2 else ("", "")
        if field in fields and number.isdecimal() and 1 <= int(number) <= MOST_NUMBERED:
            return (first, int(number) - 1, field), fields[field]
        return None

    def known(self) -> list[str]:
        """Every name without numbers, for a person who mistyped one."""
        inside = [f"{name}.{field}" for name, fields in self.lists.items() for field in fields]
        return [ORGANIZATION, *self.plain, *sorted(self.places), *self.lists[self.short], *inside]


LISTING_COLUMNS = Columns(
    plain={
        **dict.fromkeys(("title", "description", "variety", "grade", "growing_area"), _text),
        **dict.fromkeys(("packaging", "shelf_life_days", "size", "kg_each", "price_until", "external_id"), _text),
        "concept": _text,
        "unit": _text,
        "price_vnd": _text,
        "moq": _text,
        "certificates": _list,
        "cold_chain": _text,
        "publish": _text,
        "another": _text,
    },
    places=frozenset({"province"}),
    lists={"capacity": _WINDOW, "price_tiers": {"min_quantity": _text, "price_vnd": _text}},
    short="capacity",
)
NEED_COLUMNS = Columns(
    plain={
        **dict.fromkeys(("title", "description", "deliver_before", "external_id"), _text),
        "deadline": _text,
        "publish": _text,
        "another": _text,
    },
    places=frozenset({"delivery_province"}),
    lists={
        "lines": {
            **_WINDOW,
            "concept": _text,
            "unit": _text,
            "weekdays": _text,
            "required_certificates": _list,
            "preferred_certificates": _list,
            "price_ceiling_vnd": _text,
            "note": _text,
            "grade": _text,
            "size": _text,
            "packaging": _text,
            "kg_each": _text,
        }
    },
    short="lines",
)


class UnknownColumns(ValueError):
    """The header names columns that nothing can be done with; the message is for a person."""


def read_header(names: Sequence[str], columns: Columns) -> list[tuple[tuple[str | int, ...], Split]]:
    """Where each column goes.

    Raises:
        UnknownColumns: a name is unknown or stands twice.
    """
    found: list[tuple[tuple[str | int, ...], Split]] = []
    unknown = []
    for name in names:
        place = ((ORGANIZATION,), _text) if name == ORGANIZATION else columns.find(name)
        if place is None or any(place[0] == before[0] for before in found):
            unknown.append(name or "(empty)")
        else:
            found.append(place)
    if unknown:
        raise UnknownColumns(
            f"unknown or repeated columns: {', '.join(unknown)}; there are: {', '.join(columns.known())}"
        )
    return found


def read_cells(cells: Sequence[str], header: Sequence[tuple[tuple[str | int, ...], Split]]) -> dict[str, Any]:
    """The row as the API takes it."""
    body: dict[str, Any] = {}
    for cell, (place, split) in zip(cells, header, strict=False):
        if text := cell.strip():
            _put(body, place, split(text))
    for name, value in body.items():
        if isinstance(value, dict) and all(isinstance(key, int) for key in value):
            body[name] = [value[position] for position in sorted(value)]
    return body


def _put(body: dict[str, Any], place: tuple[str | int, ...], value: Any) -> None:
    inside: dict[Any, Any] = body
    for part in place[:-1]:
        if isinstance(inside.get(part), str):
            # A code in `province` beside a column `province.version`.
            inside[part] = {"code": inside[part]}
        inside = inside.setdefault(part, {})
    if isinstance(inside.get(place[-1]), dict):
        inside[place[-1]]["code"] = value
    else:
        inside[place[-1]] = value
