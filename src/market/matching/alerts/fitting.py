"""Whether a thing fits a watch: the conditions of the engine's filters (`search.request`), on its document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from market.matching.alerts.models import Kind
from market.matching.alerts.watching import Watch, anchors_in
from market.reference.cadence import iso_week
from market.search.request import Filters, weeks_of_months
from market.vietnamese.text import Token, clean, tokens

Meets = Callable[[Mapping[str, Any], Any, int], bool]
"""Whether a document meets a condition with a value, now (unix seconds)."""


@dataclass(frozen=True)
class Thing:
    """A published listing or need, as people find it."""

    kind: Kind
    named: Mapping[str, Any]
    """Its document, or the part of it that says what it is, whose and where."""
    more_words: str = ""
    """Text that the document holds only as keys."""
    version: int = 1
    complete: Callable[[], Mapping[str, Any]] | None = None
    """Makes the whole document, where `named` is a part: few things of an import are near anything that is watched."""

    @cached_property
    def document(self) -> Mapping[str, Any]:
        return self.named if self.complete is None else self.complete()

    @property
    def id(self) -> UUID:
        return UUID(self.named["id"])

    @property
    def organization_id(self) -> UUID:
        return UUID(self.named["organization"])

    @property
    def entity(self) -> str:
        return "listing" if self.kind == "listings" else "need"

    @property
    def title(self) -> str:
        return str(self.named["title"])

    @property
    def organization_name(self) -> str:
        return str(self.named["organization_name"])

    @property
    def published_at(self) -> int:
        """Unix seconds."""
        return int(self.named["published_at"])

    @cached_property
    def words(self) -> list[Token]:
        # What an organization, or the same goods, say again and again is read once.
        again = (self.named["description"], self.organization_name, " ".join(self.named["concept_names"]))
        return [
            *tokens(clean(f"{self.title} {self.more_words}")),
            *(word for text in again for word in _words_of(text)),
        ]

    @cached_property
    def anchors(self) -> set[str]:
        return anchors_in(self.named, self.words, self.kind)

    @cached_property
    def _spelled(self) -> frozenset[str]:
        return frozenset(spelling for word in self.words for spelling in (word.text, word.folded))

    def has_words(self, words: Iterable[str]) -> bool:
        """Whether it has all of them. A word with marks is never equal to a folded one."""
        return all(word in self._spelled for word in words)


@lru_cache(maxsize=1024)
def _words_of(text: str) -> tuple[Token, ...]:
    return tuple(tokens(clean(text)))


def fits(thing: Thing, watch: Watch, *, now: int, today: date) -> bool:
    """Whether everything that the watch asks for is there.

    Args:
        now: unix seconds; what expires is compared with it.
        today: where "next December" and "next week" are counted from.
    """
    document = thing.document
    if thing.kind == "needs" and document["deadline"] <= now:
        return False
    of_goods = not watch.goods or _any(document["concepts"], watch.goods)
    if not (of_goods and thing.has_words(watch.words)) and not (watch.phrase and thing.has_words(watch.phrase)):
        return False
    weeks = _weeks(watch.months, watch.weeks_ahead, today)
    if weeks and not _any(document["weeks"], weeks):
        return False
    conditions = CONDITIONS[thing.kind]
    return all(conditions[name](document, value, now) for filters in watch.filters for name, value in _given(filters))


def _given(filters: Filters) -> Iterable[tuple[str, Any]]:
    values = ((name, getattr(filters, name)) for name in Filters.__slots__)
    return ((name, value) for name, value in values if value is not None and value != ())


@lru_cache(maxsize=512)
def _weeks(months: tuple[int, ...], ahead: tuple[int, ...], today: date) -> tuple[int, ...]:
    named = (iso_week(today + timedelta(weeks=weeks)) for weeks in ahead)
    return (*weeks_of_months(months, today=today), *named)


def _any(held: Iterable[Any], wanted: Iterable[Any]) -> bool:
    return not set(held).isdisjoint(wanted)


def _certified(document: Mapping[str, Any], schemes: Iterable[str], now: int) -> bool:
    valid_until = document["valid_until"]
    return all(valid_until.get(scheme, 0) > now for scheme in schemes)


def _price(document: Mapping[str, Any]) -> float | None:
    """For a kilogram where the unit has a fixed weight, else for the unit."""
    by_weight: float | None = document["price_vnd_kg"]
    price: float | None = document["price_vnd"] if by_weight is None else by_weight
    return price


def _at_least(amount: float | None, least: float) -> bool:
    return amount is not None and amount >= least


def _at_most(amount: float | None, most: float) -> bool:
    return amount is not None and amount <= most


_COMMON: Mapping[str, Meets] = {
    "concepts": lambda document, values, _: _any(document["concepts"], values),
    "provinces": lambda document, values, _: _any(document["provinces"], values),
    "regions": lambda document, values, _: _any(document["regions"], values),
    "weeks": lambda document, values, _: _any(document["weeks"], values),
    "organization": lambda document, value, _: document["organization"] == str(value),
}

CONDITIONS: Mapping[Kind, Mapping[str, Meets]] = {
    "listings": {
        **_COMMON,
        "category": lambda document, value, _: value in document["categories"],
        "certificates": _certified,
        "price_min_vnd": lambda document, value, _: _at_least(_price(document), value),
        "price_max_vnd": lambda document, value, _: _at_most(_price(document), value),
        "quantity_min_kg": lambda document, value, _: _at_least(document["capacity_kg_week"], value),
        "quantity_max_kg": lambda document, value, _: _at_most(document["capacity_kg_week"], value),
    },
    "needs": {
        **_COMMON,
        "category": lambda document, value, _: value in document["categories"],
        "certificates": lambda document, values, _: set(values) <= set(document["required"]),
        "price_min_vnd": lambda document, value, _: _at_least(document["price_ceiling_vnd_kg"], value),
        "price_max_vnd": lambda document, value, _: _at_most(document["price_ceiling_vnd_kg"], value),
        "quantity_min_kg": lambda document, value, _: _at_least(document["quantity_kg_week"], value),
        "quantity_max_kg": lambda document, value, _: _at_most(document["quantity_kg_week"], value),
    },
}
"""By field of `Filters`, the same as `search.request.LISTINGS` and `NEEDS` say in the engine's language."""
