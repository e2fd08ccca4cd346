"""Query strings as pydantic models: every error at once, unknown parameters named, all of it in the API description."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal, TypeVar

from litestar import Request
from litestar.di import Provide
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from market.core.errors import ValidationFailed
from market.core.validation import field_errors

Q = TypeVar("Q", bound=BaseModel)

TEXTS = (str, str | None)
COMMON = frozenset({"fields"})
"""Parameters that any route may carry beside its own."""


def parse_query(model: type[Q], request: Request[Any, Any, Any]) -> Q:
    """The query string as a model. A list is given by commas, by repeating the parameter, or both; what is empty is
    left out, but for texts: an empty cursor is none of ours.

    Raises:
        ValidationFailed: with every wrong or unknown parameter.
    """
    values: dict[str, Any] = {}
    kinds = _kinds(model)
    sent = request.query_params
    for name in sent:
        if name in COMMON and name not in kinds:
            continue
        given = [text for text in sent.getall(name) if text != ""]
        if kinds.get(name) == "list":
            values[name] = [part.strip() for text in given for part in text.split(",") if part.strip()]
        elif given or kinds.get(name) != "other":
            values[name] = given[-1] if given else ""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise ValidationFailed(errors=field_errors(error.errors(include_input=False))) from None


@cache
def _kinds(model: type[BaseModel]) -> dict[str, Literal["list", "text", "other"]]:
    """What each parameter of a model takes."""
    return {
        field.alias or name: "list" if _takes_list(field) else "text" if field.annotation in TEXTS else "other"
        for name, field in model.model_fields.items()
    }


def _takes_list(field: FieldInfo) -> bool:
    return "list[" in str(field.annotation).lower()


class QueryProvider(Provide):
    """Gives a handler its query string as a model; the API description reads the model."""

    def __init__(self, model: type[BaseModel]) -> None:
        def provide(request: Request[Any, Any, Any]) -> Any:
            return parse_query(model, request)

        super().__init__(provide, sync_to_thread=False)
        self.model = model


def query_of(model: type[BaseModel]) -> QueryProvider:
    """A dependency that gives the query string as `model`."""
    return QueryProvider(model)


def described_query(model: type[BaseModel]) -> list[dict[str, Any]]:
    """The parameters of a query string, as OpenAPI describes them."""
    schema = model.model_json_schema(mode="validation")
    definitions = schema.get("$defs", {})
    parameters = []
    for name, field in model.model_fields.items():
        alias = field.alias or name
        described: dict[str, Any] = {"description": field.description} if field.description else {}
        described["schema"] = _resolved(schema["properties"][alias], definitions)
        parameters.append({"name": alias, "in": "query", "required": field.is_required(), **described})
    return parameters


def _resolved(described: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """A field's JSON schema without references, null alternatives or a null default."""
    if "$ref" in described:
        described = definitions[described["$ref"].rsplit("/", 1)[1]] | {
            key: value for key, value in described.items() if key != "$ref"
        }
    options = [option for option in described.get("anyOf", ()) if option.get("type") != "null"]
    if options:
        # Of a number or its text, a query string is told of the number.
        described = {key: value for key, value in described.items() if key != "anyOf"} | options[0]
    kept = {"type", "enum", "format", "minimum", "maximum", "minLength", "maxLength", "pattern", "default", "examples"}
    kept |= {"items"}
    return {key: value for key, value in described.items() if key in kept and value is not None}
