"""What is asked of a search after its words have been read, and its conditions in the filter language. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Literal
from uuid import UUID

from market.engine.filter_language import any_of
from market.reference.cadence import iso_week

Sort = Literal["relevance", "price_asc", "price_desc", "newest"]

TierName = Literal["exact", "form", "variety", "wider", "condition", "text"]

SHORTEST_NAME = 2
"""Words beside goods that may be the name of what is sold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Conditions that a result must meet. All must hold; within a field any value will do, certificates excepted."""

    concepts: tuple[str, ...] = ()
    """Ids; narrower goods are included."""
    provinces: tuple[str, ...] = ()
    """`version:code`, e.g. "2025:82"."""
    regions: tuple[str, ...] = ()
    """`version:id`, e.g. "2025:DBSCL"."""
    certificates: tuple[str, ...] = ()
    """Scheme ids, or `ocop-4` for at least four stars; every one must be valid now."""
    price_min_vnd: int | None = None
    price_max_vnd: int | None = None
    """For a kilogram where the unit has a fixed weight, else for the unit."""
    quantity_min_kg: int | None = None
    """In a week."""
    quantity_max_kg: int | None = None
    weeks: tuple[int, ...] = ()
    """ISO year * 100 + ISO week."""
    organization: UUID | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A search as it is asked, after its words have been read."""

    words: str = ""
    """The whole query as plain words."""
    key: str = ""
    """Tone keys of the whole query; empty when it carries no marks."""
    concepts: tuple[str, ...] = ()
    """Readings of the goods it names, the likeliest first."""
    least_kg: Mapping[str, int] = field(default_factory=dict)
    """Kilograms a week that are asked of some of the concepts, when each has its own quantity."""
    category: str | None = None
    """A whole category of goods that is asked for, beside the concepts."""
    members: tuple[str, ...] = ()
    """Goods of the class that is asked for, when it is no whole category: those that a noun begins, herbs, sea fish."""
    apart: tuple[str, ...] = ()
    """Goods and categories that the whole category holds and nobody means by its word."""
    class_of: str | None = None
    """The category of the class that is asked for, whole or not."""
    own_category: str = ""
    """The category whose goods come first, when what comes of an animal has its name, too: gà is first the meat."""
    variety: str = ""
    """Words of the name of the goods that tell some of them from the others: those that carry them come first."""
    others: tuple[str, ...] = ()
    """Concepts that only have the words in their names: they never answer to them."""
    denied_forms: tuple[str, ...] = ()
    """Forms in which its goods are not wanted."""
    denied_kinds: tuple[str, ...] = ()
    """Narrower goods that are not wanted."""
    avoided_words: str = ""
    """Words for forms that are not wanted: goods that have them in their titles come last."""
    denied_words: str = ""
    """Words in the titles of those of its goods that are not wanted."""
    rest: str = ""
    """Words that were not read as goods, place, certificate, price, quantity or season."""
    rest_key: str = ""
    """Tone keys of `rest`; empty when it carries no marks."""
    name: str = ""
    """`rest` when it may be what goods are called, and is no place: several words, not all of them explained."""
    as_typed: str = ""
    """`words` with nothing put right, when goods were read only by putting something right."""
    by_letters: bool = False
    """Whether its words have no marks, and the goods were read in the letters of their names."""
    typed: str = ""
    """The query as it was typed, with the words that were read as conditions."""
    filters: tuple[Filters, ...] = ()
    """Conditions given beside the words; all hold together."""
    read: Filters = field(default_factory=Filters)
    """Conditions that were read in the words; they hold too, unless only a name could have them (`Plan.beside`)."""
    is_name: bool = False
    """Whether the words are most likely a name: several that nothing explains."""
    is_certain: bool = False
    """Whether all that was said names its goods, with nothing put right: what only has such letters is none of them."""
    sort: Sort = "relevance"
    page: int = 1
    limit: int = 20
    facets: tuple[str, ...] = ()

    @property
    def goods(self) -> str:
        """Its goods in the filter language; empty when it names none."""
        named = [any_of("concepts", (*self.concepts, *self.members))] if self.concepts or self.members else []
        if self.category:
            named.append(self.whole_category)
        goods = f"({' OR '.join(named)})" if len(named) > 1 else "".join(named)
        return f"({goods} AND {self.as_wanted})" if goods and self.as_wanted else goods

    @property
    def whole_category(self) -> str:
        """The category that is asked for, in the filter language, without what nobody means by its word."""
        asked = any_of("categories", [self.category or ""])
        if not self.apart:
            return asked
        return f"({asked} AND NOT {any_of('categories', self.apart)} AND NOT {any_of('concepts', self.apart)})"

    @property
    def as_wanted(self) -> str:
        """Not in the forms, and none of the kinds, that are denied, in the filter language; empty when any will do."""
        forms = f"NOT {any_of('form', self.denied_forms)}" if self.denied_forms else ""
        kinds = f"NOT {any_of('concepts', self.denied_kinds)}" if self.denied_kinds else ""
        return together(forms, kinds)

    @property
    def no_goods(self) -> str:
        """Neither its goods nor those that only have their name inside theirs, in the filter language."""
        apart = f"NOT {self.goods}"
        return f"{apart} AND NOT {any_of('concepts', self.others)}" if self.others else apart

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.limit

    @property
    def conditions(self) -> tuple[Filters, ...]:
        """Everything that a result must meet."""
        return (*self.filters, self.read)

    @property
    def conditions_of_a_name(self) -> tuple[Filters, ...]:
        """What must still hold when words of a name (Ban Mai Organic) may have been taken for conditions.

        Prices and quantities are never words of a name, and stay.
        """
        return (*self.filters, replace(self.read, provinces=(), regions=(), certificates=(), weeks=()))

    @property
    def is_long(self) -> bool:
        """Whether so many words stand together hardly anywhere by chance, even without their marks."""
        return len(self.words.split()) > SHORTEST_NAME

    @property
    def may_hide_a_name(self) -> bool:
        """Whether words are left that may be a name, and words were read as conditions that may belong to it."""
        return bool(self.rest) and self.conditions != self.conditions_of_a_name


Expression = Callable[[Any, int], str]
"""A condition on one kind of value, in the filter language; the second argument is now in unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one index spells the conditions."""

    index: str
    expressions: Mapping[str, Expression]
    """By field of `Filters`."""
    sorts: Mapping[str, str]
    facets: Mapping[str, str]
    """Public name of a facet and its field."""
    always: Callable[[int], str] = lambda _now: ""


def weeks_of_months(months: Iterable[int], *, today: date) -> tuple[int, ...]:
    """The ISO weeks that touch the next occurrence of these calendar months; the running month counts as next."""
    weeks = set()
    for month in months:
        year = today.year if month >= today.month else today.year + 1
        day = max(date(year, month, 1), today)
        while day.month == month:
            weeks.add(iso_week(day))
            day += timedelta(days=1)
    return tuple(sorted(weeks))


def filter_expression(dialect: Dialect, filters: Sequence[Filters], *, now: int) -> str:
    """All conditions in the filter language; empty when there are none."""
    conditions = [dialect.always(now)]
    for group in filters:
        for name, expression in dialect.expressions.items():
            value = getattr(group, name)
            if value is not None and value != ():
                conditions.append(expression(value, now))
    return together(*conditions)


def together(*conditions: str) -> str:
    return " AND ".join(condition for condition in conditions if condition)
