"""Letters of an account: a link or code to prove who reads a contact, and what people must learn of their account.

The worker makes the link, so that no request waits for it, no answer tells by its time whom it knows, and the queue
holds no secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts import words
from market.accounts.lost_factor import WAIT, may_lose, proved_contacts
from market.accounts.models import ContactKind, SignIn, TokenPurpose, User, UserContact
from market.accounts.one_time import Sealed, asked_too_often, issue
from market.accounts.proving import contacts_to_prove
from market.accounts.recovery import WAIT as SHARED_WAIT
from market.accounts.recovery import Way, may_wait, ways_back
from market.accounts.service import LETTER_JOB
from market.core import clock
from market.core.access import SYSTEM
from market.core.changes import record_change
from market.core.ids import new_id
from market.core.jobs import Job
from market.core.language import Language, Message
from market.core.mail import SendMail, new_message
from market.core.sms import SendSms


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """How letters leave, and what stands in them."""

    mail: SendMail
    sms: SendSms
    sender: str
    public_url: str
    secret: str

    async def send(
        self, *, kind: ContactKind, contact: str, language: Language, subject: Message, text: Message, **places: object
    ) -> None:
        """Hand one letter over.

        Raises:
            MailNotSent, SmsNotSent
        """
        written = text.text(language, **places) if places else text.text(language)
        if kind == "phone":
            await self.sms(contact, written)
            return
        message = new_message()
        message["From"], message["To"] = self.sender, contact
        message["Subject"] = subject.text(language, **places) if places else subject.text(language)
        message["Date"] = format_datetime(clock.now())
        message["Message-ID"] = f"<{new_id()}@{urlsplit(self.public_url).hostname or 'localhost'}>"
        message["Auto-Submitted"] = "auto-generated"
        message["Content-Language"] = language
        message.set_content(written + "\n")
        await self.mail(message)

    def link(self, path: str, sealed: Sealed) -> str:
        """The address that a person follows. Behind #, a token is sent to no server and stands in no log."""
        return f"{self.public_url.rstrip('/')}/{path}#token={sealed.token}"


TOLD: Mapping[str, tuple[Message, Message]] = {
    "password_changed": (words.PASSWORD_SUBJECT, words.PASSWORD_CHANGED),
    "factor_removed": (words.FACTOR_REMOVED_SUBJECT, words.FACTOR_REMOVED),
    "contact_changed": (words.CONTACT_SUBJECT, words.CONTACT_CHANGED),
}
"""What people are told of their account, subject and text."""


def letters_job(post: Post) -> Job:
    """The job that writes `{letter, ...}`."""

    async def run(session: AsyncSession, payload: Mapping[str, Any]) -> None:
        match payload["letter"]:
            case "forgot":
                await _forgot(session, post, payload["identifier"])
            case "welcome":
                for contact in await contacts_to_prove(session, UUID(payload["user"])):
                    await _prove(session, post, contact.id)
            case "prove":
                await _prove(session, post, UUID(payload["contact"]))
            case "new_device":
                device = await session.get_one(SignIn, UUID(payload["sign_in"]))
                user = await session.get_one(User, device.user_id)
                places = {
                    "device": device.device or "?",
                    "at": f"{device.created_at.astimezone(clock.VIETNAM):%H:%M %d/%m/%Y}",
                }
                await _tell(post, user, words.NEW_DEVICE_SUBJECT, words.NEW_DEVICE, **places)
            case "factor_lost":
                await _factor_lost(session, post, UUID(payload["user"]))
            case "contact_replaced":
                user = await session.get_one(User, UUID(payload["user"]))
                subject, text = words.CONTACT_SUBJECT, words.CONTACT_REPLACED
                await post.send(
                    kind=payload["kind"], contact=payload["contact"], language=user.language, subject=subject, text=text
                )
            case told:
                user = await session.get_one(User, UUID(payload["user"]))
                await _tell(post, user, *TOLD[told])

    return Job(LETTER_JOB, run, attempts=6)


