"""What the dashboard and the alert rules ask for is what `/metrics` tells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from market.config import PROJECT_ROOT
from tests.people import Client

NAMES = re.compile(r"\bmarket_[a-z_]+")
RULES = PROJECT_ROOT / "deploy" / "prometheus" / "alerts.yml"
DASHBOARD = PROJECT_ROOT / "deploy" / "grafana" / "market.json"


def expressions() -> Iterator[str]:
    yield from re.findall(r"^\s+expr: (.+)$", RULES.read_text(encoding="utf-8"), re.MULTILINE)
    for panel in json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]:
        yield from (target["expr"] for target in panel["targets"])


@pytest.fixture
async def told(own_client: Client) -> str:
    await own_client.get("/reference/units")
    return (await own_client.get("/metrics")).text


async def test_every_metric_that_is_watched_exists(told: str) -> None:
    asked = {name for expression in expressions() for name in NAMES.findall(expression)}
    # Without a worker there is no sign of life to tell of, but its type is known by its name.
    known = set(NAMES.findall(told)) | {"market_worker_silent_seconds"}
    assert len(asked) >= 8
    assert asked <= known


def test_nothing_is_asked_by_a_label_that_prometheus_puts_its_own_over() -> None:
    covered = [expression for expression in expressions() if re.search(r"by \([^)]*\b(job|instance)\b", expression)]
    assert covered == []


async def test_numbers_say_whether_the_database_answers(told: str) -> None:
    assert "market_database_up 1.0" in told
    assert "market_disk_free_bytes" in told


async def test_ready_names_every_part_with_its_reason(own_client: Client) -> None:
    body = (await own_client.get("/health/ready")).json()
    parts = {part["name"]: part for part in body["parts"]}
    assert {"database", "log", "clock", "worker", "index", "followers", "jobs", "mail", "disk", "engine"} <= set(parts)
    assert parts["worker"]["reason"] == "none has ever run"
    assert (body["status"], parts["database"]["state"]) == ("degraded", "ok")
