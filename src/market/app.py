"""The only composition root of the API: settings in, a Litestar application out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog
from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.middleware import ASGIMiddleware
from litestar.plugins.pydantic.plugins.schema import PydanticSchemaPlugin
from litestar.types import ASGIApp, ControllerRouterHandler, Receive, Scope, Send
from sqlalchemy.ext.asyncio import AsyncEngine

from market.accounts import me_routes
from market.accounts import routes as accounts
from market.accounts.attempts import SignInAttempts
from market.accounts.service import TokenPolicy
from market.agreements import routes as agreements
from market.agreements.paper.files import paper_writer
from market.attachments import claim_routes as claim_evidence
from market.attachments.queries import has_claim_files
from market.certificates import routes as certificates
from market.certificates.service import suspend_certificates
from market.config import PROJECT_ROOT, Settings
from market.conflicts import CONFLICTS, FOUND_BY_DATABASE
from market.core import health
from market.core.access import PEOPLE
from market.core.application import Application
from market.core.asked_again import AskedAgainMiddleware
from market.core.cross_origin import CrossOrigin, origins_of
from market.core.db import FOR_REQUESTS, create_engine, create_sessions
from market.core.deadline import DeadlineMiddleware
from market.core.endings import EndingMiddleware
from market.core.probing import Probe
from market.core.problem import Refuse, refuser
from market.core.rate_limit import RateLimitMiddleware
from market.core.replica import Replica
from market.core.requests import MarketRequest
from market.core.sealing import secret_of
from market.core.sheets.answering import SheetsMiddleware
from market.core.transaction import TransactionMiddleware, provide_actor, provide_session
from market.declarations import declared_by
from market.documentation import describe, page_assets
from market.endings import ENDINGS
from market.engine.gateway import Engine
from market.events import booth_routes, calendar_routes
from market.events import routes as events
from market.events.afterwards import routes as afterwards
from market.events.desk import routes as desk
from market.events.desk.devices import DEVICE_PREFIX, device_actor
from market.events.meetings import routes as meetings
from market.hall import routes as hall
from market.hall import sheet_routes
from market.hall.scans import routes as scan_routes
from market.hall.scans.reading import scan_reader
from market.imports import routes as imports
from market.integrations import routes as integrations
from market.integrations.negotiation import lead_to_json_ld
from market.integrations.watching import LogWatch
from market.integrations.webhooks import routes as webhooks
from market.lifetime import resources
from market.listings import photo_routes as listing_photos
from market.listings import routes as listings
from market.lots import photo_routes as lot_photos
from market.lots import routes as lots
from market.matching import pool_routes
from market.matching import routes as matching
from market.matching.alerts import routes as alerts
from market.matching.pool_process import PoolSolver
from market.naming import routes as naming
from market.needs import routes as needs
from market.notifications import routes as notifications
from market.notifications.notices import MAIL_JOB
from market.notifications.push import routes as push
from market.organizations import api_key_routes, invitation_routes, personal_routes, shared_phone_routes
from market.organizations import photo_routes as organization_photos
from market.organizations import routes as organizations
from market.organizations.authentication import Authenticator
from market.organizations.blocks import routes as blocks
from market.organizations.bounds import Bounds
from market.organizations.claims import routes as claims
from market.organizations.scopes import THINGS
from market.photo_subjects import PHOTO_SUBJECTS
from market.photos import routes as photos
from market.photos.making import photo_maker
from market.programmes import routes as programmes
from market.quotes import routes as quotes
from market.reference import routes as reference
from market.reference.catalogue import Catalogue
from market.reference.types import is_remembered, known_catalogue, remembered
from market.reports import routes as reports
from market.request_costs import COSTS, LONGER
from market.search import routes as search
from market.search.kept import IndexMarks, KeptAnswers
from market.sheet_tables import TABLES
from market.web import routes as web

log = structlog.get_logger(__name__)

ROOMS: Mapping[str, Sequence[ControllerRouterHandler]] = {
    "claims": (*claims.routes, *claim_evidence.routes),
    "accounts": (*accounts.routes, *me_routes.routes),
    "organizations": (
        *organizations.routes,
        *invitation_routes.routes,
        *blocks.routes,
        *personal_routes.routes,
        *shared_phone_routes.routes,
        *organization_photos.routes,
    ),
    "api_keys": api_key_routes.routes,
    "reference": reference.routes,
    "search": search.routes,
    "events": (*events.routes, *calendar_routes.routes, *booth_routes.routes, *afterwards.routes),
    "meetings": meetings.routes,
    "desk": (*desk.routes, *hall.routes, *scan_routes.routes, *sheet_routes.routes),
    "agreements": agreements.routes,
    "reports": reports.routes,
    "certificates": certificates.routes,
    "goods names": naming.routes,
    "listings": (*listings.routes, *listing_photos.routes, *lots.routes, *lot_photos.routes),
    "needs": needs.routes,
    "programmes": programmes.routes,
    "matching": (*matching.routes, *pool_routes.routes),
    "quotes": quotes.routes,
    "alerts": alerts.routes,
    "photos": photos.routes,
    "notifications": (*notifications.routes, *push.routes),
    "imports": imports.routes,
    "integrations": integrations.routes,
    "webhooks": webhooks.routes,
    "problems": web.routes,
}
"""The rooms with routes; each is a chapter of the API description."""

SCOPES: Mapping[str, str] = {
    "accounts": PEOPLE,
    "api_keys": PEOPLE,
    "claims": "organizations",
    "meetings": "events",
    "desk": "events",
    "goods names": "goods",
    "programmes": "reference",
    "alerts": "notifications",
    "integrations": "changes",
    "webhooks": "changes",
    "problems": "reference",
    **{name: name for name in ROOMS if name in THINGS},
}
"""What a key needs to ask a room; a route may declare another `scope`."""


class CatalogueMiddleware(ASGIMiddleware):
    """Lets the first request of a process load the catalogue: query strings and bodies are checked against it."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if not is_remembered():
            await known_catalogue(provide_session(scope))
        await next_app(scope, receive, send)


