"""`make contract`: a market of its own is asked all that its description allows, as nobody, a member and an officer.

Schemathesis makes the requests from the description and holds each answer against it: nothing may fail (5xx), and
nothing may be answered that is not described. What would end the caller's own sign-in is left out.
"""

from __future__ import annotations

import argparse
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import httpx

from market.config import PROJECT_ROOT
from tests.benchmarks.market import Market, environment, market_up
from tests.benchmarks.measures import registered

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
ENDS_ITS_SENDER = ("eraseMe", "signOut", "endSignIn", "endOtherSignIns", "changePassword", "streamChanges")
NOT_SPOKEN = ("appendToPhotoUpload",)
"""What schemathesis has no words for: a body of raw bytes."""
SECONDS = 900


def _officer(market: Market, client: httpx.Client) -> dict[str, str]:
    """An officer, made as whoever runs a market makes one."""
    email, password = f"{secrets.token_hex(6)}@so.example", secrets.token_urlsafe(16)
    made = [sys.executable, "-m", "market", "user", "create", "--email", email, "--role", "admin", "--password-stdin"]
    subprocess.run(made, input=password, env=environment(market.data_dir), cwd=PROJECT_ROOT, text=True, check=True)
    answer = client.post("/auth/token", json={"identifier": email, "password": password}).raise_for_status()
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def _told(output: str) -> str:
    """What was found, without what is only advice."""
    return output.partition("= WARNINGS =")[0]


def ask_everything(program: Path, market: Market, described: Path, headers: Mapping[str, str], *, examples: int) -> int:
    """Ask as one caller; prints what was found, and returns the exit code of schemathesis."""
    command = [str(program), "run", str(described), "--url", market.running.api_url, "--checks", CHECKS]
    command += ["--phases", "examples,fuzzing", "--max-examples", str(examples), "--request-timeout", "20"]
    command += ["--no-color", "--continue-on-failure", "--suppress-health-check", "all", "--seed", "14"]
    for name in (*ENDS_ITS_SENDER, *NOT_SPOKEN):
        command += ["--exclude-operation-id", name]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    print(_told(done.stdout), done.stderr, flush=True)
    return done.returncode


def main() -> None:
    """Ask as everybody; ends with 1 when anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.contract", description=__doc__)
    parser.add_argument("--schemathesis", type=Path, required=True, help="its program, installed apart")
    parser.add_argument("--examples", type=int, default=3, help="requests of each operation and caller, at most")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="market-contract-") as place, market_up(Path(place) / "data") as market:
        described = Path(place) / "openapi.json"
        with httpx.Client(base_url=f"{market.running.api_url}/api/v1", timeout=30.0) as client:
            text = client.get(f"{market.running.api_url}/schema/openapi.json").raise_for_status().text
            described.write_text(text, encoding="utf-8")
            everybody = {"nobody": {}, "a member": registered(client)[0], "an officer": _officer(market, client)}
        codes = {}
        for name, headers in everybody.items():
            print(f"As {name}:", flush=True)
            codes[name] = ask_everything(chosen.schemathesis, market, described, headers, examples=chosen.examples)
    sys.exit(1 if any(codes.values()) else 0)


if __name__ == "__main__":
    main()
