"""Processes that answer are exchanged, and ended, under load: nobody's request fails."""

from __future__ import annotations

import os
import signal
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from market.core.beats import HUNG_SECONDS
from tests.operations.standing import Standing, standing

PERSON = {"full_name": "Người Thử", "password": "mot cau du dai de nho"}
PATIENCE_SECONDS = 240.0


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    with standing(tmp_path_factory.mktemp("rolling"), MARKET_PROCESSES="2", MARKET_REQUEST_SECONDS="60") as market:
        yield market


def registered(market: Standing) -> str:
    """A cooperative's access token."""
    organization = {"name": f"HTX {uuid.uuid4().hex}", "kinds": ["producer"], "legal_form": "cooperative"}
    organization |= {"province": {"code": "82", "version": "2025"}}  # type: ignore[dict-item]
    person = PERSON | {"email": f"{uuid.uuid4().hex}@thu.example"}
    made = market.http.post("/api/v1/auth/register", json={"organization": organization, "user": person})
    assert made.status_code == 201, made.text
    return str(made.json()["tokens"]["access_token"])


@contextmanager
def load(market: Standing) -> Iterator[Counter[str]]:
    """Reads and writes without a pause, each on a connection of its own; what became of them."""
    outcomes, halt, token = Counter[str](), threading.Event(), registered(market)
    base = f"http://127.0.0.1:{market.settings.port}"
    listing = {"concept": "dragon-fruit-red", "province": {"code": "82", "version": "2025"}, "unit": "KGM"}

    def ask(number: int) -> None:
        while not halt.is_set():
            try:
                if number % 2:
                    body = listing | {"title": f"Thanh long {uuid.uuid4().hex}", "another": True}
                    headers = {"Authorization": f"Bearer {token}"}
                    answer = httpx.post(f"{base}/api/v1/listings", json=body, headers=headers, timeout=60)
                else:
                    answer = httpx.get(f"{base}/api/v1/organizations", timeout=60)
                said = "" if answer.is_success else f" {answer.text[:300]}"
                outcomes[f"{answer.status_code}{said}"] += 1
            except httpx.TransportError as error:
                outcomes[type(error).__name__] += 1
            time.sleep(0.01)

    people = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for person in people:
        person.start()
    try:
        yield outcomes
    finally:
        halt.set()
        for person in people:
            person.join()


def until_exchanged(market: Standing, gone: set[int], *, number: int = 2) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while market.answering() & gone or len(market.answering()) < number:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_answering_processes_are_exchanged_and_no_answer_is_an_error(market: Standing) -> None:
    before = market.answering()
    assert len(before) == 2
    with load(market) as outcomes:
        time.sleep(1)
        market.api.send_signal(signal.SIGHUP)
        until_exchanged(market, before)
        market.until_ready()
        time.sleep(1)
    # The server's library closes a connection that it has taken and not yet read of when it is told to end: rare, and
    # nothing was begun, so that sending again is safe. No answer is an error.
    cut = outcomes.pop("RemoteProtocolError", 0) + outcomes.pop("ReadError", 0)
    assert set(outcomes) == {"200", "201"}, outcomes
    assert cut <= 2
    assert outcomes.total() > 50


def test_one_of_two_killed_takes_nobody_else_with_it(market: Standing) -> None:
    before = market.answering()
    killed = min(before)
    with load(market) as outcomes:
        time.sleep(0.5)
        os.kill(killed, signal.SIGKILL)
        until_exchanged(market, {killed})
    assert market.api.poll() is None
    assert before - {killed} <= market.answering()
    # What the killed one was answering is cut off; everybody else is answered.
    cut = sum(number for outcome, number in outcomes.items() if not outcome.startswith("2"))
    assert cut <= 4, outcomes
    assert outcomes.total() > 5


def test_one_of_two_that_hangs_is_exchanged(market: Standing) -> None:
    before = market.answering()
    hung = min(before)
    os.kill(hung, signal.SIGSTOP)
    began = time.monotonic()
    until_exchanged(market, {hung})
    assert market.api.poll() is None
    assert before - {hung} <= market.answering(), "nobody else was taken for hung"
    assert time.monotonic() - began > HUNG_SECONDS / 2, "what is only slow is left alone"
    market.until_ready()


def test_told_to_end_it_answers_what_is_under_way(tmp_path: Path) -> None:
    with standing(tmp_path, MARKET_REQUEST_SECONDS="20") as market:
        answers: list[int] = []

        def ask() -> None:
            answers.append(market.http.get("/api/v1/organizations", timeout=30).status_code)

        with market.frozen_database():
            people = [threading.Thread(target=ask) for _ in range(5)]
            for person in people:
                person.start()
            time.sleep(1)
            market.api.send_signal(signal.SIGTERM)
            time.sleep(1)
        for person in people:
            person.join()
        assert answers == [200] * 5
        assert market.api.wait(30) == 0
