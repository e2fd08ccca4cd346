"""Photos of organizations: whose they are, who sees them, and their addresses."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.uploads import MAX_UPLOAD_BODY_BYTES
from market.organizations import queries
from market.organizations.models import Organization
from market.organizations.policy import require_member
from market.photos import handling
from market.photos.making import FORM
from market.photos.models import SubjectKind
from market.photos.schemas import PhotoOut, Photos, PhotoUpdate

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]


class OrganizationPhotos:
    """What photos of organizations are of."""

    kind: SubjectKind = "organization"
    collection = "organizations"

    async def get(self, session: AsyncSession, actor: Actor, subject_id: UUID, *, lock: bool = False) -> Organization:
        """A visible organization."""
        return await queries.get_organization(session, actor, subject_id, lock=lock)

    def require_can_edit(self, actor: Actor, row: Organization) -> None:
        """Anyone of the organization."""
        require_member(actor, row.id)

    def organization_of(self, row: Organization) -> UUID:
        return row.id

    def title_of(self, row: Organization) -> str:
        return row.name

    def is_public(self, row: Organization) -> bool:
        return row.status == "active"

    def public_ids(self) -> Select[UUID]:
        return select(Organization.id).where(Organization.status == "active")


ORGANIZATION_PHOTOS = OrganizationPhotos()


@get(
    "/organizations/{organization_id:uuid}/photos",
    operation_id="listOrganizationPhotos",
    access=Access.ANYONE,
    summary="The photos of an organization, in their order",
)
async def list_photos(organization_id: FromPath[UUID], session: Session, actor: Who) -> Response[Photos]:
    """Anyone sees them, the first of them stands on cards. All of them at once, without `limit`: there are few."""
    return await handling.list_photos(session, actor, ORGANIZATION_PHOTOS, organization_id)


@post(
    "/organizations/{organization_id:uuid}/photos",
    operation_id="addOrganizationPhoto",
    access=Access.MEMBER,
    request_max_body_size=MAX_UPLOAD_BODY_BYTES,
    form=FORM,
    summary="Add a photo: a multipart form with file and, if you like, alt",
)
async def add_photo(
    organization_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[PhotoOut]:
    """For members. It is turned upright, made smaller and freed of place and time, and stands last; the same picture
    comes once.
    """
    return await handling.add_photo(request, session, actor, ORGANIZATION_PHOTOS, organization_id)


@patch(
    "/organizations/{organization_id:uuid}/photos/{organization_photo_id:uuid}",
    operation_id="editOrganizationPhoto",
    access=Access.MEMBER,
    summary="Describe a photo, or move it among the others",
)
async def edit_photo(
    organization_id: FromPath[UUID],
    organization_photo_id: FromPath[UUID],
    data: JSONBody[PhotoUpdate],
    session: Session,
    actor: Who,
    request: AnyRequest,
) -> Response[PhotoOut]:
    """For members; `position` counts from the first, which stands on cards."""
    return await handling.change_photo(
        request, session, actor, ORGANIZATION_PHOTOS, organization_id, organization_photo_id, data
    )


@delete(
    "/organizations/{organization_id:uuid}/photos/{organization_photo_id:uuid}",
    operation_id="removeOrganizationPhoto",
    access=Access.MEMBER,
    summary="Remove a photo",
)
async def remove_photo(
    organization_id: FromPath[UUID],
    organization_photo_id: FromPath[UUID],
    session: Session,
    actor: Who,
    request: AnyRequest,
) -> None:
    """For members. It is shown no more at once, and its content goes in the night unless something else shows it."""
    await handling.drop_photo(request, session, actor, ORGANIZATION_PHOTOS, organization_id, organization_photo_id)


routes = [list_photos, add_photo, edit_photo, remove_photo]
