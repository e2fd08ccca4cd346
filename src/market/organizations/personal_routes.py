"""What the market knows of the person who asks: to read, to take along, to erase. For people, never for keys."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from pydantic import ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.proving_again import proved_again
from market.accounts.routes import limit_attempts
from market.accounts.schemas import PasswordOnly
from market.accounts.service import user_id_of
from market.core.access import PEOPLE, Access, Actor
from market.core.language import preferred_language
from market.core.representation import plain
from market.core.schemas import Answer, Instant, Schema
from market.organizations import personal
from market.organizations.privacy_notice import TEXT, VERSION

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]


class PrivacyNotice(Answer):
    version: str
    text: str


class ConsentGiven(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"notice": VERSION}]})

    notice: Literal["2026-11"] = Field(description="The version that was read")


class ConsentOut(Answer):
    id: UUID
    notice: str
    created_at: Instant
    withdrawn_at: Instant | None


class Consents(Answer):
    items: list[ConsentOut]


class ContactReadingOut(Answer):
    """Somebody read contacts of an organization of yours, or telephones of its delegates at an event."""

    at: Instant
    reader_id: UUID
    reader_organization_id: UUID | None
    organization_id: UUID
    what: str
    about_id: UUID | None = Field(description="The event, where delegates were shown")


class ContactReadings(Answer):
    items: list[ContactReadingOut]


@get("/privacy-notice", operation_id="getPrivacyNotice", access=Access.ANYONE, summary="What is kept, why and how long")
async def get_privacy_notice(request: AnyRequest) -> Response[PrivacyNotice]:
    """The notice in force, in both languages, with its version; agree to that version at `/me/consents`."""
    language = preferred_language(request.headers.get("accept-language"))
    return plain(PrivacyNotice(version=VERSION, text=TEXT.text(language)))


@get("/me/consents", operation_id="listConsents", access=Access.SIGNED_IN, scope=PEOPLE, summary="What you agreed to")
async def list_consents(session: Session, actor: Who) -> Response[Consents]:
    """Each consent with the version of the notice and when it was given or taken back. All at once, without `limit`:
    one for each version.
    """
    return plain(Consents(items=[ConsentOut.model_validate(one) for one in await personal.consents_of(session, actor)]))


@post("/me/consents", operation_id="giveConsent", access=Access.SIGNED_IN, scope=PEOPLE, summary="Agree to the notice")
async def give_consent(data: JSONBody[ConsentGiven], session: Session, actor: Who) -> Response[ConsentOut]:
    """Agrees to the version of the notice that is named, which must be the one in force."""
    given = await personal.consent(session, actor, notice=data.notice, user_id=user_id_of(actor))
    return plain(ConsentOut.model_validate(given), status=201)


@post(
    "/me/consents/{consent_id:uuid}/withdraw",
    operation_id="withdrawConsent",
    access=Access.SIGNED_IN,
    scope=PEOPLE,
    status_code=200,
    summary="Take a consent back",
)
async def withdraw_consent(consent_id: FromPath[UUID], session: Session, actor: Who) -> Response[ConsentOut]:
    """Holds from now on; what was done while it stood stays lawful. It may be given again."""
    return plain(ConsentOut.model_validate(await personal.withdraw_consent(session, actor, consent_id)))


@get(
    "/me/contact-readings",
    operation_id="listContactReadings",
    access=Access.SIGNED_IN,
    scope=PEOPLE,
    summary="Who read the contacts of your organizations, and of their delegates at events",
)
async def list_contact_readings(session: Session, actor: Who) -> Response[ContactReadings]:
    """When an officer read contacts of your organizations, and who it was. The latest 200, without `limit`."""
    found = await personal.readings_of(session, actor)
    return plain(ContactReadings(items=[ContactReadingOut.model_validate(one) for one in found]))


@get(
    "/me/export",
    operation_id="exportMe",
    access=Access.SIGNED_IN,
    scope=PEOPLE,
    answers=("application/zip",),
    summary="Everything about you, as a ZIP of JSON files",
)
async def export_me(session: Session, actor: Who) -> Response[bytes]:
    """Every row that names you, without secrets: profile, memberships, sign-ins, consents, what you changed; made
    while you wait.
    """
    packed = await personal.export_of(session, user_id_of(actor))
    headers = {"Content-Disposition": 'attachment; filename="market-export.zip"', "Cache-Control": "no-store"}
    return Response(packed, media_type="application/zip", headers=headers)


@delete(
    "/me",
    operation_id="eraseMe",
    access=Access.SIGNED_IN,
    scope=PEOPLE,
    summary="Erase yourself, by your password; what you signed stays under an id without a name",
)
async def erase_me(data: JSONBody[PasswordOnly], session: Session, actor: Who, request: AnyRequest) -> None:
    """Takes your name, contacts and sign-ins away for good, once the password is right. Papers keep an id in their
    place; an organization with other members needs another owner first.
    """
    await limit_attempts(request, str(actor.user_id))
    await personal.erase(session, actor, await proved_again(session, actor, data.password))


routes = [
    get_privacy_notice,
    list_consents,
    give_consent,
    withdraw_consent,
    list_contact_readings,
    export_me,
    erase_me,
]
