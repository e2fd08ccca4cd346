"""Those who walk the tour: each has the market's address, a credential of their own, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx

Json = dict[str, Any]
BASE = "/api/v1"


class Unkept(Exception):
    """The market did not do what the story says it does."""


def demand(holds: bool, otherwise: str) -> None:
    """Hold the market to its word.

    Raises:
        Unkept: it does not hold.
    """
    if not holds:
        raise Unkept(otherwise)


@dataclass
class Visitor:
    """Somebody who talks to the market."""

    http: httpx.Client
    name: str
    token: str | None = None
    organization: Json = field(default_factory=dict)

    def ask(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """Send a request as this visitor; `path` without the common beginning of the API."""
        headers = {"Accept-Language": "vi", **(arguments.pop("headers", None) or {})}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        return self.http.request(method, f"{BASE}{path}", headers=headers, **arguments)

    def get(self, path: str, **params: Any) -> Json:
        """What the market shows.

        Raises:
            Unkept: it shows nothing.
        """
        return answered(self.ask("GET", path, params=params), 200)

    def post(self, path: str, body: Json | None = None, *, status: int = 201, etag: str | None = None) -> Json:
        """Do something.

        Raises:
            Unkept: the market answered another status.
        """
        headers = {"If-Match": etag} if etag else None
        return answered(self.ask("POST", path, json=body, headers=headers), status)


def answered(answer: httpx.Response, status: int) -> Json:
    """The body of an answer that has this status.

    Raises:
        Unkept: it has another one; with what the market said.
    """
    if answer.status_code != status:
        asked = f"{answer.request.method} {answer.request.url.path}"
        raise Unkept(f"{asked}: {answer.status_code} instead of {status}: {answer.text[:400]}")
    body: Json = answer.json() if answer.content else {}
    return body


def registered(http: httpx.Client, *, organization: Json, user: Json) -> Visitor:
    """A new organization and its first person, signed in.

    Raises:
        Unkept: the market did not take them.
    """
    newcomer = Visitor(http, organization["name"])
    made = newcomer.post("/auth/register", {"organization": organization, "user": user})
    visitor = signed_in(http, name=organization["name"], email=user["email"], password=user["password"])
    visitor.organization = made["organization"]
    return visitor


def signed_in(http: httpx.Client, *, name: str, email: str, password: str) -> Visitor:
    """Somebody known, signed in.

    Raises:
        Unkept: the market did not know them.
    """
    tokens = Visitor(http, name).post("/auth/token", {"identifier": email, "password": password}, status=200)
    return Visitor(http, name, tokens["access_token"])
