"""One plain page: readable on a small phone, without scripts, fonts or anything from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import msgspec

from market.core.language import Language, Message

STYLE = """
:root{color-scheme:light dark}body{font:1rem/1.55 system-ui,sans-serif;max-width:44rem;margin:0 auto;padding:1rem}
header{border-bottom:2px solid #2e7d32;margin-bottom:1rem}header a{font-weight:700;text-decoration:none}
h1{font-size:1.4rem;line-height:1.25}dt{font-weight:600}dd{margin:0 0 .6rem}a{color:#2e7d32}
table{border-collapse:collapse}td,th{padding:.25rem .75rem .25rem 0;text-align:left;vertical-align:top}
pre{overflow:auto;padding:.75rem;background:#8882;border-radius:.4rem}img{max-width:100%;border-radius:.4rem}
"""
HOME = Message(vi="Chợ nông sản", en="Market")


def page(title: str, body: str, *, language: Language, linked: Mapping[str, Any] | None = None) -> bytes:
    """A whole page.

    Args:
        title: as text.
        body: as HTML; whoever makes it has escaped what people wrote.
        linked: the same as JSON-LD, for search engines.
    """
    data = "" if linked is None else f'<script type="application/ld+json">{_within_html(linked)}</script>'
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(title)}</title>'
        f'<style>{STYLE}</style>{data}</head><body><header><a href="/">{escape(HOME.text(language))}</a></header>'
        f"<main><h1>{escape(title)}</h1>{body}</main></body></html>"
    ).encode()


def _within_html(linked: Mapping[str, Any]) -> str:
    """JSON that ends no script, whatever people wrote."""
    return msgspec.json.encode(linked).decode().replace("<", "\\u003c")


def facts(rows: list[tuple[str, str | None]]) -> str:
    """Names and values as a list; a value that is not there takes its name with it."""
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows if value)
    return f"<dl>{listed}</dl>"


def wants_page(accept: str | None) -> bool:
    """Whether a caller is a browser: those say that they take HTML, programs take anything."""
    return "text/html" in (accept or "")
