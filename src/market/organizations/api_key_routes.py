"""API keys of the organization acted for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.models import ApiKey
from market.core.access import Access, Actor
from market.core.pagination import Page, PageQuery, paginate
from market.core.query import query_of
from market.core.representation import plain, trimmed_page
from market.organizations import api_keys
from market.organizations.schemas import ApiKeyCreate, ApiKeyMade, ApiKeyOut, ApiKeyRotation


@post(
    "/api-keys", operation_id="createApiKey", access=Access.MEMBER, summary="Make a key; its token is shown this once"
)
async def create_api_key(
    data: JSONBody[ApiKeyCreate], session: NamedDependency[AsyncSession], actor: NamedDependency[Actor]
) -> Response[ApiKeyMade]:
    """For owners and managers. A key acts as its maker for this organization, within its scopes and until its last
    day; a year where none is given.
    """
    key, token = await api_keys.create_api_key(session, actor, data)
    return _made(key, token)


def _made(key: ApiKey, token: str) -> Response[ApiKeyMade]:
    made = ApiKeyMade(**ApiKeyOut.model_validate(key).model_dump(), token=token)
    return plain(made, status=201, headers={"Location": f"/api/v1/api-keys/{key.id}", "Cache-Control": "no-store"})


@post(
    "/api-keys/{api_key_id:uuid}/rotate",
    operation_id="rotateApiKey",
    access=Access.MEMBER,
    summary="A new key with the same scopes; the old one goes on for a while",
)
async def rotate_api_key(
    api_key_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    actor: NamedDependency[Actor],
    data: JSONBody[ApiKeyRotation | None] = None,
) -> Response[ApiKeyMade]:
    """For owners and managers. Put the new token in place while both work; the old one stops by itself."""
    overlap = timedelta(hours=(data or ApiKeyRotation()).overlap_hours)
    key, token = await api_keys.rotate_api_key(session, actor, api_key_id, overlap=overlap)
    return _made(key, token)


@get(
    "/api-keys",
    operation_id="listApiKeys",
    access=Access.MEMBER,
    dependencies={"params": query_of(PageQuery)},
    summary="The keys that still open something, newest first",
)
async def list_api_keys(
    params: NamedDependency[PageQuery],
    session: NamedDependency[AsyncSession],
    actor: NamedDependency[Actor],
    request: Request[Any, Any, Any],
) -> Response[Page[ApiKeyOut]]:
    """For owners and managers of the organization acted for; with scopes, last day and last use."""
    found = await paginate(session, api_keys.keys_of(actor), key=ApiKey.id, query=params)
    return trimmed_page(request, found.to_page(ApiKeyOut.model_validate), ApiKeyOut)


@get(
    "/api-keys/{api_key_id:uuid}", operation_id="getApiKey", access=Access.MEMBER, summary="One key, without its token"
)
async def get_api_key(
    api_key_id: FromPath[UUID], session: NamedDependency[AsyncSession], actor: NamedDependency[Actor]
) -> Response[ApiKeyOut]:
    """For owners and managers; with scopes, last day and last use."""
    return plain(ApiKeyOut.model_validate(await api_keys.get_api_key(session, actor, api_key_id)))


@delete("/api-keys/{api_key_id:uuid}", operation_id="revokeApiKey", access=Access.MEMBER, summary="Revoke a key")
async def revoke_api_key(
    api_key_id: FromPath[UUID], session: NamedDependency[AsyncSession], actor: NamedDependency[Actor]
) -> None:
    """For owners and managers. The key opens nothing from the next request on."""
    await api_keys.revoke_api_key(session, actor, api_key_id)


routes = [create_api_key, rotate_api_key, list_api_keys, get_api_key, revoke_api_key]
