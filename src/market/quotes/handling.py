"""What every route of quotes begins and ends with."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Actor
from market.core.representation import require_match, single
from market.quotes import queries
from market.quotes.answers import quote_out
from market.quotes.models import Quote
from market.quotes.schemas import QuoteOut
from market.reference.catalogue import Catalogue

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
Reference = NamedDependency[Catalogue]
AnyRequest = Request[Any, Any, Any]


async def open_quote(request: AnyRequest, session: AsyncSession, actor: Actor, quote_id: UUID) -> Quote:
    """The quote, locked for a write by somebody who read this very version.

    Raises:
        NotFound: it may not be seen.
        PreconditionRequired, Stale: If-Match is missing, or names another version.
    """
    quote = await queries.get_quote(session, actor, quote_id, lock=True)
    require_match(request, quote.version, required=True)
    return quote


def answer(request: AnyRequest, quote: Quote, actor: Actor, *, status: int = 200) -> Response[QuoteOut]:
    """The quote as this actor may see it, with its ETag."""
    location = f"/api/v1/quotes/{quote.id}" if status == 201 else None
    return single(request, quote_out(quote, actor=actor), version=quote.version, status=status, location=location)
