"""What the API's server loads in each of its processes."""

from __future__ import annotations

import asyncio
import signal

import structlog
from litestar import Litestar
from prometheus_client import start_http_server

from market.app import create_app
from market.config import Settings
from market.core.beats import beat
from market.core.garbage import collected_seldom, settle_garbage
from market.core.logs import configure_logging
from market.core.traces import begin_traces
from market.local.launch import die_with_parent

log = structlog.get_logger(__name__)


def application() -> Litestar:
    """The application of this process, from `MARKET_*`; the process ends with the server that started it."""
    die_with_parent(signal.SIGTERM)
    settings = Settings()
    configure_logging(style=settings.log_format, level=settings.log_level)
    begin_traces(settings.traces_address(), share=settings.traces_share, role="api")
    with collected_seldom():
        app = create_app(settings)
    app.on_startup.append(_begin_to_beat)
    _serve_metrics(settings)
    settle_garbage()
    return app


def _begin_to_beat(app: Litestar) -> None:
    app.state.beating = asyncio.get_running_loop().create_task(beat())


def _serve_metrics(settings: Settings) -> None:
    """Where they have a port of their own: each process takes the first that is free."""
    if not settings.metrics_port:
        return
    for port in range(settings.metrics_port, settings.metrics_port + settings.processes):
        try:
            start_http_server(port, addr=settings.metrics_host)
            return
        except OSError:
            continue
    log.warning("metrics_not_served", port=settings.metrics_port)
