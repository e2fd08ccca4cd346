"""How far attacks are felt by who reads one listing at a time: calm, beside wrong passwords, beside half-sent requests.

The three are measured turn by turn in one run, so that whatever else the machine does meets all of them.
"""

from __future__ import annotations

import json
import secrets
import socket
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from tests.benchmarks.load import Outcome, get, post, run_load
from tests.benchmarks.market import Market
from tests.benchmarks.measures import Measure, Measures

WRONG_PASSWORDS, HALF_SENT = 80, 300
READERS = 2
HALF = (
    b"POST /api/v1/auth/token HTTP/1.1\r\nHost: market\r\nContent-Type: application/json\r\n"
    b"Content-Length: 100\r\n\r\n{"
)


def wall_speed(market: Market, *, rounds: int, seconds: float) -> Measures:
    """The 95th percentile of GET /listings/{id}, calm and under attack, and the ratios of the two to calm."""
    found = urllib.request.urlopen(f"http://127.0.0.1:{market.port}/api/v1/listings?limit=100", timeout=30)
    rows = [(get(f"/api/v1/listings/{item['id']}"),) for item in json.load(found)["items"]]
    if not rows:
        raise RuntimeError("no listing can be found yet")
    calm, tried, half = [], [], []
    for turn in range(rounds):
        calm.append(_read(market, rows, seconds))
        with _wrong_passwords(market, turn, seconds):
            tried.append(_read(market, rows, seconds))
        with _half_sent(market):
            half.append(_read(market, rows, seconds))
    usual = _p95(calm)
    failed = sum(outcome.failed for outcome in (*calm, *tried, *half))
    return {
        "listing_p95_calm": Measure(usual, "ms", f"{READERS} connections"),
        "listing_p95_wrong_passwords": Measure(_p95(tried) / usual, "of calm", "80 in parallel; aim: below 2"),
        "listing_p95_half_sent": Measure(_p95(half) / usual, "of calm", "300 half-sent requests; aim: about 1"),
        "listing_failed_under_attack": Measure(failed, "answers", "aim: 0"),
    }


def who_asks(market: Market, *, rounds: int, seconds: float) -> Measures:
    """What finding out who asks adds to a request that reads nothing else: with and without a token, turn by turn."""
    path = "/api/v1/reference/units?fields=code"
    bare, known = (
        get(path),
        get(path).replace(b"\r\n\r\n", f"\r\nAuthorization: Bearer {_token(market)}\r\n\r\n".encode()),
    )
    without, with_token = [], []
    for _ in range(rounds):
        without.append(run_load(market.port, [(bare,)], connections=1, seconds=seconds).percentile(0.5))
        with_token.append(run_load(market.port, [(known,)], connections=1, seconds=seconds).percentile(0.5))
    added = sorted(later - earlier for earlier, later in zip(without, with_token, strict=True))[rounds // 2]
    return {"who_asks": Measure(added, "ms", f"beside {min(without):.2f} ms without a token; aim: below 0.5")}


def _token(market: Market) -> str:
    """Of somebody new."""
    province = {"code": "82", "version": "2025"}
    organization = {"name": "HTX Đo Thử", "kinds": ["producer"], "legal_form": "cooperative", "province": province}
    number = secrets.token_hex(6)
    user = {"full_name": "Người Đo", "email": f"do{number}@thu.example", "password": f"mot cau dai {number}"}
    request = urllib.request.Request(
        f"http://127.0.0.1:{market.port}/api/v1/auth/register",
        data=json.dumps({"organization": organization, "user": user}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return str(json.load(answer)["tokens"]["access_token"])


def _read(market: Market, rows: list[tuple[bytes]], seconds: float) -> Outcome:
    return run_load(market.port, rows, connections=READERS, seconds=seconds)


def _p95(outcomes: list[Outcome]) -> float:
    """Of all turns together."""
    every = sorted(latency for outcome in outcomes for latency in outcome.latencies_ms)
    return every[int(len(every) * 0.95)]


@contextmanager
def _wrong_passwords(market: Market, turn: int, seconds: float) -> Iterator[None]:
    """So many connections that each try one wrong password after another, each for another account."""
    bodies = [
        json.dumps({"identifier": f"ai{turn}-{number}@thu.example", "password": "sai mật khẩu"}).encode()
        for number in range(2000)
    ]
    attack = [(post("/api/v1/auth/token", body, key=None),) for body in bodies]
    with ThreadPoolExecutor(1) as pool:
        trying = pool.submit(run_load, market.port, attack, connections=WRONG_PASSWORDS, seconds=seconds + 1)
        yield
        trying.result()


@contextmanager
def _half_sent(market: Market) -> Iterator[None]:
    """So many requests of which the server waits for the rest."""
    made = [socket.create_connection(("127.0.0.1", market.port)) for _ in range(HALF_SENT)]
    try:
        for connection in made:
            connection.sendall(HALF)
        yield
    finally:
        for connection in made:
            connection.close()
