"""The API's server process: granian with one or more processes of the application."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from market.config import Settings
from market.local.program import require_free
from market.local.running import environment_of, found_settings

HEADER_MILLISECONDS = 10_000
"""How long the headers of a request may take to arrive."""
APPLICATION = "market.asgi:application"
"""Named, not imported: only the processes that answer load the application."""


def serve(
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen on [MARKET_HOST].")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on [MARKET_PORT].", min=1, max=65535)] = None,
    processes: Annotated[int | None, typer.Option(help="Processes that answer [MARKET_PROCESSES].", min=1)] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Directory of a running `market up` to belong to.")] = None,
) -> None:
    """Serve the API alone, on the database and engine of MARKET_* or of a running `market up`.

    Exits with 1 when another program listens on the port.
    """
    settings = found_settings(data_dir)
    require_free(host or settings.host, port or settings.port)
    os.environ.update(environment_of(settings))
    with tempfile.TemporaryDirectory(prefix="market-metrics-") as numbers:
        # Processes of one server answer /metrics with the numbers of all of them.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = numbers
        _serve(settings, host=host, port=port, processes=processes)


def _serve(settings: Settings, *, host: str | None, port: int | None, processes: int | None) -> None:
    Granian(
        APPLICATION,
        address=host or settings.host,
        port=port or settings.port,
        workers=processes or settings.processes,
        interface=Interfaces.ASGI,
        factory=True,
        websockets=False,
        log_level=LogLevels.warning,
        # An answering process that dies takes the server with it: whoever runs the server starts it again and says so.
        respawn_failed_workers=False,
        workers_kill_timeout=10,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS),
    ).serve()
