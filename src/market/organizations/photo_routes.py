"""Photos of organizations: whose they are, who sees them, and their addresses."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Actor
from market.organizations import queries
from market.organizations.models import Organization
from market.organizations.policy import require_member
from market.photos.models import SubjectKind
from market.photos.subject_routes import PhotoWords, photo_routes


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


routes = photo_routes(
    ORGANIZATION_PHOTOS,
    PhotoWords(
        operations="Organization",
        parameter="organization_id",
        of_whom="an organization",
        listing="Anyone sees them, the first of them stands on cards. All of them at once, without `limit`: "
        "there are few.",
        adding="For members. It is turned upright, made smaller and freed of place and time, and stands last; "
        "the same picture comes once.",
        editing="For members; `position` counts from the first, which stands on cards.",
        removing="For members. It is shown no more at once, and its content goes in the night unless something "
        "else shows it.",
    ),
)
