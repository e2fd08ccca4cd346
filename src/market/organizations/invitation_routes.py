"""Invitations, as the person invited answers them."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.representation import plain
from market.organizations import queries, service
from market.organizations.answers import invitation_out
from market.organizations.schemas import InvitationOut, Invitations

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]


@get("/me/invitations", operation_id="listInvitations", access=Access.SIGNED_IN, summary="Who asks you to join")
async def list_invitations(session: Session, actor: Who) -> Response[Invitations]:
    found = await session.scalars(queries.own_invitations(actor))
    return plain(Invitations(items=[invitation_out(invitation) for invitation in found]))


@post(
    "/invitations/{invitation_id:uuid}/accept",
    operation_id="acceptInvitation",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="Join the organization",
)
async def accept_invitation(invitation_id: FromPath[UUID], session: Session, actor: Who) -> Response[InvitationOut]:
    invitation = await queries.get_own_invitation(session, actor, invitation_id)
    return plain(invitation_out(await service.answer_invitation(session, actor, invitation, accepted=True)))


@post(
    "/invitations/{invitation_id:uuid}/decline",
    operation_id="declineInvitation",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="Stay out of the organization",
)
async def decline_invitation(invitation_id: FromPath[UUID], session: Session, actor: Who) -> Response[InvitationOut]:
    invitation = await queries.get_own_invitation(session, actor, invitation_id)
    return plain(invitation_out(await service.answer_invitation(session, actor, invitation, accepted=False)))


routes = [list_invitations, accept_invitation, decline_invitation]
