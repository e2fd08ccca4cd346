"""Every route, tried by everybody who has no business there.

A new route appears here by itself. When it has a path parameter that `SAMPLES` does not know, or a body that can be
told neither from its schema's example nor from `BODIES`, its tests fail until somebody adds the sample.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from typing import Any, get_args
from uuid import UUID

import asyncpg
import httpx
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from pydantic import BaseModel, SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import async_sessionmaker

from market.accounts.models import User
from market.agreements.schemas import AgreementCreate
from market.app import create_app
from market.certificates.schemas import CertificateCreate
from market.config import Settings
from market.core import clock
from market.core.access import PEOPLE, SYSTEM, Access, scope_of
from market.core.changes import record_change
from market.core.db import create_sessions
from market.core.followers import follow_once
from market.core.ids import new_id
from market.core.language import Message
from market.events.meetings.models import Meeting
from market.events.schemas import EventCreate
from market.hall.schemas import PaperIn
from market.lifetime import close_resources
from market.listings.schemas import ListingCreate
from market.lots.schemas import LotCreate
from market.matching.alerts.schemas import SavedSearchCreate
from market.naming.rereading import names_follower
from market.needs.schemas import NeedCreate
from market.notifications.kinds import Kind
from market.notifications.news import News, Recipient
from market.notifications.notices import tell
from market.notifications.push.schemas import PushSubscribe
from market.notifications.unsubscribing import Subscription, unsubscribe_token
from market.organizations.personal_routes import ConsentGiven
from market.organizations.shared_phone_schemas import ShortNameCreate
from market.quotes.schemas import QuoteCreate
from market.quotes.thread_schemas import ThreadCreate
from market.reference.catalogue import Catalogue
from market.reference.models import GoodsName
from tests.agreements.stories import act, effective, table
from tests.conftest import copied_database, settings_of
from tests.people import PASSWORD, Client, added, connected
from tests.photos.pictures import encoded, picture
from tests.services import Services

Path = dict[str, str]
PERSON = {"full_name": "Người Lạ", "email": "la@thu.example", "password": PASSWORD}

ANOTHER = {"publish": False, "another": True, "external_id": None}
"""Kept hidden, and beside others like it."""

PUBLIC_READS = frozenset(
    {"getOrganization", "describeOrganization", "getProgramme", "listProgrammeFigures"}
    | {"listOrganizationPhotos", "getPhotoContent", "downloadImportTemplate", "explainProblem"}
)
"""What anyone may read even when it is somebody else's."""

OF_ONES_OWN = frozenset({"blockOrganization", "unblockOrganization"})
"""They name another organization, and change only whom one's own hears of."""
BY_LINK = frozenset({"askToUnsubscribe", "unsubscribe"})
"""What whoever holds the link may do: it comes by mail, to one person."""

BODIES: dict[str, Any] = {
    "addMember": {"user": PERSON},
    "changeRole": {"role": "staff"},
    "refreshTokens": {"refresh_token": "x" * 40},
    "register": {
        "organization": {
            "name": "HTX Lạ",
            "kinds": ["producer"],
            "legal_form": "cooperative",
            "province": {"code": "82", "version": "2025"},
        },
        "user": PERSON,
    },
    "createApiKey": {"name": "Kho"},
    "inviteByLink": {"email": "moi@thu.example"},
    "amendAgreement": {"cause": "price"},
    "closeAgreement": {"cause": "price"},
    "lapseAgreement": {"cause": "price"},
    "terminateAgreement": {"cause": "price"},
    "convertAgreement": {"instrument": "sale"},
    "declineQuote": {"reason": "price"},
    "recallCertificate": {"reason": "Phát hiện dư lượng"},
}
"""Bodies by operation id, for schemas that give no example; PATCH takes an empty one."""


