"""What the search routes of listings and needs have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litestar import Request, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.asked_again import may_be_given_again
from market.core.representation import found_json
from market.reference.catalogue import Catalogue
from market.reference.records import MacroRegion
from market.search.answering import Searchable, answer_search
from market.search.asking import SearchQuery


async def searched(
    request: Request[Any, Any, Any],
    searchable: Searchable,
    params: SearchQuery,
    kind: type[BaseModel],
    *,
    session: Callable[[], AsyncSession],
    catalogue: Catalogue,
    near: MacroRegion | None,
) -> Response[Any]:
    """The answer to a search; whoever asks the same without a name is given it again while the index stands still.

    Args:
        kind: what an item is.
        session, near: as of `answer_search`.
    """
    state = request.app.state
    body, mark = await answer_search(
        searchable,
        params,
        engine=state.search,
        kept=state.kept_searches,
        session=session,
        catalogue=catalogue,
        near=near,
    )
    may_be_given_again(request.scope, mark)
    return found_json(request, body, kind)
