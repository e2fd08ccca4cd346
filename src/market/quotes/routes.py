"""Quotes over HTTP: read, edit, submit, revise, counter, accept, decline, withdraw."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from market.core.access import Access
from market.core.pagination import Page, paginate
from market.core.query import query_of
from market.core.representation import plain, trimmed_page
from market.quotes import acceptance, need_routes, queries, service, thread_routes
from market.quotes.answers import quote_out, revisions_out
from market.quotes.handling import AnyRequest, Reference, Session, Who, answer, open_quote
from market.quotes.models import Quote
from market.quotes.schemas import AcceptRequest, DeclineRequest, QuoteChange, QuoteOut, QuoteQuery, Revisions


@get(
    "/quotes",
    operation_id="listQuotes",
    access=Access.SIGNED_IN,
    dependencies={"params": query_of(QuoteQuery)},
    summary="Quotes sent and received, newest first",
)
async def list_quotes(
    params: NamedDependency[QuoteQuery], session: Session, actor: Who, request: AnyRequest
) -> Response[Page[QuoteOut]]:
    """As supplier or for one's own needs, by state, need or side."""
    found = await paginate(session, queries.quotes_like(actor, params), key=Quote.id, query=params)
    return trimmed_page(request, found.to_page(partial(quote_out, actor=actor)), QuoteOut)


@get("/quotes/{quote_id:uuid}", operation_id="getQuote", access=Access.SIGNED_IN, summary="One quote")
async def get_quote(quote_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest) -> Response[QuoteOut]:
    """For its two sides and officers: what is on the table, and which verbs are open to the caller."""
    return answer(request, await queries.get_quote(session, actor, quote_id), actor)


@get(
    "/quotes/{quote_id:uuid}/revisions",
    operation_id="listRevisions",
    access=Access.SIGNED_IN,
    summary="Every offer and counter-offer, oldest first",
)
async def list_revisions(quote_id: FromPath[UUID], session: Session, actor: Who) -> Response[Revisions]:
    """For its two sides and officers; who offered what, and when. All of them at once, without `limit`."""
    return plain(revisions_out(await queries.get_quote(session, actor, quote_id), actor=actor))


@patch(
    "/quotes/{quote_id:uuid}",
    operation_id="editQuote",
    access=Access.SIGNED_IN,
    summary="Edit a draft",
)
async def edit_quote(
    quote_id: FromPath[UUID],
    data: JSONBody[QuoteChange],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
) -> Response[QuoteOut]:
    """For the supplier, before the buyer sees it; only what is sent changes."""
    quote = await open_quote(request, session, actor, quote_id)
    await service.change_quote(session, actor, quote, data, verb="edit", catalogue=catalogue)
    return answer(request, quote, actor)


@post(
    "/quotes/{quote_id:uuid}/submit",
    operation_id="submitQuote",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="Show a draft to the buyer",
)
async def submit_quote(
    quote_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[QuoteOut]:
    """For the supplier. The buyer is told and may accept, counter or decline it until `valid_until`."""
    quote = await open_quote(request, session, actor, quote_id)
    await service.submit_quote(session, actor, quote)
    return answer(request, quote, actor)


@post(
    "/quotes/{quote_id:uuid}/revise",
    operation_id="reviseQuote",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="The supplier's next offer",
)
async def revise_quote(
    quote_id: FromPath[UUID],
    data: JSONBody[QuoteChange],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
) -> Response[QuoteOut]:
    """For the supplier, of what is on the table. The new offer takes its place and the buyer is told; the one before
    stays in the revisions.
    """
    quote = await open_quote(request, session, actor, quote_id)
    await service.change_quote(session, actor, quote, data, verb="revise", catalogue=catalogue)
    return answer(request, quote, actor)


@post(
    "/quotes/{quote_id:uuid}/counter",
    operation_id="counterQuote",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="The buyer's counter-offer",
)
async def counter_quote(
    quote_id: FromPath[UUID],
    data: JSONBody[QuoteChange],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
) -> Response[QuoteOut]:
    """For the buyer, of what is on the table. The supplier is told, and may accept it, revise or withdraw."""
    quote = await open_quote(request, session, actor, quote_id)
    await service.change_quote(session, actor, quote, data, verb="counter", catalogue=catalogue)
    return answer(request, quote, actor)


@post(
    "/quotes/{quote_id:uuid}/accept",
    operation_id="acceptQuote",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="Accept what is on the table, whole or in part, and reserve the goods by week",
)
async def accept_quote(
    quote_id: FromPath[UUID],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
    data: JSONBody[AcceptRequest | None] = None,
) -> Response[QuoteOut]:
    """For the side whose turn it is, of the version it has read. The goods are reserved week by week at once; what
    is not there any more is named and nothing is accepted.
    """
    quote = await open_quote(request, session, actor, quote_id)
    await acceptance.accept_quote(session, actor, quote, data or AcceptRequest(), catalogue=catalogue)
    return answer(request, quote, actor)


@post(
    "/quotes/{quote_id:uuid}/decline",
    operation_id="declineQuote",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="Refuse a quote, with a coded reason",
)
async def decline_quote(
    quote_id: FromPath[UUID], data: JSONBody[DeclineRequest], session: Session, actor: Who, request: AnyRequest
) -> Response[QuoteOut]:
    """For the buyer, of what is on the table. The quote ends there, and the supplier is told the reason."""
    quote = await open_quote(request, session, actor, quote_id)
    await service.decline_quote(session, actor, quote, data)
    return answer(request, quote, actor)


@post(
    "/quotes/{quote_id:uuid}/withdraw",
    operation_id="withdrawQuote",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="Take a quote back",
)
async def withdraw_quote(
    quote_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[QuoteOut]:
    """For the supplier, before it is accepted. A buyer who has seen it is told."""
    quote = await open_quote(request, session, actor, quote_id)
    await service.withdraw_quote(session, actor, quote)
    return answer(request, quote, actor)


routes = [
    *need_routes.routes,
    list_quotes,
    get_quote,
    list_revisions,
    edit_quote,
    submit_quote,
    revise_quote,
    counter_quote,
    accept_quote,
    decline_quote,
    withdraw_quote,
    *thread_routes.routes,
]
