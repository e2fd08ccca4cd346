"""The gateway to Meilisearch: searches on the hot path, documents and tasks behind the change log.

One keep-alive session without compression: with gzip accepted, Meilisearch answers in two small writes and the
kernel's delayed acknowledgement adds 40 ms to each call. No federated search: up to 1.21 the engine builds an HTTP
client for every federated request (5 ms of processor time and more, where a search takes one), so several
queries go as one plain multi-search and `retrieval.py` joins their answers.
"""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import aiohttp
import msgspec

from market.core.traces import Fact, span
from market.engine.wire import NotConnected, Unreadable, Wire

CONNECT_SECONDS = 0.3
SEARCH_SECONDS = 2.0
LOOK_SECONDS = 0.5
"""For the state of an index: whoever does not learn it asks the search itself."""
WRITE_SECONDS = 60.0
CLOSED_SECONDS = 1.0
"""How long a dead engine is not asked again; meanwhile a search fails at once."""
FAILURES_TO_CLOSE = 3
"""Consecutive slow or broken answers that count as dead; a refused connection counts at once."""
FIRST_WAIT_SECONDS, LAST_WAIT_SECONDS = 0.005, 0.25
TASK_SECONDS = 600.0

ENGINE: Mapping[str, Fact] = {"db.system.name": "meilisearch"}

Document = Mapping[str, Any]


class EngineDown(Exception):
    """The engine cannot be reached, does not answer in time or is failing; PostgreSQL answers instead."""


