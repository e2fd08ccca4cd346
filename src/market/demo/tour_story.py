"""What the steps of the tour hand on to each other."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import httpx

from market.core import clock
from market.demo.passwords import DemoUser
from market.demo.screen import Screen
from market.demo.visitors import Json, Unkept, Visitor, registered, signed_in

PATIENCE_SECONDS = 30.0
"""How long the tour waits for what the market does by itself after a write."""
POLL_SECONDS = 0.05
LETTERS = "bdghklmnpqrtvx"


@dataclass
class Tour:
    """Who walks, where, and what they have made so far."""

    http: httpx.Client
    screen: Screen
    demo_users: Sequence[DemoUser]
    mark: str = field(default_factory=lambda: "".join(secrets.choice(LETTERS) for _ in range(6)))
    """Keeps what one tour makes apart from what others made; no word and no amount in any language."""
    today: date = field(default_factory=clock.today)
    listing: Json = field(default_factory=dict)
    certificate: Json = field(default_factory=dict)
    need: Json = field(default_factory=dict)
    event: Json = field(default_factory=dict)
    mou: Json = field(default_factory=dict)
    contract: Json = field(default_factory=dict)
    quote: Json = field(default_factory=dict)
    deal: Json = field(default_factory=dict)
    """The contract that came from the quote."""
    meeting_event: Json = field(default_factory=dict)
    registrations: dict[str, Json] = field(default_factory=dict)
    """For that event, by the name of who registered."""
    meeting: Json = field(default_factory=dict)
    visitors: dict[str, Visitor] = field(default_factory=dict)

    @property
    def nobody(self) -> Visitor:
        """Somebody who has not signed in."""
        return Visitor(self.http, "Người chưa đăng nhập")

    def register(self, key: str, organization: Json) -> Visitor:
        """Register an organization with a person of its own; known as `key` from then on."""
        user = {
            "full_name": f"Người Tham Quan {self.mark}",
            "email": f"{key}-{self.mark}@tham-quan.example",
            "password": secrets.token_urlsafe(12),
        }
        self.visitors[key] = registered(self.http, organization=organization, user=user)
        return self.visitors[key]

    def sign_in(self, key: str) -> Visitor:
        """Sign a person of the demo story in.

        Raises:
            Unkept: the story was not told here.
        """
        if key not in self.visitors:
            user = next((user for user in self.demo_users if user.key == key), None)
            if user is None:
                raise Unkept("no demo-users.json in the data directory: tell the story with `market seed demo`")
            name = f"{user.name} ({user.title})"
            self.visitors[key] = signed_in(self.http, name=name, email=user.email, password=user.password)
        return self.visitors[key]

    def wait_for(self, what: str, holds: Callable[[], bool], *, seconds: float = PATIENCE_SECONDS) -> float:
        """Wait until something holds. Returns after how many seconds it did.

        Raises:
            Unkept: it did not in so many seconds.
        """
        began = time.monotonic()
        while not holds():
            if time.monotonic() - began > seconds:
                raise Unkept(f"{what}: not within {seconds:.0f} s")
            time.sleep(POLL_SECONDS)
        return time.monotonic() - began


class Step(NamedTuple):
    """One promise of the story."""

    vi: str
    en: str
    act: Callable[[Tour], None]
