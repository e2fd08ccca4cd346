"""What a first start leaves in a data directory, made once in a process of tests and copied for each market of its own.

Whoever tests the first start itself makes one; everybody else would wait for the same migrations and seeds again.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from pydantic import SecretStr

from market.config import PROJECT_ROOT, Settings
from market.core.roles import READER, WRITER
from market.local.filled import note_filled
from market.local.postgres import start_postgres
from market.local.running import environment_of
from market.local.secrets import kept_secret, private_directory
from tests.services import DIRECTORY_VARIABLE


def copied(place: Path, destination: Path) -> Path:
    """A copy whose files belong to whom they belonged: a root's server runs as nobody."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", str(place), str(destination)], check=True)
    return destination


def started_once(data_dir: Path) -> Path:
    """Make a data directory in which `market up` finds its database filled; an engine has not run in it."""
    return copied(_first_start(), data_dir)


def filled_postgres(directory: Path) -> Path:
    """Make the directory of a server (see `start_postgres`) whose database is filled."""
    return copied(_first_start() / "postgres", directory)


@lru_cache(maxsize=1)
def _first_start() -> Path:
    data_dir = private_directory(Path(os.environ[DIRECTORY_VARIABLE]) / "first-start")
    postgres = start_postgres(data_dir / "postgres", durable=False)
    try:
        settings = Settings(
            data_dir=data_dir,
            database_url=SecretStr(postgres.url()),
            database_writer_password=SecretStr(kept_secret(data_dir, f"{WRITER}_password")),
            database_reader_password=SecretStr(kept_secret(data_dir, f"{READER}_password")),
            secret_key=SecretStr(kept_secret(data_dir, "secret_key")),
        )
        command = [sys.executable, "-m", "market.local.contents"]
        environment = os.environ | environment_of(settings)
        done = subprocess.run(command, env=environment, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        note_filled(settings)
    finally:
        postgres.stop()
    return data_dir