@dataclass(frozen=True)
class Route:
    """One operation of the API."""

    method: str
    path: str
    handler: HTTPRouteHandler

    @property
    def operation(self) -> str:
        return str(self.handler.operation_id)

    @property
    def access(self) -> Access:
        return Access(self.handler.opt["access"])

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"{(\w+)(?::\w+)?}", self.path)

    @property
    def body(self) -> Any:
        """Something this route would take."""
        declared = self.handler.parsed_fn_signature.parameters.get("data")
        if declared is None:
            return None
        if self.operation in BODIES:
            return BODIES[self.operation]
        kinds = [kind for kind in (declared.annotation, *get_args(declared.annotation)) if is_model(kind)]
        return example_of(kinds[0]) if kinds else {}


def is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


@cache
def example_of(model: type[BaseModel]) -> Any:
    """The example in a schema's description; nothing at all where there is none."""
    return model.model_json_schema().get("examples", [{}])[0]


def api_routes() -> Iterator[Route]:
    nowhere = SecretStr("postgresql://nobody:nothing@127.0.0.1:9/nowhere")
    app = create_app(Settings(database_url=nowhere, secret_key=SecretStr("x" * 32), meili_url=None))
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            # Pages outside of the description show what anybody may read; `tests/web` holds them to it.
            if handler.fn.__module__.startswith("market.") and handler.include_in_schema is not False:
                for method in sorted(handler.http_methods):
                    yield Route(method, route.path, handler)


ROUTES = sorted(api_routes(), key=lambda route: route.operation)
OF_SOMEBODY = [route for route in ROUTES if route.parameters]


def name_of(route: Route) -> str:
    return route.operation


async def created(who: Client, path: str, body: Any) -> Any:
    answer = await who.post(path, body)
    assert answer.status_code == 201, f"{path}: {answer.text}"
    return answer.json()


async def _organization(owner: Client) -> Path:
    return {"organization_id": owner.organization["id"]}


async def _member(owner: Client) -> Path:
    path = await _organization(owner)
    members = (await owner.get(f"/organizations/{path['organization_id']}/members")).json()
    return {**path, "member_id": members["items"][0]["id"]}


async def _claim(owner: Client) -> Path:
    return {"claim_id": (await owner.get("/claims", params={"status": "open"})).json()["items"][0]["id"]}


async def _claim_evidence(owner: Client) -> Path:
    path = await _claim(owner)
    return {**path, "claim_evidence_id": await _uploaded(owner, f"/claims/{path['claim_id']}/evidence")}


async def _programme(owner: Client) -> Path:
    """Of the reference data: nobody's, and everybody's to read."""
    return {"programme_id": (await owner.get("/programmes")).json()["items"][0]["id"]}


async def _problem(owner: Client) -> Path:
    """Nobody's: what an error code means."""
    return {"code": "not-found"}


async def _webhook(owner: Client) -> Path:
    body = {"url": "https://htx.example/market", "event_types": ["agreement.*"]}
    return {"webhook_id": (await created(owner, "/webhooks", body))["id"]}


async def _delivery_of_a_webhook(owner: Client) -> Path:
    path = await _webhook(owner)
    sent = await owner.post(f"/webhooks/{path['webhook_id']}/test")
    assert sent.status_code == 202, sent.text
    return {**path, "webhook_delivery_id": sent.json()["id"]}


async def _api_key(owner: Client) -> Path:
    return {"api_key_id": (await created(owner, "/api-keys", BODIES["createApiKey"]))["id"]}


async def _draft_event(owner: Client) -> Path:
    return {"event_id": (await created(owner, "/events", example_of(EventCreate) | {"code": None}))["id"]}


async def _registration(owner: Client) -> Path:
    path = await _draft_event(owner)
    await owner.post(f"/events/{path['event_id']}/publish")
    registration = await created(owner, f"/events/{path['event_id']}/registrations", {})
    return {**path, "registration_id": registration["id"]}


async def _draft_agreement(owner: Client) -> Path:
    return {
        "agreement_id": (await created(owner, "/agreements", example_of(AgreementCreate) | {"another": True}))["id"]
    }


