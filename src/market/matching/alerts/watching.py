"""What a saved search asks for, read once by the same reader as any search, and kept to be compared with new things.

A search ranks: it also shows goods that lack some of the words. An alert does not: what fits meets every condition, is
of the goods that were read, and has every other word, with its marks where marks were typed. As in a search, what is of
other goods fits too if it has all the words, those that name the goods included, as long as there are others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import msgspec

from market.matching.alerts.models import Kind
from market.reading.understanding import read_query
from market.reading.vocabulary import vocabulary_of
from market.reference.cadence import weeks_between
from market.reference.catalogue import Catalogue
from market.search.asking import SearchQuery, question_of
from market.search.request import Filters
from market.vietnamese.text import Token, clean, fold, tokens

MOST_WORDS = 12
NOT_WATCHED = frozenset({"sort", "page", "limit", "facets"})
"""Parameters of a search that say how to show what is found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What a thing must have."""

    goods: tuple[str, ...] = ()
    """One of these concepts, or a narrower one."""
    words: tuple[str, ...] = ()
    """All of them; a word with marks as it is, one without marks however it is marked."""
    phrase: tuple[str, ...] = ()
    """Or all of these, whatever the goods; none when there are no other words than those that name the goods."""
    months: tuple[int, ...] = ()
    """Available (or wanted) in the next of one of these calendar months."""
    weeks_ahead: tuple[int, ...] = ()
    """Or in one of the weeks that begin so many weeks after the running one: tuần này is 0, tuần sau 1."""
    filters: tuple[Filters, ...] = ()

    @property
    def asks_nothing(self) -> bool:
        season = self.months or self.weeks_ahead
        return not (self.goods or self.words or season or any(given != Filters() for given in self.filters))


def read_watch(query: SearchQuery, *, catalogue: Catalogue, today: date) -> Watch:
    """Read the words of a search and put its conditions together."""
    understood = read_query(
        query.q, vocabulary_of(catalogue), region=query.near, today=today, understand=query.understand == "on"
    )
    question = question_of(query, understood, today=today)
    words = _words(question.rest)
    read = replace(question.read, weeks=(), category=question.category)
    return Watch(
        # Goods sold mixed are of the category that their name asks for.
        goods=() if question.category else question.concepts,
        words=words,
        phrase=_words(question.words) if question.concepts and words else (),
        months=understood.months,
        weeks_ahead=tuple(weeks_between(today, week) for week in understood.weeks),
        # Months and weeks are counted from the day on which things are compared, as the search would be read then.
        filters=(*question.filters, read),
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(token.text for token in tokens(clean(text))))[:MOST_WORDS]


def watch_to_json(watch: Watch) -> dict[str, Any]:
    """A watch as it is kept."""
    kept: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(watch))
    kept["filters"] = [
        {name: value for name, value in group.items() if value not in (None, [])} for group in kept["filters"]
    ]
    return {name: value for name, value in kept.items() if value}


def watch_from_json(kept: Mapping[str, Any]) -> Watch:
    """A watch as it was kept."""
    return msgspec.convert(kept, Watch)


def anchors_of(watch: Watch, kind: Kind) -> list[str]:
    """Words of which a thing must have one to fit: by the most telling thing that is asked for."""
    instead = [_anchor(kind, "word", word) for word in _longest(watch.phrase)]
    for name, values in _asked(watch):
        if values:
            return sorted({*instead, *(_anchor(kind, name, value) for value in values)})
    return [_anchor(kind, "any", "")]


def _asked(watch: Watch) -> Iterable[tuple[str, Iterable[str]]]:
    yield "concept", watch.goods
    yield "concept", _first(filters.concepts for filters in watch.filters)
    yield "word", _longest(watch.words)
    yield "organization", [str(filters.organization) for filters in watch.filters if filters.organization]
    yield "province", _first(filters.provinces for filters in watch.filters)
    yield "region", _first(filters.regions for filters in watch.filters)
    yield "certificate", _first(filters.certificates for filters in watch.filters)[:1]
    yield "category", [filters.category for filters in watch.filters if filters.category]


def _longest(words: Iterable[str]) -> list[str]:
    return sorted(map(fold, words), key=len)[-1:]


def _first(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return next((group for group in groups if group), ())


def anchors_in(document: Mapping[str, Any], words: Iterable[Token], kind: Kind) -> set[str]:
    """Every anchor that a thing has."""
    categories, organization = document["categories"], document["organization"]
    held: dict[str, Iterable[str]] = {
        "concept": document["concepts"],
        "word": {word.folded for word in words},
        "organization": [organization],
        "province": document["provinces"],
        "region": document["regions"],
        "certificate": document["valid_until"] if kind == "listings" else document["required"],
        "category": categories,
        "any": [""],
    }
    return {_anchor(kind, name, value) for name, values in held.items() for value in values}


def _anchor(kind: Kind, name: str, value: str) -> str:
    return f"{kind}:{name}:{value}"