class EngineRefused(Exception):
    """The engine understood a request and refused it; `code` is the engine's own."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class TaskFailed(EngineRefused):
    """An accepted task (documents, settings) failed or was cancelled."""


class Hit(msgspec.Struct):
    """A document found: its id, and the JSON of its card exactly as it was stored."""

    id: str = ""
    card: str = "null"


class Found(msgspec.Struct, rename="camel"):
    """What one query of a multi-search found."""

    hits: list[Hit] = []
    estimated_total_hits: int = 0
    facet_distribution: dict[str, dict[str, int]] | None = None


class _MultiSearchAnswer(msgspec.Struct):
    results: list[Found]


class _OldHit(msgspec.Struct):
    """As in an index that was filled before cards were stored as texts."""

    id: str = ""
    card: msgspec.Raw = msgspec.Raw(b"null")


class _OldFound(msgspec.Struct, rename="camel"):
    hits: list[_OldHit] = []
    estimated_total_hits: int = 0
    facet_distribution: dict[str, dict[str, int]] | None = None


class _OldAnswer(msgspec.Struct):
    results: list[_OldFound]


class _Refusal(msgspec.Struct):
    code: str = "unknown"
    message: str = ""


class _Enqueued(msgspec.Struct, rename="camel"):
    task_uid: int


class _Task(msgspec.Struct):
    status: str
    error: _Refusal | None = None


class StoredRevision(msgspec.Struct):
    """Which content of a document the engine holds."""

    id: str
    rev: str = ""


class _StoredPage(msgspec.Struct):
    results: list[StoredRevision]
    total: int


class _Stats(msgspec.Struct, rename="camel"):
    number_of_documents: int


class _Index(msgspec.Struct, rename="camel"):
    created_at: str
    updated_at: str


_decode_multi_search = msgspec.json.Decoder(_MultiSearchAnswer).decode
_decode_old_answer = msgspec.json.Decoder(_OldAnswer).decode
_decode_task = msgspec.json.Decoder(_Task).decode
_decode_enqueued = msgspec.json.Decoder(_Enqueued).decode
_decode_stored = msgspec.json.Decoder(_StoredPage).decode
_encode = msgspec.json.encode
_encode_lines = msgspec.json.Encoder().encode_lines


def _found(body: bytes) -> list[Found]:
    """What a multi-search found.

    Raises:
        MsgspecError: it is no answer to one.
    """
    try:
        return _decode_multi_search(body).results
    except msgspec.ValidationError:
        old = _decode_old_answer(body).results
    return [
        Found(
            [Hit(hit.id, bytes(hit.card).decode()) for hit in one.hits],
            one.estimated_total_hits,
            one.facet_distribution,
        )
        for one in old
    ]


class Engine:
    """A Meilisearch at an address. Make one in each process and close it at the end; it lives on one event loop."""

    def __init__(self, url: str, *, key: str | None = None, prefix: str = "", connections: int = 64) -> None:
        self.url = url.rstrip("/")
        self.key = key
        self.prefix = prefix
        self._connections = connections
        self._http: aiohttp.ClientSession | None = None
        self._bare = self.url.startswith("http://")
        self._wire: Wire | None = None
        self._failures = 0
        self._closed_until = 0.0

    def index_name(self, name: str) -> str:
        """The engine's own name of an index."""
        return self.prefix + name

    async def close(self) -> None:
        """Close all connections."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None
        if self._http is not None:
            await self._http.close()
            self._http = None

    @property
    def closed(self) -> bool:
        """Whether searches fail at once because the engine was dead a moment ago."""
        return time.monotonic() < self._closed_until

    async def healthy(self) -> bool:
        """Whether the engine answers now."""
        try:
            await self._request("GET", "/health", seconds=SEARCH_SECONDS)
        except (EngineDown, EngineRefused):
            return False
        return True

    async def search(self, queries: Sequence[Mapping[str, Any]]) -> list[Found]:
        """Several searches in one request; the answers stand in the order of the queries.

        Raises:
            EngineDown: nothing there, too slow, failing, or without the index; at once for a second after a failure.
            EngineRefused: the engine found a query wrong.
        """
        now = time.monotonic()
        if now < self._closed_until:
            raise EngineDown("not asked: it was dead a moment ago")
        if self._failures >= FAILURES_TO_CLOSE:
            # This request probes; the others must not pile up behind a dead address.
            self._closed_until = now + CLOSED_SECONDS
        try:
            with span("engine POST /multi-search", "client", {**ENGINE, "market.queries": len(queries)}):
                body = await self._search(_encode({"queries": queries}))
        except EngineDown as down:
            refused = isinstance(down.__cause__, aiohttp.ClientConnectorError | NotConnected)
            self._failures = FAILURES_TO_CLOSE if refused else self._failures + 1
            if self._failures >= FAILURES_TO_CLOSE:
                self._closed_until = time.monotonic() + CLOSED_SECONDS
            raise
        except EngineRefused as refusal:
            self._failures, self._closed_until = 0, 0.0
            if refusal.code == "index_not_found":
                raise EngineDown("the index does not exist yet") from refusal
            raise
        self._failures, self._closed_until = 0, 0.0
        try:
            return _found(body)
        except msgspec.MsgspecError as error:
            raise EngineDown("its answer is no answer of Meilisearch") from error

    async def upsert(self, name: str, documents: Iterable[Document]) -> int:
        """Hand over whole documents; returns the number of the engine's task.

        A card goes as a text: the engine takes every hit apart, and half of a search's time went into cards that
        nobody asks it to look into.

        Raises:
            EngineDown, EngineRefused
        """
        path = f"/indexes/{self.index_name(name)}/documents?primaryKey=id"
        body = _encode_lines([{**document, "card": _encode(document.get("card")).decode()} for document in documents])
        answer = await self._request("POST", path, body, kind="application/x-ndjson", seconds=WRITE_SECONDS)
        return _decode_enqueued(answer).task_uid

    async def delete(self, name: str, ids: Iterable[str]) -> int:
        """Take documents out; ids that are not there do not matter. Returns the number of the engine's task.

        Raises:
            EngineDown, EngineRefused
        """
        path = f"/indexes/{self.index_name(name)}/documents/delete-batch"
        answer = await self._request("POST", path, _encode(list(ids)), seconds=WRITE_SECONDS)
        return _decode_enqueued(answer).task_uid

    async def wait(self, tasks: Iterable[int], *, seconds: float = TASK_SECONDS) -> None:
        """Wait until every task has succeeded.

        Raises:
            TaskFailed: one failed or was cancelled.
            EngineDown: not done in time, or the engine is gone.
        """
        deadline = time.monotonic() + seconds
        delay = FIRST_WAIT_SECONDS
        for uid in tasks:
            while (task := _decode_task(await self._request("GET", f"/tasks/{uid}"))).status != "succeeded":
                if task.status in ("failed", "canceled"):
                    error = task.error or _Refusal(code=task.status)
                    raise TaskFailed(error.code, error.message)
                if time.monotonic() > deadline:
                    raise EngineDown(f"task {uid} is not done after {seconds:.0f} s")
                await asyncio.sleep(delay)
                delay = min(delay * 1.5, LAST_WAIT_SECONDS)

    async def document_count(self, name: str) -> int | None:
        """How many documents an index holds; None when there is no such index.

        Raises:
            EngineDown, EngineRefused
        """
        try:
            answer = await self._request("GET", f"/indexes/{self.index_name(name)}/stats")
        except EngineRefused as refusal:
            if refusal.code == "index_not_found":
                return None
            raise
        return msgspec.json.decode(answer, type=_Stats).number_of_documents

    async def index_mark(self, name: str) -> str | None:
        """Which state an index is in: another text after each write, change of settings or exchange of it.

        The engine keeps it with the documents, so that a search that is asked later finds this state or a newer one.
        None when there is no such index.

        Raises:
            EngineDown, EngineRefused
        """
        if self.closed:
            raise EngineDown("not asked: it was dead a moment ago")
        try:
            answer = await self._request("GET", f"/indexes/{self.index_name(name)}", seconds=LOOK_SECONDS)
            index = msgspec.json.decode(answer, type=_Index)
        except EngineRefused as refusal:
            if refusal.code == "index_not_found":
                return None
            raise
        except msgspec.MsgspecError as error:
            raise EngineDown("its answer is no answer of Meilisearch") from error
        return f"{index.created_at} {index.updated_at}"

    async def stored_revisions(self, name: str, ids: Sequence[str]) -> list[StoredRevision]:
        """The revisions of those documents that the index holds, in no order.

        Raises:
            EngineDown, EngineRefused
        """
        path = f"/indexes/{self.index_name(name)}/documents/fetch"
        body = _encode({"ids": ids, "fields": ["id", "rev"], "limit": len(ids)})
        return _decode_stored(await self._request("POST", path, body, seconds=WRITE_SECONDS)).results

    async def stored_page(self, name: str, *, offset: int, limit: int) -> list[StoredRevision]:
        """Some of the documents that the index holds, in the engine's own order.

        Raises:
            EngineDown, EngineRefused
        """
        path = f"/indexes/{self.index_name(name)}/documents/fetch"
        body = _encode({"fields": ["id", "rev"], "offset": offset, "limit": limit})
        return _decode_stored(await self._request("POST", path, body, seconds=WRITE_SECONDS)).results

    async def _search(self, body: bytes) -> bytes:
        if not self._bare:
            return await self._request("POST", "/multi-search", body, seconds=SEARCH_SECONDS)
        if self._wire is None:
            self._wire = Wire(self.url, key=self.key, connections=self._connections, connect_seconds=CONNECT_SECONDS)
        try:
            status, answer = await self._wire.post("/multi-search", body, seconds=SEARCH_SECONDS)
        except Unreadable:
            self._bare = False  # something in between answers in its own way
            return await self._search(body)
        except (OSError, TimeoutError) as error:
            raise EngineDown(str(error) or type(error).__name__) from error
        return _accepted(status, answer)

    async def _request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        kind: str = "application/json",
        seconds: float = WRITE_SECONDS,
    ) -> bytes:
        if self._http is None:
            self._http = self._session()
        headers = {"Content-Type": kind} if body is not None else None
        # A file goes out piece by piece: bytes of a thousand documents at once would hold up everybody else.
        data = None if body is None else io.BytesIO(body)
        asked = path.partition("?")[0].rstrip("0123456789")
        try:
            with span(f"engine {method} {asked}", "client", ENGINE):
                async with self._http.request(
                    method, self.url + path, data=data, headers=headers, timeout=_timeout(seconds)
                ) as response:
                    answer = await response.read()
                    status = response.status
        except (aiohttp.ClientError, TimeoutError) as error:
            raise EngineDown(str(error) or type(error).__name__) from error
        return _accepted(status, answer)

    def _session(self) -> aiohttp.ClientSession:
        headers = {"Accept-Encoding": "identity"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=30.0, ttl_dns_cache=60)
        return aiohttp.ClientSession(
            connector=connector, headers=headers, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
        )


@lru_cache(maxsize=8)
def _timeout(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS)


def _accepted(status: int, answer: bytes) -> bytes:
    if status >= 500:
        raise EngineDown(f"status {status}")
    if status >= 400:
        raise _refusal(status, answer)
    return answer


def _refusal(status: int, answer: bytes) -> EngineRefused:
    try:
        refusal = msgspec.json.decode(answer, type=_Refusal)
    except msgspec.MsgspecError:
        return EngineRefused(f"status_{status}", answer[:200].decode(errors="replace"))
    return EngineRefused(refusal.code, refusal.message)
