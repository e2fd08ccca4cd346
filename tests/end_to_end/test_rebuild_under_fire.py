"""`market search rebuild` while rows come in: no search fails or finds nothing, and kills in the middle lose nothing.

A third of MARKET_TEST_LOST_ROWS is how many listings are imported (set it to 60,000 for the full trial).
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from market.config import PROJECT_ROOT
from market.local.running import find_running
from tests.benchmarks.market import Market, environment, market_up
from tests.end_to_end.trials import OWNER, PATIENCE_SECONDS, kept, kill, started, until, written
from tests.end_to_end.trials import ROWS as ROWS_OF_AN_IMPORT
from tests.local.first_start import started_once

ROWS = ROWS_OF_AN_IMPORT // 3
PASSWORD = "mot-cau-du-dai-de-thu"
LISTING = {
    "another": True,
    "title": "Bưởi da xanh viết qua HTTP",
    "concept": "pomelo-da-xanh",
    "province": {"code": "82"},
    "unit": "KGM",
    "publish": True,
}


def documents(market: Market, index: str) -> int | None:
    """How many documents an index of the engine holds; None when it is not there or the engine is away."""
    running = market.running
    try:
        answer = httpx.get(
            f"{running.meili_url}/indexes/{index}/stats", headers={"Authorization": f"Bearer {running.meili_key}"}
        )
    except httpx.HTTPError:
        return None
    return answer.json()["numberOfDocuments"] if answer.status_code == 200 else None


def started_again(market: Market, name: str, before: int) -> bool:
    running = find_running(market.data_dir)
    return running is not None and running.pids.get(name, before) != before


def status(market: Market) -> dict[str, Any]:
    """What `market search status` finds once it has waited for the follower."""
    done = subprocess.run(
        [sys.executable, "-m", "market", "search", "status", "--json", "--wait", str(PATIENCE_SECONDS)],
        env=environment(market.data_dir),
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def lacking(found: dict[str, Any]) -> set[tuple[int, int, int]]:
    return {(index["missing"], index["stale"], index["surplus"]) for index in found["indexes"]}


def registered(api: httpx.Client) -> str:
    """A cooperative that writes over HTTP; its token."""
    person = {"full_name": "Người Thử", "email": "nguoi@thu.example", "password": PASSWORD}
    organization = {
        "name": "HTX Thử nghiệm",
        "kinds": ["producer"],
        "legal_form": "cooperative",
        "province": {"code": "82", "version": "2025"},
    }
    answer = api.post("/auth/register", json={"organization": organization, "user": person})
    assert answer.status_code == 201, answer.text
    answer = api.post("/auth/token", json={"identifier": person["email"], "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def halves(file: Path) -> tuple[str, str]:
    """The lines of a file in two files beside it."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    files = file.with_suffix(".1.ndjson"), file.with_suffix(".2.ndjson")
    for path, part in zip(files, (lines[: ROWS // 2], lines[ROWS // 2 :]), strict=True):
        path.write_text("".join(part), encoding="utf-8")
    return str(files[0]), str(files[1])


class Visitors:
    """One who searches and one who writes, over HTTP, until told to stop; what they were answered."""

    def __init__(self, market: Market) -> None:
        self.url = f"{market.running.api_url}/api/v1"
        self.totals: list[int] = []
        self.degraded = 0
        self.written = 0
        self.refused: list[str] = []
        self._stop = threading.Event()

    def search(self) -> None:
        with httpx.Client(base_url=self.url) as api:
            while not self._stop.wait(0.05):
                answer = api.get("/listings", params={"q": "thanh long ruột đỏ", "limit": 1})
                if answer.status_code != 200:
                    self.refused.append(answer.text)
                    continue
                self.totals.append(answer.json()["total"] if answer.json()["items"] else 0)
                self.degraded += answer.json()["degraded"]

    def write(self) -> None:
        with httpx.Client(base_url=self.url) as api:
            api.headers["Authorization"] = f"Bearer {registered(api)}"
            while not self._stop.wait(0.1):
                answer = api.post("/listings", json=LISTING)
                if answer.status_code == 201:
                    self.written += 1
                else:
                    self.refused.append(answer.text)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        threads = [threading.Thread(target=work) for work in (self.search, self.write)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()


def test_no_search_fails_or_is_empty_while_an_index_is_exchanged_under_writes(tmp_path: Path) -> None:
    file = str(written(tmp_path / "listings.ndjson", ROWS))
    with market_up(started_once(tmp_path / "data")) as market:
        market.command("seed", "synthetic", "--listings", "1", "--needs", "0")
        with started(market, "import", "listings", file, "--organization", OWNER) as importing:
            until(lambda: (documents(market, "listings") or 0) >= ROWS // 10)
            visitors = Visitors(market)
            with visitors.at_work():
                until(lambda: len(visitors.totals) > 0 and visitors.written > 0)
                for _ in range(2):
                    market.command("search", "rebuild")
            importing.communicate(timeout=PATIENCE_SECONDS)
        found = status(market)

        assert importing.returncode == 0
        assert (visitors.refused, visitors.degraded) == ([], 0)
        assert min(visitors.totals) >= ROWS // 10
        assert visitors.totals == sorted(visitors.totals)
        assert kept(market) == (ROWS, ROWS)
        assert lacking(found) == {(0, 0, 0)}
        assert next(index["expected"] for index in found["indexes"] if index["name"] == "listings") >= (
            ROWS + visitors.written
        )
        assert documents(market, "listings-rebuild") is None


def test_kills_during_a_rebuild_under_writes_lose_nothing(tmp_path: Path) -> None:
    first, second = halves(written(tmp_path / "listings.ndjson", ROWS))
    with market_up(started_once(tmp_path / "data")) as market:
        market.command("seed", "synthetic", "--listings", "1", "--needs", "0")
        market.command("import", "listings", first, "--organization", OWNER)
        visitors = Visitors(market)
        with visitors.at_work(), started(market, "search", "rebuild", "listings") as rebuilding:
            until(lambda: documents(market, "listings-rebuild") is not None)
            with started(market, "import", "listings", second, "--organization", OWNER) as importing:
                kill(market, "worker")
                kill(market, "search engine")
                said, _ = rebuilding.communicate(timeout=PATIENCE_SECONDS)
                until(lambda: documents(market, "listings") is not None)
                with started(market, "search", "rebuild", "listings") as again:
                    until(lambda: documents(market, "listings-rebuild") is not None)
                    again.kill()
                kill(market, "worker")
                market.command("search", "rebuild")
                imported, _ = importing.communicate(timeout=PATIENCE_SECONDS)
        found = status(market)

        assert (rebuilding.returncode, "the old index still serves" in said) in {(0, False), (1, True)}, said
        assert importing.returncode == 0, imported
        assert visitors.refused == []
        assert kept(market) == (ROWS, ROWS)
        assert lacking(found) == {(0, 0, 0)}
        assert documents(market, "listings-rebuild") is None
