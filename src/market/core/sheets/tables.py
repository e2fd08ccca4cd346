"""From what a list answers to the rows of a table: what lies inside is named by its path, lists are joined."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from market.core.language import Language
from market.core.sheets.streaming import SheetColumn

Item = Mapping[str, Any]
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*")
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?")
Says = Callable[[Any, Language], Any]
"""A value in words for people, which imports read again."""
NAMES = ("name", "name_vi", "title", "code", "scheme", "id")


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column, and where its value lies in an item."""

    heading: str
    path: str
    """Keys with dots; those of a repeated part begin with its name and `[]`. Of several, parted by `|`, the first that
    holds something counts."""
    takes: str = "text"
    """text, number, money, day, instant, flag or list."""
    width: int = 18
    english: str = ""
    """The heading in English; empty: it has none of its own."""
    says: Says | None = None
    """How a value is said in words, of codes that people do not read."""

    def sheet_column(self, language: Language = "vi") -> SheetColumn:
        heading = self.english if language == "en" and self.english else self.heading
        return SheetColumn(heading, self.width, self.takes == "money")

    def paths(self) -> tuple[tuple[str, ...], ...]:
        """Where its value may lie, in the order that counts."""
        return tuple(tuple(path.split(".")) for path in self.path.split("|"))

    def reader(self, language: Language) -> Callable[[Any], Any]:
        """What turns a value into a cell."""
        if self.says is None:
            return READERS.get(self.takes, _joined_text)
        said = self.says
        return lambda value: said(value, language)


@dataclass(frozen=True, slots=True)
class Table:
    """How items of one kind become rows."""

    name: str
    columns: Sequence[TableColumn]
    repeated: str | None = None
    """The list of an item whose every member is a row of its own."""

    def rows(self, items: Iterable[Item], language: Language = "vi") -> Iterator[list[Any]]:
        """The rows of items."""
        cells = [(column.paths(), column.reader(language)) for column in self.columns]
        for item in self._members(items):
            yield [_first_cell(item, paths, read) for paths, read in cells]

    def _members(self, items: Iterable[Item]) -> Iterable[Item]:
        if self.repeated is None:
            return items
        part = self.repeated
        return ({**item, f"{part}[]": member} for item in items for member in item.get(part) or [{}])


def _first_cell(item: Any, paths: tuple[tuple[str, ...], ...], read: Callable[[Any], Any]) -> Any:
    if len(paths) == 1:
        return _cell(item, paths[0], read)
    return next((cell for keys in paths if (cell := _cell(item, keys, read)) is not None), None)


def _cell(item: Any, keys: tuple[str, ...], read: Callable[[Any], Any]) -> Any:
    for key in keys:
        # What was decoded is a dict, which is told much faster than any other mapping.
        if type(item) is not dict and not isinstance(item, Mapping):
            return None
        item = item.get(key)
    return None if item is None or item == "" else read(item)


def _joined_text(value: Any) -> Any:
    return value if type(value) is str or isinstance(value, (int, float)) else joined(value)


def _number(value: Any) -> Any:
    if isinstance(value, (int, float)):
        return value
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return str(value)


def _day(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else str(value)


def _instant(value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(value, str) and _INSTANT.fullmatch(value) else str(value)


READERS: Mapping[str, Callable[[Any], Any]] = {
    "number": _number,
    "money": _number,
    "day": _day,
    "instant": _instant,
    "flag": bool,
}


def joined(value: Any) -> str:
    """Anything as the text of one cell."""
    if isinstance(value, Mapping):
        named = next((value[name] for name in NAMES if value.get(name)), None)
        return str(named) if named is not None else "; ".join(f"{key}: {joined(part)}" for key, part in value.items())
    if isinstance(value, list):
        return "; ".join(joined(part) for part in value)
    return "" if value is None else str(value)


def guessed_table(name: str, items: Sequence[Item]) -> Table:
    """A table for items that have none of their own: by what the first of them hold."""
    takes: dict[str, str] = {}
    for item in items:
        for path, value in _leaves(item):
            kind = _kind(path, value)
            if takes.setdefault(path, kind) == "":
                takes[path] = kind
    columns = [TableColumn(path, path, kind or "text", min(max(len(path) + 2, 12), 40)) for path, kind in takes.items()]
    return Table(name, columns)


def _leaves(item: Item, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in item.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping) and value and prefix.count(".") < 2:
            yield from _leaves(value, f"{path}.")
        else:
            yield path, value


def _kind(path: str, value: Any) -> str:
    """What the values of a column are; "" while none was seen."""
    if value is None or value == []:
        return ""
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, (int, float)):
        return "money" if path.endswith("_vnd") else "number"
    if isinstance(value, str):
        if _INSTANT.fullmatch(value):
            return "instant"
        if _DAY.fullmatch(value):
            return "day"
        amount = path.rpartition(".")[2]
        if _NUMBER.fullmatch(value) and amount.endswith(("quantity", "_kg", "moq", "kg", "_pct", "score")):
            return "number"
    return "text"


def table_in(answer: Mapping[str, Any]) -> list[Item] | None:
    """The rows of an answer that is no page: its longest list of things, with the total beneath; None without one."""
    if isinstance(answer.get("items"), list):
        return list(answer["items"])
    lists = [value for value in answer.values() if isinstance(value, list) and value and isinstance(value[0], Mapping)]
    empty = [value for value in answer.values() if isinstance(value, list)]
    if not lists:
        return [] if empty else None
    rows = max(lists, key=len)
    total = answer.get("total")
    return [*rows, total] if isinstance(total, Mapping) else rows
