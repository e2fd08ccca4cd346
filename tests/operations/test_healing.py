from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

from market.local.running import find_running
from tests.local.first_start import started_once
from tests.local.processes import PATIENCE_SECONDS
from tests.local.test_up import market_up


def test_an_engine_directory_that_does_not_open_is_moved_away_and_made_anew(tmp_path: Path) -> None:
    with market_up(started_once(tmp_path / "data")) as market:
        market.until_ready()
        market.end(signal.SIGTERM)
    files = tmp_path / "data" / "meilisearch" / "data.ms"
    (files / "VERSION").write_text("0.30.0")
    with market_up(tmp_path / "data") as market:
        market.until_said("They were moved to")
        running = market.until_ready()
        assert running.meili_url is not None
    assert files.is_dir()
    assert list(files.parent.glob("data.ms.set-aside-*"))
    shutil.rmtree(files)


def test_a_frozen_worker_is_replaced(tmp_path: Path) -> None:
    assert PATIENCE_SECONDS >= 60
    with market_up(started_once(tmp_path / "data")) as market:
        running = market.until_ready()
        os.kill(running.pids["worker"], signal.SIGSTOP)
        market.until_said("The worker gives no sign of life; ending it.")
        market.until_said("The worker is back.")
        now = find_running(tmp_path / "data")
        assert now is not None
        assert now.pids["worker"] != running.pids["worker"]