def _token_policy(settings: Settings, secret: str) -> TokenPolicy:
    return TokenPolicy(
        secret=secret,
        access_lifetime=timedelta(minutes=settings.access_token_minutes),
        refresh_lifetime=timedelta(days=settings.refresh_token_days),
    )


IDLE_TRANSACTION_SECONDS = 60


def _search(settings: Settings) -> Engine | None:
    if settings.meili_url is None:
        return None
    key = settings.meili_key.get_secret_value() if settings.meili_key else None
    return Engine(settings.meili_url, key=key, prefix=settings.meili_index_prefix)


def _api() -> Router:
    rooms = [
        Router("/", route_handlers=list(routes), tags=[name], opt={"scope": SCOPES[name]})
        for name, routes in ROOMS.items()
    ]
    return Router("/api/v1", route_handlers=rooms, middleware=[CatalogueMiddleware(), SheetsMiddleware(TABLES)])


def _pages() -> Router:
    """A link in a mail may be the first that a process is asked for."""
    return Router("/", route_handlers=web.pages_of_things, middleware=[CatalogueMiddleware()])


def _middleware(
    settings: Settings, authenticate: Authenticator, refuse: Refuse
) -> tuple[RateLimitMiddleware, DeadlineMiddleware, TransactionMiddleware]:
    limit = RateLimitMiddleware(
        refuse=refuse,
        anonymous_per_minute=settings.anonymous_requests_per_minute,
        signed_in_per_minute=settings.signed_in_requests_per_minute,
        trusted_proxies=settings.trusted_proxies,
        costs=COSTS,
    )
    deadline = DeadlineMiddleware(
        refuse=refuse,
        seconds=settings.request_seconds,
        longer={name: max(seconds, settings.request_seconds) for name, seconds in LONGER.items()},
        most=settings.requests_under_way,
        body_bytes=settings.max_body_bytes,
        trusted_proxies=settings.trusted_proxies,
    )
    transaction = TransactionMiddleware(authenticate=authenticate, refuse=refuse, secret=authenticate.secret)
    return limit, deadline, transaction


def _reference() -> Catalogue | None:
    """What this process answers from now; None before its first request."""
    return remembered() if is_remembered() else None


