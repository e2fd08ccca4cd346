"""`market seed synthetic`: as much invented data as one likes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from market.config import Settings
from market.core.db import create_engine, create_sessions
from market.core.garbage import collected_seldom
from market.reference.types import known_catalogue
from market.synthetic.seeding import Wanted, seed_listings, seed_needs
from market.synthetic.signing import seed_agreements


def add_synthetic(app: typer.Typer, settings: Callable[[], Settings]) -> None:
    """Add the command to `market seed`.

    Args:
        settings: gives the settings when the command runs, those of a running `market up` included.
    """

    @app.command()
    def synthetic(
        *,
        listings: Annotated[int, typer.Option(min=0, help="Listings, of one invented producer for every 100.")] = 1000,
        needs: Annotated[int, typer.Option(min=0, help="Needs, of one invented buyer for every 100.")] = 100,
        agreements: Annotated[int, typer.Option(min=0, help="Signed papers of about five lines, 500 an event.")] = 0,
        seed: Annotated[int, typer.Option(help="Another number invents other data.")] = 1,
    ) -> None:
        """Add invented data in any number, marked "Giả lập" by the names of its organizations; again adds more."""
        began = time.monotonic()
        with collected_seldom():
            wanted = Wanted(listings=listings, needs=needs, agreements=agreements, seed=seed)
            lines = asyncio.run(_seed(settings(), wanted))
        papers = f", {agreements:,} agreements with {lines:,} lines" if agreements else ""
        Console().print(f"{listings:,} listings and {needs:,} needs{papers} in {time.monotonic() - began:.0f} s.")


async def _seed(settings: Settings, wanted: Wanted) -> int:
    database = create_engine(settings.sqlalchemy_url(), pool_size=1)
    sessions = create_sessions(database)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        async with sessions() as session:
            catalogue = await known_catalogue(session)
        with Progress(*columns, console=Console(stderr=True)) as bar:
            offered = bar.add_task("listings", total=wanted.listings)
            await seed_listings(sessions, catalogue, wanted, advanced=lambda count: bar.advance(offered, count))
            asked = bar.add_task("needs", total=wanted.needs)
            await seed_needs(sessions, catalogue, wanted, advanced=lambda count: bar.advance(asked, count))
            signed = bar.add_task("agreements", total=wanted.agreements, visible=bool(wanted.agreements))
            return await seed_agreements(sessions, catalogue, wanted, advanced=lambda count: bar.advance(signed, count))
    finally:
        await database.dispose()
