"""Typed clients made from the description by the two tools that most people use, compiled strictly."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from market.config import PROJECT_ROOT
from market.openapi import description

PROGRAMS = PROJECT_ROOT / "node_modules" / ".bin"
STRICT = (
    *("--noEmit", "--strict", "--exactOptionalPropertyTypes", "--target", "es2022", "--module", "esnext"),
    *("--lib", "es2022,dom,dom.iterable", "--moduleResolution", "bundler"),
)
TO_PAPER = """
import type { paths } from "./schema";
type Made = paths["/api/v1/agreements"]["post"]["responses"][201]["content"]["application/json"];
type Sign = paths["/api/v1/agreements/{agreement_id}/sign"]["post"]["parameters"]["header"];
export const guarded: Sign = { "If-Match": "tag" };
// @ts-expect-error  leaving it out is refused (428), so leaving it out does not compile
export const unguarded: Sign = {};
export const version = (made: Made): number => made.version;
"""


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("clients")
    (directory / "openapi.json").write_text(json.dumps(description()), encoding="utf-8")
    return directory


def run(name: str, *arguments: str, directory: Path) -> None:
    ended = subprocess.run(
        [PROGRAMS / name, *arguments], cwd=directory, capture_output=True, text=True, timeout=300, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_openapi_typescript_makes_types_that_compile_and_know_what_is_required(described: Path) -> None:
    run("openapi-typescript", "openapi.json", "-o", "schema.ts", directory=described)
    (described / "use.ts").write_text(TO_PAPER, encoding="utf-8")
    run("tsc", *STRICT, "use.ts", directory=described)


def test_hey_api_makes_a_client_that_compiles(described: Path) -> None:
    run("openapi-ts", "-i", "openapi.json", "-o", "client", "--no-log-file", directory=described)
    run(
        "tsc",
        *[flag for flag in STRICT if flag != "--exactOptionalPropertyTypes"],
        "client/index.ts",
        directory=described,
    )
