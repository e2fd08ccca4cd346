"""Needs: search, create one or many, read, edit, publish, pause, archive."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.batches import BatchAnswer
from market.core.query import parse_query, query_of
from market.core.representation import Encoded, encoded_single, plain, require_match, single, trimmed_page
from market.core.stored_answers import Made, StoredAnswers
from market.core.transaction import provide_actor, provide_reader, provide_session
from market.needs import batch, queries, service
from market.needs.answers import found_need, need_out
from market.needs.models import Need
from market.needs.schemas import FoundNeed, NeedBatch, NeedCreate, NeedOut, NeedUpdate
from market.needs.searching import SEARCHABLE
from market.organizations.answers import macro_region_of
from market.organizations.queries import get_acting_organization
from market.reference.catalogue import Catalogue
from market.reference.types import remembered
from market.search.handling import searched
from market.search.own import Results, SearchOrOwnQuery, own_page

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
Reference = NamedDependency[Catalogue]
AnyRequest = Request[Any, Any, Any]

_stored = StoredAnswers()


def _answer(request: AnyRequest, need: Need, catalogue: Catalogue, *, status: int = 200) -> Response[NeedOut]:
    location = f"/api/v1/needs/{need.id}" if status == 201 else None
    model = need_out(need, catalogue=catalogue)
    return single(request, model, version=need.version, status=status, location=location)


async def _found(session: AsyncSession, rows: Select[Need], *, catalogue: Catalogue) -> list[FoundNeed]:
    needs = await session.scalars(rows.options(*queries.WHOLE))
    return [found_need(need, catalogue=catalogue) for need in needs]


@get(
    "/needs",
    operation_id="searchNeeds",
    access=Access.ANYONE,
    searches=SEARCHABLE.index.name,
    dependencies={"params": query_of(SearchOrOwnQuery)},
    summary="Search what is asked for; with status, an organization's own",
)
async def search_needs(request: AnyRequest) -> Response[Results[FoundNeed]]:
    # All is taken by hand: the framework finds several dependencies in a task each, and this is the hot path.
    """Reads goods, places and seasons out of `q` and says what it `understood`; parameters win over words. With
    `status` it lists one's own, drafts too, without searching.
    """
    params = parse_query(SearchOrOwnQuery, request)
    session, actor, catalogue = partial(provide_session, request.scope), provide_actor(request.scope), remembered()
    if params.status is not None:
        rows = queries.own_needs(actor, status=params.status, organization_id=params.organization)
        answers = partial(_found, catalogue=catalogue)
        page = await own_page(session(), rows, params, newest=Need.id, answers=answers)
        return trimmed_page(request, page, FoundNeed)
    near = macro_region_of(actor, catalogue=catalogue)
    return await searched(request, SEARCHABLE, params, FoundNeed, session=session, catalogue=catalogue, near=near)


@post("/needs", operation_id="createNeed", access=Access.MEMBER, summary="Ask for something")
async def create_need(
    data: JSONBody[NeedCreate], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[NeedOut]:
    """For members of a buying organization. A draft unless `publish` is true; lines say what, how much, when and
    with which certificates.
    """
    organization = await get_acting_organization(session, actor)
    need = await service.create_need(session, actor, data, organization=organization)
    return _answer(request, need, catalogue, status=201)


@post("/needs/batch", operation_id="createNeeds", access=Access.MEMBER, status_code=200, summary="Ask for many")
async def create_needs(
    data: JSONBody[NeedBatch], session: Session, actor: Who, request: AnyRequest
) -> Response[BatchAnswer]:
    """Up to 1,000 at once. Good ones stay, and each other one says what is wrong with it; an `external_id` that is
    known changes that need.
    """
    language = request.headers.get("accept-language")
    return plain(await batch.create_batch(session, actor, data.items, accept_language=language))


@get("/needs/{need_id:uuid}", operation_id="getNeed", access=Access.ANYONE, summary="One need")
async def get_need(need_id: FromPath[UUID], request: AnyRequest) -> Response[NeedOut]:
    # By hand, as searches: this is as hot.
    """Its lines, where and until when; drafts and paused ones only for the organization and officers."""
    actor, catalogue = provide_actor(request.scope), remembered()

    async def make() -> Made:
        need = await queries.get_need(provide_session(request.scope), actor, need_id)
        return Encoded.of(need_out(need, catalogue=catalogue), version=need.version), need.version

    own = {} if actor.is_officer else {"own": list(actor.organization_ids)}
    proof, values = queries.need_proof(is_officer=actor.is_officer), {"id": need_id, **own}
    reader = provide_reader(request.scope)
    encoded, version = await _stored.answer(reader, proof, values=values, also=(catalogue,), make=make)
    return encoded_single(request, encoded, NeedOut, version=version)


@patch("/needs/{need_id:uuid}", operation_id="editNeed", access=Access.MEMBER, summary="Edit a need")
async def edit_need(
    need_id: FromPath[UUID],
    data: JSONBody[NeedUpdate],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
) -> Response[NeedOut]:
    """For members of the organization; only what is sent changes. Lines keep their ids by position, since quotes
    answer them.
    """
    need = await queries.get_need(session, actor, need_id, lock=True)
    require_match(request, need.version)
    await service.edit_need(session, actor, need, data)
    return _answer(request, need, catalogue)


async def _change_status(
    request: AnyRequest, need_id: UUID, verb: str, *, session: AsyncSession, actor: Actor, catalogue: Catalogue
) -> Response[NeedOut]:
    need = await queries.get_need(session, actor, need_id, lock=True)
    require_match(request, need.version)
    await service.change_status(session, actor, need, verb=verb)
    return _answer(request, need, catalogue)


@post(
    "/needs/{need_id:uuid}/publish",
    operation_id="publishNeed",
    access=Access.MEMBER,
    status_code=200,
    summary="Show a need to everybody",
)
async def publish_need(
    need_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[NeedOut]:
    """For members of the organization. Suppliers find it a moment later, those whose listings fit are told, and
    quotes are taken until its deadline.
    """
    return await _change_status(request, need_id, "publish", session=session, actor=actor, catalogue=catalogue)


@post(
    "/needs/{need_id:uuid}/pause",
    operation_id="pauseNeed",
    access=Access.MEMBER,
    status_code=200,
    summary="Take a need out of sight for a while",
)
async def pause_need(
    need_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[NeedOut]:
    """For members of the organization. It is found no more and takes no quotes until it is published again."""
    return await _change_status(request, need_id, "pause", session=session, actor=actor, catalogue=catalogue)


@delete(
    "/needs/{need_id:uuid}",
    operation_id="archiveNeed",
    access=Access.MEMBER,
    summary="Archive a need: nothing is ever deleted",
)
async def archive_need(
    need_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> None:
    """For members of the organization. It takes no more quotes; those it has and papers that name it keep it."""
    await _change_status(request, need_id, "archive", session=session, actor=actor, catalogue=catalogue)


routes = [
    search_needs,
    create_need,
    create_needs,
    get_need,
    edit_need,
    publish_need,
    pause_need,
    archive_need,
]
