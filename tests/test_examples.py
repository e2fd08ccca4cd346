"""Every body that the description shows as an example is sent as it stands, and is taken for what it is.

What an example refers to (a quote, a message) need not be there: then the answer says so. What may never be answered
is that the body itself is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any
from uuid import uuid4

import httpx
from PIL import Image

from market.openapi import description
from tests.people import Client, added

JSON, FORM, PIECE = "application/json", "multipart/form-data", "application/offset+octet-stream"
ABSENT = frozenset({"not-found", "nothing-to-draw-up", "unknown-quote"})
"""What an error says of a thing that an example refers to and that is not there."""
TEXT_IDS = {"token": "a" * 43, "code": "validation-failed", "kind": "listings", "sha256": "0" * 64}
TAKEN = frozenset({401, 403, 404, 409, 412})
"""Refusals that come after a body was read and found right: for another, for something absent, in another state."""
ENDS_ITS_SENDER = frozenset({"eraseMe"})
"""What would leave nobody to send the others; sent by `tests/organizations`."""
LEAST_DONE = 24
"""So many examples do what they say: the others name things that are not there, or come in no state for it."""


def bodies() -> Iterator[tuple[str, str, dict[str, Any], str, Any]]:
    """Method, path, operation, media type and example of every body."""
    described = description()
    schemas = described["components"]["schemas"]
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            for media_type, body in operation.get("requestBody", {}).get("content", {}).items():
                for example in examples_of(body, schemas) or [None]:
                    yield method, path, operation, media_type, example


def examples_of(body: Mapping[str, Any], schemas: Mapping[str, Any]) -> list[Any]:
    """The examples of a body, beside its schema or in it."""
    if "example" in body:
        return [body["example"]]
    schema = body["schema"]
    choices = [schema, *schema.get("oneOf", ()), *schema.get("anyOf", ())]
    named = [schemas[choice["$ref"].rpartition("/")[2]] for choice in choices if "$ref" in choice]
    return [example for choice in (*choices, *named) for example in choice.get("examples", ())]


def test_every_body_has_an_example() -> None:
    silent = [f"{method} {path} {kind}" for method, path, _, kind, example in bodies() if example is None]
    assert silent == []


async def stage(client: Client) -> tuple[Client, Client, dict[str, str]]:
    """A member who sells, buys and organizes, an officer, and things for the examples to be about."""
    member, officer = await client.register("producer", "buyer", "organizer"), await client.officer()
    shown = {operation["operationId"]: example for _, _, operation, _, example in bodies()}
    made = {}
    for name, path in (
        ("listing", "/listings"),
        ("need", "/needs"),
        ("event", "/events"),
        ("agreement", "/agreements"),
    ):
        verb = "logAgreement" if name == "agreement" else f"create{name.capitalize()}"
        answer = await (officer if name in {"event", "agreement"} else member).post(
            path, {**shown[verb], "another": True} if name != "event" else shown[verb]
        )
        assert answer.status_code == 201, (path, answer.text)
        made[f"{name}_id"] = answer.json()["id"]
    colleague = await added(member)
    return member, officer, {**made, "organization_id": member.organization["id"], "member_id": colleague.member_id}


def with_ids(path: str, ids: Mapping[str, str]) -> str:
    """The path with these ids, and with ids of nothing where there are none."""
    return re.sub(r"\{(\w+)\}", lambda named: ids.get(named[1]) or str(uuid4()), path)


def photo() -> bytes:
    kept = BytesIO()
    Image.new("RGB", (64, 48), "#d8336f").save(kept, "JPEG")
    return kept.getvalue()


async def send(somebody: Client, method: str, path: str, kind: str, example: Any) -> httpx.Response:
    path = path.removeprefix("/api/v1")
    if kind == JSON:
        return await somebody.request(method.upper(), path, json=example)
    if kind == PIECE:
        headers = {"content-type": kind, "upload-offset": "0"}
        return await somebody.request(method.upper(), path, content=photo(), headers=headers)
    fields = {name: value for name, value in example.items() if name != "file"}
    content = "Tên hàng;ĐVT;Đơn giá\nXoài cát;kg;40000\n".encode() if path == "/imports" else photo()
    name = "bang.csv" if path == "/imports" else "anh.jpg"
    return await somebody.request(method.upper(), path, data=fields, files={"file": (name, content)})


async def test_every_example_is_taken_as_it_stands(client: Client) -> None:
    member, officer, known = await stage(client)
    done, wrong = [], []
    for method, path, operation, kind, example in bodies():
        if operation["operationId"] in ENDS_ITS_SENDER:
            continue
        there = with_ids(path, {**TEXT_IDS, **known})
        somebody = officer if "For officers" in operation["description"] else member
        answer = await send(somebody, method, there, kind, example)
        place = (operation["operationId"], answer.status_code, answer.text[:600])
        if answer.is_success:
            done.append(operation["operationId"])
        elif answer.status_code not in TAKEN and not is_about_absent(answer):
            wrong.append(place)
    assert not wrong, "\n".join(map(str, wrong))
    assert len(done) >= LEAST_DONE, (len(done), done)


def is_about_absent(answer: httpx.Response) -> bool:
    """Whether nothing else is wrong than that the example names things that are not there."""
    return answer.status_code == 400 and {error["code"] for error in answer.json()["errors"]} <= ABSENT
