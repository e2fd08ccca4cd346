"""The columns of a CSV file, and how a cell becomes what the API takes.

A column is named as the API names the field, with dots for what lies inside: `province.code`, `capacity.1.from`,
`lines.2.concept` (they count from 1, and the first may go without its number). Short names stand for the fields of the
first window or line: `from`, `quantity`, for needs also `concept`, `unit`. An empty cell is a field left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from market.core.errors import FieldError
from market.core.language import Message
from market.reference.catalogue import Catalogue

ORGANIZATION = "organization"
"""Column, and field of an NDJSON row, that names whose row it is: an id, a tax code or the exact name."""
MOST_NUMBERED = 60

AMBIGUOUS = Message(
    vi="“{text}” có thể hiểu theo hai cách; hãy ghi {whole} hoặc {decimal}.",
    en='"{text}" can be read in two ways; write {whole} or {decimal}.',
)
AMBIGUOUS_NAME = Message(vi="“{text}” chỉ nhiều mục: {found}.", en='"{text}" names several things: {found}.')

_THOUSANDS = re.compile(r"\d{1,3}(?:[., ]\d{3})+")
_MONEY_WORDS = re.compile(r"\s*(?:đồng|đ|₫|vnd|vnđ)\.?$", re.IGNORECASE)
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_BOOLEANS = {"có": "true", "x": "true", "không": "false"}


class BadCell(ValueError):
    """A cell that cannot be read; carries what the row is refused with."""

    def __init__(self, message: Message, **parameters: object) -> None:
        super().__init__(message.text("en", **parameters))
        self.message = message
        self.parameters = parameters


Read = Callable[[str, Catalogue], Any]


def _text(cell: str, _: Catalogue) -> Any:
    return cell


def _money(cell: str, _: Catalogue) -> Any:
    """Đồng have no decimals: every separator before three digits separates thousands."""
    bare = _MONEY_WORDS.sub("", cell)
    return re.sub(r"[., ]", "", bare) if _THOUSANDS.fullmatch(bare) else bare


def _quantity(cell: str, _: Catalogue) -> Any:
    if _THOUSANDS.fullmatch(cell):
        whole, decimal = re.sub(r"[., ]", "", cell), re.sub(r"[., ]", ".", cell).rstrip("0").rstrip(".")
        raise BadCell(AMBIGUOUS, text=cell, whole=whole, decimal=decimal)
    return cell.replace(",", ".")


def _date(cell: str, _: Catalogue) -> Any:
    found = _DAY_FIRST.fullmatch(cell)
    return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}" if found else cell


def _boolean(cell: str, _: Catalogue) -> Any:
    return _BOOLEANS.get(cell.lower(), cell.lower())


def _list(cell: str, _: Catalogue) -> Any:
    return [part.strip() for part in re.split(r"[;|,]", cell) if part.strip()]


def _province(cell: str, catalogue: Catalogue) -> Any:
    """A code of today, `2008:83`, or a name; a name of both maps is today's."""
    version, colon, code = cell.rpartition(":")
    if cell.isdigit() or colon:
        return {"code": code or cell, "version": version if colon else "2025"}
    found = catalogue.provinces_named(cell)
    today = [province for province in found if province.becomes is None]
    known = today or list(found)
    if len(known) > 1:
        raise BadCell(AMBIGUOUS_NAME, text=cell, found=", ".join(f"{p.version}:{p.code}" for p in known))
    return {"code": known[0].code, "version": known[0].version} if known else {"code": cell[:64]}


def _concept(cell: str, catalogue: Catalogue) -> Any:
    """An id, or a name that only one kind of goods has."""
    if catalogue.find_concept(cell) is not None:
        return cell
    found = catalogue.concepts_named(cell)
    if len(found) > 1:
        raise BadCell(AMBIGUOUS_NAME, text=cell, found=", ".join(concept.id for concept in found))
    return found[0].id if found else cell


def _unit(cell: str, catalogue: Catalogue) -> Any:
    """A code, or a word for a unit."""
    if catalogue.find_unit(cell) is not None:
        return cell
    named = catalogue.unit_by_name(cell)
    return named.code if named else cell


_WINDOW: Mapping[str, Read] = {"from": _date, "to": _date, "quantity": _quantity, "per": _text}


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of one kind of file may be called."""

    plain: Mapping[str, Read]
    """Fields of the row."""
    places: frozenset[str]
    """Fields that are a province: a code or name in one column, or `.code` and `.version`."""
    lists: Mapping[str, Mapping[str, Read]]
    """Lists of objects, and the fields of one."""
    short: str
    """The list whose first object needs no prefix."""

    def find(self, name: str) -> tuple[tuple[str | int, ...], Read] | None:
        """Where a column's cells go in the row, and how they are read; None for an unknown column."""
        first, *rest = name.split(".")
        if name in self.plain:
            return (name,), self.plain[name]
        if name in self.places:
            return (name,), _province
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
        **dict.fromkeys(("packaging", "shelf_life_days"), _text),
        "concept": _concept,
        "unit": _unit,
        "price_vnd": _money,
        "moq": _quantity,
        "certificates": _list,
        "cold_chain": _boolean,
        "publish": _boolean,
        "another": _boolean,
    },
    places=frozenset({"province"}),
    lists={"capacity": _WINDOW, "price_tiers": {"min_quantity": _quantity, "price_vnd": _money}},
    short="capacity",
)
NEED_COLUMNS = Columns(
    plain={
        **dict.fromkeys(("title", "description", "deliver_before"), _text),
        "deadline": _date,
        "publish": _boolean,
        "another": _boolean,
    },
    places=frozenset({"delivery_province"}),
    lists={
        "lines": {
            **_WINDOW,
            "concept": _concept,
            "unit": _unit,
            "weekdays": _list,
            "required_certificates": _list,
            "preferred_certificates": _list,
            "price_ceiling_vnd": _money,
            "note": _text,
        }
    },
    short="lines",
)


class UnknownColumns(ValueError):
    """The header names columns that nothing can be done with; the message is for a person."""


def read_header(names: Sequence[str], columns: Columns) -> list[tuple[tuple[str | int, ...], Read]]:
    """Where each column goes.

    Raises:
        UnknownColumns: a name is unknown or stands twice.
    """
    found: list[tuple[tuple[str | int, ...], Read]] = []
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


def read_cells(
    cells: Sequence[str], header: Sequence[tuple[tuple[str | int, ...], Read]], *, catalogue: Catalogue
) -> tuple[dict[str, Any], list[FieldError]]:
    """The row as the API takes it, and what could not be read."""
    body: dict[str, Any] = {}
    errors: list[FieldError] = []
    for cell, (place, read) in zip(cells, header, strict=False):
        text = cell.strip()
        if not text:
            continue
        try:
            _put(body, place, read(text, catalogue))
        except BadCell as bad:
            pointer = "/" + "/".join(str(part) for part in place)
            errors.append(FieldError(pointer, "ambiguous", bad.message, bad.parameters))
    for name, value in body.items():
        if isinstance(value, dict) and all(isinstance(key, int) for key in value):
            body[name] = [value[position] for position in sorted(value)]
    return body, errors


def _put(body: dict[str, Any], place: tuple[str | int, ...], value: Any) -> None:
    inside: dict[Any, Any] = body
    for part in place[:-1]:
        inside = inside.setdefault(part, {})
    inside[place[-1]] = value
