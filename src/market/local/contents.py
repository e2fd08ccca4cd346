"""What `market up` runs before API and worker: `python -m market.local.contents [--demo]`."""

from __future__ import annotations

import sys

from market.config import Settings
from market.migrate import upgrade_database


def main(arguments: list[str]) -> None:
    """Migrate, then load the reference data."""
    settings = Settings()
    upgrade_database(settings)


if __name__ == "__main__":
    main(sys.argv[1:])
