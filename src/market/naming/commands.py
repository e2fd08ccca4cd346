"""`market goods`: the queue of names on the command line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from market.config import Settings
from market.core.access import SYSTEM
from market.core.db import create_engine, create_sessions
from market.core.validation import field_errors
from market.naming.answers import names_out
from market.naming.queries import get_name, visible_names
from market.naming.schemas import Decision, GoodsNameOut
from market.naming.service import decide_name
from market.reference.models import GoodsName
from market.reference.types import known_catalogue

DataDir = Annotated[Path | None, typer.Option(help="Directory of a running `market up` to belong to.")]


def goods_commands(settings: Callable[[Path | None], Settings]) -> typer.Typer:
    """The commands.

    Args:
        settings: gives the settings when a command runs, those of the `market up` running in a directory included.
    """
    app = typer.Typer(help="What goods are called.", no_args_is_help=True, add_completion=False)

    @app.command()
    def names(
        limit: Annotated[int, typer.Option(min=1, max=100, help="How many, newest first.")] = 20,
        data_dir: DataDir = None,
    ) -> None:
        """Names that nobody has placed yet."""
        found = asyncio.run(_within(settings(data_dir), lambda session: _open_names(session, limit)))
        table = Table("id", "name", "listings", "category", "may be")
        for name in found:
            may_be = ", ".join(mark.id for mark in name.suggestions)
            table.add_row(str(name.id), name.name, str(name.listings), name.category.id, may_be)
        Console().print(table)

    @app.command()
    def decide(
        name_id: Annotated[UUID, typer.Argument(help="Id of the name, as `market goods names` shows it.")],
        decision: Annotated[str, typer.Argument(help='As in the API, e.g. {"is": "name_of", "concept": "mango"}.')],
        data_dir: DataDir = None,
    ) -> None:
        """Say what a name is; its listings are read again."""
        kind = asyncio.run(_within(settings(data_dir), lambda session: _decide(session, name_id, decision)))
        typer.echo(f"{name_id}: {kind}")

    return app


async def _within(settings: Settings, work: Callable[[AsyncSession], Any]) -> Any:
    engine = create_engine(settings.sqlalchemy_url())
    try:
        async with create_sessions(engine).begin() as session:
            await known_catalogue(session)
            return await work(session)
    finally:
        await engine.dispose()


async def _open_names(session: AsyncSession, limit: int) -> list[GoodsNameOut]:
    rows = visible_names(SYSTEM).where(GoodsName.state == "open").order_by(GoodsName.id.desc()).limit(limit)
    found = (await session.scalars(rows)).all()
    return await names_out(session, found, catalogue=await known_catalogue(session))


async def _decide(session: AsyncSession, name_id: UUID, decision: str) -> str:
    try:
        decision_in = Decision.model_validate_json(decision)
    except ValidationError as error:
        found = [field.render("en") for field in field_errors(error.errors(include_input=False))]
        raise ValueError("; ".join(f"{one['pointer']} {one['message']}" for one in found)) from None
    name = await get_name(session, SYSTEM, name_id)
    await decide_name(session, SYSTEM, name, decision_in)
    return decision_in.is_
