"""The whole main job, from register to quote to paper, with a client that a tool makes from the description."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
from pathlib import Path

import httpx

from market.config import PROJECT_ROOT
from tests.end_to_end.demo import Demo

PROGRAMS = PROJECT_ROOT / "node_modules" / ".bin"
COMPILED = (
    *("--strict", "--target", "es2022", "--module", "commonjs", "--moduleResolution", "node10"),
    *("--lib", "es2022,dom,dom.iterable", "--outDir", "made"),
)


def ran(*command: str | Path, directory: Path) -> str:
    ended = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_a_generated_client_goes_from_register_to_paper(demo: Demo, tmp_path: Path) -> None:
    address = demo.running.api_url
    described = httpx.get(f"{address}/schema/openapi.json", timeout=60).json()
    (tmp_path / "openapi.json").write_text(json.dumps(described), encoding="utf-8")
    shutil.copy(Path(__file__).with_name("typed_deal.ts"), tmp_path)
    ran(PROGRAMS / "openapi-ts", "-i", "openapi.json", "-o", "client", "--no-log-file", directory=tmp_path)
    ran(PROGRAMS / "tsc", *COMPILED, "typed_deal.ts", directory=tmp_path)
    said = ran("node", "made/typed_deal.js", address, secrets.token_hex(4), directory=tmp_path)
    assert said.splitlines()[-2:] == ["quote accepted", "paper signed %PDF-"]
