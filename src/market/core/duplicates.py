"""The same thing entered twice: answered with 409 and the other one's name, and taken when the sender insists.

Nothing is dropped and nothing is merged in silence: whoever means another one says so with `"another": true`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Text, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.errors import Conflict, FieldError
from market.core.language import Message
from market.core.schemas import Answer, Flag

_MARKS, _NO_WORD = re.compile("[\u0300-\u036f]"), re.compile("[^a-z0-9]+")

CODE = "probable-duplicate"
LIKELY = Message(
    vi="Có lẽ đã có rồi: {name} ({id}) giống ở: {same}. Nếu đúng là cái khác, gửi lại kèm another: true.",
    en="This is probably there already: {name} ({id}) has the same {same}. If it is another one, send another: true.",
)

_LOCK = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name", type_=Text), 0)))

Another = Annotated[
    Flag, Field(description="It is another one, although one like it is there already (409 probable-duplicate)")
]


class DuplicateOut(Answer):
    """What something is probably entered twice of."""

    id: UUID
    name: str = Field(description="Its number or title")
    same: list[str] = Field(description="The fields in which both agree")


@dataclass(frozen=True, slots=True)
class Likeness:
    """The other one, and in which fields it is the same."""

    id: UUID
    name: str
    same: Sequence[str]

    @property
    def error(self) -> FieldError:
        """As one item's error in a batch or file."""
        return FieldError("", CODE, LIKELY, self._told())

    def answer(self) -> DuplicateOut:
        """As a problem and a batch name it."""
        return DuplicateOut(id=self.id, name=self.name, same=list(self.same))

    def _told(self) -> dict[str, Any]:
        return {"name": self.name, "id": self.id, "same": ", ".join(self.same)}


class Entered:
    """What an owner has entered, by what is compared of it; the first of equal ones is named."""

    def __init__(self) -> None:
        self._by_key: defaultdict[Hashable, list[tuple[UUID, str, str | None]]] = defaultdict(list)

    def add(self, key: Hashable, *, id_: UUID, name: str, external_id: str | None) -> None:
        """Note one of them."""
        self._by_key[key].append((id_, name, external_id))

    def like(self, key: Hashable, *, external_id: str | None, same: Sequence[str]) -> Likeness | None:
        """The one that is equal, unless the owner's own names already tell the two apart."""
        for id_, name, its_external_id in self._by_key.get(key, ()):
            if external_id is None or its_external_id is None:
                return Likeness(id_, name, same)
        return None


class ProbableDuplicate(Conflict):
    """The problem's `duplicate` names the other one and what is the same."""

    code = CODE
    title = Message(vi="Có lẽ bị trùng", en="Probably a duplicate")
    detail = LIKELY

    def __init__(self, other: Likeness) -> None:
        self.other = other
        super().__init__(
            extra={"duplicate": other.answer().model_dump(mode="json")},
            name=other.name,
            id=other.id,
            same=", ".join(other.same),
        )


def spelled(text: str | None) -> str:
    """A text without case, marks, punctuation and how many blanks; `btrim(market_searchable(...))` in the database."""
    return _spelled(text) if text else ""


@lru_cache(maxsize=4096)
def _spelled(text: str) -> str:
    """Kept: ten thousand rows of one list repeat their grades, sizes and packings."""
    bare = _MARKS.sub("", unicodedata.normalize("NFD", text.lower())).replace("đ", "d")
    return _NO_WORD.sub(" ", bare).strip()


def numbered(text: str | None) -> str:
    """A number of a paper or slip: as `spelled`, and 007 is 7; empty where there is none."""
    return " ".join(part.lstrip("0") or "0" for part in spelled(text).split())


async def one_at_a_time(session: AsyncSession, kind: str, owner: UUID | str) -> None:
    """Let nobody else enter something of this kind for this owner until the transaction ends.

    Otherwise of two taps at once neither would see the other.
    """
    await session.execute(_LOCK, {"name": f"{kind}:{owner}"})