async def _delivery(owner: Client) -> Path:
    around = replace(await table(replace(owner, token=None)), seller=owner)
    agreement = await effective(around)
    body = {"line": agreement["lines"][0]["id"], "delivered_on": clock.today().isoformat(), "quantity": "1"}
    recorded = await created(owner, f"/agreements/{agreement['id']}/deliveries", body)
    return {"agreement_id": agreement["id"], "delivery_id": recorded["delivery"]["id"]}


async def _proposal(owner: Client) -> Path:
    buyer = await replace(owner, token=None).register("buyer", name="Siêu thị Bên ký")
    sides = [("seller", owner), ("buyer", buyer)]
    parties = [{"role": role, "organization": side.organization["id"]} for role, side in sides]
    agreement = await created(owner, "/agreements", example_of(AgreementCreate) | {"parties": parties})
    for _, side in sides:
        await act(side, agreement, "sign")
    answer = await act(owner, agreement, "proposals", {"cause": "price"})
    assert answer.status_code == 201, answer.text
    return {"proposal_id": answer.json()["items"][0]["id"]}


async def _scan(owner: Client) -> Path:
    path = await _draft_agreement(owner)
    return {**path, "document_id": await _uploaded(owner, f"/agreements/{path['agreement_id']}/documents")}


async def _uploaded(owner: Client, path: str) -> str:
    answer = await owner.post(path, files={"file": ("ban-ky.pdf", b"%PDF-1.7 " + secrets.token_bytes(8))})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def _unverified_certificate(owner: Client) -> Path:
    return {"certificate_id": (await created(owner, "/certificates", example_of(CertificateCreate)))["id"]}


async def _evidence(owner: Client) -> Path:
    path = await _unverified_certificate(owner)
    return {**path, "evidence_id": await _uploaded(owner, f"/certificates/{path['certificate_id']}/evidence")}


async def _draft_listing(owner: Client) -> Path:
    return {"listing_id": (await created(owner, "/listings", example_of(ListingCreate) | ANOTHER))["id"]}


async def _lot(owner: Client) -> Path:
    path = await _draft_listing(owner)
    body = example_of(LotCreate) | {"code": f"L-{secrets.token_hex(4)}"}
    return {"lot_id": (await created(owner, f"/listings/{path['listing_id']}/lots", body))["id"]}


async def _test_report(owner: Client) -> Path:
    path = await _lot(owner)
    return {**path, "test_report_id": await _uploaded(owner, f"/lots/{path['lot_id']}/reports")}


async def _saved_search(owner: Client) -> Path:
    return {"saved_search_id": (await created(owner, "/saved-searches", example_of(SavedSearchCreate)))["id"]}


async def _notification(owner: Client) -> Path:
    person = Recipient(user_id=UUID(owner.user["id"]), organization_id=UUID(owner.organization["id"]), mail="off")
    said = Message(vi="Có hàng.", en="There are goods.")
    news = News(kind=Kind.LISTING_MATCH, entity="listing", entity_id=new_id(), entity_version=1, text=said, key="x")
    async with owner.app.state.sessions.begin() as session:
        await tell(session, [(person, news)])
    return {"notification_id": (await owner.get("/notifications")).json()["items"][0]["id"]}


async def _unsubscribe_link(owner: Client) -> Path:
    subscription = Subscription("user", UUID(owner.user["id"]))
    return {"token": unsubscribe_token(owner.app.state.token_policy.secret, subscription)}


async def _listing_photo(owner: Client) -> Path:
    path = await _draft_listing(owner)
    photo = await _photo(owner, f"/listings/{path['listing_id']}")
    return {**path, "listing_photo_id": photo["id"]}


async def _lot_photo(owner: Client) -> Path:
    path = await _lot(owner)
    return {**path, "lot_photo_id": (await _photo(owner, f"/lots/{path['lot_id']}"))["id"]}


async def _organization_photo(owner: Client) -> Path:
    path = await _organization(owner)
    photo = await _photo(owner, f"/organizations/{path['organization_id']}")
    return {**path, "organization_photo_id": photo["id"]}


