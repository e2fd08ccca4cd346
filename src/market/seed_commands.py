"""The commands `market seed ...`: reference data, the demo story."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from market.config import Settings
from market.core.db import create_engine, create_sessions
from market.demo.passwords import FILE
from market.demo.seeds import read_story
from market.demo.showing import drawing, show_goods
from market.demo.telling import Told, tell_story
from market.local.running import found_settings
from market.photos.making import photo_blobs
from market.programmes.loading import load_figures
from market.reference.loading import load_reference
from market.reference.types import known_catalogue
from market.synthetic.commands import add_synthetic

DataDir = Annotated[Path | None, typer.Option(help="Of the running `market up` [MARKET_DATA_DIR, .market].")]

app = typer.Typer(name="seed", help="Fill the database.", no_args_is_help=True, add_completion=False)
add_synthetic(app, found_settings)


async def fill_reference(settings: Settings) -> int:
    """Load reference data and published figures. Returns how many rows were not as the files have them."""
    engine = create_engine(settings.sqlalchemy_url(), pool_size=1)
    directory = settings.seeds_dir / "reference"
    try:
        async with create_sessions(engine).begin() as session:
            report = await load_reference(session, directory)
            figures = await load_figures(session, directory, catalogue=await known_catalogue(session))
            return report.changed + figures
    finally:
        await engine.dispose()


async def fill_demo(settings: Settings) -> Told:
    """Tell the demo story; passwords of its people go to `demo-users.json` in the data directory."""
    engine = create_engine(settings.sqlalchemy_url(), pool_size=4)
    try:
        directory, sessions = settings.seeds_dir / "demo", create_sessions(engine)
        story = read_story(directory)
        async with drawing(sessions, story) as pictures:
            told = await tell_story(sessions, directory, data_dir=settings.data_dir.absolute())
            told.photos = await show_goods(sessions, story, pictures=pictures, store=photo_blobs(settings))
        return told
    finally:
        await engine.dispose()


@app.command()
def reference(*, data_dir: DataDir = None) -> None:
    """Load provinces, goods, units, certification schemes and published figures; again changes nothing."""
    changed = asyncio.run(fill_reference(found_settings(data_dir)))
    Console().print(f"{changed} rows of reference data changed." if changed else "Reference data was up to date.")


@app.command()
def demo(*, data_dir: DataDir = None) -> None:
    """Tell the demo story in invented organizations, from listings to signed papers; again changes nothing."""
    settings = found_settings(data_dir)
    told = asyncio.run(fill_demo(settings))
    console = Console()
    if not told.organizations and not told.agreements:
        console.print("The demo story was there already.")
    else:
        table = Table(show_header=False)
        for name in (
            *("organizations", "certificates", "listings", "lots", "photos", "needs"),
            *("registrations", "agreements"),
        ):
            table.add_row(name, str(getattr(told, name)))
        console.print(table)
    place = settings.data_dir.absolute() / FILE
    console.print(f"Its people sign in with the passwords in {place}", highlight=False, soft_wrap=True)
