"""Answers held against the API's own description: what any test is answered must be what programs are told of."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from market.core.batches import JUDGED_ALONE
from market.openapi import description

JSON = "application/json"
PROBLEM = "application/problem+json"
NAMED = frozenset({403, 409, 413, 428})
"""Refusals of which each operation names the codes that it may answer."""
ENOUGH = 4
"""Answers of one operation and status that are looked at: reading each of thousands would cost minutes."""


class Description:
    """What `market openapi` says."""

    def __init__(self, described: Mapping[str, Any]) -> None:
        self._components = described["components"] | {"schemas": _leniently(described["components"]["schemas"])}
        self._paths = [
            (re.compile(re.sub(r"\\\{[^/]+?\\\}", "[^/]+", re.escape(path)) + "$"), path, methods)
            for path, methods in sorted(described["paths"].items(), key=lambda item: item[0].count("{"))
        ]
        self._seen: Counter[tuple[str, str, int]] = Counter()
        self._validators: dict[tuple[str | int, ...], Draft202012Validator] = {}

    def check(self, answer: httpx.Response) -> None:
        """Fail where an answer is none that its operation is described to give, or a body was taken that is not."""
        path, methods = self._place(answer.request.url.path)
        method = answer.request.method.lower()
        if method not in methods or answer.status_code == 405 or not path.startswith("/api/"):
            return
        place = (method, path, answer.status_code)
        self._seen[place] += 1
        if self._seen[place] <= ENOUGH:
            self._check(answer, place, methods[method]["responses"])
            if answer.is_success and answer.request.headers.get("content-type") == JSON:
                taken = methods[method]["requestBody"]["content"][JSON]["schema"]
                self._validator(("taken", *place), taken).validate(json.loads(answer.request.content))

    def _place(self, asked: str) -> tuple[str, Mapping[str, Any]]:
        for pattern, path, methods in self._paths:
            if pattern.match(asked):
                return path, methods
        return asked, {}

    def _check(self, answer: httpx.Response, place: tuple[str, str, int], responses: Mapping[str, Any]) -> None:
        told = responses.get(str(answer.status_code))
        assert told is not None, f"{place} is not described: {answer.text[:300]}"
        if "$ref" in told:
            told = self._components["responses"][told["$ref"].rsplit("/", 1)[1]]
        content = told.get("content")
        if not content:
            assert not answer.content, f"{place} answers a body that is not described"
            return
        media_type = answer.headers["content-type"].partition(";")[0]
        assert media_type in content, f"{place} answers {media_type}, described are {list(content)}"
        if media_type == PROBLEM and answer.status_code in NAMED:
            code = answer.json()["code"]
            assert f"`{code}`" in told["description"], f"{place}: {code} is none of its codes"
        if media_type.endswith("json") and "fields" not in answer.request.url.params:
            self._validator((media_type, *place), content[media_type]["schema"]).validate(answer.json())

    def _validator(self, key: tuple[str | int, ...], schema: Any) -> Draft202012Validator:
        if key not in self._validators:
            self._validators[key] = Draft202012Validator({**schema, "components": self._components})
        return self._validators[key]


def _leniently(schema: Any) -> Any:
    """Without what is said of items that are judged alone: a batch with bad ones is taken too."""
    if isinstance(schema, list):
        return [_leniently(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    alone = JUDGED_ALONE in schema
    return {name: _leniently(part) for name, part in schema.items() if not (alone and name == "items")}


def parameters_of(described: Mapping[str, Any], operation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What an operation takes beside its body, wherever it is described."""
    known = described["components"]["parameters"]
    taken = operation.get("parameters") or ()
    return [known[one["$ref"].rsplit("/", 1)[1]] if "$ref" in one else one for one in taken]


@lru_cache(maxsize=1)
def the_description() -> Description:
    """The description, made by the first who needs it; it is the same for every application."""
    return Description(description())
