"""`market openapi`: the API's description, without a database or an engine."""

from __future__ import annotations

import secrets

import msgspec
import typer
from pydantic import SecretStr

from market.app import create_app
from market.config import Settings

NOWHERE = SecretStr("postgresql://nobody@127.0.0.1:1/nothing")
"""An address that is never connected to."""


def openapi() -> None:
    """Write the OpenAPI 3.1 description to standard output, as /schema/openapi.json answers it."""
    app = create_app(Settings(database_url=NOWHERE, meili_url=None, secret_key=SecretStr(secrets.token_urlsafe(32))))
    described = msgspec.json.encode(app.openapi_schema.to_schema())
    typer.echo(msgspec.json.format(described, indent=2).decode())
