"""Query strings as pydantic models: every error at once, unknown parameters named, all of it in the API description."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, Literal, TypeVar

from litestar import Request
from litestar.di import Provide
from litestar.params import QueryParameter
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
    for name in request.query_params:
        if name in COMMON and name not in kinds:
            continue
        given = [text for text in request.query_params.getall(name) if text != ""]
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


def query_of(model: type[Q]) -> Provide:
    """A dependency that gives the query string as `model` and describes each parameter in the API description.

    Litestar describes a dependency's own parameters, so this builds one with a parameter for each field; they
    are declared as text because pydantic, not the framework, reads them.
    """
    schema = model.model_json_schema(mode="validation")
    definitions = schema.get("$defs", {})

    def provide(request: Request[Any, Any, Any], **_: Any) -> Q:
        return parse_query(model, request)

    parameters = [_parameter("request", Request[Any, Any, Any])]
    annotations: dict[str, Any] = {"request": Request[Any, Any, Any], "return": model}
    for name, field in model.model_fields.items():
        alias = field.alias or name
        described = _resolved(schema["properties"][alias], definitions)
        typed: Any = list[str] | None if _takes_list(field) else str | None
        detail = QueryParameter(name=alias, description=field.description, schema_extra=described)
        kind = Annotated[typed, detail]
        parameters.append(_parameter(f"query_{name}", kind, default=None))
        annotations[f"query_{name}"] = kind
    function: Callable[..., Any] = provide
    function.__signature__ = inspect.Signature(parameters, return_annotation=model)  # type: ignore[attr-defined]
    function.__annotations__ = annotations
    return Provide(function, sync_to_thread=False)


def _parameter(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def _resolved(described: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """A field's JSON schema without references, null alternatives or a null default."""
    if "$ref" in described:
        described = definitions[described["$ref"].rsplit("/", 1)[1]] | {
            key: value for key, value in described.items() if key != "$ref"
        }
    options = [option for option in described.get("anyOf", ()) if option.get("type") != "null"]
    if len(options) == 1:
        described = {key: value for key, value in described.items() if key != "anyOf"} | options[0]
    kept = {"type", "enum", "format", "minimum", "maximum", "minLength", "maxLength", "pattern", "default", "examples"}
    kept |= {"items"}
    return {key: value for key, value in described.items() if key in kept and value is not None}
