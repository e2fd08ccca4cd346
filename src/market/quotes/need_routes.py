"""Quotes for one need over HTTP: answer it, list, compare, accept several."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from market.core.access import Access
from market.core.language import preferred_language
from market.core.pagination import Page, paginate
from market.core.query import query_of
from market.core.representation import plain, trimmed_page
from market.needs.queries import get_need
from market.quotes import acceptance, queries, service
from market.quotes.answers import quote_out
from market.quotes.comparison import compare_quotes
from market.quotes.handling import AnyRequest, Reference, Session, Who, answer
from market.quotes.models import Quote
from market.quotes.schemas import (
    Comparison,
    PoolAccepted,
    PoolAcceptRequest,
    QuoteCreate,
    QuoteOut,
    QuotesOfNeedQuery,
)


@get(
    "/needs/{need_id:uuid}/quotes",
    operation_id="listQuotesOfNeed",
    access=Access.SIGNED_IN,
    dependencies={"params": query_of(QuotesOfNeedQuery)},
    summary="Quotes for a need: the buyer sees all, a supplier its own",
)
async def list_quotes_of_need(
    need_id: FromPath[UUID],
    params: NamedDependency[QuotesOfNeedQuery],
    session: Session,
    actor: Who,
    request: AnyRequest,
) -> Response[Page[QuoteOut]]:
    """With what is on the table and whose turn it is."""
    need = await get_need(session, actor, need_id)
    rows = queries.quotes_of_need(actor, need.id, status=params.status)
    found = await paginate(session, rows, key=Quote.id, query=params)
    return trimmed_page(request, found.to_page(partial(quote_out, actor=actor)), QuoteOut)


@post("/needs/{need_id:uuid}/quotes", operation_id="createQuote", access=Access.MEMBER, summary="Answer a need")
async def create_quote(
    need_id: FromPath[UUID],
    data: JSONBody[QuoteCreate],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
) -> Response[QuoteOut]:
    """For members of a selling organization, while the need takes offers. A draft unless `submit` is true; the buyer
    is told of it then.
    """
    need = await get_need(session, actor, need_id)
    quote = await service.create_quote(session, actor, need, data, catalogue=catalogue)
    return answer(request, quote, actor, status=201)


@get(
    "/needs/{need_id:uuid}/quotes/compare",
    operation_id="compareQuotes",
    access=Access.SIGNED_IN,
    summary="Quotes side by side: comparable prices, coverage by week, cost, terms, gates",
)
async def compare(
    need_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[Comparison]:
    """For the buyer. Prices are made comparable by unit and discount; all quotes that are on the table at once,
    without `limit`.
    """
    need = await get_need(session, actor, need_id)
    language = preferred_language(request.headers.get("accept-language"))
    return plain(await compare_quotes(session, actor, need, catalogue=catalogue, language=language))


@post(
    "/needs/{need_id:uuid}/quotes/accept",
    operation_id="acceptQuotes",
    access=Access.MEMBER,
    status_code=200,
    summary="Accept several suppliers at once, all or none",
)
async def accept_quotes(
    need_id: FromPath[UUID], data: JSONBody[PoolAcceptRequest], session: Session, actor: Who, catalogue: Reference
) -> Response[PoolAccepted]:
    """For the buyer, of quotes as it has read them (`version`). Goods are reserved by week for every one, or nothing
    is accepted at all.
    """
    need = await get_need(session, actor, need_id)
    quotes = await acceptance.accept_pool(session, actor, need, data.quotes, catalogue=catalogue)
    return plain(PoolAccepted.model_construct(items=[quote_out(quote, actor=actor) for quote in quotes]))


routes = [list_quotes_of_need, create_quote, compare, accept_quotes]
