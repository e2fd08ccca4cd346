"""What `market up` runs between database and API: `python -m market.local.contents`.

A process of its own, so that it can be stopped half-way, and the long-lived parent never loads any of it.
"""

from __future__ import annotations

import asyncio

from market.accounts.service import ensure_administrator
from market.config import Settings
from market.core.db import create_engine, create_sessions
from market.core.eras import require_own_log
from market.core.garbage import collected_seldom
from market.engine.keys import ensure_keys
from market.migrate import upgrade_database
from market.programmes.loading import load_figures
from market.reference.loading import load_reference
from market.reference.types import known_catalogue


async def fill(settings: Settings) -> None:
    """Load reference data and figures, and make the administrator of MARKET_ADMIN_EMAIL and MARKET_ADMIN_PASSWORD."""
    engine = create_engine(settings.sqlalchemy_url(), pool_size=1)
    try:
        async with create_sessions(engine).begin() as session:
            await require_own_log(session)
            directory = settings.seeds_dir / "reference"
            await load_reference(session, directory)
            await load_figures(session, directory, catalogue=await known_catalogue(session))
            if settings.admin_email is not None and settings.admin_password is not None:
                password = settings.admin_password.get_secret_value()
                await ensure_administrator(session, email=settings.admin_email, password=password)
    finally:
        await engine.dispose()


def bring_up_to_date(settings: Settings) -> None:
    """Bring the database to the newest schema and to the contents that every market has.

    With the master key also the engine to the keys that API and worker have.
    """
    upgrade_database(settings)
    asyncio.run(fill(settings))
    if settings.meili_url is not None and settings.meili_master_key is not None:
        ensure_keys(settings.meili_url, settings.meili_master_key.get_secret_value())


def main() -> None:
    """Do so with the database of `MARKET_*`."""
    with collected_seldom():
        bring_up_to_date(Settings())


if __name__ == "__main__":
    main()
