"""`market openapi`: the API's description, without a database or an engine."""

from __future__ import annotations

import secrets
from typing import Any

import msgspec
import typer
from pydantic import SecretStr

from market.app import create_app
from market.config import Settings

NOWHERE = SecretStr("postgresql://nobody@127.0.0.1:1/nothing")
"""An address that is never connected to."""


def description() -> dict[str, Any]:
    """The OpenAPI 3.1 description, as /schema/openapi.json answers it."""
    app = create_app(Settings(database_url=NOWHERE, meili_url=None, secret_key=SecretStr(secrets.token_urlsafe(32))))
    return app.openapi_schema.to_schema()


def openapi() -> None:
    """Write the OpenAPI 3.1 description to standard output."""
    typer.echo(msgspec.json.format(msgspec.json.encode(description()), indent=2).decode())
