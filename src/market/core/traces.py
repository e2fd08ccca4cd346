"""Traces: what a request waited for, and what it caused: statements, questions to the engine, jobs.

Off unless a collector is named in the settings; then nothing of OpenTelemetry is even loaded, and asking for a span
costs a comparison. Spans say what was done and how long it took, never for whom: no parameters, no query strings, no
messages of errors, which hold what somebody wrote.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from importlib import import_module
from typing import Any, Literal, Protocol

Kind = Literal["server", "client", "producer", "consumer", "internal"]
Fact = str | int | float | bool | list[str]


class Span(Protocol):
    """A piece of work under way."""

    def named(self, name: str) -> None:
        """Give it the name that is known by now."""

    def tell(self, name: str, value: Fact) -> None:
        """Add a fact, by its name in the semantic conventions where they have one."""

    def failed(self, kind: str) -> None:
        """Note that it did not do what it should; `kind` is a class of errors, never a message."""


class Tracer(Protocol):
    """Where spans go; `collector.py` is the only one."""

    def span(
        self, name: str, kind: Kind, facts: Mapping[str, Fact], carrier: Mapping[str, Any] | None
    ) -> AbstractContextManager[Span]:
        """Work that begins now and ends with the context."""

    def carried(self) -> dict[str, str]:
        """The span of now as others take it up: `traceparent`."""

    def watch_statements(self, engine: Any) -> None:
        """A span for each statement of a (synchronous) database engine."""

    def end(self) -> None:
        """Send what waits, within seconds; blocks."""


class _NoSpan:
    def named(self, name: str) -> None:
        """Nobody listens."""

    def tell(self, name: str, value: Fact) -> None:
        """Nobody listens."""

    def failed(self, kind: str) -> None:
        """Nobody listens."""


MOST_WORDS = 2000
"""Letters of a statement that go into its span."""
SUMMARY = re.compile(r"^\W*(\w+)(?:.*?\b(?:FROM|INTO|UPDATE)\s+\"?(\w+))?", re.IGNORECASE | re.DOTALL)
NO_SPAN = nullcontext[Span](_NoSpan())
_tracers: list[Tracer] = []
"""The tracer of this process, where there is one."""


def begin_traces(url: str | None, *, share: float, role: str) -> None:
    """Send the spans of this process to a collector, if there is one; the second time nothing happens.

    Args:
        url: where it takes OTLP over HTTP.
        share: of what begins here, how much is traced: 1 for all.
        role: what this process is: `api`, `worker`.
    """
    if url and not _tracers:
        _tracers.append(import_module("market.core.collector").Collector(url, share=share, role=role))


def end_traces() -> None:
    """Send what waits; blocks for some seconds at most."""
    while _tracers:
        _tracers.pop().end()


def is_traced() -> bool:
    """Whether spans of this process go anywhere."""
    return bool(_tracers)


def span(
    name: str,
    kind: Kind = "internal",
    facts: Mapping[str, Fact] | None = None,
    *,
    carrier: Mapping[str, Any] | None = None,
) -> AbstractContextManager[Span]:
    """A span around what the context does, below the span of now.

    Args:
        carrier: what `carried` gave in another process, or a caller sent as headers; then the span is below that one.
    """
    return _tracers[0].span(name, kind, facts or {}, carrier) if _tracers else NO_SPAN


def carried() -> dict[str, str] | None:
    """The span of now, for another process to go on from; None when nothing is traced."""
    return _tracers[0].carried() if _tracers else None


def watch_statements(engine: Any) -> None:
    """A span for each statement of a database engine, where anything is traced."""
    if _tracers:
        _tracers[0].watch_statements(engine)


@lru_cache(maxsize=512)
def statement_facts(words: str) -> Mapping[str, Fact]:
    """What a span says of a statement: `SELECT listing`, and its words with places for values."""
    found = SUMMARY.match(words)
    summary = " ".join(part for part in found.groups() if part) if found else "statement"
    return {"db.system.name": "postgresql", "db.query.summary": summary, "db.query.text": words[:MOST_WORDS]}
