"""What the API's server loads in each of its processes."""

from __future__ import annotations

import signal

from litestar import Litestar

from market.app import create_app
from market.config import Settings
from market.core.garbage import settle_garbage
from market.core.logs import configure_logging
from market.local.launch import die_with_parent


def application() -> Litestar:
    """The application of this process, from `MARKET_*`; the process ends with the server that started it."""
    die_with_parent(signal.SIGTERM)
    settings = Settings()
    configure_logging(style=settings.log_format, level=settings.log_level)
    app = create_app(settings)
    settle_garbage()
    return app
