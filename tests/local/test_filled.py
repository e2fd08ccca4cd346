"""A later start skips what an earlier one did, and only that."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from market.config import Settings
from market.local.filled import is_filled, note_filled


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "migrations/versions").mkdir(parents=True)
    (tmp_path / "seeds/reference").mkdir(parents=True)
    (tmp_path / "migrations/versions/0001_first.py").write_text("revision = 1")
    (tmp_path / "seeds/reference/units.json").write_text("[]")
    return Settings(data_dir=tmp_path, migrations_dir=tmp_path / "migrations", seeds_dir=tmp_path / "seeds")


def test_a_database_is_filled_once_its_filling_was_noted(settings: Settings) -> None:
    assert not is_filled(settings)
    note_filled(settings)
    assert is_filled(settings)


@pytest.mark.parametrize("file", ["migrations/versions/0002_second.py", "seeds/reference/units.json"])
def test_a_new_migration_or_another_fact_fills_it_again(settings: Settings, file: str) -> None:
    note_filled(settings)
    (settings.data_dir / file).write_text("new")
    assert not is_filled(settings)


def test_an_administrator_is_always_made_sure_of(settings: Settings) -> None:
    note_filled(settings)
    asked = {"admin_email": "quan.tri@market.example", "admin_password": SecretStr("mot-cau-du-dai")}
    assert not is_filled(settings.model_copy(update=asked))
