"""The command `market up`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from market.config import Settings
from market.local.up import run_market


def up(
    *,
    demo: Annotated[
        bool, typer.Option("--demo", help="Tell a story: invented organizations, listings, needs.")
    ] = False,
    data_dir: Annotated[Path | None, typer.Option(help="Where everything is kept [MARKET_DATA_DIR, .market].")] = None,
    host: Annotated[str | None, typer.Option(help="Address of the API [MARKET_HOST, 127.0.0.1].")] = None,
    port: Annotated[
        int | None, typer.Option(help="Port of the API, 0 for a free one [MARKET_PORT, 8000].", min=0, max=65535)
    ] = None,
) -> None:
    """Run the whole market on this machine: database, search engine, API and worker, until Ctrl-C.

    A later start on the same directory continues with its data. With MARKET_DATABASE_URL or MARKET_MEILI_URL
    set, those are used and none of our own is started.
    """
    chosen: dict[str, Any] = {"data_dir": data_dir, "host": host, "port": port}
    settings = Settings(**{name: value for name, value in chosen.items() if value is not None})
    run_market(settings, demo=demo, console=Console())
