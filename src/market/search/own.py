"""What an organization looks through among its own: drafts, paused and archived ones, which no engine holds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Generic, Literal, Protocol, TypeVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from market.core.pagination import reading_for_a_file
from market.core.schemas import Answer
from market.search.asking import SearchQuery


class Identified(Protocol):
    """What is found again by its id."""

    @property
    def id(self) -> UUID: ...


R = TypeVar("R", bound=Identified)
T = TypeVar("T")


class SearchOrOwnQuery(SearchQuery):
    """A search; or, with a status, a look through one's own."""

    status: Literal["draft", "published", "paused", "archived", "any"] | None = Field(
        default=None, description="Of what you may see as a member or officer, newest first, without search"
    )


class Results(Answer, Generic[T]):
    """What a search answers."""

    items: list[T]
    total: int
    facets: dict[str, dict[str, int]]
    understood: dict[str, Any] = Field(
        description="What was read in the words, and always `text`, what was not. `conflicts`: parts that contradict a"
        " parameter, which holds instead; `set_aside`: conditions that some results do not meet, because nothing has"
        " both them and the name; each with a message in Vietnamese and English. `quantities`: which goods each is"
        " of, when several are named; `quantity` is the least of them, or null when goods are named without one."
        " `category`: one that is asked for whole; `weeks`: ISO year and week of tuần này and tuần sau (202649)",
        examples=[
            {
                "concepts": [{"id": "mango", "name": "xoài"}],
                "price_max_vnd": 10000,
                "text": "",
                "conflicts": [
                    {
                        "parameter": "price_min_vnd",
                        "read": {"price_max_vnd": 10000},
                        "message": {
                            "vi": "Từ khóa ghi giá tối đa 10.000 đồng, trái với bộ lọc giá thấp nhất;"
                            " kết quả theo bộ lọc.",
                            "en": "The words say at most 10,000 VND, against the filter for the least price;"
                            " the filter was followed.",
                        },
                    }
                ],
            }
        ],
    )
    tiers: list[dict[str, Any]] = Field(
        default_factory=list,
        description="How much each tier holds that was asked: exact, form (the same in another form), variety (another"
        " kind), wider, condition (lacks what `lacks` names: one, or `several`, as near goods may), text (carries the"
        " words), in order",
        examples=[[{"tier": "exact", "total": 3, "lacks": None}, {"tier": "form", "total": 5, "lacks": None}]],
    )
    degraded: bool
    took_ms: float = Field(description="Of the search that found this; an answer that is given again says it again")


async def own_page(
    session: AsyncSession,
    rows: Select[Any],
    params: SearchOrOwnQuery,
    *,
    newest: InstrumentedAttribute[Any],
    answers: Callable[[AsyncSession, Select[Any]], Awaitable[list[R]]],
) -> Results[R]:
    """One page of the rows, newest first, in the shape of a search.

    Args:
        answers: reads the rows of one page, and says what the API says of them, in order.
    """
    before, file = (params.page - 1) * params.limit, reading_for_a_file.get()
    page = rows.order_by(newest.desc()).limit(params.limit)
    if file is not None and file.last is not None and before:
        page = page.where(newest < file.last)
    else:
        page = page.offset(before)
    items = await answers(session, page)
    if file is not None and items:
        file.last = items[-1].id
    if file is not None and before:
        # A file only asks whether there is more: counting all of it again for each of its pages costs more than it.
        total = before + len(items) + (len(items) == params.limit)
    else:
        total = await session.scalar(rows.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    return Results(items=items, total=total, facets={}, understood={"text": ""}, degraded=False, took_ms=0)
