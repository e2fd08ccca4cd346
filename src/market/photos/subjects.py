"""What photos can be of. The rooms stand above this one; each says how its things are found, and whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Actor
from market.photos.models import SubjectKind


class PhotoSubject(Protocol):
    """One kind of thing that photos are of. Its table has a column `photo` (`models.Cover`)."""

    @property
    def kind(self) -> SubjectKind:
        """As it stands in the column `subject`."""
        ...

    @property
    def collection(self) -> str:
        """Its part of the address: `listings`."""
        ...

    async def get(self, session: AsyncSession, actor: Actor, subject_id: UUID, *, lock: bool = False) -> Any:
        """The row, if this actor may see it.

        Raises:
            NotFound: otherwise.
        """
        ...

    def require_can_edit(self, actor: Actor, row: Any) -> None:
        """Members of the organization whose it is.

        Raises:
            NotAllowed: others.
            Conflict: it stays as it is.
        """
        ...

    def organization_of(self, row: Any) -> UUID:
        """Whose it is."""
        ...

    def title_of(self, row: Any) -> str:
        """What a photo shows as long as nobody says better."""
        ...

    def is_public(self, row: Any) -> bool:
        """Whether everybody may see it."""
        ...

    def public_ids(self) -> Select[UUID]:
        """The ids of all that everybody may see."""
        ...


@dataclass(frozen=True, slots=True)
class PhotoSubjects:
    """All kinds, by name."""

    by_kind: Mapping[str, PhotoSubject]

    @classmethod
    def of(cls, *subjects: PhotoSubject) -> PhotoSubjects:
        """These kinds."""
        return cls({subject.kind: subject for subject in subjects})
