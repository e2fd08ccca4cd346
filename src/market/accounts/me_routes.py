"""The person who asks: password, name, contacts, devices, second factor. For people, never for keys."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pyotp
from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts import lost_factor, proving, recovery, second_factor, sign_ins, words
from market.accounts.models import User, UserContact
from market.accounts.proving_again import proved_again
from market.accounts.routes import NO_STORE, limit_attempts
from market.accounts.schemas import (
    ContactAdd,
    ContactOut,
    ContactProof,
    Contacts,
    FactorLost,
    FactorRemoval,
    ForgottenPassword,
    LetterAsked,
    PasswordChange,
    PasswordOnly,
    PasswordReset,
    PersonUpdate,
    RecoveryCodes,
    SecondFactorCode,
    SecondFactorStarted,
    SignInOut,
    SignIns,
    UserOut,
)
from market.accounts.service import user_id_of
from market.core.access import PEOPLE, Access, Actor
from market.core.changes import record_change
from market.core.language import preferred_language
from market.core.representation import plain, require_match, single

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]


@post(
    "/auth/forgot",
    operation_id="forgotPassword",
    access=Access.ANYONE,
    scope=PEOPLE,
    ignores_credentials=True,
    status_code=202,
    summary="Have a link and a code for a new password sent; the answer is the same whoever it is",
)
async def forgot_password(
    data: JSONBody[ForgottenPassword], session: Session, request: AnyRequest
) -> Response[LetterAsked]:
    """A link and a code go to the address or number if somebody has it; use one of them with `/auth/reset`. Who asks
    learns nothing of whether that is so. Of a telephone on which people sign in by PIN, whoever has proved an e-mail
    address is written to there: everybody in the house reads the other. Who has none gets a code by SMS that opens
    the account after three days; the organization is told, and its owner calls it off by signing in.
    """
    await limit_attempts(request, data.identifier, of="forgotten")
    await recovery.ask(session, data.identifier)
    language = preferred_language(request.headers.get("accept-language"))
    return plain(LetterAsked(detail=words.ASKED.text(language)), status=202)


@post(
    "/auth/reset",
    operation_id="resetPassword",
    access=Access.ANYONE,
    hashes=True,
    scope=PEOPLE,
    ignores_credentials=True,
    status_code=204,
    summary="Set a new password by the link or code; every sign-in ends",
)
async def reset_password(data: JSONBody[PasswordReset], session: Session, request: AnyRequest) -> None:
    """Shows the link's token, or the code with the address it went to, and the new password. Sign in with it
    afterwards; every device is signed out.
    """
    await limit_attempts(request, data.identifier or data.token or "", of="code")
    await recovery.reset_password(session, _secret(request), data)


@post(
    "/auth/second-factor/lost",
    operation_id="loseSecondFactor",
    access=Access.ANYONE,
    hashes=True,
    scope=PEOPLE,
    ignores_credentials=True,
    status_code=202,
    summary="Authenticator and recovery codes are lost: have a link sent that works in three days (not for officers)",
)
async def lose_second_factor(
    data: JSONBody[FactorLost], session: Session, request: AnyRequest
) -> Response[LetterAsked]:
    """Asks by the password; the link that is sent works after three days, and any sign-in with the second factor
    calls it off. Officers ask whoever runs the market.
    """
    await limit_attempts(request, data.identifier)
    await lost_factor.ask(session, identifier=data.identifier, password=data.password)
    language = preferred_language(request.headers.get("accept-language"))
    return plain(LetterAsked(detail=words.ASKED.text(language)), status=202)


@post(
    "/auth/second-factor/remove",
    operation_id="removeLostSecondFactor",
    access=Access.ANYONE,
    scope=PEOPLE,
    ignores_credentials=True,
    status_code=204,
    summary="Take a lost second factor off by the link or code, three days after it was asked for",
)
async def remove_lost_second_factor(data: JSONBody[FactorRemoval], session: Session, request: AnyRequest) -> None:
    """Shows the token or code of `/auth/second-factor/lost` once the three days are over. Every sign-in ends, and
    the password alone signs in.
    """
    await limit_attempts(request, data.identifier or data.token or "", of="factor code")
    await lost_factor.remove(session, _secret(request), data)


@delete(
    "/me/password-reset",
    operation_id="callOffReset",
    access=Access.SIGNED_IN,
    scope=PEOPLE,
    summary="It was not you who asked for a new password: what was sent for it opens nothing any more",
)
async def call_off_reset(session: Session, actor: Who) -> None:
    """For who is still signed in somewhere, while the code that went to a shared telephone waits for its three days.
    Nothing else changes; where nothing waits, nothing is done.
    """
    await recovery.call_off_resets(session, actor)


def _secret(request: AnyRequest) -> str:
    secret: str = request.app.state.token_policy.secret
    return secret


async def _me(session: AsyncSession, actor: Actor, *, lock: bool = False) -> User:
    return await session.get_one(User, user_id_of(actor), with_for_update=lock)


@patch("/me", operation_id="editMe", access=Access.SIGNED_IN, scope=PEOPLE, summary="Change name or language")
async def edit_me(data: JSONBody[PersonUpdate], session: Session, actor: Who, request: AnyRequest) -> Response[UserOut]:
    """Changes only what is sent. The language is that of mails and of answers without `Accept-Language`."""
    user = await _me(session, actor, lock=True)
    require_match(request, user.version)
    for name, value in data.model_dump(exclude_unset=True, exclude_none=True).items():
        setattr(user, name, value)
    await record_change(session, actor, user, verb="edit")
    return single(request, UserOut.model_validate(user), version=user.version)


@post(
    "/me/password",
    operation_id="changePassword",
    access=Access.SIGNED_IN,
    scope=PEOPLE,
    status_code=204,
    summary="Change the password by the old one; every other sign-in ends",
)
async def change_password(data: JSONBody[PasswordChange], session: Session, actor: Who, request: AnyRequest) -> None:
    """The old password must be right; every other device is signed out, and this one stays."""
    await limit_attempts(request, str(actor.user_id))
    await recovery.change_password(session, actor, data)


@get(
    "/me/contacts",
    operation_id="listContacts",
    access=Access.SIGNED_IN,
    scope=PEOPLE,
    summary="The contacts that are to be proved, and those that were",
)
async def list_contacts(session: Session, actor: Who) -> Response[Contacts]:
    """Every address and number of yours with whether it is proved. All of them at once, without `limit`: a person
    has a few.
    """
    found = await proving.own_contacts(session, actor)
    return plain(Contacts(items=[ContactOut.model_validate(contact) for contact in found]))


@post(
    "/me/contacts",
    operation_id="addContact",
    access=Access.SIGNED_IN,
    scope=PEOPLE,
    summary="Have a link and code sent to an address or number, to prove it",
)
async def add_contact(
    data: JSONBody[ContactAdd], session: Session, actor: Who, request: AnyRequest
) -> Response[ContactOut]:
    """The password is asked for again, because a contact opens the account. The contact counts from when the link or
    code is shown to `.../prove`.
    """
    if data.password is not None:
        await limit_attempts(request, str(actor.user_id))
    await proving.require_owner(session, actor, data)
    contact = await proving.add_contact(session, actor, data)
    return plain(_contact_out(contact), status=201)


def _contact_out(contact: UserContact) -> ContactOut:
    return ContactOut.model_validate(contact)


@post(
    "/me/contacts/{contact_id:uuid}/prove",
    operation_id="proveContact",
    access=Access.SIGNED_IN,
    scope=PEOPLE,
    status_code=200,
    summary="Prove a contact by the link or code; it becomes yours alone",
)
async def prove_contact(
    contact_id: FromPath[UUID], data: JSONBody[ContactProof], session: Session, actor: Who, request: AnyRequest
) -> Response[ContactOut]:
    """Shows the token or code that was sent. The contact is then yours alone: it signs in, receives mail, and others
    who typed it lose it.
    """
    contact = await proving.get_own_contact(session, actor, contact_id)
    proved = await proving.prove_contact(session, _secret(request), actor=actor, contact=contact, proof=data)
    return plain(_contact_out(proved))


@get(
    "/me/sign-ins",
    operation_id="listSignIns",
    access=Access.SIGNED_IN,
    scope=PEOPLE,
    summary="The devices that are signed in, newest first",
)
async def list_sign_ins(session: Session, actor: Who) -> Response[SignIns]:
    """Each device with when it signed in and was last seen. All of them at once, without `limit`: sign-ins end by
    themselves.
    """
    found = await sign_ins.own_sign_ins(session, actor)
    items = [
        SignInOut.model_validate(
            {**{name: getattr(one, name) for name in SignInOut.model_fields if name != "current"}}
            | {"current": one.id == actor.credential_id}
        )
        for one in found
    ]
    return plain(SignIns(items=items))


@delete(
    "/me/sign-ins/{sign_in_id:uuid}",
    operation_id="endSignIn",
    access=Access.SIGNED_IN,
    scope=PEOPLE,
    summary="Sign a device out",
)
async def end_sign_in(sign_in_id: FromPath[UUID], session: Session, actor: Who) -> None:
    """Its access and refresh tokens stop working at once; for a device that was lost."""
    await sign_ins.end_own_sign_in(session, actor, sign_in_id)


@delete(
    "/me/sign-ins",
    operation_id="endOtherSignIns",
    access=Access.SIGNED_IN,
    scope=PEOPLE,
    summary="Sign every other device out",
)
async def end_other_sign_ins(session: Session, actor: Who) -> None:
    """Every token but those of this sign-in stops working at once."""
    await sign_ins.end_sign_ins(
        session, actor, user_id=user_id_of(actor), because="ended by the person", but=actor.credential_id
    )


@post(
    "/me/second-factor",
    operation_id="startSecondFactor",
    access=Access.SIGNED_IN,
    scope=PEOPLE,
    summary="Begin with an authenticator; the secret is shown this once",
)
async def start_second_factor(
    data: JSONBody[PasswordOnly], session: Session, actor: Who, request: AnyRequest
) -> Response[SecondFactorStarted]:
    """The password is asked for. Put the secret into an authenticator and show a code of it to `.../confirm`;
    nothing is asked for at sign-in before that.
    """
    await limit_attempts(request, str(actor.user_id))
    user = await proved_again(session, actor, data.password)
    shown = await second_factor.start(session, _secret(request), actor=actor, user=user)
    uri = pyotp.TOTP(shown).provisioning_uri(name=user.email or user.phone or "", issuer_name="Market")
    return plain(SecondFactorStarted(secret=shown, uri=uri), status=201, headers=NO_STORE)


@post(
    "/me/second-factor/confirm",
    operation_id="confirmSecondFactor",
    access=Access.SIGNED_IN,
    scope=PEOPLE,
    status_code=200,
    summary="Put the authenticator in force by a code of it; recovery codes are shown this once",
)
async def confirm_second_factor(
    data: JSONBody[SecondFactorCode], session: Session, actor: Who, request: AnyRequest
) -> Response[RecoveryCodes]:
    """From now on a sign-in asks for a code. Keep the recovery codes: each works once in place of a code."""
    await limit_attempts(request, str(actor.user_id))
    user = await _me(session, actor, lock=True)
    codes = await second_factor.confirm(session, _secret(request), actor=actor, user=user, code=data.code)
    await sign_ins.end_sign_ins(
        session, actor, user_id=user.id, because="second factor confirmed", but=actor.credential_id
    )
    return plain(RecoveryCodes(codes=codes), headers=NO_STORE)


routes = [
    forgot_password,
    reset_password,
    lose_second_factor,
    remove_lost_second_factor,
    call_off_reset,
    edit_me,
    change_password,
    list_contacts,
    add_contact,
    prove_contact,
    list_sign_ins,
    end_sign_in,
    end_other_sign_ins,
    start_second_factor,
    confirm_second_factor,
]
