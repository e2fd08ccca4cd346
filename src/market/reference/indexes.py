"""The indexes a catalogue is made of, each built once from records."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from typing import TypeVar

from market.reference.records import HomographReading, Unit
from market.vietnamese.spelling import agrees, folded, marked

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

NameIndex = tuple[dict[str, list[K]], dict[str, list[K]]]
"""Keys by name with marks, and by name without."""


class InconsistentReference(ValueError):
    """The records contradict each other: a key twice, a reference to nothing, a circle of parents."""


def in_force(valid_from: date, valid_to: date | None, day: date) -> bool:
    return valid_from <= day and (valid_to is None or day <= valid_to)


def months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def by_key(pairs: Iterable[tuple[K, T]], kind: str) -> dict[K, T]:
    index: dict[K, T] = {}
    for key, value in pairs:
        if key in index:
            raise InconsistentReference(f"{kind} {key} exists twice")
        index[key] = value
    return index


def lines_of_parents(parents: Mapping[str, str | None], kind: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for key in parents:
        line: list[str] = []
        above = parents[key]
        while above is not None:
            if above not in parents:
                raise InconsistentReference(f"{kind} {key} lies below {above}, which does not exist")
            if above == key or above in line:
                raise InconsistentReference(f"{kind} {key} lies below itself")
            line.append(above)
            above = parents[above]
        found[key] = tuple(line)
    return found


def everything_below(
    ancestors: Mapping[str, tuple[str, ...]],
) -> dict[str, frozenset[str]]:
    below: dict[str, set[str]] = {key: {key} for key in ancestors}
    for key, line in ancestors.items():
        for above in line:
            below[above].add(key)
    return {key: frozenset(keys) for key, keys in below.items()}


def units_by_name(units: Iterable[Unit]) -> dict[str, str]:
    found: dict[str, str] = {}
    for unit in units:
        for name in {marked(text) for text in (unit.code, unit.name_vi, unit.name_en, *unit.aliases)}:
            if name in found:
                raise InconsistentReference(f"{name} names both {found[name]} and {unit.code}")
            found[name] = unit.code
    return found


def keys_by_name(
    named: Iterable[tuple[K, tuple[str, ...]]],
) -> NameIndex[K]:
    by_marks: dict[str, dict[K, None]] = defaultdict(dict)
    by_letters: dict[str, dict[K, None]] = defaultdict(dict)
    for key, names in named:
        for name in names:
            by_marks[marked(name)][key] = None
            by_letters[folded(name)][key] = None
    return (
        {n: list(keys) for n, keys in by_marks.items()},
        {n: list(keys) for n, keys in by_letters.items()},
    )


def keys_named(index: NameIndex[K], text: str) -> list[K]:
    """The keys called `text`: by its letters when it carries no mark, by its marks when it does."""
    by_marks, by_letters = index
    written = marked(text)
    return by_marks.get(written, []) if written != folded(text) else by_letters.get(written, [])


def readings_by_word(
    readings: Iterable[HomographReading],
) -> dict[str, tuple[HomographReading, ...]]:
    found: dict[str, list[HomographReading]] = defaultdict(list)
    for reading in sorted(readings, key=lambda reading: (reading.word, reading.rank)):
        if not reading.retired:
            found[marked(reading.word)].append(reading)
    return {word: tuple(meanings) for word, meanings in found.items()}


def places_by_name(named: Iterable[tuple[K, Iterable[str]]]) -> dict[str, list[tuple[str, K]]]:
    """Spelled names and their keys, by the letters alone, with their blanks and without any."""
    found: dict[str, dict[tuple[str, K], None]] = defaultdict(dict)
    for key, names in named:
        for name in names:
            letters = folded(name)
            found[letters][name, key] = None
            found[letters.replace(" ", "")][name, key] = None
    return {letters: list(entries) for letters, entries in found.items()}


def places_called(index: Mapping[str, list[tuple[str, K]]], spelled: str) -> list[K]:
    """The keys of places called so; marks count on the syllables that have any."""
    found = index.get(folded(spelled), ())
    exact = [key for name, key in found if name == spelled]
    fitting = exact or [key for name, key in found if spelled.isascii() or (" " in spelled and agrees(spelled, name))]
    return list(dict.fromkeys(fitting))
