"""What operators do, and what goes wrong with it: a second `market up`, another secret, backups, a full disk."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from market.local.postgres import binary, start_postgres
from tests.trials.faults import CALM_SECONDS, Fault, under_writes
from tests.trials.market import Market, market_under_trial
from tests.trials.reckoning import Outcome, outcome_of, recovered
from tests.trials.writing import writing

SMALL_DISK_MEGABYTES = 1800
FULL_SECONDS = 6.0


def second_up(market: Market) -> tuple[float, str]:
    """Another `market up` on the same directory: refused, and nothing of the first is touched."""
    before = market.running().pids
    other = market.command("up", "--port", "0", "--data-dir", str(market.data_dir))
    code = other.wait(60)
    touched = market.running().pids != before
    return time.monotonic(), f"refused with {code}" if code == 1 and not touched else f"! ended with {code}"


def another_secret(market: Market) -> tuple[float, str]:
    """The key that signs tokens is exchanged: everybody signs in again."""
    market.end()
    secrets = market.data_dir / "secrets.json"
    secrets.write_text(json.dumps(json.loads(secrets.read_text()) | {"secret_key": "k" * 48}))
    since = time.monotonic()
    return since, f"start {market.start():.1f} s"


def destroyed_and_restored(name: str, market: Market) -> Outcome:
    """`market backup`, everything deleted, `market restore`, and on it goes under the same address."""
    with writing(market.url) as ledger:
        time.sleep(CALM_SECONDS)
    backup = market.data_dir.with_name("backup")
    code = market.run("backup", str(backup))
    market.end(signal.SIGKILL)
    shutil.rmtree(market.data_dir)
    since = time.monotonic()
    code = code or market.run("restore", str(backup))
    restored = time.monotonic() - since
    market.start()
    return _gone_on(
        name,
        market,
        ledger.titles,
        ledger.prices,
        since=since,
        note=f"restore {restored:.1f} s" if not code else "! failed",
    )


def dumped_into_another_cluster(name: str, market: Market) -> Outcome:
    """pg_dump and pg_restore by hand: refused until `market new-era`, then as if nothing had been."""
    with writing(market.url) as ledger:
        time.sleep(CALM_SECONDS)
    dump = market.data_dir.with_name("by-hand.dump")
    _tool("pg_dump", market.running().database_url, "--format=custom", "--no-owner", "--no-acl", f"--file={dump}")
    market.end()
    (market.data_dir / "postgres" / "cluster").rename(market.data_dir.with_name("old-cluster"))
    (market.data_dir / "filled.sha256").unlink()
    since = time.monotonic()
    server = start_postgres(market.data_dir / "postgres")
    try:
        _tool("pg_restore", server.url(), "--no-owner", "--no-acl", "--dbname=market", str(dump))
        era = _era(market, server.url())
    finally:
        server.stop()
    market.start()
    return _gone_on(name, market, ledger.titles, ledger.prices, since=since, note=era)


def _era(market: Market, url: str) -> str:
    """Contents refuse the foreign log; then a new era is begun."""
    asked = market.command_on(url, "doctor")
    refused = asked.wait(60) != 0
    begun = market.command_on(url, "new-era").wait(60)
    return "refused until a new era" if refused and begun == 0 else "! it was not refused, or no era could be begun"


def _gone_on(name: str, market: Market, titles: set[str], prices: set[int], *, since: float, note: str) -> Outcome:
    """Writes after the move; those before it are counted too."""
    with writing(market.url) as ledger:
        recovery = recovered(market, ledger, since=since)
    ledger.titles |= titles
    ledger.prices |= prices
    return outcome_of(name, market, ledger, recovery, note)


def _tool(name: str, url: str, *arguments: str) -> None:
    subprocess.run([str(binary(name)), *arguments[:-1], *_target(name, url, arguments[-1])], check=True)


def _target(name: str, url: str, last: str) -> list[str]:
    return [last, url] if name == "pg_dump" else [f"--dbname={url}", last]


@contextmanager
def small_disk(place: Path) -> Iterator[None]:
    """A file system of its own, in memory, that can be filled up.

    Raises:
        subprocess.CalledProcessError: this user may not mount one.
    """
    place.mkdir(parents=True)
    size = f"size={SMALL_DISK_MEGABYTES}m,mode=0755"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "none", str(place)], check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def full_disk(name: str, market: Market) -> Outcome:
    """Not a byte left for database, engine and logs for some seconds; another market, on a small disk of its own."""
    place = market.data_dir.with_name("small-disk")
    try:
        with small_disk(place), market_under_trial(place / "data") as other:
            return under_writes(_filled)(name, other)
    except (subprocess.CalledProcessError, FileNotFoundError):
        return Outcome(fault=name, skipped=True, note="not tried: this user may not mount a small file system")


def _filled(market: Market) -> tuple[float, str]:
    filler = market.data_dir.parent / "filler"
    with filler.open("wb", buffering=0) as file:
        step = 1024**2
        while step >= 1:
            try:
                file.write(b"\0" * step)
            except OSError:
                step //= 2
    time.sleep(FULL_SECONDS)
    health = market.health()
    filler.unlink()
    told = "ready said so" if health.get("database") == "down" or health.get("disk") == "down" else "! ready was silent"
    return time.monotonic(), told


MOVES = (
    Fault("two market up on one directory", under_writes(second_up), 25),
    Fault("another secret key", under_writes(another_secret), 40),
    Fault("destroyed and restored from a backup", destroyed_and_restored, 60),
    Fault("dumped by hand into another cluster", dumped_into_another_cluster, 60),
    Fault(f"disk full for {FULL_SECONDS:.0f} s", full_disk, 70),
)
