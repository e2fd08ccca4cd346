"""The API's own description: OpenAPI 3.1, and its pages without internet."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from litestar import Litestar, Request, Response, Router
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin, SwaggerRenderPlugin
from litestar.openapi.spec import Components, Contact, License, OpenAPI, SecurityScheme, Server, Tag
from litestar.static_files import create_static_files_router

from market.common_documentation import Declared, completed
from market.core.access import Access
from market.core.deadline import SECONDS
from market.core.representation import entity_tag, is_named

PAGES = "swagger-ui-dist"
ASSETS = "/schema/assets"
KEPT = "public, max-age=300"
OPEN = {"access": Access.ANYONE, "ignores_credentials": True}
MAKING_SECONDS = 60.0
"""Within which the first who asks has the description: it is made once, and the machine may be busy."""

DESCRIPTION = """
Matchmaking between Vietnamese producers and Ho Chi Minh City's buyers: listings and needs that find each other with
reasons, and the agreements signed at events, followed until goods are delivered.

* Errors are `application/problem+json` (RFC 9457) with every error at once; Vietnamese unless `Accept-Language` prefers
  English.
* Send `Authorization: Bearer <access token>` or an API key `mk_...`; `Market-Organization` chooses among several.
* `Idempotency-Key` on any POST, PATCH or DELETE makes it safe to repeat. `If-Match` guards against lost updates.
* Lists: `limit`, opaque `cursor`; searches: `page`, `limit`. `fields` trims an answer. What takes no `limit` says why.
* What is going to end says so half a year before: `Deprecation` and `Sunset` in its answers, `deprecated` here.
* `Market-Position` of a write, sent with the next reads, finds what was written, whichever database answers.
"""

TAGS = (
    Tag("accounts", "Sign in, refresh, sign out, API keys"),
    Tag("organizations", "Cooperatives, companies, supermarkets, departments"),
    Tag("reference", "Provinces, goods, units, certification schemes"),
    Tag("certificates", "Dated recognitions, verified by a second person"),
    Tag("listings", "What producers offer"),
    Tag("photos", "The pictures themselves, and photos sent in pieces over bad lines"),
    Tag("needs", "What buyers ask for"),
    Tag("matching", "Who fits whom, and why"),
    Tag("quotes", "Answers to needs, counter-offers, acceptance, and threads of two organizations"),
    Tag("events", "Matchmaking events"),
    Tag("agreements", "MOUs and contracts, until goods are delivered"),
    Tag("webhooks", "Signed messages to servers of others, and what became of each"),
    Tag("integrations", "What changed, and the market in other words: OCDS, schema.org"),
    Tag("problems", "What every error code means"),
    Tag("programmes", "Cooperation programmes and their published figures"),
    Tag("imports", "Spreadsheets in: looked at, tried, run, answered row by row"),
    Tag("health", "Is it alive, is it ready, and the numbers"),
)


def _described(app: Litestar) -> dict[str, Any]:
    """The description, which the framework makes when it is first looked at."""
    return app.openapi_schema.to_schema()


class PlainPage(OpenAPIRenderPlugin):
    """What `/schema` shows where the documentation's pages are not installed: a list of the operations."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        del request
        rows = [
            f"<tr><td>{method.upper()}</td><td><code>{escape(path)}</code></td>"
            f"<td>{escape(operation.get('summary') or '')}</td></tr>"
            for path, operations in sorted(openapi_schema["paths"].items())
            for method, operation in operations.items()
            if isinstance(operation, dict)
        ]
        head = "<!doctype html><html lang='en'><meta charset='utf-8'><title>Market</title>"
        link = "<p>The whole description: <a href='/schema/openapi.json'>openapi.json</a></p>"
        return f"{head}<h1>Market</h1>{link}<table>{''.join(rows)}</table></html>".encode()


