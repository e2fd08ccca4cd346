"""The house's test bed: real PostgreSQL, real Meilisearch, real sign-in; every test rolled back."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from litestar import Litestar
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from market.accounts import credentials
from market.app import create_app
from market.config import PROJECT_ROOT, Settings
from market.core import deadline
from market.core.db import create_engine, create_sessions
from market.core.garbage import settle_garbage
from market.core.logs import configure_logging
from market.engine.administration import create_index, drop_index
from market.engine.gateway import Engine
from market.indexes import INDEXES
from market.lifetime import close_resources
from market.migrate import upgrade_database
from market.reference.catalogue import Catalogue, catalogue_from_files
from market.reference.loading import load_reference
from market.reference.types import remember
from market.search.follower import search_follower
from market.search.index import read_settings
from tests.database import CountQueries, counted_queries, demand_change_entries
from tests.distribution import FileScheduling, longest_first
from tests.people import Client, connected
from tests.renewal import RenewedDatabase
from tests.searched import Searched, emptied
from tests.services import DIRECTORY_VARIABLE, Services, close_session, open_session, session_services

TEMPLATE = "market_template"
SECRET = SecretStr(secrets.token_urlsafe(32))


def pytest_configure() -> None:
    demand_change_entries()
    configure_logging(style="json", level="warning")
    # The same Argon2, cheap: the tests hash a thousand passwords.
    credentials.COST = credentials.Cost(time_cost=1, memory_cost=1024, parallelism=1)
    deadline.REFUSAL.seconds = 0.0
    settle_garbage()
    open_session()


def pytest_unconfigure() -> None:
    close_session()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    longest_first(items)


def pytest_collection_finish() -> None:
    # Modules and tests live to the end: looking for garbage in them takes a tenth of a run.
    settle_garbage()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FileScheduling | None:
    return FileScheduling(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def services() -> Services:
    return session_services()


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return remember(catalogue_from_files(PROJECT_ROOT / "seeds" / "reference"))


def settings_of(services: Services, database: str, prefix: str) -> Settings:
    return Settings(
        environment="test",
        data_dir=Path(os.environ[DIRECTORY_VARIABLE]) / "data",
        database_url=SecretStr(services.database(database)),
        meili_url=services.meili_url,
        meili_key=SecretStr(services.meili_key),
        meili_index_prefix=prefix,
        secret_key=SECRET,
        sign_in_attempts_per_minute=0,
        search_fresh_seconds=0,  # a test that has settled the index asks at once
        stream_seconds=0.001,
        requests_under_way=400,  # of which one caller has a quarter: fifty clicks are all answered
        request_seconds=60,  # tests promise what is answered, not how soon on a machine that does other things too
    )


@asynccontextmanager
async def _one_worker_at_a_time(server: asyncpg.Connection) -> AsyncIterator[None]:
    await server.execute("SELECT pg_advisory_lock(1)")
    try:
        yield
    finally:
        await server.execute("SELECT pg_advisory_unlock(1)")


async def _make_template(services: Services, settings: Settings) -> None:
    """Migrate and load reference data once for all workers of a run."""
    server = await asyncpg.connect(services.database_url)
    try:
        if await server.fetchval("SELECT true FROM pg_database WHERE datname = $1 AND datistemplate", TEMPLATE):
            return
        await server.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")
        await server.execute(f"CREATE DATABASE {TEMPLATE}")
        await asyncio.to_thread(upgrade_database, settings)
        engine = create_engine(settings.sqlalchemy_url())
        async with AsyncSession(engine) as session, session.begin():
            await load_reference(session, settings.seeds_dir / "reference")
        await engine.dispose()
        await server.execute(f"ALTER DATABASE {TEMPLATE} IS_TEMPLATE true")
    finally:
        await server.close()


@pytest.fixture(scope="session")
async def new_database(services: Services) -> AsyncIterator[asyncpg.Connection]:
    """A connection to the server on which databases are copied from the migrated template."""
    server = await asyncpg.connect(services.database_url)
    async with _one_worker_at_a_time(server):
        await _make_template(services, settings_of(services, TEMPLATE, ""))
    yield server
    await server.close()


async def copied_database(server: asyncpg.Connection) -> str:
    name = f"market_{secrets.token_hex(6)}"
    await server.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    return name


@pytest.fixture(scope="session")
async def settings(services: Services, new_database: asyncpg.Connection) -> Settings:
    """Settings of this worker's own database, in which every test is rolled back."""
    name = await copied_database(new_database)
    return settings_of(services, name, f"{name}_")


@pytest.fixture(scope="session")
def renewed_database(services: Services, new_database: asyncpg.Connection) -> RenewedDatabase:
    return RenewedDatabase(services, new_database, template=TEMPLATE, name=f"market_{secrets.token_hex(6)}")


