"""Registration, who I am, organizations and their members."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts import service as accounts
from market.accounts.models import User
from market.accounts.routes import limit_attempts
from market.core.access import PEOPLE, Access, Actor
from market.core.errors import NotFound
from market.core.pagination import Page, PageQuery, paginate
from market.core.query import query_of
from market.core.representation import Encoded, encoded_single, plain, require_match, single, trimmed_page
from market.core.stored_answers import Made, StoredAnswers
from market.core.transaction import provide_actor, provide_reader, provide_session
from market.organizations import personal, policy, queries, service
from market.organizations.answers import member_out, organization_out, user_out
from market.organizations.claims.schemas import OrganizationVerification
from market.organizations.models import Organization, OrganizationMember
from market.organizations.schemas import (
    Me,
    MemberCreate,
    MemberOut,
    MembershipOut,
    MemberUpdate,
    OrganizationCreate,
    OrganizationOut,
    OrganizationQuery,
    OrganizationUpdate,
    Registered,
    RegistrationRequest,
)
from market.photos.addresses import signed_step
from market.reference.catalogue import Catalogue
from market.reference.types import remembered

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
Reference = NamedDependency[Catalogue]
AnyRequest = Request[Any, Any, Any]

_stored = StoredAnswers()


@post(
    "/auth/register",
    operation_id="register",
    access=Access.ANYONE,
    hashes=True,
    scope=PEOPLE,
    summary="Register an organization and its owner",
)
async def register(
    data: JSONBody[RegistrationRequest], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[Registered]:
    """Makes the organization, unverified, and a person who owns it, and signs that person in. Kinds that are only
    granted (organizer, authority) wait for an officer; a contact that is taken is said so.
    """
    await limit_attempts(request, data.user.email or data.user.phone or "")
    organization, user = await service.register(session, actor, data)
    device = request.headers.get("user-agent")
    tokens = await accounts.open_sign_in(session, request.app.state.token_policy, user, device=device)
    owner = service.acting_owner(user, organization)
    answer = Registered(
        organization=organization_out(organization, actor=owner, catalogue=catalogue),
        user=user_out(user),
        tokens=tokens,
    )
    location = f"/api/v1/organizations/{organization.id}"
    return plain(answer, status=201, headers={"Location": location, "Cache-Control": "no-store"})


@get("/me", operation_id="getMe", access=Access.SIGNED_IN, summary="Who is signed in, and for whom they act")
async def get_me(session: Session, actor: Who, catalogue: Reference, request: AnyRequest) -> Response[Me]:
    """The person, their organizations with their role in each, and which of them this request acts for."""
    user = await session.get_one(User, accounts.user_id_of(actor))
    memberships = [
        MembershipOut(organization=organization_out(m.organization, actor=actor, catalogue=catalogue), role=m.role)
        for m in await queries.memberships_of(session, user.id)
        if actor.kind == "user" or actor.belongs_to(m.organization_id)
    ]
    me = Me(user=user_out(user), memberships=memberships, acting_for=actor.organization_id)
    return single(request, me, version=user.version)


@get(
    "/organizations",
    operation_id="listOrganizations",
    access=Access.ANYONE,
    dependencies={"params": query_of(OrganizationQuery)},
    summary="Organizations, newest first",
)
async def list_organizations(
    params: NamedDependency[OrganizationQuery], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[Page[OrganizationOut]]:
    """Organizations that trade at present, by kind or name; members find their own too and officers all. Of a name
    the verified come first. Contacts are for members and officers.
    """
    rows = queries.organizations_like(actor, kind=params.kind, text=params.q, verification=params.verification)
    verified = Organization.verification == "verified" if params.q else None
    found = await paginate(session, rows, key=Organization.id, query=params, first=verified)
    await personal.note_reading(session, actor, found.rows, what="list")
    page = found.to_page(lambda row: organization_out(row, actor=actor, catalogue=catalogue))
    return trimmed_page(request, page, OrganizationOut)


@post("/organizations", operation_id="createOrganization", access=Access.OFFICER, summary="Record an organization")
async def create_organization(
    data: JSONBody[OrganizationCreate], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[OrganizationOut]:
    """For one that does not register itself. Its kinds are granted with it, organizer and authority too; who it is
    must still be verified.
    """
    organization = await service.create_organization(session, actor, data, granted=True)
    return _answer(request, organization, actor, catalogue, status=201)


def _answer(
    request: AnyRequest, organization: Organization, actor: Actor, catalogue: Catalogue, *, status: int = 200
) -> Response[OrganizationOut]:
    model = organization_out(organization, actor=actor, catalogue=catalogue)
    location = f"/api/v1/organizations/{organization.id}" if status == 201 else None
    return single(request, model, version=organization.version, status=status, location=location)


@get(
    "/organizations/{organization_id:uuid}",
    operation_id="getOrganization",
    access=Access.ANYONE,
    summary="One organization",
)
async def get_organization(organization_id: FromPath[UUID], request: AnyRequest) -> Response[OrganizationOut]:
    # By hand, as listings: this is as hot.
    """What it is, where, and what an officer has verified. Members and officers also see its contact; who read a
    person's contact is written down.
    """
    actor, catalogue = provide_actor(request.scope), remembered()

    async def make() -> Made:
        session = provide_session(request.scope)
        organization = await queries.get_organization(session, actor, organization_id)
        await personal.note_reading(session, actor, [organization], what="organization")
        model = organization_out(organization, actor=actor, catalogue=catalogue)
        return Encoded.of(model, version=organization.version), organization.version

    if actor.is_officer:  # what they read is written down each time
        encoded, version = await make()
    else:
        values = {"id": organization_id, "user_id": actor.user_id}
        also = (catalogue, actor.belongs_to(organization_id), signed_step())
        reader, proof = provide_reader(request.scope), queries.organization_proof
        encoded, version = await _stored.answer(reader, proof, values=values, also=also, make=make)
    return encoded_single(request, encoded, OrganizationOut, version=version)


@patch("/organizations/{organization_id:uuid}", operation_id="editOrganization", access=Access.MEMBER, summary="Edit")
async def edit_organization(
    organization_id: FromPath[UUID],
    data: JSONBody[OrganizationUpdate],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
) -> Response[OrganizationOut]:
    """For owners and managers; only what is sent changes. Another name, tax code, legal form or province must be
    verified again, and suspends what stood on it.
    """
    organization = await queries.get_organization(session, actor, organization_id, lock=True)
    require_match(request, organization.version)
    dependents = request.app.state.identity_dependents
    await service.edit_organization(session, actor, organization, data, dependents=dependents)
    return _answer(request, organization, actor, catalogue)


@post(
    "/organizations/{organization_id:uuid}/verify",
    operation_id="verifyOrganization",
    access=Access.OFFICER,
    status_code=200,
    summary="Verify who an organization says it is, or refuse to; its kinds are claims of their own",
)
async def verify_organization(
    organization_id: FromPath[UUID],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
    data: JSONBody[OrganizationVerification | None] = None,
) -> Response[OrganizationOut]:
    """For an officer who is not of it and has looked at a file that is attached to the claim, or says what else
    (`looked_at`), with a note that it is told; with neither, the claim shows that nothing was named. What stands on
    an identity, such as certificates, can be verified from then on. Asked again it begins a new term.
    """
    organization = await queries.get_organization(session, actor, organization_id, lock=True)
    require_match(request, organization.version)
    await service.verify_organization(
        session,
        actor,
        organization,
        data or OrganizationVerification(),
        dependents=request.app.state.identity_dependents,
    )
    return _answer(request, organization, actor, catalogue)


@post(
    "/organizations/{organization_id:uuid}/suspend",
    operation_id="suspendOrganization",
    access=Access.OFFICER,
    status_code=200,
    summary="Take an organization and all it offers out of sight",
)
async def suspend_organization(
    organization_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[OrganizationOut]:
    """For an officer of elsewhere. Its listings and needs are found no more until it is restored; nothing is
    deleted.
    """
    organization = await queries.get_organization(session, actor, organization_id, lock=True)
    await service.set_suspended(session, actor, organization, suspended=True)
    return _answer(request, organization, actor, catalogue)


@post(
    "/organizations/{organization_id:uuid}/restore",
    operation_id="restoreOrganization",
    access=Access.OFFICER,
    status_code=200,
    summary="Bring a suspended organization back",
)
async def restore_organization(
    organization_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[OrganizationOut]:
    """For an officer of elsewhere. What it offers and needs is found again as it was."""
    organization = await queries.get_organization(session, actor, organization_id, lock=True)
    await service.set_suspended(session, actor, organization, suspended=False)
    return _answer(request, organization, actor, catalogue)


@get(
    "/organizations/{organization_id:uuid}/members",
    operation_id="listMembers",
    access=Access.SIGNED_IN,
    dependencies={"params": query_of(PageQuery)},
    summary="Who belongs to the organization, newest first (for fellow members and officers)",
)
async def list_members(
    organization_id: FromPath[UUID],
    params: NamedDependency[PageQuery],
    session: Session,
    actor: Who,
    request: AnyRequest,
) -> Response[Page[MemberOut]]:
    """Fellow members and officers see everybody with role and state, those invited and not yet joined included."""
    await queries.get_organization(session, actor, organization_id)
    policy.require_may_see_members(actor, organization_id)
    rows = queries.visible_members(actor, organization_id)
    found = await paginate(session, rows, key=OrganizationMember.id, query=params)
    await personal.note_looks(session, actor, [organization_id], what="members")
    return trimmed_page(request, found.to_page(member_out), MemberOut)


@get(
    "/organizations/{organization_id:uuid}/members/{member_id:uuid}",
    operation_id="getMember",
    access=Access.SIGNED_IN,
    summary="One member, or somebody invited (for fellow members and officers)",
)
async def get_member(
    organization_id: FromPath[UUID], member_id: FromPath[UUID], session: Session, actor: Who
) -> Response[MemberOut]:
    """Fellow members and officers see the person's name, role and whether they have joined."""
    await queries.get_organization(session, actor, organization_id)
    member = await queries.get_member(session, actor, organization_id, member_id)
    await personal.note_looks(session, actor, [organization_id], what="member")
    return plain(member_out(member))


