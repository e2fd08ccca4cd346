"""Sign in, refresh, sign out."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts import service
from market.accounts.schemas import RefreshRequest, SignInRequest, Tokens
from market.core.access import Access, Actor
from market.core.representation import plain

NO_STORE = {"Cache-Control": "no-store"}


@post("/auth/token", operation_id="signIn", access=Access.ANYONE, status_code=200, summary="Sign in by e-mail or phone")
async def sign_in(
    data: JSONBody[SignInRequest], session: NamedDependency[AsyncSession], request: Request[Any, Any, Any]
) -> Response[Tokens]:
    policy = request.app.state.token_policy
    tokens = await service.sign_in(session, policy, identifier=data.identifier, password=data.password)
    return plain(tokens, headers=NO_STORE)


@post("/auth/refresh", operation_id="refreshTokens", access=Access.ANYONE, status_code=200, summary="Next token pair")
async def refresh_tokens(
    data: JSONBody[RefreshRequest], session: NamedDependency[AsyncSession], request: Request[Any, Any, Any]
) -> Response[Tokens]:
    tokens = await service.refresh(session, request.app.state.token_policy, data.refresh_token)
    return plain(tokens, headers=NO_STORE)


@post("/auth/sign-out", operation_id="signOut", access=Access.SIGNED_IN, status_code=204, summary="End this sign-in")
async def sign_out(session: NamedDependency[AsyncSession], actor: NamedDependency[Actor]) -> None:
    await service.sign_out(session, actor)


routes = [sign_in, refresh_tokens, sign_out]
