"""The users of the tests: each registers and signs in through the API, as people do."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast
from uuid import UUID

import httpx
from litestar import Litestar
from sqlalchemy import text

from market.accounts.models import User
from market.accounts.schemas import UserCreate
from market.accounts.service import create_user
from market.core import clock
from market.core.access import SYSTEM
from market.core.changes import record_change
from market.organizations.claims.states import GRANTED_KINDS
from tests.described import the_description

_numbers = itertools.count(1)
SEEN = {"looked_at": "Sổ đăng ký của tổ chức cấp"}
"""What an officer says to have looked at, of a certificate or claim without a file."""
PASSWORD = "mot-cau-du-dai-de-thu"


@asynccontextmanager
async def connected(app: Litestar, *, address: str = "127.0.0.1") -> AsyncIterator[Client]:
    """An HTTP client of an application in this process, seen as coming from `address`."""
    transport = httpx.ASGITransport(app=cast("Any", app), client=(address, 50000))
    async with httpx.AsyncClient(transport=transport, base_url="http://market.test") as http:
        yield Client(http, app)


@dataclass
class Client:
    """Somebody who talks to the API: nobody known, or a signed-in person acting for an organization."""

    http: httpx.AsyncClient
    app: Litestar
    token: str | None = None
    organization: dict[str, Any] = field(default_factory=dict)
    user: dict[str, Any] = field(default_factory=dict)
    member_id: str = ""
    """The membership, of a person whom another added."""

    async def request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        headers = dict(arguments.pop("headers", None) or {})
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        url = path if path.startswith(("/health", "/metrics", "/schema", "/api/", "/test/")) else f"/api/v1{path}"
        answer = await self.http.request(method, url, headers=headers, **arguments)
        the_description().check(answer)
        return answer

    async def get(self, path: str, **arguments: Any) -> httpx.Response:
        return await self.request("GET", path, **arguments)

    async def post(self, path: str, json: Any = None, **arguments: Any) -> httpx.Response:
        if json is not None:
            arguments["json"] = json
        return await self.request("POST", path, **arguments)

    async def patch(self, path: str, json: Any = None, **arguments: Any) -> httpx.Response:
        return await self.request("PATCH", path, json=json, **arguments)

    async def delete(self, path: str, **arguments: Any) -> httpx.Response:
        return await self.request("DELETE", path, **arguments)

    async def register(self, *kinds: str, name: str | None = None, **organization: Any) -> Client:
        """A new organization and its owner, signed in; an officer grants the kinds that only officers grant."""
        number = next(_numbers)
        body = {
            "organization": {
                "name": name or f"HTX Thử nghiệm {number}",
                "kinds": list(kinds) or ["producer"],
                "legal_form": "cooperative",
                "tax_code": None,
                "province": {"code": "82", "version": "2025"},
                **organization,
            },
            "user": {"full_name": "Người Thử", "email": f"nguoi{number}@thu.example", "password": PASSWORD},
        }
        answer = await self.post("/auth/register", body)
        assert answer.status_code == 201, answer.text
        registered = answer.json()
        organization_answered = registered["organization"]
        if organization_answered["asked_kinds"]:
            organization_answered = await self._granted(organization_answered["id"])
        signed_in = await self.sign_in(body["user"]["email"])
        return Client(self.http, self.app, signed_in, organization_answered, registered["user"])

    async def _granted(self, organization_id: str) -> dict[str, Any]:
        officer = await self.officer()
        asked = {"organization": organization_id, "subject": "kind", "status": "open"}
        for claim in (await officer.get("/claims", params=asked)).json()["items"]:
            if claim["kind"] in GRANTED_KINDS:
                answer = await officer.post(f"/claims/{claim['id']}/verify", {"looked_at": "Quyết định đã xem"})
                assert answer.status_code == 200, answer.text
        organization: dict[str, Any] = (await officer.get(f"/organizations/{organization_id}")).json()
        return organization

    async def officer(self, *roles: str) -> Client:
        """A platform officer (or other platform roles)."""
        email = f"canbo{next(_numbers)}@thu.example"
        async with self.app.state.sessions() as session:
            user_in = UserCreate(full_name="Cán Bộ Thử", email=email, password=PASSWORD)
            user = await create_user(session, SYSTEM, user_in, roles=roles or ("officer",))
            await session.commit()
        return Client(self.http, self.app, await self.sign_in(email), {}, {"id": str(user.id), "email": email})

    async def now(self) -> Client:
        """The same person, signed in anew: after the clock was moved, the token of before is of another time."""
        return replace(self, token=await self.sign_in(self.user["email"]))

    async def sign_in(self, identifier: str) -> str:
        """The access token of a person of these tests."""
        answer = await self.http.post("/api/v1/auth/token", json={"identifier": identifier, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])


async def added(owner: Client, role: str = "staff") -> Client:
    """A new person whom the owner adds to the organization, signed in."""
    email = f"thanhvien{next(_numbers)}@thu.example"
    person = {"full_name": "Thành Viên Thử", "email": email, "password": PASSWORD}
    path = f"/organizations/{owner.organization['id']}/members"
    answer = await owner.post(path, {"user": person, "role": role})
    assert answer.status_code == 201, answer.text
    member = answer.json()
    token = await owner.sign_in(email)
    return Client(owner.http, owner.app, token, owner.organization, member["user"], member["id"])


async def past_deadline(client: Client, need: dict[str, Any]) -> dict[str, Any]:
    """A published need as it is once its deadline is over: nobody can publish it so."""
    async with client.app.state.sessions.begin() as session:
        await session.execute(text("UPDATE need SET deadline = '2026-01-01' WHERE id = :id"), {"id": need["id"]})
    return need


async def proved(somebody: Client) -> Client:
    """Somebody who has shown that they read their mail, as if the link had been followed."""
    async with somebody.app.state.sessions.begin() as session:
        user = await session.get_one(User, UUID(somebody.user["id"]))
        user.email_proved_at = clock.now()
        await record_change(session, SYSTEM, user, verb="prove_contact")
    return somebody


async def joined(owner: Client, somebody: Client, role: str = "staff") -> None:
    """A known person whom the owner invites, and who accepts."""
    await proved(somebody)
    person = {"full_name": "Người Thử", "email": somebody.user["email"], "password": PASSWORD}
    asked = await owner.post(f"/organizations/{owner.organization['id']}/members", {"user": person, "role": role})
    assert (asked.status_code, asked.json()["status"]) == (201, "invited"), asked.text
    accepted = await somebody.post(f"/invitations/{asked.json()['id']}/accept")
    assert accepted.status_code == 200, accepted.text
