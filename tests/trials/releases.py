"""The last release's processes go on while this one's migrations come in under them, and are then exchanged."""

from __future__ import annotations

import json
import signal
import subprocess
import tarfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import httpx

from market.config import PROJECT_ROOT
from tests.trials.faults import CALM_SECONDS, Fault
from tests.trials.market import Market
from tests.trials.reckoning import Outcome, outcome_of, recovered
from tests.trials.writing import Ledger, writing

RELEASE = PROJECT_ROOT / "migrations" / "release.json"
UNDER_NEW_SCHEMA_SECONDS = 12.0
READ = (
    "listings?q=thanh long",
    "listings",
    "needs",
    "organizations",
    "events",
    "programmes",
    "reference/units",
    "reference/concepts",
    "reports/lapses",
    "changes",
)


def old_release_on_new_schema(name: str, market: Market) -> Outcome:
    """`market up` of the last release, `market upgrade` of this one under its writes, then this one in its place."""
    commit = json.loads(RELEASE.read_text(encoding="utf-8"))["commit"]
    place = market.data_dir.with_name("release")
    if not unpacked(commit, place / "tree"):
        return Outcome(
            fault=name, skipped=True, note=f"not tried: the history of this clone does not have {commit[:12]}"
        )
    market.end()  # two markets at once are too many for a small machine
    with _running(Market(place / "data", tree=place / "tree")) as old:
        new = replace(old, tree=PROJECT_ROOT)
        with writing(old.url) as ledger:
            time.sleep(CALM_SECONDS)
            note = _upgraded(new, old, ledger)
            old.end()
            since = time.monotonic()
            note += f"; the new one started in {new.start():.1f} s"
            old.process = new.process
            recovery = recovered(new, ledger, since=since)
        outcome = outcome_of(name, new, ledger, recovery, note)
    market.start()
    return outcome


def _upgraded(new: Market, old: Market, ledger: Ledger) -> str:
    """The schema of this release under processes of the last, and how these then did."""
    began = time.monotonic()
    if code := new.run("upgrade"):
        return f"! upgrade ended with {code}"
    upgraded, before = time.monotonic() - began, ledger.acknowledged
    answers = _read_for(old, UNDER_NEW_SCHEMA_SECONDS)
    return f"upgrade {upgraded:.1f} s; then by the old one {_told(ledger, before, answers)}"


def unpacked(commit: str, place: Path) -> bool:
    """Lay out the tree of a commit, if this clone has it."""
    made = subprocess.run(["git", "archive", commit], cwd=PROJECT_ROOT, capture_output=True, check=False)
    if made.returncode:
        return False
    place.mkdir(parents=True)
    with tarfile.open(fileobj=BytesIO(made.stdout)) as archive:
        archive.extractall(place, filter="data")
    (place / "node_modules").symlink_to(PROJECT_ROOT / "node_modules")
    return True


def _read_for(market: Market, seconds: float) -> Counter[int]:
    statuses: Counter[int] = Counter()
    end = time.monotonic() + seconds
    with httpx.Client(base_url=f"{market.url}/api/v1/", timeout=20) as http:
        while time.monotonic() < end:
            for path in READ:
                statuses[http.get(path).status_code] += 1
    return statuses


def _told(ledger: Ledger, before: int, answers: Counter[int]) -> str:
    written = ledger.acknowledged - before
    good = written > 0 and not any(status >= 500 for status in answers)
    reads = ", ".join(f"{number} x {status}" for status, number in sorted(answers.items()))
    return f"{'' if good else '! '}{written} writes, reads {reads}"


@contextmanager
def _running(market: Market) -> Iterator[Market]:
    try:
        market.start()
        yield market
    finally:
        if market.process is not None:
            market.end(signal.SIGKILL)


RELEASES = (Fault("last release under this schema, then exchanged", old_release_on_new_schema, 120),)
