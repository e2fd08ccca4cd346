"""Suggestions while somebody types."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from pydantic import ConfigDict, Field

from market.core.access import Access
from market.core.query import query_of
from market.core.representation import json_answer
from market.core.schemas import Answer, Schema
from market.reference.catalogue import Catalogue
from market.search.asking import MAX_QUERY
from market.search.suggest import Kind, suggest

MOST_OF_A_KIND = 20


class SuggestQuery(Schema):
    # The blank after a finished word says that no more letters of it will come.
    model_config = ConfigDict(str_strip_whitespace=False)

    q: str = Field(default="", max_length=MAX_QUERY, description="What was typed so far, its last blank included")
    limit: int = Field(default=5, ge=1, le=MOST_OF_A_KIND, description="Suggestions of each kind")


class SuggestionOut(Answer):
    kind: Kind = Field(description=f"One of {', '.join(get_args(Kind))}")
    id: str = Field(description="Of a province: `version:code`")
    text: str = Field(description="The name that goes on as typed: what to show and to search for")
    name: str = Field(description="What the thing is called here")


class Suggestions(Answer):
    """Goods, places, organizations and offers, in this order; the likeliest of each kind first."""

    items: list[SuggestionOut]


@get(
    "/suggest",
    operation_id="suggest",
    access=Access.ANYONE,
    dependencies={"params": query_of(SuggestQuery)},
    summary="What begins as typed: goods, places, organizations, offers",
)
async def suggest_as_typed(
    params: NamedDependency[SuggestQuery], catalogue: NamedDependency[Catalogue], request: Request[Any, Any, Any]
) -> Response[Suggestions]:
    """For a search box, at each key: begins of words with or without marks, a few of each kind, the most used first."""
    found = await suggest(request.app.state.search, params.q, catalogue=catalogue, limit=params.limit)
    return json_answer(msgspec.json.encode({"items": found}), headers={"Cache-Control": "public, max-age=10"})


routes = [suggest_as_typed]
