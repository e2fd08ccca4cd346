"""People who write all the time, send again what was not acknowledged, and remember what was.

Each write has an Idempotency-Key and a mark of its own (a title, a price) by which it is found again in the database.
"""

from __future__ import annotations

import itertools
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

PASSWORD = "mot cau du dai de nho"
REST_SECONDS = 0.05
AGAIN_SECONDS = 0.25
GIVE_UP_SECONDS = 180.0
ANSWER_SECONDS = 20.0
"""Longer than any deadline of the market: what takes so long counts as never answered."""


@dataclass
class Ledger:
    """What was acknowledged, and how the market answered; shared by all writers."""

    titles: set[str] = field(default_factory=set)
    """Of listings and needs."""
    prices: set[int] = field(default_factory=set)
    """Set on listings; no two are alike."""
    statuses: Counter[int] = field(default_factory=Counter)
    """Of every answer; 0 is no answer at all."""
    slowest: float = 0.0
    """Seconds of the slowest answer."""
    listed: list[tuple[float, float, str]] = field(default_factory=list)
    """When each acknowledged listing was sent and answered (monotonic), and its title."""
    given_up: int = 0
    strange: list[str] = field(default_factory=list)
    """Answers that nobody should get."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def acknowledged(self) -> int:
        return len(self.titles) + len(self.prices)

    def note(self, status: int, took: float) -> None:
        """An answer came, or none."""
        with self.lock:
            self.statuses[status] += 1
            self.slowest = max(self.slowest, took)


class Writer(threading.Thread):
    """A cooperative that lists produce, changes prices and posts needs."""

    marks = itertools.count(10_000)
    """Prices that no other write has."""

    def __init__(self, url: str, ledger: Ledger) -> None:
        super().__init__(daemon=True)
        self.ledger, self.halt = ledger, threading.Event()
        self._http = httpx.Client(base_url=f"{url}/api/v1", timeout=ANSWER_SECONDS)
        self._email = f"{uuid.uuid4().hex}@thu.example"
        self._token = ""
        self._listing: dict[str, Any] | None = None

    def register(self) -> None:
        """An organization and its first person."""
        organization: dict[str, Any] = {"name": f"HTX Thử {self._email[:12]}", "kinds": ["producer", "buyer"]}
        organization |= {"legal_form": "cooperative", "province": {"code": "82", "version": "2025"}}
        person = {"full_name": "Người Thử", "email": self._email, "password": PASSWORD}
        made = self._http.post("/auth/register", json={"organization": organization, "user": person})
        made.raise_for_status()
        self._token = made.json()["tokens"]["access_token"]

    def run(self) -> None:
        """Until told to stop; what is under way is sent until it is acknowledged or given up."""
        turns = itertools.cycle((self._list, self._price, self._price, self._need))
        while not self.halt.is_set():
            next(turns)()
            time.sleep(REST_SECONDS)
        self._http.close()

    def _list(self) -> None:
        title = f"Thanh long {word_of_its_own()}"
        province = {"code": "82", "version": "2025"}
        body: dict[str, Any] = {"title": title, "concept": "dragon-fruit-red", "province": province}
        body |= {"unit": "KGM", "publish": True, "another": True}
        if (made := self._insist("POST", "/listings", body)) is not None:
            self._listing = made
            self.ledger.titles.add(title)

    def _need(self) -> None:
        title = f"Cần thanh long {word_of_its_own()}"
        line = {"concept": "dragon-fruit-red", "quantity": "500", "unit": "KGM", "per": "day"}
        line |= {"from": "2027-12-01", "to": "2028-02-28"}
        body = {"title": title, "delivery_province": {"code": "79"}, "lines": [line], "publish": True, "another": True}
        if self._insist("POST", "/needs", body) is not None:
            self.ledger.titles.add(title)

    def _price(self) -> None:
        if self._listing is None:
            return
        price = next(self.marks)
        headers = {"If-Match": self._listing["etag"]}
        changed = self._insist("PATCH", f"/listings/{self._listing['id']}", {"price_vnd": price}, headers)
        if changed is None:
            self._listing = None
            return
        self._listing = changed
        self.ledger.prices.add(price)

    def _insist(
        self, method: str, path: str, body: dict[str, Any], headers: dict[str, str] | None = None
    ) -> dict[str, Any] | None:
        """Send until it is acknowledged: the answer with its ETag. None when refused, or given up."""
        key, deadline = uuid.uuid4().hex, time.monotonic() + GIVE_UP_SECONDS
        while time.monotonic() < deadline:
            sent = {**(headers or {}), "Idempotency-Key": key, "Authorization": f"Bearer {self._token}"}
            began = time.monotonic()
            try:
                answer = self._http.request(method, path, json=body, headers=sent)
            except httpx.TransportError:
                self.ledger.note(0, time.monotonic() - began)
                time.sleep(AGAIN_SECONDS)
                continue
            self.ledger.note(answer.status_code, time.monotonic() - began)
            if answer.is_success:
                if method == "POST" and path == "/listings":
                    self.ledger.listed.append((began, time.monotonic(), body["title"]))
                return {**answer.json(), "etag": answer.headers.get("etag", "")}
            if answer.status_code == 401:
                self._sign_in()
            elif answer.status_code not in {408, 409, 429} and answer.status_code < 500:
                self.ledger.strange.append(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
                return None
            time.sleep(AGAIN_SECONDS)
        self.ledger.given_up += 1
        return None

    def _sign_in(self) -> None:
        try:
            made = self._http.post("/auth/token", json={"identifier": self._email, "password": PASSWORD})
        except httpx.TransportError:
            return
        if made.is_success:
            self._token = made.json()["access_token"]


def word_of_its_own() -> str:
    """A word that no other title has; letters only, so that no search reads an amount in it."""
    return uuid.uuid4().hex.translate(str.maketrans("0123456789", "ghjklmnpqr"))


@contextmanager
def writing(url: str, *, writers: int = 4) -> Iterator[Ledger]:
    """Writers beside whatever happens; at the end each has its last write acknowledged, or given up."""
    ledger = Ledger()
    people = [Writer(url, ledger) for _ in range(writers)]
    for person in people:
        person.register()
        person.start()
    try:
        yield ledger
    finally:
        for person in people:
            person.halt.set()
        for person in people:
            person.join(GIVE_UP_SECONDS + ANSWER_SECONDS)
