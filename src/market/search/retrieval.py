"""Runs a plan on the engine and joins its lanes into one page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any, Literal

import structlog

from market.engine.filter_language import any_of
from market.engine.gateway import Engine, EngineDown, EngineRefused, Found, Hit
from market.reference.catalogue import Catalogue
from market.search.planning import DEEPEST, SPARSE, Lane, Plan, plan
from market.search.request import Dialect, Question, TierName
from market.search.tiers import Tier, TierCount, further_tiers, last_tiers

log = structlog.get_logger(__name__)

FIRST_SHARE = 2
"""Places that the likeliest reading gets in each round of mixing; the others get one."""
TODAY = "2025:"
"""What the ids of present provinces and regions begin with."""

Tiers = Literal["auto", "all", "exact"]

NO_DOCUMENT_YET = "invalid_search_attributes_to_search_on"
"""How the engine refuses a search on tone keys in an index that never had a document."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """One page of results."""

    cards: list[str]
    """Each as JSON, with its tier."""
    total: int
    """Of the plan's own lanes; further tiers have totals of their own."""
    facets: Mapping[str, Mapping[str, int]]
    tiers: Sequence[TierCount] = ()
    set_aside: bool = False
    """Whether some results do not meet the conditions that were read in the words."""


async def retrieve(
    engine: Engine, question: Question, dialect: Dialect, *, catalogue: Catalogue, now: int, tiers: Tiers = "auto"
) -> Retrieved:
    """The page of results that a question asks for; a page beyond the end is empty.

    Args:
        engine: where the index is.
        question: what is asked.
        dialect: how the index spells conditions.
        catalogue: for what is near the goods asked for.
        now: unix seconds.
        tiers: exact: only what was asked; all: every tier is counted; auto: tiers are asked while the page has room.

    Raises:
        EngineDown: PostgreSQL must answer.
    """
    todo = plan(question, dialect, now=now)
    try:
        first = await _retrieve(engine, todo, question, dialect)
        if tiers == "exact" or (tiers == "auto" and len(first.shown) >= question.limit):
            return first.page()
        later = further_tiers(question, dialect, catalogue=catalogue, now=now, found_exactly=first.exactly > 0)
        found = await _continued(engine, later, first, question, dialect) if later else first.page()
        if any(tier.total for tier in found.tiers):
            return found
        last = last_tiers(question, dialect, catalogue=catalogue, now=now)
        return await _continued(engine, last, first, question, dialect) if last else found
    except EngineRefused as refusal:
        if refusal.code == NO_DOCUMENT_YET:
            return Retrieved([], 0, {name: {} for name in question.facets}, (TierCount("exact", 0),))
        log.error("search_refused", code=refusal.code, reason=str(refusal))
        raise EngineDown(str(refusal)) from refusal


@dataclass(frozen=True, slots=True)
class First:
    """What the plan's own lanes give."""

    shown: list[tuple[TierName, str]]
    """Cards of the page, each with its tier."""
    ids: Collection[str]
    """What a later tier must not show again."""
    total: int
    exactly: int
    """How many are exactly what was asked."""
    in_text: int
    """How many others only have words of it; the rest of them are other varieties."""
    facets: Mapping[str, Mapping[str, int]]
    set_aside: bool

    def page(self, further: Sequence[tuple[TierName, str]] = (), counts: Sequence[TierCount] = ()) -> Retrieved:
        cards = [with_tier(card, tier) for tier, card in (*self.shown, *further)]
        own = [TierCount("exact", self.exactly)]
        others = self.total - self.exactly
        counted: list[tuple[TierName, int]] = [
            ("variety", max(0, others - self.in_text)),
            ("text", min(others, self.in_text)),
        ]
        own += [TierCount(name, number, is_instead=not self.exactly) for name, number in counted if number > 0]
        return Retrieved(cards, self.total, self.facets, (*own, *counts), self.set_aside)


def with_tier(card: str, tier: TierName) -> str:
    """The JSON of a card with its tier as first field; the card itself is not read."""
    return f'{{"tier":"{tier}",{card[1:]}'