@post(
    "/organizations/{organization_id:uuid}/members",
    operation_id="addMember",
    scope=PEOPLE,
    access=Access.MEMBER,
    summary="Add a person",
)
async def add_member(
    organization_id: FromPath[UUID], data: JSONBody[MemberCreate], session: Session, actor: Who
) -> Response[MemberOut]:
    """For owners and managers. Somebody new gets an account at once; who is known by the e-mail or number is
    invited, and joins by accepting.
    """
    organization = await queries.get_organization(session, actor, organization_id)
    member = await service.add_member(session, actor, organization, user_in=data.user, role=data.role)
    location = f"/api/v1/organizations/{organization_id}/members/{member.id}"
    return plain(member_out(member), status=201, headers={"Location": location})


@patch(
    "/organizations/{organization_id:uuid}/members/{member_id:uuid}",
    operation_id="changeRole",
    scope=PEOPLE,
    access=Access.MEMBER,
    summary="Give a member another role",
)
async def change_role(
    organization_id: FromPath[UUID],
    member_id: FromPath[UUID],
    data: JSONBody[MemberUpdate],
    session: Session,
    actor: Who,
) -> Response[MemberOut]:
    """Owners make owners, managers the others: owners run the organization, managers speak for it, staff do its
    daily work. It holds from the next request on.
    """
    member = await _member(session, actor, organization_id, member_id)
    return plain(member_out(await service.change_role(session, actor, member, role=data.role)))


@delete(
    "/organizations/{organization_id:uuid}/members/{member_id:uuid}",
    operation_id="removeMember",
    scope=PEOPLE,
    access=Access.MEMBER,
    summary="End a membership",
)
async def remove_member(
    organization_id: FromPath[UUID], member_id: FromPath[UUID], session: Session, actor: Who
) -> None:
    """Anybody may leave; owners remove owners, managers the others. What the person did stays, and keys they made
    for the organization stop working.
    """
    await service.remove_member(session, actor, await _member(session, actor, organization_id, member_id))


async def _member(session: AsyncSession, actor: Actor, organization_id: UUID, member_id: UUID) -> OrganizationMember:
    # The organization first: two owners who leave at once would else wait for each other for ever.
    await queries.get_organization(session, actor, organization_id, lock=True)
    rows = queries.visible_members(actor, organization_id).where(OrganizationMember.id == member_id)
    member = await session.scalar(rows.with_for_update(of=OrganizationMember))
    if member is None:
        raise NotFound
    return member


routes = [
    register,
    get_me,
    list_organizations,
    create_organization,
    get_organization,
    edit_organization,
    verify_organization,
    suspend_organization,
    restore_organization,
    list_members,
    get_member,
    add_member,
    change_role,
    remove_member,
]
