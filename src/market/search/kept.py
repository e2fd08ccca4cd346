"""Answers to searches that are asked again while the index has not moved.

A search follows from its question, the reference data, the day (what expires in an index expires at midnight) and the
documents. The engine says which state an index is in (`Engine.index_mark`), and all requests of a process share one
look: an answer is kept under a state that was looked up before the engine was asked, so it can only be newer than that,
and it is given again only while a look that is younger than `fresh_seconds` finds this very state.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import structlog
from prometheus_client import Counter

from market.engine.gateway import Engine, EngineDown, EngineRefused

MOST_BYTES = 32_000_000
"""What a process keeps, in bytes of answers."""
LARGEST = 250_000
"""Bytes of an answer that is kept."""
BESIDE = 1_000
"""Bytes that an answer takes beside its own, counted so that many small ones are bounded too."""
REFUSED_SECONDS = 60.0
"""How long an engine is left alone whose key does not allow a look (`indexes.get`): each search is asked anew."""

log = structlog.get_logger(__name__)

AGAIN = Counter("market_searches_again_total", "Searches answered without asking the engine")


@dataclass(frozen=True, slots=True)
class _Look:
    mark: str | None
    began: float


class IndexMarks:
    """Which state each index is in, as the engine said when this process last looked.

    Args:
        engine: is asked.
        fresh_seconds: how old a look may be; 0 looks each time.
    """

    def __init__(self, engine: Engine, *, fresh_seconds: float) -> None:
        self._engine = engine
        self._fresh_seconds = fresh_seconds
        self._looks: dict[str, _Look] = {}
        self._under_way: dict[str, asyncio.Task[_Look]] = {}
        self._refused_until = 0.0

    def last(self, index: str) -> str | None:
        """The state at the last look, however long ago; whoever asks the engine from now on finds it or a newer one."""
        look = self._looks.get(index)
        return look.mark if look is not None else None

    async def now(self, index: str) -> str | None:
        """The state of no longer than `fresh_seconds` ago; None when the engine does not say."""
        asked = time.monotonic()
        if asked < self._refused_until:
            return None
        look = self._looks.get(index)
        while look is None or look.began < asked - self._fresh_seconds:
            task = self._under_way.get(index)
            if task is None or task.done():
                task = self._under_way[index] = asyncio.create_task(self._look(index))
            # Shared: who gives up leaves the others their look.
            look = await asyncio.shield(task)
        return look.mark

    async def _look(self, index: str) -> _Look:
        began = time.monotonic()
        try:
            mark = await self._engine.index_mark(index)
        except EngineDown:
            mark = None
        except EngineRefused as refusal:
            log.warning("index_not_looked_at", index=index, code=refusal.code)
            mark, self._refused_until = None, began + REFUSED_SECONDS
        look = self._looks[index] = _Look(mark, began)
        return look


@dataclass(frozen=True, slots=True)
class _Kept:
    mark: str
    answer: Any
    size: int


class KeptAnswers:
    """What was answered, by question; what was not asked for longest goes first.

    Args:
        marks: says which state an index is in.
        most_bytes: bound of everything that is kept.
    """

    def __init__(self, marks: IndexMarks, *, most_bytes: int = MOST_BYTES) -> None:
        self.marks = marks
        self.size = 0
        """Bytes that are kept now."""
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._follows: object = None

    async def mark(self, index: str) -> str | None:
        """The state to keep an answer under that the engine is about to be asked for; None: it cannot be kept."""
        return self.marks.last(index) or await self.marks.now(index)

    async def find(self, index: str, question: Hashable, *, follows: object) -> tuple[Any, str] | None:
        """What was answered, and under which state; None when it was not asked, or the index has moved since.

        Args:
            index: what is searched.
            question: everything that tells this answer from others of the same index.
            follows: what all answers follow from, too: with other reference data everything is forgotten.
        """
        if follows is not self._follows:
            self._forget_all(follows)
        kept = self._kept.get((index, question))
        if kept is None:
            return None
        if await self.marks.now(index) != kept.mark:
            return None
        AGAIN.inc()
        if (index, question) in self._kept:
            self._kept.move_to_end((index, question))
        return kept.answer, kept.mark

    def keep(
        self, index: str, question: Hashable, answer: Any, *, size: int, mark: str | None, follows: object
    ) -> None:
        """Keep an answer that follows from the state `mark` of the index, or from a newer one."""
        if mark is None or size > LARGEST or follows is not self._follows:
            return
        before = self._kept.pop((index, question), None)
        self.size += size + BESIDE - (before.size if before is not None else 0)
        self._kept[index, question] = _Kept(mark, answer, size + BESIDE)
        while self.size > self._most_bytes:
            self.size -= self._kept.popitem(last=False)[1].size

    def _forget_all(self, follows: object) -> None:
        self._kept.clear()
        self.size, self._follows = 0, follows