async def _booth_photo(owner: Client) -> Path:
    path = await _registration(owner)
    photo = await _photo(owner, f"/booths/{path['registration_id']}")
    return {"registration_id": path["registration_id"], "booth_photo_id": photo["id"]}


async def _public_picture(owner: Client) -> Path:
    photo = await _photo(owner, f"/organizations/{owner.organization['id']}")
    return {"sha256": photo["small"].rpartition("/")[2]}


async def _photo(owner: Client, path: str) -> Any:
    shade = secrets.randbelow(200)
    answer = await owner.post(f"{path}/photos", files={"file": ("anh.png", encoded(picture(64, 48, shade=shade)))})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def _photo_upload(owner: Client) -> Path:
    path = await _draft_listing(owner)
    body = {"subject": "listing", "subject_id": path["listing_id"], "length": 1000}
    return {"upload_id": (await created(owner, "/photo-uploads", body))["id"]}


async def _push_subscription(owner: Client) -> Path:
    return {"push_subscription_id": (await created(owner, "/notifications/push", example_of(PushSubscribe)))["id"]}


async def _draft_need(owner: Client) -> Path:
    return {"need_id": (await created(owner, "/needs", example_of(NeedCreate) | ANOTHER))["id"]}


async def _file(owner: Client) -> Path:
    path = await _thread(owner)
    sent = await owner.post(f"/threads/{path['thread_id']}/files", files={"file": ("bao-gia.pdf", b"%PDF-1.7 ")})
    assert sent.status_code == 201, sent.text
    return {**path, "file_id": sent.json()["attachment"]["id"]}


async def _import(owner: Client) -> Path:
    table = "Tên hàng,ĐVT,Đơn giá\nCam sành,kg,20000\n".encode()
    sent = await owner.post("/imports", files={"file": ("gia.csv", table)}, data={"kind": "listings"})
    assert sent.status_code == 202, sent.text
    return {"import_id": sent.json()["id"]}


async def _kind(_owner: Client) -> Path:
    """Of imports: nobody's."""
    return {"kind": "listings"}


async def _invitation(owner: Client) -> Path:
    inviting = await owner.register()
    person = {**PERSON, "email": owner.user["email"]}
    asked = await created(inviting, f"/organizations/{inviting.organization['id']}/members", {"user": person})
    return {"invitation_id": asked["id"]}


async def _draft_quote(owner: Client) -> Path:
    buyer = await replace(owner, token=None).register("buyer", name="Siêu thị Bên mua")
    open_to_all = {"publish": True, "deadline": None}
    need = await created(buyer, "/needs", example_of(NeedCreate) | open_to_all | {"another": True, "external_id": None})
    goods = {"concept": need["lines"][0]["concept"]["id"], "publish": True}
    listing = await created(
        owner, "/listings", example_of(ListingCreate) | {"another": True, "external_id": None} | goods
    )
    line = {"need_line": need["lines"][0]["id"], "listing": listing["id"], "price_vnd": 29000}
    valid_until = (clock.today() + timedelta(days=7)).isoformat()
    draft = example_of(QuoteCreate) | {"lines": [line], "submit": False, "valid_until": valid_until}
    return {"quote_id": (await created(owner, f"/needs/{need['id']}/quotes", draft))["id"]}


async def _thread(owner: Client) -> Path:
    other = await replace(owner, token=None).register("buyer", name="Siêu thị Nhận thư")
    body = {"text": example_of(ThreadCreate)["text"], "organization": other.organization["id"]}
    return {"thread_id": (await created(owner, "/threads", body))["id"]}


async def _open_name(owner: Client) -> Path:
    await created(
        owner,
        "/listings",
        example_of(ListingCreate) | {"another": True, "external_id": None} | {"title": "Qurbo lá tím", "publish": True},
    )
    sessions = create_sessions(owner.app.state.engine)
    while await follow_once(sessions, names_follower()):
        pass
    async with sessions() as session:
        return {"name_id": str(await session.scalar(select(GoodsName.id)))}


