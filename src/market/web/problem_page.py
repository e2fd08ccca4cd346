"""Error codes as people read them, in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from market.core.language import Language, Message
from market.web.page import page
from market.web.problems import InBothLanguages, ProblemKind

EXAMPLE = Message(vi="Ví dụ", en="Example")
ALL = Message(vi="Các mã lỗi", en="Error codes")


def problem_page(kind: ProblemKind, *, language: Language) -> bytes:
    """One code."""
    details = "".join(f"<li>{_both(detail)}</li>" for detail in kind.details)
    example = escape(kind.example.model_dump_json(indent=2))
    body = (
        f"<p><code>{escape(kind.code)}</code> · HTTP {kind.status}</p><p>{_both(kind.title)}</p><ul>{details}</ul>"
        f'<h2>{EXAMPLE.text(language)}</h2><pre>{example}</pre><p><a href="/problems">{ALL.text(language)}</a></p>'
    )
    return page(kind.title.en if language == "en" else kind.title.vi, body, language=language)


def problems_page(kinds: Iterable[ProblemKind], *, language: Language) -> bytes:
    """Every code."""
    rows = "".join(
        f'<tr><td>{kind.status}</td><td><a href="/problems/{escape(kind.code)}">{escape(kind.code)}</a></td>'
        f"<td>{_both(kind.title)}</td></tr>"
        for kind in kinds
    )
    return page(ALL.text(language), f"<table>{rows}</table>", language=language)


def _both(text: InBothLanguages) -> str:
    return f'<span lang="vi">{escape(text.vi)}</span><br><span lang="en">{escape(text.en)}</span>'
