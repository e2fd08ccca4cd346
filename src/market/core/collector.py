"""Spans on their way to a collector, by OpenTelemetry (OTLP over HTTP). Loaded only where one is named."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import structlog
from opentelemetry import context
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased, TraceIdRatioBased
from opentelemetry.trace import (
    INVALID_SPAN,
    SpanKind,
    Status,
    StatusCode,
    format_trace_id,
    get_current_span,
    set_span_in_context,
)
from opentelemetry.trace import Span as OpenSpan
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from sqlalchemy import event

from market.core.traces import Fact, Kind, statement_facts

KINDS = {
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
    "internal": SpanKind.INTERNAL,
}
SEND_SECONDS = 3
"""How long the collector may take for a batch. One that is not there costs spans, never an answer."""
MOST_WAITING = 4096
"""Spans that wait to be sent; what comes beyond is dropped."""
CONTEXT = TraceContextTextMapPropagator()


class _Told:
    """A span of OpenTelemetry, as the house speaks to it."""

    def __init__(self, span: OpenSpan) -> None:
        self._span = span

    def named(self, name: str) -> None:
        self._span.update_name(name)

    def tell(self, name: str, value: Fact) -> None:
        self._span.set_attribute(name, value)

    def failed(self, kind: str) -> None:
        self._span.set_attribute("error.type", kind)
        self._span.set_status(Status(StatusCode.ERROR))


class Collector:
    """The tracer of a process that has a collector.

    Args:
        url: where it takes traces, such as `http://collector:4318/v1/traces`.
        share: of traces that begin here, or come in with a wish to be traced: who calls cannot have more sent.
        role: what this process is.
    """

    def __init__(self, url: str, *, share: float, role: str) -> None:
        by_share = TraceIdRatioBased(share)
        sampler = ParentBased(by_share, remote_parent_sampled=by_share, remote_parent_not_sampled=ALWAYS_OFF)
        named = {"service.namespace": "market", "service.name": f"market-{role}", "service.version": version("market")}
        place = {"service.instance.id": f"{socket.gethostname()}:{os.getpid()}"}
        self._provider = TracerProvider(sampler, Resource.create({**named, **place}), shutdown_on_exit=False)
        exporter = OTLPSpanExporter(url, timeout=SEND_SECONDS, compression=Compression.Gzip)
        self._provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=MOST_WAITING))
        self._tracer = self._provider.get_tracer("market")
        # A collector that is away is said now and then, not with a traceback for each batch.
        logging.getLogger("opentelemetry").setLevel(logging.ERROR)

    @contextmanager
    def span(
        self, name: str, kind: Kind, facts: Mapping[str, Fact], carrier: Mapping[str, Any] | None
    ) -> Iterator[_Told]:
        """Work that begins now; its trace's id stands in every line that is logged meanwhile.

        What nobody asked for (the beats and looks of a process) is not traced.
        """
        if kind == "client" and not _is_below_another():
            yield _Told(INVALID_SPAN)
            return
        above = CONTEXT.extract(carrier) if carrier is not None else None
        begun = self._tracer.start_span(name, above, KINDS[kind], facts)
        token = context.attach(set_span_in_context(begun, above))
        told = _Told(begun)
        try:
            with structlog.contextvars.bound_contextvars(trace_id=format_trace_id(begun.get_span_context().trace_id)):
                yield told
        except BaseException as error:
            told.failed(type(error).__name__)
            raise
        finally:
            context.detach(token)
            begun.end()

    def carried(self) -> dict[str, str]:
        """The span of now as a header."""
        carrier: dict[str, str] = {}
        CONTEXT.inject(carrier)
        return carrier

    def watch_statements(self, engine: Any) -> None:
        """A span for each statement, with its words and without its values."""
        event.listen(engine, "before_cursor_execute", self._sent)
        event.listen(engine, "after_cursor_execute", _answered)
        event.listen(engine, "handle_error", _refused)

    def _sent(self, _connection: Any, _cursor: Any, words: str, _values: Any, execution: Any, _many: Any) -> None:
        if not _is_below_another():
            execution.market_span = INVALID_SPAN
            return
        facts = statement_facts(words)
        execution.market_span = self._tracer.start_span(str(facts["db.query.summary"]), None, SpanKind.CLIENT, facts)

    def end(self) -> None:
        """Send what waits; a collector that is not there is waited for as long as for one batch."""
        self._provider.shutdown()


def _is_below_another() -> bool:
    return get_current_span().get_span_context().is_valid


def _answered(_connection: Any, _cursor: Any, _words: str, _values: Any, execution: Any, _many: Any) -> None:
    execution.market_span.end()


def _refused(failure: Any) -> None:
    span: OpenSpan | None = getattr(failure.execution_context, "market_span", None)
    if span is not None:
        _Told(span).failed(type(failure.original_exception).__name__)
        span.end()