async def _report(owner: Client) -> Path:
    path = await _thread(owner)
    return {"report_id": (await created(owner, f"/threads/{path['thread_id']}/report", {"reason": "spam"}))["id"]}


async def _prove_phone(owner: Client, phone: str = "+84912000111") -> Path:
    """As if the owner had shown the code that was sent to it."""
    async with create_sessions(owner.app.state.engine).begin() as session:
        user = await session.get_one(User, UUID(owner.user["id"]))
        user.phone, user.phone_proved_at = phone, clock.now()
        await record_change(session, SYSTEM, user, verb="prove_contact")
    return await _organization(owner)


async def _short_name(owner: Client) -> Path:
    path = await _prove_phone(owner)
    made = await created(owner, f"/organizations/{path['organization_id']}/short-names", example_of(ShortNameCreate))
    return {**path, "short_name_id": made["id"]}


async def _known_device(owner: Client) -> Path:
    path = await _prove_phone(owner)
    made = await created(owner, f"/organizations/{path['organization_id']}/known-devices", {"name": "Máy bàn"})
    return {**path, "known_device_id": made["id"]}


async def _contact(owner: Client) -> Path:
    return {
        "contact_id": (
            await created(owner, "/me/contacts", {"email": "chu.nha.moi@thu.example", "password": PASSWORD})
        )["id"]
    }


async def _sign_in(owner: Client) -> Path:
    await owner.sign_in(owner.user["email"])
    return {"sign_in_id": (await owner.get("/me/sign-ins")).json()["items"][0]["id"]}


async def _sent_invitation(owner: Client) -> Path:
    path = await _organization(owner)
    sent = await created(owner, f"/organizations/{path['organization_id']}/invitations", BODIES["inviteByLink"])
    return {**path, "sent_invitation_id": sent["id"]}


async def _consent(owner: Client) -> Path:
    return {"consent_id": (await created(owner, "/me/consents", example_of(ConsentGiven)))["id"]}


async def _accepted(owner: Client, who: Client, event_id: str) -> None:
    registration = await created(who, f"/events/{event_id}/registrations", {"delegates_count": 1})
    await owner.post(f"/events/{event_id}/registrations/{registration['id']}/accept")


async def _hall(owner: Client) -> tuple[str, Client]:
    """A public event of the owner, which takes part as a seller, and a buyer there."""
    session = {"name": "Gặp", "kind": "meetings", "on": "2026-12-04", "starts": "08:00", "ends": "09:00"}
    event = await created(owner, "/events", example_of(EventCreate) | {"code": None, "sessions": [session]})
    await owner.post(f"/events/{event['id']}/publish")
    buyer = await replace(owner, token=None).register("buyer", name="Siêu thị Dự hội nghị")
    for who in (owner, buyer):
        await _accepted(owner, who, event["id"])
    return event["id"], buyer


async def _wish(owner: Client) -> Path:
    event_id, buyer = await _hall(owner)
    wish = await created(owner, f"/events/{event_id}/wishes", {"partner": buyer.organization["id"]})
    return {"event_id": event_id, "wish_id": wish["id"]}


async def _meeting(owner: Client) -> Path:
    event_id, buyer = await _hall(owner)
    at = clock.now()
    meeting = Meeting(
        event_id=UUID(event_id),
        seller_id=UUID(owner.organization["id"]),
        buyer_id=UUID(buyer.organization["id"]),
        starts_at=at,
        ends_at=at + timedelta(minutes=20),
        table_number=1,
        weight=1,
    )
    async with create_sessions(owner.app.state.engine).begin() as session:
        await record_change(session, SYSTEM, meeting, verb="create")
        return {"meeting_id": str(meeting.id)}


async def _device(owner: Client) -> Path:
    path = await _draft_event(owner)
    return {**path, "device_id": (await created(owner, f"/events/{path['event_id']}/devices", {"name": "Bàn"}))["id"]}


