"""Saved searches, and the links in mail that stop it."""

from __future__ import annotations

from html import escape
from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.language import Language, preferred_language
from market.core.pagination import Page, PageQuery, paginate
from market.core.query import query_of
from market.core.representation import plain, require_match, single, trimmed_page
from market.matching.alerts import queries, service
from market.matching.alerts.models import SavedSearch
from market.matching.alerts.schemas import (
    SavedSearchCreate,
    SavedSearchOut,
    SavedSearchUpdate,
    Unsubscribed,
)
from market.notifications import texts
from market.notifications.unsubscribing import read_unsubscribe_token
from market.reference.catalogue import Catalogue

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
Reference = NamedDependency[Catalogue]
AnyRequest = Request[Any, Any, Any]

FORM = """<!doctype html><html lang="{language}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>{title}</title><h1>{title}</h1><p>{ask}</p>
<form method="post"><button>{do}</button></form></html>"""


def _language(request: AnyRequest) -> Language:
    return preferred_language(request.headers.get("accept-language"))


def _saved(request: AnyRequest, saved: SavedSearch, *, status: int = 200) -> Response[SavedSearchOut]:
    location = f"/api/v1/saved-searches/{saved.id}" if status == 201 else None
    return single(
        request, SavedSearchOut.model_validate(saved), version=saved.version, status=status, location=location
    )


@get(
    "/saved-searches",
    operation_id="listSavedSearches",
    access=Access.SIGNED_IN,
    dependencies={"params": query_of(PageQuery)},
    summary="The searches I keep, newest first",
)
async def list_saved_searches(
    params: NamedDependency[PageQuery], session: Session, actor: Who, request: AnyRequest
) -> Response[Page[SavedSearchOut]]:
    """With what each asks for, as it was understood, and how one is told."""
    rows = queries.visible_saved_searches(actor)
    found = await paginate(session, rows, key=SavedSearch.id, query=params)
    return trimmed_page(request, found.to_page(SavedSearchOut.model_validate), SavedSearchOut)


@post(
    "/saved-searches",
    operation_id="saveSearch",
    access=Access.SIGNED_IN,
    summary="Keep a search, to be told of what is new in it",
)
async def save_search(
    data: JSONBody[SavedSearchCreate], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[SavedSearchOut]:
    """Kept for the person who asks. What fits is told from now on, at once or daily, in the application or by mail."""
    return _saved(request, await service.save_search(session, actor, data, catalogue=catalogue), status=201)


@get(
    "/saved-searches/{saved_search_id:uuid}",
    operation_id="getSavedSearch",
    access=Access.SIGNED_IN,
    summary="One search I keep",
)
async def get_saved_search(
    saved_search_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[SavedSearchOut]:
    """With what it asks for, as it was understood, and how one is told."""
    return _saved(request, await queries.get_saved_search(session, actor, saved_search_id))


@patch(
    "/saved-searches/{saved_search_id:uuid}",
    operation_id="editSavedSearch",
    access=Access.SIGNED_IN,
    summary="Change what it asks for, or how I am told",
)
async def edit_saved_search(
    saved_search_id: FromPath[UUID],
    data: JSONBody[SavedSearchUpdate],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
) -> Response[SavedSearchOut]:
    """Only what is sent changes; `active` false tells nothing until it is true again. What was found before is not
    told anew.
    """
    saved = await queries.get_saved_search(session, actor, saved_search_id, lock=True)
    require_match(request, saved.version)
    return _saved(request, await service.edit_saved_search(session, actor, saved, data, catalogue=catalogue))


@delete(
    "/saved-searches/{saved_search_id:uuid}",
    operation_id="forgetSearch",
    access=Access.SIGNED_IN,
    summary="Keep it no longer",
)
async def forget_search(saved_search_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest) -> None:
    """One is told nothing of it any more; what it asked for is not kept."""
    saved = await queries.get_saved_search(session, actor, saved_search_id, lock=True)
    require_match(request, saved.version)
    await service.forget_saved_search(session, actor, saved)


@get(
    "/notifications/unsubscribe/{token:str}",
    operation_id="askToUnsubscribe",
    access=Access.ANYONE,
    answers=("application/json", "text/html"),
    summary="What a link in a mail stops; looking at it stops nothing",
)
async def ask_to_unsubscribe(token: FromPath[str], request: AnyRequest) -> Response[Any]:
    """For the page behind the link; mail programs stop the mail by POST to the same address."""
    read_unsubscribe_token(_secret(request), token)
    language = _language(request)
    ask = texts.UNSUBSCRIBE_ASK.text(language)
    if "text/html" not in request.headers.get("accept", ""):
        return plain(Unsubscribed(unsubscribed=False, message=ask))
    title, do = texts.UNSUBSCRIBE_TITLE.text(language), texts.UNSUBSCRIBE_DO.text(language)
    page = FORM.format(language=language, title=escape(title), ask=escape(ask), do=escape(do))
    headers = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    return Response(page.encode(), media_type="text/html", headers=headers)


@post(
    "/notifications/unsubscribe/{token:str}",
    operation_id="unsubscribe",
    access=Access.ANYONE,
    status_code=200,
    summary="Stop that mail, by one click and without signing in (RFC 8058)",
)
async def unsubscribe(token: FromPath[str], session: Session, request: AnyRequest) -> Response[Unsubscribed]:
    """Stops what the link is for, the mail of one saved search or all mail of news; twice is as good as once."""
    await service.unsubscribe(session, read_unsubscribe_token(_secret(request), token))
    return plain(Unsubscribed(unsubscribed=True, message=texts.UNSUBSCRIBE_DONE.text(_language(request))))


def _secret(request: AnyRequest) -> str:
    secret: str = request.app.state.token_policy.secret
    return secret


routes = [
    list_saved_searches,
    save_search,
    get_saved_search,
    edit_saved_search,
    forget_search,
    ask_to_unsubscribe,
    unsubscribe,
]
