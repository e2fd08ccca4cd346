"""The guide works: each of its requests is sent, in its order, and answered as it says."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

import httpx
import pytest

from market.config import PROJECT_ROOT
from tests.people import Client

DOCS = PROJECT_ROOT / "docs"
CHAPTERS = re.findall(r"\(/docs/([a-z-]+)\)", (DOCS / "index.md").read_text(encoding="utf-8"))
BLOCK = re.compile(r"```http\n(.*?)```", re.DOTALL)
PLACE = re.compile(r"\{([a-z]+)\}")


@dataclass
class Reader:
    """Does what the guide says, and remembers what it is told to."""

    client: Client
    known: dict[str, str] = field(default_factory=dict)

    async def do(self, block: str) -> None:
        head, *rest = block.strip().split("\n\n")
        body, told = (rest[0], rest[1]) if len(rest) == 2 else (None, rest[0])
        status, *captures = told.splitlines()
        answer = await self._send(head, body)
        assert answer.status_code == int(status), f"{head}\n{answer.text}"
        for capture in captures:
            name, where = capture.split(" = ")
            self.known[name] = self._found(answer, where)

    async def _send(self, head: str, body: str | None) -> httpx.Response:
        (method, path), *lines = [line.split(" ", 1) for line in self._filled(head).splitlines()]
        headers = {name.rstrip(":"): value for name, value in lines}
        if body is None:
            return await self.client.request(method, path, headers=headers)
        return await self.client.request(method, path, headers=headers, json=json.loads(self._filled(body)))

    def _filled(self, text: str) -> str:
        return PLACE.sub(lambda found: self.known.get(found[1], found[0]), text)

    @staticmethod
    def _found(answer: httpx.Response, where: str) -> str:
        if where.startswith("header:"):
            return answer.headers[where.removeprefix("header:")]
        value = answer.json()
        for name in where.split("."):
            value = value[name]
        return str(value)


async def test_every_step_of_the_guide_is_answered_as_it_says(client: Client) -> None:
    reader, steps = Reader(client), 0
    for chapter in CHAPTERS:
        for block in BLOCK.findall((DOCS / f"{chapter}.md").read_text(encoding="utf-8")):
            await reader.do(block)
            steps += 1
    assert steps > 15
    assert {"token", "key", "listing", "cursor", "webhook"} <= set(reader.known)


def test_every_chapter_is_listed() -> None:
    assert {path.stem for path in DOCS.glob("*.md")} == {"index", *CHAPTERS}


@pytest.mark.parametrize("chapter", ["", *(f"/{chapter}" for chapter in CHAPTERS)])
async def test_the_guide_is_served_without_anything_from_elsewhere(client: Client, chapter: str) -> None:
    page = await client.http.get(f"/docs{chapter}")
    assert page.status_code == 200
    assert "<h1>" in page.text
    assert re.findall(r'src="http', page.text) == []
    for link in re.findall(r'href="(/[^"]*)"', page.text):
        assert (await client.http.get(link, follow_redirects=True)).status_code == 200, link


@pytest.mark.parametrize("name", ["nothing", "%2e%2e%2fREADME", "index.md"])
async def test_there_is_nothing_else_there(client: Client, name: str) -> None:
    assert (await client.http.get(f"/docs/{name}")).status_code == 404
