"""Three searches over the same documents: this one, plain Meilisearch, and PostgreSQL full text."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import meilisearch

from market.config import PROJECT_ROOT
from market.engine.administration import create_index, drop_index
from market.engine.gateway import Engine
from market.reading.understanding import read_query
from market.reading.vocabulary import build_vocabulary
from market.reference.catalogue import Catalogue
from market.reference.types import remember
from market.search.asking import SearchQuery, question_of
from market.search.dialects import LISTINGS
from market.search.index import read_settings
from market.search.retrieval import retrieve
from tests.relevance.corpus import TODAY
from tests.relevance.judgements import Document
from tests.relevance.labs import Query
from tests.services import Services

DEPTH = 50
PLAIN_FIELDS = ("id", "title", "description", "organization_name", "concept_names")
MOST_HITS_OF_A_FILTER = 1000

Search = Callable[[Query], Awaitable[list[str]]]
"""The ids found for a judged query, best first."""


@asynccontextmanager
async def our_search(
    services: Services, documents: Sequence[Document], catalogue: Catalogue, *, now: int
) -> AsyncIterator[Search]:
    """What the market answers: the query read, the engine asked as `GET /listings` asks it."""
    remember(catalogue)
    vocabulary = build_vocabulary(catalogue)
    engine = Engine(services.meili_url, key=services.meili_key, prefix=f"lab{secrets.token_hex(4)}_")
    name = engine.index_name(LISTINGS.index)
    await create_index(engine, name, read_settings(PROJECT_ROOT / "search", LISTINGS.index))
    cards = [{**document, "card": {"id": document["id"]}} for document in documents]
    await engine.wait([await engine.upsert(LISTINGS.index, cards)])

    async def search(judgement: Query) -> list[str]:
        understood = read_query(judgement.query, vocabulary, region=judgement.region, today=TODAY)
        params = SearchQuery(q=judgement.query, limit=DEPTH)
        found = await retrieve(
            engine, question_of(params, understood, today=TODAY), LISTINGS, catalogue=vocabulary.catalogue, now=now
        )
        return [_id_of_card(card) for card in found.cards]

    try:
        yield search
    finally:
        await drop_index(engine, name)
        await engine.close()


def _id_of_card(card: str) -> str:
    return str(json.loads(card)["id"])


@asynccontextmanager
async def plain_meilisearch(services: Services, documents: Sequence[Document]) -> AsyncIterator[Search]:
    """Meilisearch as it is out of the box, over the same words."""
    client = meilisearch.Client(services.meili_url, services.meili_key)
    name = f"plain{secrets.token_hex(4)}"
    rows = [_plain(document) for document in documents]
    task = await asyncio.to_thread(client.index(name).add_documents, rows, "id")
    await asyncio.to_thread(client.wait_for_task, task.task_uid, 60_000)

    async def search(judgement: Query) -> list[str]:
        options = {"limit": DEPTH, "attributesToRetrieve": ["id"]}
        answer = await asyncio.to_thread(client.index(name).search, judgement.query, options)
        return [hit["id"] for hit in answer["hits"]]

    try:
        yield search
    finally:
        await asyncio.to_thread(client.delete_index, name)


@asynccontextmanager
async def postgresql_full_text(services: Services, documents: Sequence[Document]) -> AsyncIterator[Search]:
    """PostgreSQL's own full text search with the configuration for languages it does not know, over the same words."""
    connection = await asyncpg.connect(services.database("postgres"))
    await connection.execute("CREATE TEMPORARY TABLE offer (id text PRIMARY KEY, words tsvector)")
    rows = [(document["id"], _words(document)) for document in documents]
    await connection.executemany("INSERT INTO offer VALUES ($1, to_tsvector('simple', $2))", rows)

    async def search(judgement: Query) -> list[str]:
        found = await connection.fetch(
            "SELECT id FROM offer, websearch_to_tsquery('simple', $1) query"
            " WHERE words @@ query ORDER BY ts_rank(words, query) DESC, id LIMIT $2",
            judgement.query,
            DEPTH,
        )
        return [row["id"] for row in found]

    try:
        yield search
    finally:
        await connection.close()


def _plain(document: Document) -> dict[str, Any]:
    return {name: document[name] for name in PLAIN_FIELDS}


def _words(document: Document) -> str:
    return " ".join(str(v) if isinstance(v, str) else " ".join(v) for k, v in _plain(document).items() if k != "id")
