"""Blocks over HTTP: whom one's own organization is not to be reached by."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.pagination import Page, PageQuery, paginate
from market.core.query import query_of
from market.core.representation import plain, trimmed_page
from market.core.schemas import Answer, Instant
from market.organizations.blocks import queries, service
from market.organizations.blocks.models import Block
from market.organizations.policy import acting_organization
from market.organizations.queries import get_organization

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]


class BlockOut(Answer):
    organization: UUID = Field(description="Who is not to reach yours")
    blocked: bool = Field(description="Whether your organization blocks it now")


class BlockedOrganization(Answer):
    organization: UUID = Field(description="Who is blocked")
    since: Instant = Field(description="When it was blocked last")


def _blocked(row: Block) -> BlockedOrganization:
    return BlockedOrganization(organization=row.blocked_id, since=row.updated_at)


@get(
    "/blocks",
    operation_id="listBlocks",
    access=Access.MEMBER,
    dependencies={"params": query_of(PageQuery)},
    summary="Whom your organization blocks, newest first",
)
async def list_blocks(
    params: NamedDependency[PageQuery], session: Session, actor: Who, request: AnyRequest
) -> Response[Page[BlockedOrganization]]:
    """For members; nobody else reads it."""
    rows = queries.blocks_of(acting_organization(actor))
    found = await paginate(session, rows, key=Block.id, query=params)
    return trimmed_page(request, found.to_page(_blocked), BlockedOrganization)


@post(
    "/organizations/{organization_id:uuid}/block",
    operation_id="blockOrganization",
    access=Access.MEMBER,
    status_code=200,
    summary="Hear no more of an organization: no messages, quotes, wishes to meet, papers or matches",
)
async def block_organization(organization_id: FromPath[UUID], session: Session, actor: Who) -> Response[BlockOut]:
    """For members, of any other organization. What it tries is refused with `blocked`; matches and suggestions leave
    the two out for each other. Papers that both agreed on go on, with their deliveries and news.
    """
    other = await get_organization(session, actor, organization_id)
    await service.block(session, actor, acting_organization(actor), other.id)
    return plain(BlockOut(organization=other.id, blocked=True))


@post(
    "/organizations/{organization_id:uuid}/unblock",
    operation_id="unblockOrganization",
    access=Access.MEMBER,
    status_code=200,
    summary="Let an organization reach yours again",
)
async def unblock_organization(organization_id: FromPath[UUID], session: Session, actor: Who) -> Response[BlockOut]:
    """For members of the organization that blocked; nothing happens where it had not."""
    await service.unblock(session, actor, acting_organization(actor), organization_id)
    return plain(BlockOut(organization=organization_id, blocked=False))


routes = [list_blocks, block_organization, unblock_organization]
