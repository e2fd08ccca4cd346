"""What may happen to a market: processes killed and frozen, files of the engine lost or spoilt, done under writes."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx

from tests.trials.market import Market, signal_all
from tests.trials.reckoning import Outcome, outcome_of, recovered, until
from tests.trials.writing import writing

CALM_SECONDS = 1.5
FROZEN_DATABASE_SECONDS = 30.0
FROZEN_ENGINE_SECONDS = 10.0

Inject = Callable[[Market], tuple[float, str]]
"""Does the harm; when it ended (monotonic), and what is worth a note."""


@dataclass(frozen=True)
class Fault:
    """A line of the table to be."""

    name: str
    run: Callable[[str, Market], Outcome]
    seconds: float
    """What it is expected to take: a run that has less left leaves it out, and says so."""


def under_writes(inject: Inject) -> Callable[[str, Market], Outcome]:
    """The fault in the midst of writes, which go on until the market is well again."""

    def run(name: str, market: Market) -> Outcome:
        with writing(market.url) as ledger:
            time.sleep(CALM_SECONDS)
            since, note = inject(market)
            recovery = recovered(market, ledger, since=since)
        return outcome_of(name, market, ledger, recovery, note)

    return run


def kill_child(name: str, market: Market) -> tuple[float, str]:
    """The leader of a child; what it left is for its supervisor."""
    signal_all([market.pid(name)], signal.SIGKILL)
    return time.monotonic(), ""


def kill_session_of_database(market: Market) -> tuple[float, str]:
    """A process of the database that serves one connection: PostgreSQL ends all others and recovers."""
    serving = [pid for pid in market.family("database")[1:] if b"market" in _title(pid)]
    signal_all(serving[:1], signal.SIGKILL)
    return time.monotonic(), "" if serving else "! no session was found"


def kill_answering(market: Market) -> tuple[float, str]:
    """One of the processes that answer."""
    pids = market.answering()
    signal_all(pids[:1], signal.SIGKILL)
    return time.monotonic(), "" if len(pids) > 1 else "! there was only one"


def kill_every_child(market: Market) -> tuple[float, str]:
    """All at once, but the supervisor."""
    signal_all([pid for name in market.running().pids for pid in market.family(name)], signal.SIGKILL)
    return time.monotonic(), ""


def kill_supervisor(market: Market) -> tuple[float, str]:
    """`market up` itself; everything below it ends too, and a person starts it again."""
    market.end(signal.SIGKILL)
    since = time.monotonic()
    return since, f"start {market.start():.1f} s"


def kill_everything(market: Market) -> tuple[float, str]:
    """As a power cut: the supervisor and all below it in one moment."""
    signal_all([pid for name in market.running().pids for pid in market.family(name)], signal.SIGKILL)
    return kill_supervisor(market)


def freeze_database(market: Market) -> tuple[float, str]:
    """SIGSTOP of every process of the database; health must answer meanwhile."""
    pids = market.family("database")
    signal_all(pids, signal.SIGSTOP)
    with answering_health(market, seconds=FROZEN_DATABASE_SECONDS) as slowest:
        pass
    signal_all(pids, signal.SIGCONT)
    return time.monotonic(), f"ready answered in {slowest[0]:.2f} s at most"


def freeze_engine(market: Market) -> tuple[float, str]:
    """SIGSTOP of the engine: writes go on, searches are answered by the database."""
    pids = market.family("search engine")
    signal_all(pids, signal.SIGSTOP)
    with answering_health(market, seconds=FROZEN_ENGINE_SECONDS) as slowest:
        pass
    signal_all(pids, signal.SIGCONT)
    return time.monotonic(), f"ready answered in {slowest[0]:.2f} s at most"


def freeze_worker(market: Market) -> tuple[float, str]:
    """SIGSTOP of the worker; nobody thaws it."""
    old = market.pid("worker")
    signal_all([old], signal.SIGSTOP)
    since = time.monotonic()
    replaced = until(lambda: market.running().pids.get("worker", old) != old, seconds=90)
    return since, "! nobody replaced it" if replaced is None else f"replaced after {replaced:.0f} s"


def freeze_answering(market: Market) -> tuple[float, str]:
    """SIGSTOP of one of the processes that answer; nobody thaws it."""
    pids = market.answering()
    signal_all(pids[:1], signal.SIGSTOP)
    return _replaced(pids[:1], market)


def freeze_server(market: Market) -> tuple[float, str]:
    """SIGSTOP of the server that starts those that answer, not of them; nobody thaws it."""
    server, answering = market.pid("API"), market.answering()
    signal_all([server], signal.SIGSTOP)
    return _replaced([server, *answering], market)


def freeze_api(market: Market) -> tuple[float, str]:
    """SIGSTOP of the API's server and every process of it."""
    pids = market.family("API")
    signal_all(pids, signal.SIGSTOP)
    return _replaced(pids, market)


