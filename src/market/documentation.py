"""The API's own description: OpenAPI 3.1, and its pages without internet."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from litestar import Request, Router
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import OpenAPIRenderPlugin, SwaggerRenderPlugin
from litestar.openapi.spec import Components, Contact, License, OpenAPI, SecurityScheme, Server, Tag
from litestar.static_files import create_static_files_router

from market.common_documentation import Declared, completed
from market.core.access import Access

PAGES = "swagger-ui-dist"
ASSETS = "/schema/assets"
OPEN = {"access": Access.ANYONE, "ignores_credentials": True}

DESCRIPTION = """
Matchmaking between Vietnamese producers and Ho Chi Minh City's buyers: listings and needs that find each other with
reasons, and the agreements signed at events, followed until goods are delivered.

* Errors are `application/problem+json` (RFC 9457) with every error at once; Vietnamese unless `Accept-Language` prefers
  English.
* Send `Authorization: Bearer <access token>` or an API key `mk_...`; `Market-Organization` chooses among several.
* `Idempotency-Key` on any POST, PATCH or DELETE makes it safe to repeat. `If-Match` guards against lost updates.
* Lists: `limit`, opaque `cursor`; searches: `page`, `limit`. `fields` trims an answer.
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
    Tag("programmes", "Cooperation programmes and their published figures"),
    Tag("imports", "Spreadsheets in: looked at, tried, run, answered row by row"),
    Tag("health", "Is it alive, is it ready, and the numbers"),
)


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


@dataclass
class CompleteDescription(OpenAPI):
    """The description with what is common to all operations; made when it is first asked for."""

    declared: Declared = field(default_factory=Declared)

    @property
    def _exclude_fields(self) -> set[str]:
        return {*super()._exclude_fields, "declared"}

    def to_schema(self) -> dict[str, Any]:
        """As JSON."""
        return completed(super().to_schema(), self.declared)


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
        openapi_router=Router("/schema", route_handlers=[], opt=OPEN, include_in_schema=False),
        render_plugins=[pages],
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
