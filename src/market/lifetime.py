"""What an application does besides answering: it watches, settles with others, and closes what it holds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from litestar import Litestar

from market.core.eras import WHAT_TO_DO, LogAhead, require_own_log
from market.core.shared_limits import SETTLE_SECONDS
from market.core.signs_of_life import UNDECLARED_PROXY, tell
from market.core.traces import end_traces
from market.organizations.api_keys import write_down_uses
from market.reading.vocabulary import vocabulary_of
from market.reference.catalogue import Catalogue
from market.reference.types import catalogue_of_now, is_remembered

log = structlog.get_logger(__name__)

START_SECONDS = 5.0
"""How long a start waits for the database, to look whether its log is its own."""
WARM_SECONDS, WARM_LOOK_SECONDS = 10.0, 0.05
KEY_USE_TURNS = 60
CATALOGUE_SECONDS = 1.0
"""How often a process looks whether the reference data have changed."""


@asynccontextmanager
async def resources(app: Litestar) -> AsyncIterator[None]:
    """Hold what an application needs from its start to its end.

    Raises:
        LogAhead: the database was restored from another cluster.
    """
    await _refuse_a_foreign_log(app)
    if app.state.settings.lacks_proxy:
        log.warning("proxy_not_declared", setting="MARKET_TRUSTED_PROXIES", public_url=app.state.settings.public_url)
    watching = [asyncio.create_task(work(app)) for work in (_watch_catalogue, _settle_with_others)]
    if app.state.replica is not None:
        watching.append(asyncio.create_task(app.state.replica.watch()))
    try:
        await _warmed()
        yield
    finally:
        for task in watching:
            task.cancel()
        await close_resources(app)


async def _warmed() -> None:
    """Take nothing before the reference data are read, where the database gives them: whoever came first would wait."""
    for _ in range(int(WARM_SECONDS / WARM_LOOK_SECONDS)):
        if is_remembered():
            return
        await asyncio.sleep(WARM_LOOK_SECONDS)


async def _refuse_a_foreign_log(app: Litestar) -> None:
    """Raises:
    LogAhead: the database was restored from another cluster. One that does not answer is asked by the probe.
    """
    try:
        async with asyncio.timeout(START_SECONDS), app.state.sessions() as session:
            await require_own_log(session)
    except LogAhead:
        log.critical("log_ahead", what_to_do=WHAT_TO_DO)
        raise
    except Exception as error:
        log.warning("log_not_checked", reason=type(error).__name__)


async def _settle_with_others(app: Litestar) -> None:
    """Share what callers have spent with the other processes, and write down which keys were used."""
    turns = 0
    while True:
        await asyncio.sleep(SETTLE_SECONDS)
        turns += 1
        try:
            async with app.state.sessions.begin() as session:
                for buckets in app.state.buckets:
                    await buckets.settle(session)
                if turns % KEY_USE_TURNS == 1 and app.state.limit.saw_undeclared_proxy:
                    await tell(session, UNDECLARED_PROXY)
                if turns % KEY_USE_TURNS == 0:
                    uses = dict(app.state.key_uses)
                    app.state.key_uses.clear()
                    await write_down_uses(session, uses)
        except Exception as error:
            log.warning("limits_not_settled", reason=type(error).__name__)


async def _watch_catalogue(app: Litestar) -> None:
    """Read the reference data again when an officer, or a newer seed, has changed them: no restart is needed."""
    prepared: Catalogue | None = None
    while True:
        try:
            async with app.state.sessions() as session:
                catalogue = await catalogue_of_now(session, prepare=vocabulary_of)
            if catalogue is not prepared:
                # The one that a first request loaded has no vocabulary yet.
                await asyncio.to_thread(vocabulary_of, catalogue)
                prepared = catalogue
        except Exception as error:
            log.warning("catalogue_not_checked", reason=type(error).__name__)
        await asyncio.sleep(CATALOGUE_SECONDS)


async def close_resources(app: Litestar) -> None:
    """Close what the application holds open: its children, connections to the engine and to the database."""
    await app.state.pool_solver.close()
    await app.state.paper_writer.close()
    await app.state.photo_maker.close()
    await app.state.scan_reader.close()
    if app.state.search is not None:
        await app.state.search.close()
    if app.state.replica is not None:
        await app.state.replica.engine.dispose()
    await app.state.engine.dispose()
    await asyncio.to_thread(end_traces)
