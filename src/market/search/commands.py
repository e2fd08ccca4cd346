"""`market search`: whether the indexes are true, and building them anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.config import Settings
from market.core.db import create_engine, create_sessions
from market.core.errors import Unavailable
from market.core.language import Message
from market.engine.gateway import Engine, EngineDown
from market.search.index import SearchIndex, read_settings
from market.search.rebuild import rebuild_index
from market.search.status import SearchStatus, search_status

Sessions = async_sessionmaker[AsyncSession]
DataDir = Annotated[Path | None, typer.Option(help="Directory of a running `market up` to belong to.")]


class NoEngine(Unavailable):
    code = "no-search-engine"
    detail = Message(
        vi="Không có máy tìm kiếm nào đang chạy; hãy đặt MARKET_MEILI_URL hoặc chạy market up.",
        en="No search engine answers; set MARKET_MEILI_URL or run market up.",
    )


class RebuildCutShort(Unavailable):
    code = "rebuild-cut-short"
    detail = Message(
        vi="Máy tìm kiếm ngừng giữa lúc dựng lại; chỉ mục cũ vẫn phục vụ. Hãy chạy lại lệnh này.",
        en="The search engine went away during the rebuild; the old index still serves. Run this again.",
    )


def search_commands(indexes: Sequence[SearchIndex], settings: Callable[[Path | None], Settings]) -> typer.Typer:
    """The commands over these indexes.

    Args:
        settings: gives the settings when a command runs, those of the `market up` running in a directory included.
    """
    app = typer.Typer(
        help="The search indexes: whether they are true, and building them anew.",
        no_args_is_help=True,
        add_completion=False,
    )

    @app.command()
    def status(
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
        wait: Annotated[float, typer.Option(min=0, help="Seconds to wait until nothing is missing or stale.")] = 0.0,
        data_dir: DataDir = None,
    ) -> None:
        """Compare every document with its row. Exit code 0 only when nothing is missing, stale or surplus."""
        found = asyncio.run(_status(settings(data_dir), indexes, wait_seconds=wait))
        if as_json:
            typer.echo(msgspec.json.encode(found.to_json()))
        else:
            Console().print(status_table(found))
        raise typer.Exit(0 if found.true else 1)

    @app.command()
    def rebuild(
        names: Annotated[list[str] | None, typer.Argument(help="Which indexes; all when none is named.")] = None,
        data_dir: DataDir = None,
    ) -> None:
        """Build indexes anew beside the old ones and exchange them; searches go on meanwhile."""
        known = {index.name: index for index in indexes}
        if unknown := sorted(set(names or ()) - set(known)):
            raise typer.BadParameter(f"no such index: {', '.join(unknown)}; there are {', '.join(known)}")
        asyncio.run(_rebuild(settings(data_dir), [known[name] for name in names or known]))

    return app


def status_table(status: SearchStatus) -> Table:
    """What a person sees of the status."""
    table = Table(caption=f"{status.backlog} entries of the change log are still to be followed")
    for heading in ("index", "rows", "documents", "missing", "stale", "surplus"):
        table.add_column(heading, justify="left" if heading == "index" else "right")
    for index in status.indexes:
        documents = "no index" if index.indexed is None else str(index.indexed)
        numbers = (index.expected, documents, index.missing, index.stale, index.surplus)
        table.add_row(index.name, *(str(number) for number in numbers), style=None if index.true else "red")
    return table


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[tuple[Engine, Sessions]]:
    if settings.meili_url is None:
        raise NoEngine
    key = settings.meili_key.get_secret_value() if settings.meili_key else None
    engine = Engine(settings.meili_url, key=key, prefix=settings.meili_index_prefix)
    database = create_engine(settings.sqlalchemy_url(), pool_size=3)
    try:
        yield engine, create_sessions(database)
    except EngineDown as down:
        raise NoEngine from down
    finally:
        await engine.close()
        await database.dispose()


async def _status(settings: Settings, indexes: Sequence[SearchIndex], *, wait_seconds: float) -> SearchStatus:
    async with _opened(settings) as (engine, sessions):
        return await search_status(engine, sessions, indexes, wait_seconds=wait_seconds)


async def _rebuild(settings: Settings, indexes: Sequence[SearchIndex]) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    async with _opened(settings) as (engine, sessions):
        if not await engine.healthy():
            raise NoEngine
        with Progress(*columns) as bar:
            for index in indexes:
                task = bar.add_task(index.name, total=None)

                def show(done: int, total: int, task: TaskID = task) -> None:
                    bar.update(task, completed=done, total=total)

                wanted = read_settings(settings.search_dir, index.name)
                try:
                    await rebuild_index(engine, sessions, index, settings=wanted, progress=show)
                except EngineDown as down:
                    raise RebuildCutShort from down