def _replaced(frozen: list[int], market: Market) -> tuple[float, str]:
    def others_answer() -> bool:
        try:
            return bool(answering := market.answering()) and not set(frozen) & set(answering)
        except (KeyError, OSError):
            return False  # between an end and the next start

    replaced = until(others_answer, seconds=120)
    told = "! nobody replaced it" if replaced is None else f"replaced after {replaced:.0f} s"
    return time.monotonic(), told


def delete_engine_files(market: Market) -> tuple[float, str]:
    """Under the running engine, whose open files live on until it is started again."""
    files = market.data_dir / "meilisearch" / "data.ms"
    for path in sorted(files.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    files.rmdir()
    return time.monotonic(), ""


def spoil_engine_pages(market: Market) -> tuple[float, str]:
    """Noise over the pages of every index, while the market stands still."""
    market.end()
    for path in _databases_of(market):
        with path.open("r+b") as file:
            file.seek(8192)
            file.write(b"\xa5" * min(path.stat().st_size - 8192, 4 * 1024**2))
    since = time.monotonic()
    return since, f"start {market.start():.1f} s"


def spoil_running_engine(market: Market) -> tuple[float, str]:
    """Its files are no longer what they were, and it ends: it cannot start again by itself."""
    (market.data_dir / "meilisearch" / "data.ms" / "VERSION").write_text("0.30.0")
    signal_all([market.pid("search engine")], signal.SIGKILL)
    return time.monotonic(), ""


def spoil_engine_header(market: Market) -> tuple[float, str]:
    """Files of another version of the engine."""
    market.end()
    (market.data_dir / "meilisearch" / "data.ms" / "VERSION").write_text("0.30.0")
    since = time.monotonic()
    return since, f"start {market.start():.1f} s"


@contextmanager
def answering_health(market: Market, *, seconds: float) -> Iterator[list[float]]:
    """Ask for health all the while; the slowest answer."""
    slowest, end = [0.0], time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        try:
            httpx.get(f"{market.url}/health/ready", timeout=10)
        except httpx.TransportError:
            slowest[0] = max(slowest[0], 10.0)
        slowest[0] = max(slowest[0], time.monotonic() - began)
        time.sleep(0.5)
    yield slowest


def _databases_of(market: Market) -> list[Path]:
    return [path for path in (market.data_dir / "meilisearch" / "data.ms").rglob("data.mdb") if path.is_file()]


def _title(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


PROCESSES = (
    *(
        Fault(f"kill -9 of the {name}", under_writes(partial(kill_child, name)), 40)
        for name in ("database", "search engine", "API", "worker")
    ),
    Fault("kill -9 of one session of the database", under_writes(kill_session_of_database), 40),
    Fault("kill -9 of one of two answering processes", under_writes(kill_answering), 30),
    Fault("kill -9 of all four at once", under_writes(kill_every_child), 45),
    Fault("kill -9 of market up", under_writes(kill_supervisor), 45),
    Fault("kill -9 of everything at once", under_writes(kill_everything), 45),
    Fault(f"database frozen for {FROZEN_DATABASE_SECONDS:.0f} s", under_writes(freeze_database), 60),
    Fault("worker frozen for ever", under_writes(freeze_worker), 70),
    Fault("one of two answering processes frozen for ever", under_writes(freeze_answering), 60),
    Fault("server of the answering processes frozen for ever", under_writes(freeze_server), 60),
    Fault("API frozen for ever", under_writes(freeze_api), 90),
    Fault(f"engine frozen for {FROZEN_ENGINE_SECONDS:.0f} s", under_writes(freeze_engine), 45),
)

ENGINE_FILES = (
    Fault("engine's files deleted under it", under_writes(delete_engine_files), 90),
    Fault("engine's pages spoilt at start", under_writes(spoil_engine_pages), 90),
    Fault("engine's files spoilt, engine killed", under_writes(spoil_running_engine), 90),
    Fault("engine's files of another version", under_writes(spoil_engine_header), 60),
)