async def _look_alike(owner: Client) -> Path:
    event_id, _ = await _hall(owner)
    paper = example_of(PaperIn)
    await owner.post(f"/events/{event_id}/agreements/batch", {"items": [paper, paper]})
    aside = (await owner.get(f"/events/{event_id}/desk/duplicates")).json()["items"]
    return {"event_id": event_id, "look_alike_id": aside[0]["id"]}


async def _event_scan(owner: Client) -> Path:
    event_id, _ = await _hall(owner)
    file = ("quet.pdf", b"%PDF-1.7 " + secrets.token_bytes(8))
    answer = await owner.post(f"/events/{event_id}/scans", files=[("files", file)])
    assert answer.status_code == 200, answer.text
    return {"event_id": event_id, "scan_id": answer.json()["items"][0]["scan"]["id"]}


SAMPLES: dict[str, Callable[[Client], Awaitable[Path]]] = {
    "organization_id": _organization,
    "member_id": _member,
    "claim_id": _claim,
    "claim_evidence_id": _claim_evidence,
    "api_key_id": _api_key,
    "programme_id": _programme,
    "code": _problem,
    "webhook_id": _webhook,
    "webhook_delivery_id": _delivery_of_a_webhook,
    "event_id": _draft_event,
    "registration_id": _registration,
    "agreement_id": _draft_agreement,
    "document_id": _scan,
    "delivery_id": _delivery,
    "proposal_id": _proposal,
    "certificate_id": _unverified_certificate,
    "evidence_id": _evidence,
    "listing_id": _draft_listing,
    "lot_id": _lot,
    "test_report_id": _test_report,
    "listing_photo_id": _listing_photo,
    "lot_photo_id": _lot_photo,
    "organization_photo_id": _organization_photo,
    "booth_photo_id": _booth_photo,
    "sha256": _public_picture,
    "upload_id": _photo_upload,
    "need_id": _draft_need,
    "saved_search_id": _saved_search,
    "notification_id": _notification,
    "push_subscription_id": _push_subscription,
    "token": _unsubscribe_link,
    "quote_id": _draft_quote,
    "thread_id": _thread,
    "report_id": _report,
    "file_id": _file,
    "invitation_id": _invitation,
    "name_id": _open_name,
    "import_id": _import,
    "kind": _kind,
    "contact_id": _contact,
    "short_name_id": _short_name,
    "known_device_id": _known_device,
    "sign_in_id": _sign_in,
    "consent_id": _consent,
    "sent_invitation_id": _sent_invitation,
    "wish_id": _wish,
    "meeting_id": _meeting,
    "device_id": _device,
    "look_alike_id": _look_alike,
    "scan_id": _event_scan,
}
"""By the last parameter of a path: makes somebody's private thing, as its owner, and gives the values of the path."""


@dataclass(frozen=True)
class World:
    """People who know nothing of each other, and the private things of one of them."""

    app: Litestar
    owner: Client
    strangers: dict[str, Client]
    officer: Client
    samples: dict[str, Path]
    outsiders: dict[str, Client]
    """Who had, or might seem to have, some business here: former members, suspended ones, addresses not proved."""
    by_pin: Client
    """Staff of the owner's, signed in by a short name and a PIN."""
    key: Client
    """Of the owner, for reference data alone."""


