"""The command `market upgrade`: what this program would change of a market that an older one runs, and doing it."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from alembic.script import Script, ScriptDirectory
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.config import Settings
from market.core.db import create_engine, create_sessions
from market.core.eras import require_own_log
from market.engine.gateway import Engine, EngineDown
from market.indexes import INDEXES
from market.local.contents import bring_up_to_date
from market.local.program import LocalServiceError
from market.local.running import found_settings
from market.local.schema import current_revision
from market.migrate import alembic_config
from market.search.index import read_settings
from market.search.rebuild import index_state

TAKES_AWAY = frozenset({"drop_table", "drop_column", "rename_table"})
TAKES_AWAY_IN_SQL = re.compile(r"\b(DROP\s+(TABLE|COLUMN|VIEW)|RENAME\s+(TO|COLUMN))\b", re.IGNORECASE)
ROWS = "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = to_regclass(:name)"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that an upgrade would do."""

    what: str
    stops: bool = False
    """Whether processes of the older version should have ended before: something that they use is taken away."""


def pending_migrations(settings: Settings, revision: str | None) -> list[Script]:
    """The migrations between a revision and the newest, in order.

    Raises:
        LocalServiceError: the database is at a revision that this program does not know: it is the older one.
    """
    scripts = ScriptDirectory.from_config(alembic_config(settings))
    if revision is not None and revision not in {script.revision for script in scripts.walk_revisions()}:
        raise LocalServiceError(
            f"the database is at revision {revision}, which this program does not know: it is older than the database"
        )
    return list(scripts.iterate_revisions("head", revision or "base"))[::-1]


def steps_of(source: str) -> tuple[list[str], list[str]]:
    """What the `upgrade` of a migration takes away from older processes, and on which older tables it builds indexes.

    A value that must be given, and that they do not know of, is taken away from them too.
    """
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    upgrade = next(node for node in functions if node.name == "upgrade")
    calls = [
        (node.func.attr, [part.value for part in node.args if isinstance(part, ast.Constant)])
        for node in ast.walk(upgrade)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    taken = [" ".join(map(str, (name.replace("_", " "), *said))) for name, said in calls if name in TAKES_AWAY]
    for _, said in (call for call in calls if call[0] == "execute"):
        taken += [found.group(0).lower() for part in said for found in TAKES_AWAY_IN_SQL.finditer(str(part))]
    taken += _demanded(upgrade)
    new = {said[0] for name, said in calls if name == "create_table" and said}
    indexed = sorted({str(said[1]) for name, said in calls if name == "create_index" and len(said) > 1} - new)
    return taken, indexed


def _demanded(upgrade: ast.FunctionDef) -> list[str]:
    """Which columns must have a value from now on that an older process does not write: `demand listing.grade`."""
    demanded = []
    for node in ast.walk(upgrade):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        table = _word(node.args[0]) if node.args else "?"
        if node.func.attr == "alter_column" and _says(node, "nullable") is False:
            demanded.append(f"demand {table}.{_word(node.args[1])}")
        elif node.func.attr == "add_column" and isinstance(column := node.args[-1], ast.Call):
            given = {part.arg for part in column.keywords} | {ast.unparse(part).split("(")[0] for part in column.args}
            if _says(column, "nullable") is False and not given & {"server_default", "sa.Computed", "sa.Identity"}:
                demanded.append(f"demand {table}.{_word(column.args[0])}")
    return demanded


def _word(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else "?"


def _says(call: ast.Call, name: str) -> object:
    return next(
        (part.value.value for part in call.keywords if part.arg == name and isinstance(part.value, ast.Constant)), None
    )


async def planned(settings: Settings) -> list[Step]:
    """Everything that an upgrade would do; empty when all of it is done.

    Raises:
        LocalServiceError, LogAhead, OSError: it cannot be done as things are.
    """
    revision = await current_revision(settings)
    engine = create_engine(settings.sqlalchemy_url(), pool_size=2)
    try:
        sessions = create_sessions(engine)
        steps = []
        for script in pending_migrations(settings, revision):
            async with sessions() as session:
                source = await asyncio.to_thread(Path(script.path).read_text, "utf-8")
                steps.append(await _of_migration(session, script, source, anything=revision is not None))
        if revision is not None:
            async with sessions() as session:
                await require_own_log(session)
        return steps + await _of_indexes(settings, sessions)
    finally:
        await engine.dispose()


async def _of_migration(session: AsyncSession, script: Script, source: str, *, anything: bool) -> Step:
    taken, indexed = steps_of(source)
    said = f"schema {script.revision}: {inspect.cleandoc(script.doc or '').splitlines()[0]}"
    if not anything:
        return Step(said)
    waits = [
        f"{name} ({await session.scalar(text(ROWS), {'name': name}) or 0} rows)"
        for name in indexed
        if await session.scalar(text("SELECT to_regclass(:name) IS NOT NULL"), {"name": name})
    ]
    if waits:
        said += f"; writes wait while indexes are built: {', '.join(waits)}"
    return Step(f"{said}; takes away: {', '.join(taken)}" if taken else said, stops=bool(taken))


async def _of_indexes(settings: Settings, sessions: async_sessionmaker[AsyncSession]) -> list[Step]:
    if settings.meili_url is None:
        return []
    key = settings.meili_key.get_secret_value() if settings.meili_key else None
    engine, steps = Engine(settings.meili_url, key=key, prefix=settings.meili_index_prefix), []
    try:
        for index in INDEXES:
            wanted = read_settings(settings.search_dir, index.name)
            state = await index_state(engine, sessions, index, settings=wanted)
            if state != "good":
                number = await engine.document_count(index.name)
                told = f"search index {index.name} ({state}): the worker builds it anew beside the old one"
                steps.append(Step(f"{told}, {number or 0} documents; searches go on"))
    except EngineDown:
        steps.append(Step("the search engine does not answer, so its indexes were not looked at"))
    finally:
        await engine.close()
    return steps


def upgrade(
    *,
    check: Annotated[bool, typer.Option("--check", help="Only say what would happen.")] = False,
    data_dir: Annotated[Path | None, typer.Option(help="Directory of a running `market up`.")] = None,
) -> None:
    """Bring schema and reference data to this version, under the running older one where nothing is taken away.

    With --check it changes nothing and exits with 1 when older processes have to be ended first.
    """
    settings = found_settings(data_dir)
    steps = asyncio.run(planned(settings))
    for step in steps:
        typer.echo(f"{'STOP FIRST' if step.stops else 'runs on'}  {step.what}")
    if not steps:
        typer.echo("Nothing to do for schema and indexes; reference data is loaded again where it differs.")
    stopping = any(step.stops for step in steps)
    if check:
        if stopping:
            typer.echo("End API and worker of the older version before: something that they use is taken away.")
        raise typer.Exit(1 if stopping else 0)
    bring_up_to_date(settings)
    typer.echo("Done. Start API and worker of this version (`market serve` takes SIGHUP).")
