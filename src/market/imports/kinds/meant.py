"""Which of its listings an organization means in a row: by id, by code, or by a title that only one of them has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Text, func, or_, select

from market.core.db import among
from market.core.errors import FieldError
from market.core.language import Message
from market.core.schemas import Line as LineOfText
from market.core.schemas import Schema
from market.imports.external_ids import known_ids
from market.imports.kinds.kind import Keeping
from market.listings.models import Listing
from market.listings.queries import WHOLE
from market.organizations.models import Organization
from market.reference.types import UnitCode

NOT_FOUND = Message(vi="Tổ chức không bán mặt hàng này.", en="The organization does not offer this.")
SEVERAL = Message(vi="Có nhiều mặt hàng tên này; hãy thêm mã hàng.", en="Several listings are called so; give a code.")


class ListingNamed(Schema):
    """What a row says of a listing that is there."""

    id: UUID | None = None
    external_id: LineOfText | None = None
    title: LineOfText | None = None
    unit: UnitCode | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """An organization's listings that rows may mean."""

    listings: Sequence[Listing]
    codes: dict[str, UUID]

    def meant(self, named: ListingNamed) -> Listing | FieldError:
        """The one that a row means, or why that cannot be said."""
        key = named.id or self.codes.get(named.external_id or "")
        found = [listing for listing in self.listings if listing.id == key] if key else []
        if not found and named.title:
            title = named.title.lower()
            found = [one for one in self.listings if one.title.lower() == title]
            if len(found) > 1:
                found = [one for one in found if named.unit in (None, one.unit)] or found
        if len(found) == 1:
            return found[0]
        code, message = ("ambiguous-listing", SEVERAL) if found else ("unknown-listing", NOT_FOUND)
        return FieldError("/title", code, message)


async def offered(keeping: Keeping, organization: Organization, rows: Sequence[ListingNamed]) -> Offered:
    """The listings that these rows may mean, archived ones left out."""
    codes = await known_ids(
        keeping.session, organization.id, Listing, (row.external_id for row in rows if row.external_id)
    )
    ids = [*codes.values(), *(row.id for row in rows if row.id)]
    titles = {row.title.lower() for row in rows if row.title}
    mine = select(Listing).where(Listing.organization_id == organization.id, Listing.status != "archived")
    there = or_(among(Listing.id, ids), among(func.lower(Listing.title), titles, Text))
    return Offered(list(await keeping.session.scalars(mine.where(there).options(*WHOLE))), codes)