@pytest.fixture(scope="module")
async def world(services: Services, new_database: asyncpg.Connection, catalogue: Catalogue) -> AsyncIterator[World]:
    name = await copied_database(new_database)
    app = create_app(settings_of(services, name, f"{name}_"))
    async with connected(app) as nobody:
        owner = await nobody.register("producer", "buyer", "organizer", name="HTX Chủ nhà")
        strangers = {
            "producer": await nobody.register("producer", name="HTX Người lạ"),
            "buyer": await nobody.register("buyer", name="Siêu thị Người lạ"),
        }
        samples = {last: await make(owner) for last, make in SAMPLES.items()}
        officer = await nobody.officer()
        by_pin = await _by_pin(nobody, owner, "+84912000111", "mai")
        outsiders = await _outsiders(nobody, owner, officer)
        key = await created(owner, "/api-keys", {"name": "chỉ đọc", "scopes": ["reference:read"]})
        only_reads = replace(owner, token=key["token"])
        yield World(app, owner, {"nobody": nobody, **strangers}, officer, samples, outsiders, by_pin, only_reads)
    await close_resources(app)
    await new_database.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def _by_pin(nobody: Client, owner: Client, phone: str, name: str) -> Client:
    """Somebody who shares the telephone of an owner."""
    path = await _prove_phone(owner, phone)
    here, person = f"/organizations/{path['organization_id']}", {"full_name": "Chị Mai", "short_name": name}
    await created(owner, f"{here}/short-names", {**person, "pin": "161803"})
    device = await created(owner, f"{here}/known-devices", {"name": "Điện thoại chung"})
    shown = {"known_device_token": device["known_device_token"], "short_name": name, "pin": "161803"}
    return replace(owner, token=(await nobody.post("/auth/pin", shown)).json()["access_token"])


async def _outsiders(nobody: Client, owner: Client, officer: Client) -> dict[str, Client]:
    former = await added(owner, "manager")
    here = f"/organizations/{owner.organization['id']}"
    assert (await owner.delete(f"{here}/members/{former.member_id}")).status_code == 204
    suspended = await nobody.register("producer", "buyer", name="HTX Bị đình chỉ")
    assert (await officer.post(f"/organizations/{suspended.organization['id']}/suspend")).status_code == 200
    unproved = await nobody.register("producer", name="HTX Gõ địa chỉ")
    await created(owner, f"{here}/invitations", {"email": unproved.user["email"], "role": "manager"})
    elsewhere = await nobody.register("producer", name="HTX Chung máy")
    shared = await _by_pin(nobody, elsewhere, "+84912000222", "tư")
    return {"former": former, "suspended": suspended, "unproved": unproved, "shared telephone": shared}


@asynccontextmanager
async def undone(app: Litestar) -> AsyncIterator[None]:
    """What is asked inside the block leaves no trace."""
    before = app.state.sessions
    async with app.state.engine.connect() as connection:
        transaction = await connection.begin()
        app.state.sessions = async_sessionmaker(
            connection, expire_on_commit=False, autoflush=False, join_transaction_mode="create_savepoint"
        )
        try:
            yield
        finally:
            app.state.sessions = before
            await transaction.rollback()


async def asked(world: World, who: Client, route: Route) -> httpx.Response:
    """The answer to a well-formed request for somebody's private thing."""
    values: Path = {}
    if route.parameters:
        assert route.parameters[-1] in SAMPLES, f"add a private {route.parameters[-1]} to SAMPLES"
        values = world.samples[route.parameters[-1]]
    path = re.sub(r"{(\w+)(?::\w+)?}", lambda found: values[found[1]], route.path)
    path = path.removeprefix("/api/v1")
    caller = replace(who, http=world.owner.http)
    async with undone(world.app):
        return await caller.request(route.method, path, **({} if route.body is None else {"json": route.body}))


@pytest.mark.parametrize("route", [route for route in ROUTES if route.access is not Access.ANYONE], ids=name_of)
async def test_nobody_known_is_asked_to_sign_in(world: World, route: Route) -> None:
    answer = await asked(world, world.strangers["nobody"], route)
    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")


@pytest.mark.parametrize("who", ["nobody", "producer", "buyer"])
@pytest.mark.parametrize("route", OF_SOMEBODY, ids=name_of)
async def test_strangers_reach_nothing_private_of_others(world: World, route: Route, who: str) -> None:
    answer = await asked(world, world.strangers[who], route)
    if route.operation in PUBLIC_READS | BY_LINK:
        assert answer.status_code == 200
        return
    if route.operation in OF_ONES_OWN:
        assert answer.status_code == (401 if who == "nobody" else 200)
        return
    assert answer.status_code != 400, f"give {route.operation} an example in its schema or in BODIES: {answer.text}"
    assert answer.status_code in {401, 403, 404}, answer.text