async def _continued(
    engine: Engine, later: Sequence[Tier], first: First, question: Question, dialect: Dialect
) -> Retrieved:
    """The page with what the later tiers add to it, each thing once."""
    skipped = max(0, question.offset - first.total)
    wanted = question.limit - len(first.shown)
    # A tier may hold some of what was shown already: so many more are fetched.
    limit = min(skipped + wanted + (len(first.ids) if wanted else 0), DEEPEST)
    page = {"limit": limit, "attributesToRetrieve": ("id", "card"), "indexUid": engine.index_name(dialect.index)}
    found = await engine.search([page | tier.query for tier in later])
    seen = set(first.ids)
    order: list[tuple[Tier, str]] = []
    counts = []
    for tier, answer in zip(later, found, strict=True):
        fresh = [hit for hit in answer.hits if hit.id not in seen]
        seen.update(hit.id for hit in fresh)
        order += [(tier, hit.card) for hit in fresh]
        counts.append(TierCount(tier.name, answer.estimated_total_hits, tier.lacks, is_instead=not first.exactly))
    shown = order[skipped : skipped + wanted] if wanted > 0 else []
    whole = first.page([(tier.name, card) for tier, card in shown], _once_each(counts))
    return replace(whole, set_aside=whole.set_aside or any(tier.is_name for tier, _ in shown))


def _once_each(counts: Iterable[TierCount]) -> list[TierCount]:
    """The tiers that hold anything; of several of one name, whose searches share documents, the largest."""
    largest: dict[tuple[TierName, str | None], TierCount] = {}
    for count in counts:
        known = largest.get((count.name, count.lacks))
        if count.total and (known is None or known.total < count.total):
            largest[count.name, count.lacks] = count
    return list(largest.values())


async def _retrieve(engine: Engine, todo: Plan, question: Question, dialect: Dialect) -> First:
    if question.page == 1:
        lanes, found = await _all_lanes(
            engine, todo, question, dialect, limit=question.limit, attributes=("id", "card")
        )
        hits = joined(todo, [lane.hits for lane in found])
        window, ids = hits[: question.limit], {hit.id for hit in hits}
    elif len(todo.lanes) == 1 and todo.when_sparse is None:
        lanes = todo.lanes
        page = {"offset": question.offset, "limit": question.limit, "attributesToRetrieve": ("id", "card")}
        found = await engine.search(_queries(engine, lanes, question, dialect, page))
        window, ids = found[0].hits, set()
    else:
        end = min(question.offset + question.limit, DEEPEST)
        lanes, found = await _all_lanes(engine, todo, question, dialect, limit=end, attributes=("id",))
        hits = joined(todo, [lane.hits for lane in found])
        held = await cards_by_id(engine, dialect, [hit.id for hit in hits[question.offset : end]])
        window = [Hit(hit.id, held[hit.id]) for hit in hits[question.offset : end] if hit.id in held]
        ids = {hit.id for hit in hits}
    tier = _tiers_of(lanes, found)
    shown = [(tier[hit.id], hit.card) for hit in window]
    # What is called as it was typed, and what carries the words, need not meet the conditions that were read in them.
    apart = found[len(todo.lanes) :] if todo.beside is not None else []
    if question.conditions_of_a_name != question.conditions:
        apart = [*found[: todo.leading], *apart]
    set_aside = any(answer.hits for answer in apart)
    total = _total(lanes, found)
    exactly, in_text = _exactly(lanes, found, total), _in_text(lanes, found, total)
    return First(shown, ids, total, exactly, in_text, _facets(lanes, found, question, dialect), set_aside)


def _tiers_of(lanes: Sequence[Lane], found: Sequence[Found]) -> dict[str, TierName]:
    """The tier of each document by its id: of those of several lanes the best."""
    tiers: dict[str, TierName] = {}
    for name in ("text", "variety", "exact"):
        for lane, answer in zip(lanes, found, strict=True):
            if _tier(lane) == name:
                tiers |= dict.fromkeys([hit.id for hit in answer.hits], name)
    return tiers


def _tier(lane: Lane) -> TierName:
    return "exact" if lane.exact else "variety" if lane.variety else "text"


def joined(todo: Plan, lanes: Sequence[Sequence[Hit]]) -> list[Hit]:
    """The hits of all lanes in the order of the results, each document once; those asked for in need come last."""
    own, in_need = lanes[: len(todo.lanes)], lanes[len(todo.lanes) :]
    leading, after = own[: todo.leading], own[todo.leading :]
    order = list(chain(*leading, mixed(after[: todo.mixed]), *after[todo.mixed :]))
    if len(in_need) > 1:
        sides = [in_need[1], _once(order)] if todo.beside_first else [_once(order), in_need[1]]
        order = mixed(sides)
    return _once(chain(*in_need[:1], order))


