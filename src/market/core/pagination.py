"""Lists by opaque cursor: a page begins after the last row seen, so rows that come or go shift nothing."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticKnownError
from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from market.core.errors import ValidationFailed
from market.core.language import Message
from market.core.schemas import Answer, Schema

T = TypeVar("T")
R = TypeVar("R")


MOST_ON_A_PAGE, FILE_PAGE = 100, 1000
"""Items that people and programs get at once, and those that are read at once to be written into a file."""


@dataclass(slots=True)
class FileReading:
    """A list that is read page after page to be written into a file."""

    last: UUID | None = None
    """The last thing of the page before, where a list without cursors goes by its key."""


reading_for_a_file: ContextVar[FileReading | None] = ContextVar("reading_for_a_file", default=None)
"""Set while that is done."""


def _at_most(limit: int) -> int:
    most = FILE_PAGE if reading_for_a_file.get() is not None else MOST_ON_A_PAGE
    if limit > most:
        raise PydanticKnownError("less_than_equal", {"le": most})
    return limit


Limit = Annotated[int, Field(ge=1, json_schema_extra={"maximum": MOST_ON_A_PAGE}), AfterValidator(_at_most)]
"""How many items a page shall have."""


class PageQuery(Schema):
    """What every list takes."""

    limit: Limit = Field(default=20, description="Items on a page")
    cursor: str | None = Field(default=None, max_length=200, description="`next_cursor` of the page before")


class Page(Answer, Generic[T]):
    """One page of a list; `next_cursor` is null on the last one."""

    items: list[T]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """Rows of one page, before they become an answer."""

    rows: Sequence[T]
    next_cursor: str | None

    def to_page(self, answer: Callable[[T], R]) -> Page[R]:
        return Page(items=[answer(row) for row in self.rows], next_cursor=self.next_cursor)


def encode_cursor(last: UUID) -> str:
    return base64.urlsafe_b64encode(last.bytes).rstrip(b"=").decode()


def decode_cursor(cursor: str) -> UUID:
    """The id a cursor stands for.

    Raises:
        ValidationFailed: the cursor was not made by `encode_cursor`.
    """
    try:
        last = UUID(bytes=base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        last = None
    # The decoder passes over foreign characters; a cursor has none.
    if last is None or encode_cursor(last) != cursor:
        message = Message(vi="Con trỏ trang không hợp lệ.", en="The page cursor is not valid.")
        raise ValidationFailed.single("/cursor", "invalid-cursor", message)
    return last


async def paginate(
    session: AsyncSession,
    rows: Select[Any],
    *,
    key: InstrumentedAttribute[UUID],
    query: PageQuery,
    first: ColumnElement[bool] | None = None,
) -> Slice[Any]:
    """One page of `rows`, newest first. UUIDv7 keys are in order of creation, so the key alone decides.

    Args:
        first: of which rows come before all others.
    """
    order = (key,) if first is None else (first, key)
    if query.cursor:
        last = decode_cursor(query.cursor)
        begins = () if first is None else (bool(await session.scalar(select(first).where(key == last))),)
        rows = rows.where(tuple_(*order) < tuple_(*begins, last))
    found = (await session.scalars(rows.order_by(*(one.desc() for one in order)).limit(query.limit + 1))).unique().all()
    page = found[: query.limit]
    more = len(found) > query.limit
    return Slice(page, encode_cursor(getattr(page[-1], key.key)) if more else None)
