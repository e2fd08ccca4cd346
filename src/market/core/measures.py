"""The numbers of the whole market, read when `/metrics` is asked: the same whichever process answers."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import asyncpg
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from market.core.probing import FOLLOWERS, PROBE_SECONDS, WORKERS

JOBS = "SELECT entrypoint, status::text AS status, count(*) AS number FROM pgqueuer GROUP BY entrypoint, status"
CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
COMPARED = """
SELECT substr(name, 11) AS index, (detail->>'compared')::bigint AS compared, (detail->>'wrong')::bigint AS wrong
FROM sign_of_life WHERE starts_with(name, 'documents:')
"""
SIZE = "SELECT pg_database_size(current_database())"
MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"
"""Set by `market serve`: where its processes put their numbers together."""


class _Fixed(Collector):
    """What was read already."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = list(metrics)

    def collect(self) -> Iterable[Metric]:
        return self._metrics


async def exposition(database_url: str, *, data_dir: Path, pool: Any) -> bytes:
    """What Prometheus is told: requests of all processes of this server, and the state of the market.

    Args:
        pool: of the process that answers; its own connections carry its process id.
    """
    requests: CollectorRegistry = REGISTRY
    if os.environ.get(MULTIPROCESS):
        requests = CollectorRegistry()
        MultiProcessCollector(requests)  # type: ignore[no-untyped-call]
    state = CollectorRegistry()
    state.register(_Fixed([*_of_process(data_dir, pool), *await _of_database(database_url)]))
    return generate_latest(requests) + generate_latest(state)


def _of_process(data_dir: Path, pool: Any) -> Iterable[Metric]:
    place = next(path for path in (data_dir.absolute(), *data_dir.absolute().parents) if path.exists())
    yield _gauge("market_disk_free_bytes", "Free where the data directory is", shutil.disk_usage(place).free)
    used = GaugeMetricFamily("market_pool_connections_used", "Database connections in use", labels=["process"])
    used.add_metric([str(os.getpid())], pool.checkedout())
    yield used


async def _of_database(url: str) -> list[Metric]:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            connection = await asyncpg.connect(url, timeout=PROBE_SECONDS)
            try:
                return [_gauge("market_database_up", "Whether the database answers", 1), *await _read(connection)]
            finally:
                connection.terminate()
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return [_gauge("market_database_up", "Whether the database answers", 0)]


async def _read(connection: asyncpg.Connection[Any]) -> list[Metric]:
    lag = GaugeMetricFamily("market_follower_lag_seconds", "Age of the oldest entry not followed", labels=["follower"])
    for row in await connection.fetch(FOLLOWERS):
        lag.add_metric([row["name"]], row["behind"].total_seconds() if row["behind"] is not None else 0)
    # Prometheus puts its own `job` over ours (and keeps ours as `exported_job`): `name` stays what it is.
    jobs = GaugeMetricFamily("market_jobs", "Jobs in the queue", labels=["job", "name", "status"])
    for row in await connection.fetch(JOBS):
        jobs.add_metric([row["entrypoint"], row["entrypoint"], row["status"]], row["number"])
    metrics: list[Metric] = [lag, jobs]
    if (silent := await connection.fetchval(WORKERS)) is not None:
        told = "Since the last sign of life of any worker"
        metrics.append(_gauge("market_worker_silent_seconds", told, silent.total_seconds()))
    connections = await connection.fetchval(CONNECTIONS)
    metrics.append(_gauge("market_database_connections", "Connections to the database", connections))
    metrics += await _of_documents(connection)
    metrics.append(_gauge("market_database_bytes", "Size of the database", await connection.fetchval(SIZE)))
    return metrics


async def _of_documents(connection: asyncpg.Connection[Any]) -> list[Metric]:
    compared = CounterMetricFamily("market_documents_compared", "Held against their rows", labels=["index"])
    wrong = CounterMetricFamily("market_documents_wrong", "Of those, wrong and put right", labels=["index"])
    for row in await connection.fetch(COMPARED):
        compared.add_metric([row["index"]], row["compared"])
        wrong.add_metric([row["index"]], row["wrong"])
    return [compared, wrong]


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(name, told, value=value)
