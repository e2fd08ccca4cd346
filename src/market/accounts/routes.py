"""Sign in, refresh, sign out."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts import service
from market.accounts.contacts import normalize_identifier
from market.accounts.credentials import issue_device_token, read_device_token
from market.accounts.schemas import RefreshRequest, SignInRequest, Tokens
from market.core.access import Access, Actor
from market.core.deadline import refuse_slowly
from market.core.representation import plain
from market.core.requests import client_address

NO_STORE = {"Cache-Control": "no-store"}


@post(
    "/auth/token",
    operation_id="signIn",
    access=Access.ANYONE,
    hashes=True,
    ignores_credentials=True,
    status_code=200,
    summary="Sign in by e-mail or phone",
)
async def sign_in(
    data: JSONBody[SignInRequest], session: NamedDependency[AsyncSession], request: Request[Any, Any, Any]
) -> Response[Tokens]:
    """Answers an access token for the `Authorization` header and a refresh token for the next pair. Who has a second
    factor is asked for it by a 401; wrong passwords are answered slowly and counted.
    """
    policy = request.app.state.token_policy
    account = _one_spelling(data.identifier)
    known = read_device_token(policy.secret, data.device_token, account=account)
    await limit_attempts(request, data.identifier, device=known)
    shown = service.Shown(
        identifier=data.identifier,
        password=data.password,
        second_factor=data.second_factor,
        device=request.headers.get("user-agent"),
    )
    tokens = await service.sign_in(session, policy, shown)
    request.app.state.sign_in_attempts.right(address=_address(request), account=account, device=known)
    remembered = data.device_token if known else issue_device_token(policy.secret, account=account)
    return plain(tokens.model_copy(update={"device_token": remembered}), headers=NO_STORE)


def _address(request: Request[Any, Any, Any]) -> str:
    return client_address(request.scope, trusted_proxies=request.app.state.settings.trusted_proxies)


async def limit_attempts(
    request: Request[Any, Any, Any], identifier: str, *, of: str = "", device: str | None = None
) -> None:
    """Slow down whoever tries passwords on one account from one address, or from many, or on many accounts.

    Args:
        identifier: what is tried: an account, or a link, which then is limited by itself: nobody else's are.
        of: what is tried when it is no password. It counts apart, so that a flood of wrong passwords does not keep
            anybody from the way that is left, a code or link.
        device: the number of a device on which the account was signed in before.

    Raises:
        TooManyRequests: too many within a minute.
    """
    refuse_slowly(request.scope)
    state = request.app.state
    account = f"{of} {_one_spelling(identifier)}".strip()
    await state.sign_in_attempts.require(state.sessions, address=_address(request), account=account, device=device)


def _one_spelling(identifier: str) -> str:
    """A number is one account's however it is typed, and so is what nobody could sign in with."""
    try:
        return normalize_identifier(identifier.strip())
    except ValueError:
        return identifier.strip().casefold()


@post(
    "/auth/refresh",
    operation_id="refreshTokens",
    access=Access.ANYONE,
    ignores_credentials=True,
    status_code=200,
    summary="Next token pair",
)
async def refresh_tokens(
    data: JSONBody[RefreshRequest], session: NamedDependency[AsyncSession], request: Request[Any, Any, Any]
) -> Response[Tokens]:
    """Exchanges a refresh token, which is good once, for new access and refresh tokens. Shown twice, it ends the
    whole sign-in, since somebody else may have it.
    """
    tokens = await service.refresh(session, request.app.state.token_policy, data.refresh_token)
    return plain(tokens, headers=NO_STORE)


@post("/auth/sign-out", operation_id="signOut", access=Access.SIGNED_IN, status_code=204, summary="End this sign-in")
async def sign_out(session: NamedDependency[AsyncSession], actor: NamedDependency[Actor]) -> None:
    """The access and refresh tokens of this sign-in stop working at once; other devices stay signed in."""
    await service.sign_out(session, actor)


routes = [sign_in, refresh_tokens, sign_out]
