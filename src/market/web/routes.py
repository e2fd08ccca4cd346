"""Pages for browsers, and the same addresses for programs, which get links and redirects to the API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from market.attachments.queries import attachments_of
from market.core.access import ANONYMOUS, Access, Actor
from market.core.errors import NotFound
from market.core.language import Language, preferred_language
from market.core.representation import VARY, single
from market.events.answers import event_out
from market.events.models import Event
from market.events.queries import Attendance, attendance, get_event
from market.integrations.json_ld import event_thing, listing_thing, need_thing, organization_thing
from market.integrations.json_ld_routes import base_of
from market.listings.answers import listing_out
from market.listings.models import Listing
from market.listings.queries import get_listing
from market.lots.answers import label_claims
from market.lots.labels import gtin_14, trace_path
from market.lots.queries import get_lot, labelled_lots
from market.needs.answers import need_out
from market.needs.models import Need
from market.needs.queries import get_need
from market.organizations.answers import organization_out
from market.organizations.models import Organization
from market.organizations.queries import get_organization
from market.reference.catalogue import Catalogue
from market.web import beginning, problem_page
from market.web.event_page import event_page
from market.web.guide import guide_page
from market.web.letter_pages import SCRIPT, letter_page, script
from market.web.page import wants_page
from market.web.problems import ProblemKind, ProblemKinds, find_problem, problem_kinds
from market.web.things import KINDS, elsewhere, listing_page, need_page, organization_page
from market.web.tracing import choice_page, no_lot_page, trace_page

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
Reference = NamedDependency[Catalogue]
AnyRequest = Request[Any, Any, Any]
T = TypeVar("T")

KEPT = "public, max-age=3600"
PUBLIC_KINDS = frozenset({"listings", "lots", "needs", "events", "organizations"})
PRIVATE_KINDS = [kind for kind in KINDS if kind not in PUBLIC_KINDS]


def _language(request: AnyRequest) -> Language:
    return preferred_language(request.headers.get("accept-language"))


def _wants_page(request: AnyRequest) -> bool:
    return wants_page(request.headers.get("accept"))


def _page(body: bytes, *, status: int = 200, kept: str = "private, no-cache") -> Response[bytes]:
    headers = {
        "Cache-Control": kept,
        "Vary": VARY,
        "Content-Security-Policy": "default-src 'self'; style-src 'unsafe-inline'",
    }
    return Response(body, status_code=status, media_type="text/html", headers=headers)


def _to_api(request: AnyRequest) -> Response[bytes]:
    return Redirect(f"/api/v1{request.scope['path']}", status_code=307, headers={"Vary": VARY})


async def _shown(
    request: AnyRequest,
    kind: str,
    id_: UUID,
    find: Callable[[], Awaitable[T]],
    drawn: Callable[[T, Language], bytes],
) -> Response[bytes]:
    """A thing as a page for people, as JSON for programs; what is not for everybody says where it can be read."""
    if not _wants_page(request):
        return _to_api(request)
    language = _language(request)
    try:
        found = await find()
    except NotFound:
        return _page(elsewhere(kind, id_, language=language), status=404)
    return _page(drawn(found, language))


@get("/problems", operation_id="listProblems", access=Access.ANYONE, summary="Every error code, explained")
async def list_problems(request: AnyRequest) -> Response[ProblemKinds]:
    """Title, meaning and status of each code in both languages. All of them at once, without `limit`."""
    kinds = ProblemKinds(items=list(problem_kinds().values()))
    return single(request, kinds, version=1, cache_control=KEPT)


@get("/problems/{code:str}", operation_id="explainProblem", access=Access.ANYONE, summary="What an error code means")
async def explain_problem(code: FromPath[str], request: AnyRequest) -> Response[ProblemKind]:
    """What happened, what to do, and an example, in both languages; `type` of a problem leads to the page of it."""
    return single(request, find_problem(code), version=1, cache_control=KEPT)


@get("/", operation_id="showBeginning", access=Access.ANYONE, include_in_schema=False, summary="Where to begin")
async def show_beginning(request: AnyRequest) -> Response[bytes]:
    if _wants_page(request):
        return _page(beginning.beginning_page(_language(request)), kept=KEPT)
    headers = {"Cache-Control": KEPT, "Vary": VARY, "Link": beginning.LINK_HEADER}
    return Response(beginning.links(), media_type="application/json", headers=headers)


@get(
    "/problems/{code:str}",
    operation_id="showProblem",
    access=Access.ANYONE,
    include_in_schema=False,
    summary="What an error code means, as a page",
)
async def show_problem(code: FromPath[str], request: AnyRequest) -> Response[bytes]:
    if not _wants_page(request):
        return _to_api(request)
    return _page(problem_page.problem_page(find_problem(code), language=_language(request)), kept=KEPT)


@get(
    "/problems",
    operation_id="showProblems",
    access=Access.ANYONE,
    include_in_schema=False,
    summary="Every error code, as a page",
)
async def show_problems(request: AnyRequest) -> Response[bytes]:
    if not _wants_page(request):
        return _to_api(request)
    return _page(problem_page.problems_page(problem_kinds().values(), language=_language(request)), kept=KEPT)


@get(
    "/listings/{listing_id:uuid}",
    operation_id="showListing",
    access=Access.ANYONE,
    include_in_schema=False,
    summary="A listing, as a page",
)
async def show_listing(
    listing_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[bytes]:
    def drawn(listing: Listing, language: Language) -> bytes:
        linked = listing_thing(listing, base=base_of(request), catalogue=catalogue)
        return listing_page(listing_out(listing, catalogue=catalogue), language=language, linked=linked)

    return await _shown(request, "listings", listing_id, lambda: get_listing(session, actor, listing_id), drawn)


@get(
    "/needs/{need_id:uuid}",
    operation_id="showNeed",
    access=Access.ANYONE,
    include_in_schema=False,
    summary="A need, as a page",
)
async def show_need(
    need_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[bytes]:
    def drawn(need: Need, language: Language) -> bytes:
        linked = need_thing(need, base=base_of(request), catalogue=catalogue)
        return need_page(need_out(need, catalogue=catalogue), language=language, linked=linked)

    return await _shown(request, "needs", need_id, lambda: get_need(session, actor, need_id), drawn)


@get(
    "/events/{event_id:uuid}",
    operation_id="showEvent",
    access=Access.ANYONE,
    include_in_schema=False,
    summary="An event, as a page",
)
async def show_event(
    event_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[bytes]:
    async def counted() -> tuple[Event, Attendance]:
        event = await get_event(session, actor, event_id)
        return event, (await attendance(session, [event])).get(event.id, Attendance())

    def drawn(found: tuple[Event, Attendance], language: Language) -> bytes:
        event, coming = found
        linked = event_thing(event, base=base_of(request), catalogue=catalogue)
        told = event_out(event, attendance=coming, catalogue=catalogue)
        return event_page(told, language=language, linked=linked)

    return await _shown(request, "events", event_id, counted, drawn)


@get(
    "/organizations/{organization_id:uuid}",
    operation_id="showOrganization",
    access=Access.ANYONE,
    include_in_schema=False,
    summary="An organization, as a page",
)
async def show_organization(
    organization_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[bytes]:
    def drawn(organization: Organization, language: Language) -> bytes:
        linked = organization_thing(organization, base=base_of(request), catalogue=catalogue)
        told = organization_out(organization, actor=ANONYMOUS, catalogue=catalogue)
        return organization_page(told, language=language, linked=linked)

    def find() -> Awaitable[Organization]:
        return get_organization(session, actor, organization_id)

    return await _shown(request, "organizations", organization_id, find, drawn)


@get(
    ["/trace/{lot_id:uuid}", "/lots/{lot_id:uuid}"],
    operation_id="showLot",
    access=Access.ANYONE,
    include_in_schema=False,
    summary="A lot, as whoever reads its label sees it",
)
async def show_lot(
    lot_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[bytes]:
    if not _wants_page(request):
        return Redirect(f"/api/v1/lots/{lot_id}", status_code=307, headers={"Vary": VARY})
    language = _language(request)
    try:
        lot = await get_lot(session, actor, lot_id)
    except NotFound:
        return _page(elsewhere("lots", lot_id, language=language), status=404)
    reports = await attachments_of(session, "lot", lot.id)
    return _page(trace_page(lot, [report.id for report in reports], catalogue=catalogue, language=language))


@get(
    "/01/{gtin:str}/10/{code:str}",
    operation_id="followDigitalLink",
    access=Access.ANYONE,
    include_in_schema=False,
    summary="Where the GS1 Digital Link on a label leads",
)
async def follow_digital_link(
    gtin: FromPath[str], code: FromPath[str], session: Session, actor: Who, request: AnyRequest
) -> Response[bytes]:
    number = gtin_14(gtin)
    found = await labelled_lots(session, actor, gtin=number, code=code) if number else []
    if len(found) == 1:
        return Redirect(trace_path(found[0]), status_code=307, headers={"Vary": VARY})
    if not found and not _wants_page(request):
        raise NotFound
    if not found:
        return _page(no_lot_page(gtin, code, language=_language(request)), status=404)
    if _wants_page(request):
        return _page(choice_page(found, language=_language(request)), status=300)
    reached_at = str(request.app.state.settings.reached_at()).rstrip("/")
    claims = label_claims(found, gtin=number or gtin, code=code, reached_at=reached_at)
    headers = {"Cache-Control": "private, no-cache", "Vary": VARY}
    return Response(claims.model_dump_json().encode(), status_code=300, media_type="application/json", headers=headers)


@get(
    [f"/{kind}/{{thing_id:uuid}}" for kind in PRIVATE_KINDS],
    operation_id="showThing",
    access=Access.ANYONE,
    include_in_schema=False,
    summary="Where to read something that is not for everybody",
)
async def show_thing(thing_id: FromPath[UUID], request: AnyRequest) -> Response[bytes]:
    if not _wants_page(request):
        return _to_api(request)
    kind = request.scope["path"].split("/")[1]
    return _page(elsewhere(kind, thing_id, language=_language(request)))


@get(
    ["/password", "/invitations", "/second-factor"],
    operation_id="showLetterPage",
    access=Access.ANYONE,
    include_in_schema=False,
    summary="Where a link in a letter leads",
)
async def show_letter_page(request: AnyRequest) -> Response[bytes]:
    return _page(letter_page(request.scope["path"].strip("/"), language=_language(request)))


@get(
    "/contacts/{contact_id:uuid}",
    operation_id="showContactPage",
    access=Access.ANYONE,
    include_in_schema=False,
    summary="Where the link that confirms a contact leads",
)
async def show_contact_page(contact_id: FromPath[UUID], request: AnyRequest) -> Response[bytes]:
    return _page(letter_page("contacts", language=_language(request), id_=contact_id))


@get(SCRIPT, operation_id="getLetterScript", access=Access.ANYONE, include_in_schema=False, summary="Forms of letters")
async def get_letter_script() -> Response[bytes]:
    return Response(script(), media_type="text/javascript", headers={"Cache-Control": KEPT})


@get(
    "/docs",
    operation_id="showGuide",
    access=Access.ANYONE,
    include_in_schema=False,
    summary="The guide for integrators",
)
async def show_guide(request: AnyRequest) -> Response[bytes]:
    return _page(guide_page(request.app.state.settings.docs_dir, "index"), kept=KEPT)


@get(
    "/docs/{chapter:str}",
    operation_id="showGuideChapter",
    access=Access.ANYONE,
    include_in_schema=False,
    summary="A chapter of the guide",
)
async def show_guide_chapter(chapter: FromPath[str], request: AnyRequest) -> Response[bytes]:
    return _page(guide_page(request.app.state.settings.docs_dir, chapter), kept=KEPT)


routes = [list_problems, explain_problem]
pages_of_things = [show_listing, show_need, show_event, show_organization, show_lot, follow_digital_link]
"""Pages of what is in the market, in words of the catalogue."""
pages = [
    show_beginning,
    show_problems,
    show_problem,
    show_thing,
    show_letter_page,
    show_contact_page,
    get_letter_script,
    show_guide,
    show_guide_chapter,
]