def _database(settings: Settings, url: str) -> AsyncEngine:
    return create_engine(
        url,
        pool_size=settings.database_pool_size,
        patience=FOR_REQUESTS,
        idle_seconds=IDLE_TRANSACTION_SECONDS,
    )


def _state(settings: Settings, secret: str) -> dict[str, Any]:
    """What requests are answered with: the database, the engine, the children, the bounds."""
    engine = _database(settings, settings.sqlalchemy_url())
    read_url = settings.sqlalchemy_read_url()
    made: dict[str, Any] = {
        "settings": settings,
        "engine": engine,
        "sessions": create_sessions(engine),
        "replica": Replica(_database(settings, read_url)) if read_url is not None else None,
        "token_policy": _token_policy(settings, secret),
        "search": _search(settings),
        "pool_solver": PoolSolver(),
        "paper_writer": paper_writer(),
        "photo_maker": photo_maker(),
        "scan_reader": scan_reader(),
        "log_watch": LogWatch(),
        "photo_subjects": PHOTO_SUBJECTS,
        "bounds": Bounds(
            first_contacts_a_day=settings.unverified_first_contacts_a_day,
            listings=settings.unverified_listings,
            mails_a_day=settings.unverified_mails_a_day,
        ),
        "identity_dependents": (suspend_certificates,),
        "has_claim_files": has_claim_files,
        "sign_in_attempts": SignInAttempts(settings.sign_in_attempts_per_minute),
    }
    made["is_warm"] = is_remembered
    searching: Engine | None = made["search"]
    marks = IndexMarks(searching, fresh_seconds=settings.search_fresh_seconds) if searching is not None else None
    made["kept_searches"] = KeptAnswers(marks) if marks is not None else None
    made["probe"] = Probe(
        settings.database_url.get_secret_value() if settings.database_url else "",
        data_dir=settings.data_dir,
        engine=searching.healthy if searching is not None else None,
        mail_job=MAIL_JOB,
    )
    return made


def create_app(settings: Settings | None = None, *, state: Mapping[str, Any] | None = None) -> Litestar:
    """Build the API.

    Args:
        settings: read from the environment when left out (as a server's factory does).
        state: replaces what would be made from the settings (`sessions`, for tests that roll back).

    Raises:
        ValueError: no database, or no secret key of at least 32 characters, is configured.
    """
    settings = settings or Settings()
    secret = secret_of(settings.secret_key, settings.previous_secret_key)
    made = _state(settings, secret)
    refuse = refuser(CONFLICTS)
    authenticate = Authenticator(
        secret, second_factor_required=settings.second_factor_required, others={DEVICE_PREFIX: device_actor}
    )
    limit, deadline, transaction = _middleware(settings, authenticate, refuse)
    made["buckets"] = (*limit.buckets, *made["sign_in_attempts"])
    kept = made["kept_searches"]
    made["key_uses"], made["limit"] = authenticate.key_uses, limit
    return Application(
        cross_origin=CrossOrigin(origins_of(settings.cors_origins)),
        lead=lead_to_json_ld,
        route_handlers=[_api(), _pages(), *health.routes, *web.pages, *page_assets(PROJECT_ROOT)],
        dependencies={
            "session": Provide(provide_session, sync_to_thread=False),
            "actor": Provide(provide_actor, sync_to_thread=False),
            "catalogue": Provide(remembered, sync_to_thread=False),
        },
        middleware=[
            *([EndingMiddleware(ENDINGS)] if ENDINGS else ()),
            limit,
            *([AskedAgainMiddleware(kept, follows=_reference)] if kept is not None else ()),
            deadline,
            transaction,
        ],
        request_class=MarketRequest,
        exception_handlers={HTTPException: refuse, Exception: refuse},
        request_max_body_size=settings.max_body_bytes,
        openapi_config=describe(
            PROJECT_ROOT, declared=declared_by({**ROOMS, "": health.routes}, SCOPES, ENDINGS, FOUND_BY_DATABASE)
        ),
        plugins=[PydanticSchemaPlugin(prefer_alias=True)],
        lifespan=[resources],
        state=State({**made, **(state or {})}),
        debug=False,
        logging_config=None,
    )