class KeptJson(JsonRenderPlugin):
    """The description as JSON: written once, and not sent again to whoever has it."""

    def __init__(self) -> None:
        super().__init__()
        self._body = b""
        self._tag = ""
        self._making = asyncio.Lock()

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        if not self._body:
            self._body = super().render(request, openapi_schema)
            self._tag = entity_tag(1, self._body)
        return self._body

    async def before(self, request: Request[Any, Any, Any]) -> Response[bytes] | None:
        """The short answer to a caller that has this very description.

        The first who asks has it made: seconds of work, in a thread, so that others are answered meanwhile.
        """
        async with self._making:
            await asyncio.to_thread(_described, request.app)
        if self._tag and self._is_asked(request) and is_named(request.headers.get("if-none-match"), self._tag):
            return Response(b"", status_code=304, headers={"ETag": self._tag, "Cache-Control": KEPT})
        return None

    def after(self, answer: Response[Any]) -> Response[Any]:
        """The answer, with what caches need to know."""
        if answer.content is self._body:
            answer.headers |= {"ETag": self._tag, "Cache-Control": KEPT}
        return answer

    def __deepcopy__(self, _: dict[int, Any]) -> KeptJson:
        # The framework copies what its hooks are bound to, and the copy would know of no description.
        return self

    def _is_asked(self, request: Request[Any, Any, Any]) -> bool:
        return any(request.scope["path"].endswith(path) for path in self.paths)


@dataclass
class CompleteDescription(OpenAPI):
    """The description with what is common to all operations; made when it is first asked for."""

    declared: Declared = field(default_factory=Declared)
    made: dict[str, Any] | None = None

    @property
    def _exclude_fields(self) -> set[str]:
        return {*super()._exclude_fields, "declared", "made"}

    def to_schema(self) -> dict[str, Any]:
        """As JSON; the same each time."""
        if self.made is None:
            self.made = completed(super().to_schema(), self.declared)
        return self.made


@dataclass
class CompleteConfig(OpenAPIConfig):
    """Makes the framework fill a `CompleteDescription`."""

    declared: Declared = field(default_factory=Declared)

    def to_openapi_schema(self) -> OpenAPI:
        """The description before its paths are filled in."""
        begun = super().to_openapi_schema()
        values = {name: getattr(begun, name) for name in begun.__dataclass_fields__}
        return CompleteDescription(**values, declared=self.declared)


def pages_directory(project_root: Path) -> Path | None:
    """Where the documentation's scripts and styles lie, if they are installed."""
    directory = project_root / "node_modules" / PAGES
    return directory if (directory / "swagger-ui-bundle.js").exists() else None


def describe(project_root: Path, *, declared: Declared) -> OpenAPIConfig:
    """How the API describes itself, from files of this machine only."""
    pages: OpenAPIRenderPlugin
    if pages_directory(project_root) is None:
        pages = PlainPage(path="/", favicon="")
    else:
        pages = SwaggerRenderPlugin(
            path="/",
            favicon=f"<link rel='icon' href='{ASSETS}/favicon-32x32.png'>",
            js_url=f"{ASSETS}/swagger-ui-bundle.js",
            css_url=f"{ASSETS}/swagger-ui.css",
            standalone_preset_js_url=f"{ASSETS}/swagger-ui-standalone-preset.js",
        )
    kept = KeptJson()
    router = Router(
        "/schema",
        route_handlers=[],
        opt={**OPEN, SECONDS: MAKING_SECONDS},
        include_in_schema=False,
        before_request=kept.before,
        after_request=kept.after,
    )
    bearer = SecurityScheme(type="http", scheme="bearer", bearer_format="an access token, or an API key mk_...")
    return CompleteConfig(
        declared=declared,
        title="Market",
        version="1",
        description=DESCRIPTION,
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        contact=Contact(name="The market's maintainers"),
        servers=[Server(url="/")],
        tags=list(TAGS),
        openapi_router=router,
        render_plugins=[pages, kept],
        create_examples=False,
        use_handler_docstrings=True,
        components=Components(security_schemes={"bearer": bearer}),
    )


def page_assets(project_root: Path) -> list[Router]:
    """The route of the documentation's scripts and styles, where they are installed."""
    directory = pages_directory(project_root)
    if directory is None:
        return []
    return [
        create_static_files_router(
            path=ASSETS,
            directories=[directory],
            opt=OPEN,
            include_in_schema=False,
            name="documentation",
        )
    ]
