"""Typed clients made from the description by the two tools that most people use, compiled strictly; and its rules."""

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


EXCUSED = {
    "no-ambiguous-paths": "a word and an id at one place: the word is no id",
    "operation-4xx-response": "whether it is alive is asked by machines, and never refused",
}
"""Rules of which a breach is a warning only, and why ours stands."""


def test_the_recommended_rules_are_kept(described: Path) -> None:
    program, told = PROJECT_ROOT / "tests" / "recommended_rules.cjs", described / "openapi.json"
    ended = subprocess.run(["node", program, told], capture_output=True, text=True, timeout=120, check=True)
    broken = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [one for one in broken if one["rule"] not in EXCUSED or one["severity"] == "error"] == []
    assert {one["rule"] for one in broken} == set(EXCUSED), "an excuse that nobody needs"


EACH_PAPER = """
import type { components } from "./schema";
type Papers = components["schemas"]["PaperBatch"]["items"];
export const paper: Papers[number] = { instrument: "mou", parties: [{ role: "seller", name: "HTX" }] };
// @ts-expect-error  an item is a paper, not anything
export const none: Papers[number] = 3;
"""


def test_openapi_typescript_makes_types_that_compile_and_know_what_is_required(described: Path) -> None:
    run("openapi-typescript", "openapi.json", "-o", "schema.ts", directory=described)
    (described / "use.ts").write_text(TO_PAPER, encoding="utf-8")
    (described / "papers.ts").write_text(EACH_PAPER, encoding="utf-8")
    run("tsc", *STRICT, "use.ts", "papers.ts", directory=described)


def test_hey_api_makes_a_client_that_compiles(described: Path) -> None:
    run("openapi-ts", "-i", "openapi.json", "-o", "client", "--no-log-file", directory=described)
    run(
        "tsc",
        *[flag for flag in STRICT if flag != "--exactOptionalPropertyTypes"],
        "client/index.ts",
        directory=described,
    )