@pytest.mark.parametrize("route", OF_SOMEBODY, ids=name_of)
async def test_who_left_was_suspended_or_proved_nothing_reaches_nothing(world: World, route: Route) -> None:
    if route.operation in PUBLIC_READS | BY_LINK | OF_ONES_OWN:
        return
    answers = {name: (await asked(world, who, route)).status_code for name, who in world.outsiders.items()}
    assert {name: status for name, status in answers.items() if status not in {401, 403, 404}} == {}


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
async def test_a_key_opens_what_its_scopes_name_and_nothing_else(world: World, route: Route) -> None:
    scope = scope_of(route.handler.opt, method=route.method)
    answer = await asked(world, world.key, route)
    if route.handler.opt.get("ignores_credentials") or scope in {None, "reference:read"}:
        told = answer.text if answer.status_code >= 400 else ""
        assert "keys-are-for-people" not in told
        assert "outside-scopes" not in told
        return
    refused = {"keys-are-for-people"} if scope == PEOPLE else {"outside-scopes", "not-allowed"}
    assert (answer.status_code, answer.json()["code"] in refused) == (403, True), answer.text


FOR_MANAGERS = frozenset(
    {"editOrganization", "addMember", "changeRole", "inviteByLink", "withdrawInvitation", "createApiKey", "listApiKeys"}
    | {"getApiKey", "rotateApiKey", "revokeApiKey", "addShortName", "listShortNames", "setPin", "addKnownDevice"}
    | {"listKnownDevices", "endKnownDevice"}
)


@pytest.mark.parametrize("route", [r for r in ROUTES if r.operation in FOR_MANAGERS], ids=name_of)
async def test_who_shares_a_telephone_manages_nothing(world: World, route: Route) -> None:
    assert (await asked(world, world.by_pin, route)).status_code == 403


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
async def test_who_shares_a_telephone_makes_no_route_fail(world: World, route: Route) -> None:
    answer = await asked(world, world.by_pin, route)
    assert answer.status_code < 500, answer.text


@pytest.mark.parametrize("route", OF_SOMEBODY, ids=name_of)
async def test_the_private_thing_is_there_for_its_owner(world: World, route: Route) -> None:
    """Otherwise the tests above would prove nothing."""
    answer = await asked(world, world.owner, route)
    assert answer.status_code not in {401, 404}, answer.text
    assert answer.status_code < 500, answer.text


@pytest.mark.parametrize("who", ["nobody", "producer", "buyer", "officer"])
@pytest.mark.parametrize("route", ROUTES, ids=name_of)
async def test_no_caller_makes_a_route_fail(world: World, route: Route, who: str) -> None:
    caller = world.officer if who == "officer" else world.strangers[who]
    answer = await asked(world, caller, route)
    assert answer.status_code < 500, answer.text
    if who == "officer":
        assert answer.status_code != 401 or route.operation in {"signIn", "signInByPin", "refreshTokens"}


@pytest.mark.parametrize("who", ["producer", "buyer"])
@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.access in {Access.OFFICER, Access.ADMIN}], ids=name_of
)
async def test_what_is_for_officers_is_not_for_organizations(world: World, route: Route, who: str) -> None:
    assert (await asked(world, world.strangers[who], route)).status_code == 403


@pytest.mark.parametrize("parameter", SAMPLES)
async def test_what_never_was_is_not_found(world: World, parameter: str) -> None:
    """For the owner too: a wrong id is no fault, and tells nothing."""
    reads = [route for route in OF_SOMEBODY if route.parameters[-1] == parameter and route.method == "GET"]
    for route in reads:
        path = re.sub(r"{[^}]+}", f"00000000-0000-7000-8000-{secrets.token_hex(6)}", route.path)
        assert (await world.owner.get(path)).status_code == 404, route.operation
