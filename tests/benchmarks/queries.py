"""Distinct searches as people make them, and the bodies that the market sends to the engine for each."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import urlencode

import msgspec

from market.core import clock
from market.engine.gateway import Engine, Found
from market.listings.searching import SEARCHABLE
from market.reading.understanding import read_query
from market.reading.vocabulary import vocabulary_of
from market.reference.catalogue import Catalogue
from market.reference.records import CURRENT
from market.search.asking import SearchQuery, question_of
from market.search.retrieval import retrieve
from market.vietnamese.text import fold

WORDS = ("loại 1", "tươi", "giá sỉ", "hàng xuất khẩu", "chính vụ", "đóng thùng", "sạch")
CONDITIONS = ("vietgap", "ocop 4 sao", "dưới 40k", "dưới 100 nghìn", "globalgap", "tháng 12")


@dataclass(frozen=True, slots=True)
class Search:
    """One search: its path at the API, and the bodies of `POST /multi-search` that answer it, in order."""

    path: str
    bodies: tuple[bytes, ...]


def distinct_parameters(catalogue: Catalogue, count: int, *, seed: int = 7) -> list[dict[str, Any]]:
    """Parameters of so many searches, no two alike: with marks and without, with places, conditions and filters."""
    random = Random(seed)
    places = [province for province in catalogue.provinces if province.version == CURRENT]
    found: dict[str, dict[str, Any]] = {}
    while len(found) < count:
        concept = random.choice(catalogue.concepts)
        words = [random.choice([concept.name_vi, *(name.name for name in concept.names)])]
        words += [random.choice(WORDS)] if random.random() < 0.3 else []
        words += [random.choice(places).name] if random.random() < 0.35 else []
        words += [random.choice(CONDITIONS)] if random.random() < 0.25 else []
        text = " ".join(words)
        parameters: dict[str, Any] = {"q": fold(text) if random.random() < 0.4 else text}
        if random.random() < 0.2:
            parameters["province"] = [random.choice(places).code]
        if random.random() < 0.15:
            parameters["facets"] = ["concept", "province"]
        if random.random() < 0.1:
            parameters["sort"] = random.choice(("price_asc", "newest"))
        found.setdefault(urlencode(parameters, doseq=True), parameters)
    return list(found.values())


class RecordingEngine(Engine):
    """An engine that keeps the bodies it was asked with."""

    def __init__(self, url: str, *, key: str | None) -> None:
        super().__init__(url, key=key)
        self.bodies: list[bytes] = []

    async def search(self, queries: Sequence[Mapping[str, Any]]) -> list[Found]:
        self.bodies.append(msgspec.json.encode({"queries": queries}))
        return await super().search(queries)


async def recorded_searches(
    parameters: Sequence[dict[str, Any]], catalogue: Catalogue, *, url: str, key: str | None
) -> list[Search]:
    """Each search with what the market asks the engine for it, found out by the market's own code."""
    engine = RecordingEngine(url, key=key)
    searches = []
    try:
        for given in parameters:
            engine.bodies = []
            query = SearchQuery.model_validate(given)
            today = clock.today()
            understood = read_query(query.q, vocabulary_of(catalogue), today=today)
            question = question_of(query, understood, today=today)
            await retrieve(engine, question, SEARCHABLE.dialect, catalogue=catalogue, now=int(time.time()))
            path = f"/api/v1/listings?{urlencode(given, doseq=True)}"
            searches.append(Search(path, tuple(engine.bodies)))
    finally:
        await engine.close()
    return searches
