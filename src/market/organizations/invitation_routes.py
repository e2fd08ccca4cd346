"""Invitations, as the person invited answers them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts import service as accounts
from market.accounts.routes import limit_attempts
from market.core.access import PEOPLE, Access, Actor
from market.core.errors import NotFound
from market.core.pagination import Page, PageQuery, paginate
from market.core.query import query_of
from market.core.representation import plain, trimmed_page
from market.organizations import joining, queries
from market.organizations.answers import invitation_out, user_out
from market.organizations.models import Invitation
from market.organizations.schemas import (
    InvitationAcceptance,
    InvitationCreate,
    InvitationLink,
    InvitationOut,
    Invitations,
    Joined,
)

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]


@get(
    "/me/invitations",
    operation_id="listInvitations",
    access=Access.SIGNED_IN,
    scope=PEOPLE,
    summary="Who asks you to join",
)
async def list_invitations(session: Session, actor: Who) -> Response[Invitations]:
    """Organizations that have asked the caller to join and wait for an answer. All of them at once, without `limit`:
    there are a few.
    """
    found = await session.scalars(queries.own_invitations(actor))
    return plain(Invitations(items=[invitation_out(invitation) for invitation in found]))


@post(
    "/invitations/{invitation_id:uuid}/accept",
    operation_id="acceptInvitation",
    access=Access.SIGNED_IN,
    scope=PEOPLE,
    status_code=200,
    summary="Join the organization",
)
async def accept_invitation(invitation_id: FromPath[UUID], session: Session, actor: Who) -> Response[InvitationOut]:
    """The person who was asked joins with the role that was offered, and may act for the organization at once."""
    invitation = await queries.get_own_invitation(session, actor, invitation_id)
    return plain(invitation_out(await joining.answer_invitation(session, actor, invitation, accepted=True)))


@post(
    "/invitations/{invitation_id:uuid}/decline",
    operation_id="declineInvitation",
    access=Access.SIGNED_IN,
    scope=PEOPLE,
    status_code=200,
    summary="Stay out of the organization",
)
async def decline_invitation(invitation_id: FromPath[UUID], session: Session, actor: Who) -> Response[InvitationOut]:
    """The person who was asked stays out; the organization sees it and may ask again."""
    invitation = await queries.get_own_invitation(session, actor, invitation_id)
    return plain(invitation_out(await joining.answer_invitation(session, actor, invitation, accepted=False)))


@post(
    "/organizations/{organization_id:uuid}/invitations",
    operation_id="inviteByLink",
    access=Access.MEMBER,
    scope=PEOPLE,
    summary="Have a one-time link sent to somebody, who joins with a password of their own",
)
async def invite_by_link(
    organization_id: FromPath[UUID], data: JSONBody[InvitationCreate], session: Session, actor: Who
) -> Response[InvitationOut]:
    """For owners and managers. The link goes to the address or number, works once, and makes whoever follows it a
    member with the role that is given.
    """
    organization = await queries.get_organization(session, actor, organization_id)
    invitation = await joining.invite(session, actor, organization, data)
    invited = await queries.get_invited(session, invitation.id)
    return plain(invitation_out(invited or invitation), status=201)


@get(
    "/organizations/{organization_id:uuid}/invitations",
    operation_id="listOpenInvitations",
    access=Access.SIGNED_IN,
    scope=PEOPLE,
    dependencies={"params": query_of(PageQuery)},
    summary="Whom the organization has asked and who has not answered (for members and officers)",
)
async def list_open_invitations(
    organization_id: FromPath[UUID],
    params: NamedDependency[PageQuery],
    session: Session,
    actor: Who,
    request: Request[Any, Any, Any],
) -> Response[Page[InvitationOut]]:
    """Invitations that wait, with the role offered and until when the link works; withdraw one by its id."""
    await queries.get_organization(session, actor, organization_id)
    rows = queries.open_invitations(actor, organization_id)
    found = await paginate(session, rows, key=Invitation.id, query=params)
    return trimmed_page(request, found.to_page(invitation_out), InvitationOut)


@delete(
    "/organizations/{organization_id:uuid}/invitations/{sent_invitation_id:uuid}",
    operation_id="withdrawInvitation",
    access=Access.MEMBER,
    scope=PEOPLE,
    summary="Take an invitation back",
)
async def withdraw_invitation(
    organization_id: FromPath[UUID], sent_invitation_id: FromPath[UUID], session: Session, actor: Who
) -> None:
    """For owners and managers. The link that was sent opens nothing any more."""
    invitation = await queries.get_invited(session, sent_invitation_id)
    if invitation is None or invitation.organization_id != organization_id or not actor.belongs_to(organization_id):
        raise NotFound
    await joining.withdraw_invitation(session, actor, invitation)


@post(
    "/me/invitations/accept",
    operation_id="acceptByLink",
    access=Access.SIGNED_IN,
    scope=PEOPLE,
    status_code=200,
    summary="Join by the link, as who is signed in",
)
async def accept_by_link(data: JSONBody[InvitationLink], session: Session, actor: Who) -> Response[InvitationOut]:
    """Shows the token of the link, or the code with the address it went to. Becoming owner or manager takes the
    link, or the invited contact proved.
    """
    return plain(invitation_out(await joining.accept_by_link(session, actor, data.token)))


@post(
    "/auth/invitations/accept",
    operation_id="acceptAsNewPerson",
    access=Access.ANYONE,
    hashes=True,
    scope=PEOPLE,
    ignores_credentials=True,
    summary="Join by the link, as somebody new with a password of their own",
)
async def accept_as_new_person(
    data: JSONBody[InvitationAcceptance], session: Session, request: Request[Any, Any, Any]
) -> Response[Joined]:
    """Makes the account and the membership at once and signs the new person in; no password but the chosen one is
    ever known.
    """
    await limit_attempts(request, data.contact or data.token or "", of="invitation")
    policy = request.app.state.token_policy
    invitation, user = await joining.accept_as_new(session, policy.secret, data)
    device = request.headers.get("user-agent")
    tokens = await accounts.open_sign_in(session, policy, user, device=device)
    joined = Joined(invitation=invitation_out(invitation), user=user_out(user), tokens=tokens)
    return plain(joined, status=201, headers={"Cache-Control": "no-store"})


routes = [
    list_invitations,
    accept_invitation,
    decline_invitation,
    invite_by_link,
    list_open_invitations,
    withdraw_invitation,
    accept_by_link,
    accept_as_new_person,
]