@pytest.fixture(scope="session")
def committing_settings(services: Services, renewed_database: RenewedDatabase) -> Settings:
    """Settings of the database that is renewed for each test that commits."""
    return settings_of(services, renewed_database.name, f"{renewed_database.name}_")


@pytest.fixture
async def own_settings(committing_settings: Settings, renewed_database: RenewedDatabase) -> Settings:
    """Settings of a database and of indexes of this test alone, for tests that commit."""
    await renewed_database.renew()
    return committing_settings.model_copy(update={"meili_index_prefix": f"t{secrets.token_hex(6)}_"})


@pytest.fixture(scope="session")
async def committing_engine(committing_settings: Settings) -> AsyncIterator[AsyncEngine]:
    """Lives on over the databases of the tests: an engine compiles every statement once."""
    engine = create_engine(committing_settings.sqlalchemy_url())
    yield engine
    await engine.dispose()


@pytest.fixture
async def own_engine(own_settings: Settings, committing_engine: AsyncEngine) -> AsyncIterator[AsyncEngine]:
    yield committing_engine
    await committing_engine.dispose()


@pytest.fixture(scope="session")
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(settings.sqlalchemy_url())
    yield engine
    await engine.dispose()


@pytest.fixture
async def sessions(engine: AsyncEngine) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    """Sessions inside one transaction that is rolled back after the test; their commits release savepoints."""
    async with engine.connect() as connection:
        transaction = await connection.begin()
        yield async_sessionmaker(
            connection, expire_on_commit=False, autoflush=False, join_transaction_mode="create_savepoint"
        )
        await transaction.rollback()


@pytest.fixture
async def session(sessions: async_sessionmaker[AsyncSession]) -> AsyncIterator[AsyncSession]:
    async with sessions() as session:
        yield session


@pytest.fixture(scope="session")
async def shared_app(settings: Settings) -> AsyncIterator[Litestar]:
    app = create_app(settings)
    yield app
    await close_resources(app)


@pytest.fixture
def app(shared_app: Litestar, sessions: async_sessionmaker[AsyncSession]) -> Iterator[Litestar]:
    """The application, its sessions inside this test's transaction."""
    before = shared_app.state.sessions
    shared_app.state.sessions = sessions
    yield shared_app
    shared_app.state.sessions = before


@asynccontextmanager
async def application_on(settings: Settings, engine: AsyncEngine) -> AsyncIterator[Litestar]:
    """An application that commits by this engine; a test gives it sessions."""
    app = create_app(settings, state={"engine": engine})
    yield app
    await close_resources(app)


@pytest.fixture(scope="session")
async def committing_app(committing_settings: Settings, committing_engine: AsyncEngine) -> AsyncIterator[Litestar]:
    async with application_on(committing_settings, committing_engine) as app:
        yield app


@pytest.fixture
def own_app(committing_app: Litestar, own_engine: AsyncEngine, catalogue: Catalogue) -> Litestar:
    """The application on a database of this test alone, in which it commits."""
    committing_app.state.sessions = create_sessions(own_engine)
    return committing_app


@pytest.fixture
async def own_client(own_app: Litestar) -> AsyncIterator[Client]:
    """An HTTP client whose writes are committed, in a database of this test alone."""
    async with connected(own_app) as client:
        yield client


@pytest.fixture(scope="session")
async def indexes(committing_app: Litestar, committing_settings: Settings) -> AsyncIterator[list[str]]:
    """The indexes of the committing tests of this worker, in the real engine."""
    engine: Engine = committing_app.state.search
    place = committing_settings.search_dir
    made = {engine.index_name(index.name): read_settings(place, index.name) for index in INDEXES}
    for uid, settings in made.items():
        await create_index(engine, uid, settings)
    yield list(made)
    for uid in made:
        await drop_index(engine, uid)


@pytest.fixture
async def searched(own_app: Litestar, indexes: list[str]) -> AsyncIterator[Searched]:
    """An application that commits, with indexes in the real engine; `searched.settle()` follows the log to its end."""
    engine: Engine = own_app.state.search
    async with connected(own_app) as client:
        yield Searched(client, create_sessions(own_app.state.engine), search_follower(engine, INDEXES))
    await emptied(engine, indexes)


@pytest.fixture
def count_queries(engine: AsyncEngine) -> CountQueries:
    """A block that counts the statements sent to the database of the rolled-back tests."""
    return partial(counted_queries, engine)


@pytest.fixture
async def client(app: Litestar) -> AsyncIterator[Client]:
    """An HTTP client of nobody known; `client.register(...)` and `client.officer()` give known ones."""
    async with connected(app) as client:
        yield client


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"
