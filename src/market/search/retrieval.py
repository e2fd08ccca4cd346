"""Runs a plan on the engine and joins its lanes into one page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import structlog

from market.engine.filter_language import any_of
from market.engine.gateway import Engine, EngineDown, EngineRefused, Found, Hit
from market.search.request import DEEPEST, SPARSE, Dialect, Lane, Plan, Question, plan

log = structlog.get_logger(__name__)

FIRST_SHARE = 2
"""Places that the likeliest reading gets in each round of mixing; the others get one."""
TODAY = "2025:"
"""What the ids of present provinces and regions begin with."""

NO_DOCUMENT_YET = "invalid_search_attributes_to_search_on"
"""How the engine refuses a search on tone keys in an index that never had a document."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """One page of results."""

    cards: list[str]
    """Each as JSON."""
    total: int
    facets: Mapping[str, Mapping[str, int]]
    set_aside: bool = False
    """Whether some results do not meet the conditions that were read in the words."""


async def retrieve(engine: Engine, question: Question, dialect: Dialect, *, now: int) -> Retrieved:
    """The page of results that a question asks for; a page beyond the end is empty.

    Args:
        now: unix seconds.

    Raises:
        EngineDown: PostgreSQL must answer.
    """
    todo = plan(question, dialect, now=now)
    try:
        return await _retrieve(engine, todo, question, dialect)
    except EngineRefused as refusal:
        if refusal.code == NO_DOCUMENT_YET:
            return Retrieved([], 0, {name: {} for name in question.facets})
        log.error("search_refused", code=refusal.code, reason=str(refusal))
        raise EngineDown(str(refusal)) from refusal


async def _retrieve(engine: Engine, todo: Plan, question: Question, dialect: Dialect) -> Retrieved:
    if question.page == 1:
        lanes, found = await _all_lanes(
            engine, todo, question, dialect, limit=question.limit, attributes=("id", "card")
        )
        cards = [hit.card for hit in joined(todo, [lane.hits for lane in found])[: question.limit]]
    elif len(todo.lanes) == 1 and todo.when_sparse is None:
        lanes = todo.lanes
        page = {"offset": question.offset, "limit": question.limit, "attributesToRetrieve": ("card",)}
        found = await engine.search(_queries(engine, lanes, question, dialect, page))
        cards = [hit.card for hit in found[0].hits]
    else:
        end = min(question.offset + question.limit, DEEPEST)
        lanes, found = await _all_lanes(engine, todo, question, dialect, limit=end, attributes=("id",))
        window = joined(todo, [lane.hits for lane in found])[question.offset : end]
        held = await cards_by_id(engine, dialect, [hit.id for hit in window])
        cards = [held[hit.id] for hit in window if hit.id in held]
    set_aside = todo.beside is not None and any(answer.hits for answer in found[len(todo.lanes) :])
    return Retrieved(cards, _total(lanes, found), _facets(lanes, found, question, dialect), set_aside)


def joined(todo: Plan, lanes: Sequence[Sequence[Hit]]) -> list[Hit]:
    """The hits of all lanes in the order of the results, each document once; those asked for in need come last."""
    own, in_need = lanes[: len(todo.lanes)], lanes[len(todo.lanes) :]
    order = list(chain(mixed(own[: todo.mixed]), *own[todo.mixed :]))
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
