"""Worker, engine and database killed in the middle of an import: nothing lost, nothing doubled, everything searchable.

MARKET_TEST_LOST_ROWS sets how many listings are imported (20,000 for the full trial).
"""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.market import market_up
from tests.end_to_end.trials import OWNER, PATIENCE_SECONDS, ROWS, kept, kill, started, until, written
from tests.local.first_start import started_once


def test_kills_during_an_import_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    file = str(written(tmp_path / "listings.ndjson"))
    with market_up(started_once(tmp_path / "data")) as market:
        market.command("seed", "synthetic", "--listings", "1", "--needs", "0")
        with started(market, "import", "listings", file, "--organization", OWNER) as importing:
            until(lambda: kept(market)[0] >= ROWS // 6)
            kill(market, "worker")
            kill(market, "search engine")
            until(lambda: kept(market)[0] >= ROWS // 3)
            kill(market, "database")
            said, _ = importing.communicate(timeout=PATIENCE_SECONDS)
        assert importing.returncode == 0, said
        assert f"{ROWS:,} listings kept, 0 refused" in said
        assert "The database is away" in said
        assert kept(market) == (ROWS, ROWS)
        market.command("search", "status", "--wait", str(PATIENCE_SECONDS))
