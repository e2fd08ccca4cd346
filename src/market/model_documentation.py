"""Models in the OpenAPI description as pydantic itself describes them.

The framework reads their fields and knows neither their validators nor how they are written: it calls a time of day a
duration and a decimal that leaves as text a number. It still says which models there are; this says what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

from market.core.batches import JUDGED_ALONE
from market.core.schemas import Answer, Schema

PLACE = "#/components/schemas/{model}"
BOUNDS = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}
UNKNOWN = frozenset({"decimal_places", "max_digits"})


class _Untitled(GenerateJsonSchema):
    """Without titles made of field names: they say nothing that the names do not."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Never."""
        del schema
        return False


def model_schemas(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """JSON schemas by name, of those of these names that are models, and of what they refer to.

    What the API takes is described as it is read, what it gives as it is written.

    Raises:
        ValueError: two models share one of these names.
    """
    models: dict[str, set[type[BaseModel]]] = {}
    for model in _models_below(Answer, Schema):
        models.setdefault(re.sub(r"\W", "_", model.__name__), set()).add(model)
    described: dict[str, dict[str, Any]] = {}
    wanted = [name for name in names if name in models]
    while wanted:
        name = wanted.pop()
        if name in described:
            continue
        if len(models[name]) > 1:
            raise ValueError(f"several models are called {name}")
        made = _described(*models[name])
        nested = made.pop("$defs", {})
        described[name] = made
        described |= {other: schema for other, schema in nested.items() if other not in models}
        wanted += [other for other in {*nested, *_with_items(made)} if other in models]
    return described


def _with_items(made: dict[str, Any]) -> Iterator[str]:
    """Write into the lists of a model what their items are read as; yields the models' names."""
    for described in made.get("properties", {}).values():
        if (name := described.get(JUDGED_ALONE)) is not None:
            described["items"] = {"$ref": PLACE.format(model=name)}
            yield name


def _models_below(*bases: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for base in bases:
        for model in base.__subclasses__():
            yield model
            yield from _models_below(model)


def _described(model: type[BaseModel]) -> dict[str, Any]:
    mode: JsonSchemaMode = "serialization" if issubclass(model, Answer) else "validation"
    made = model.model_json_schema(ref_template=PLACE, schema_generator=_Untitled, mode=mode)
    return _without_defaults(_standard(made))


def _standard(value: Any) -> Any:
    """Without words that only pydantic knows: it leaves the bounds of some types as they are written in Python."""
    if isinstance(value, list):
        return [_standard(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        BOUNDS.get(key, key): _standard(item)
        for key, item in value.items()
        if not (key in UNKNOWN and isinstance(item, int))
    }


def _without_defaults(made: dict[str, Any]) -> dict[str, Any]:
    """Defaults in words: absent, null and empty are three things here.

    A typed client takes a field with a `default` for one that is always there, and sends the null or the empty list
    that erases.
    """
    for properties in [made.get("properties", {}), *(d.get("properties", {}) for d in made.get("$defs", {}).values())]:
        for described in properties.values():
            default = described.pop("default", None)
            if default not in (None, [], {}, ""):
                told = f"Left out: {str(default).lower() if isinstance(default, bool) else default}"
                described["description"] = "; ".join(filter(None, (described.get("description"), told)))
    return made
