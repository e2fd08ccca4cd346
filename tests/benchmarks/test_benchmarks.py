from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from market.config import PROJECT_ROOT


def test_every_measure_is_taken_and_written_down(tmp_path: Path) -> None:
    output = tmp_path / "bench.json"
    command = [sys.executable, "-m", "tests.benchmarks", "--smallest", "--output", str(output)]
    done = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    measures = json.loads(output.read_text(encoding="utf-8"))
    aims = {
        "search_ratio",
        "search_relay_ratio",
        "search_p50_overhead",
        "api_resident",
        "import_rows_per_second",
        "freshness_p95",
        "publish_ratio",
    }
    later = {
        "report_totals_by_event_ms",
        "report_overdue_ms",
        "audit_verify",
        "pool_slowest",
        "check_in_p50",
        "check_in_ratio",
        "badges_per_thousand",
        "summary_ms",
        "timetable_gap",
        "large_timetable_seconds",
        "replay_seconds",
    }
    assert aims | later <= measures.keys()
    assert all(measure.keys() == {"value", "unit", "compared_with"} for measure in measures.values())
    assert measures["search_failed"]["value"] == 0