def _once(hits: Iterable[Hit]) -> list[Hit]:
    by_id: dict[str, Hit] = {}
    for hit in hits:
        by_id.setdefault(hit.id, hit)
    return list(by_id.values())


def mixed(readings: Sequence[Sequence[Hit]]) -> list[Hit]:
    """Hits of several readings in turns, the first reading's more often; a reading that ends leaves its turns."""
    rest = [iter(reading) for reading in readings]
    shares = [FIRST_SHARE] + [1] * (len(rest) - 1)
    order: list[Hit] = []
    while True:
        turn = [hit for reading, share in zip(rest, shares, strict=False) for hit in islice(reading, share)]
        if not turn:
            return order
        order += turn


async def _all_lanes(
    engine: Engine, todo: Plan, question: Question, dialect: Dialect, *, limit: int, attributes: tuple[str, ...]
) -> tuple[tuple[Lane, ...], list[Found]]:
    """The beginning of every lane, and of those that are asked in need when nothing is exactly what was asked for."""
    page = {"limit": limit, "attributesToRetrieve": attributes}
    found = await engine.search(_queries(engine, todo.lanes, question, dialect, page))
    if todo.when_sparse is None or _exact(todo.lanes, found) >= SPARSE:
        return todo.lanes, found
    in_need = (todo.when_sparse,) if todo.beside is None else (todo.when_sparse, todo.beside)
    more = await engine.search(_queries(engine, in_need, question, dialect, page))
    return (*todo.lanes, *in_need), found + more


def _queries(
    engine: Engine, lanes: Sequence[Lane], question: Question, dialect: Dialect, page: dict[str, Any]
) -> list[dict[str, Any]]:
    facets = [dialect.facets[name] for name in question.facets]
    return [
        page
        | lane.query
        | {"indexUid": engine.index_name(dialect.index)}
        | ({"facets": facets} if facets and lane.counted else {})
        for lane in lanes
    ]


async def cards_by_id(engine: Engine, dialect: Dialect, ids: Sequence[str]) -> dict[str, str]:
    """The cards of those documents that the index holds, as they were stored.

    Raises:
        EngineDown, EngineRefused
    """
    if not ids:
        return {}
    query = {
        "indexUid": engine.index_name(dialect.index),
        "filter": any_of("id", ids),
        "limit": len(ids),
        "attributesToRetrieve": ("id", "card"),
    }
    (found,) = await engine.search([query])
    return {hit.id: hit.card for hit in found.hits}


def _total(lanes: Sequence[Lane], found: Sequence[Found]) -> int:
    return sum(answer.estimated_total_hits for lane, answer in zip(lanes, found, strict=True) if lane.counted)


def _exactly(lanes: Sequence[Lane], found: Sequence[Found], total: int) -> int:
    """How many documents are exactly what was asked, of those that are counted.

    Exact lanes that are not counted hold some of the documents of counted ones: the largest says how many at least.
    """
    exact = [(lane, answer) for lane, answer in zip(lanes, found, strict=True) if lane.exact]
    counted = sum(answer.estimated_total_hits for lane, answer in exact if lane.counted)
    within = max((answer.estimated_total_hits for lane, answer in exact if not lane.counted and answer.hits), default=0)
    return min(total, max(counted, within))


def _in_text(lanes: Sequence[Lane], found: Sequence[Found], total: int) -> int:
    """How many documents may only have words of what was asked: all but those that are its goods in any variety."""
    if not any(lane.variety for lane in lanes):
        return total
    told = zip(lanes, found, strict=True)
    return sum(answer.estimated_total_hits for lane, answer in told if lane.counted and _tier(lane) == "text")


def _exact(lanes: Sequence[Lane], found: Sequence[Found]) -> int:
    return sum(answer.estimated_total_hits for lane, answer in zip(lanes, found, strict=True) if lane.exact)


def _facets(
    lanes: Sequence[Lane], found: Sequence[Found], question: Question, dialect: Dialect
) -> dict[str, dict[str, int]]:
    """Counts by value, summed over lanes that share no document; a region counts under its present id."""
    facets: dict[str, dict[str, int]] = {}
    for name in question.facets:
        counts: Counter[str] = Counter()
        for lane, answer in zip(lanes, found, strict=True):
            if lane.counted and answer.facet_distribution:
                counts.update(answer.facet_distribution.get(dialect.facets[name], {}))
        if name == "region":
            counts = Counter({value.removeprefix(TODAY): n for value, n in counts.items() if value.startswith(TODAY)})
        facets[name] = dict(counts.most_common())
    return facets