async def _forgot(session: AsyncSession, post: Post, identifier: str) -> None:
    ways = await ways_back(session, identifier)
    contacts = {way.contact for way in ways}
    weary = {contact for contact in contacts if await asked_too_often(session, purpose="reset", contact=contact)}
    for way in ways:
        if way.later:
            await _later(session, post, way)
        elif way.contact not in weary:
            sealed = await _issued(session, post, way, purpose="reset")
            subject, text = words.RESET_SUBJECT, words.RESET if way.kind == "email" else words.RESET_SMS
            await _send(post, way, subject, text, link=post.link("password", sealed), code=sealed.code)


async def _later(session: AsyncSession, post: Post, way: Way) -> None:
    """What several people read opens nothing for three days, and the log says so: the organization is told."""
    if not await may_wait(session, way.user):
        return
    at = f"{(clock.now() + SHARED_WAIT).astimezone(clock.VIETNAM):%H:%M %d/%m/%Y}"
    sealed = await _issued(session, post, way, purpose="reset_later")
    await record_change(session, SYSTEM, way.user, verb="ask_reset")
    link = post.link("password", sealed)
    await _send(post, way, words.RESET_SUBJECT, words.RESET_LATER_SMS, link=link, code=sealed.code, at=at)


async def _issued(session: AsyncSession, post: Post, way: Way, *, purpose: TokenPurpose) -> Sealed:
    return await issue(session, post.secret, purpose=purpose, kind=way.kind, contact=way.contact, user_id=way.user.id)


async def _send(post: Post, way: Way, subject: Message, text: Message, **places: object) -> None:
    named = {"name": way.user.full_name, **places}
    await post.send(kind=way.kind, contact=way.contact, language=way.user.language, subject=subject, text=text, **named)


async def _prove(session: AsyncSession, post: Post, contact_id: UUID) -> None:
    contact = await session.get(UserContact, contact_id)
    if contact is None or contact.proved_at is not None:
        return
    if await asked_too_often(session, purpose="prove", contact=contact.value):
        return
    user = await session.get_one(User, contact.user_id)
    sealed = await issue(
        session,
        post.secret,
        purpose="prove",
        kind=contact.kind,
        contact=contact.value,
        user_id=user.id,
        subject_id=contact.id,
    )
    # To somebody who may never have heard of us: no name that another may have typed, and nothing to advertise with.
    text = words.PROVE if contact.kind == "email" else words.PROVE_SMS
    places = {"link": post.link(f"contacts/{contact.id}", sealed), "code": sealed.code}
    await post.send(
        kind=contact.kind,
        contact=contact.value,
        language=user.language,
        subject=words.PROVE_SUBJECT,
        text=text,
        **places,
    )


async def _factor_lost(session: AsyncSession, post: Post, user_id: UUID) -> None:
    """To every contact that is proved: whoever did not ask must hear of it wherever they look."""
    user = await session.get_one(User, user_id)
    if not await may_lose(session, user):
        return
    at = f"{(clock.now() + WAIT).astimezone(clock.VIETNAM):%H:%M %d/%m/%Y}"
    for kind, contact in proved_contacts(user):
        sealed = await issue(session, post.secret, purpose="factor", kind=kind, contact=contact, user_id=user.id)
        text = words.FACTOR_LOST if kind == "email" else words.FACTOR_LOST_SMS
        places = {"link": post.link("second-factor", sealed), "code": sealed.code, "at": at}
        subject = words.FACTOR_LOST_SUBJECT
        await post.send(kind=kind, contact=contact, language=user.language, subject=subject, text=text, **places)


async def _tell(post: Post, user: User, subject: Message, text: Message, **places: object) -> None:
    """By the contact that is proved; the address rather than the phone."""
    if user.deactivated_at is not None:
        return
    if user.email is not None and user.email_proved_at is not None:
        await post.send(kind="email", contact=user.email, language=user.language, subject=subject, text=text, **places)
    elif user.phone is not None and user.phone_proved_at is not None:
        await post.send(kind="phone", contact=user.phone, language=user.language, subject=subject, text=text, **places)
