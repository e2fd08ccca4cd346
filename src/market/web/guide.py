"""The guide in `docs/`, from Markdown to pages."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from markdown_it import MarkdownIt

from market.core.errors import NotFound
from market.web.page import page

NAME = re.compile(r"[a-z][a-z-]{0,40}")


@lru_cache(maxsize=64)
def guide_page(docs_dir: Path, name: str) -> bytes:
    """A chapter as a page; the guide is in English.

    Raises:
        NotFound: there is no such chapter.
    """
    file = docs_dir / f"{name}.md"
    if not NAME.fullmatch(name) or not file.is_file():
        raise NotFound
    title, _, text = file.read_text(encoding="utf-8").partition("\n")
    body: str = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    back = '<p><a href="/docs">Guide</a></p>' if name != "index" else ""
    return page(title.removeprefix("# "), body + back, language="en")
