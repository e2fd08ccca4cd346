"""What each error code means, read from the errors themselves: what is raised is what is explained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from string import Formatter

from pydantic import Field

from market.core.errors import MarketError, NotFound
from market.core.language import Message
from market.core.problem import TYPE_BASE
from market.core.schemas import Answer

NUMBERS = frozenset({"seconds", "count", "limit", "most", "minutes", "days", "length", "megabytes", "left"})


class InBothLanguages(Answer):
    vi: str
    en: str


class ProblemExample(Answer):
    """A problem as it is answered (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[dict[str, str]]
    request_id: str


class ProblemKind(Answer):
    """What one error code means."""

    code: str
    status: int = Field(description="The HTTP status it comes with")
    title: InBothLanguages
    details: list[InBothLanguages] = Field(
        description="Every sentence that comes with this code; what stands in braces is filled in"
    )
    example: ProblemExample


class ProblemKinds(Answer):
    """Every error code there is."""

    items: list[ProblemKind]


def _kinds(of: type[MarketError] = MarketError) -> Iterator[type[MarketError]]:
    yield of
    for kind in of.__subclasses__():
        if "<locals>" not in kind.__qualname__ and kind.__module__.startswith("market."):
            yield from _kinds(kind)


@lru_cache(maxsize=1)
def problem_kinds() -> dict[str, ProblemKind]:
    """Every kind of error of this process, by code."""
    by_code: dict[str, list[type[MarketError]]] = defaultdict(list)
    for kind in _kinds():
        if kind not in by_code[kind.code]:
            by_code[kind.code].append(kind)
    return {code: _explained(code, kinds) for code, kinds in sorted(by_code.items())}


def find_problem(code: str) -> ProblemKind:
    """What a code means.

    Raises:
        NotFound: no error of ours has it.
    """
    found = problem_kinds().get(code)
    if found is None:
        raise NotFound
    return found


def _explained(code: str, kinds: list[type[MarketError]]) -> ProblemKind:
    first = kinds[0]
    details = list(dict.fromkeys(kind.detail for kind in kinds))
    return ProblemKind(
        code=code,
        status=first.status,
        title=_both(first.title),
        details=[_both(detail) for detail in details],
        example=_example(first),
    )


def _both(message: Message) -> InBothLanguages:
    return InBothLanguages(vi=message.vi, en=message.en)


def _example(kind: type[MarketError]) -> ProblemExample:
    places = [name for _, name, _, _ in Formatter().parse(kind.detail.vi) if name]
    filled = {name: 30 if name in NUMBERS else "…" for name in places}
    errors = []
    if kind.code == "validation-failed":
        errors = [{"pointer": "/price_vnd", "code": "greater-than-equal", "message": "Giá trị phải từ 0 trở lên."}]
    return ProblemExample(
        type=TYPE_BASE + kind.code,
        title=kind.title.vi,
        status=kind.status,
        detail=kind.detail.text("vi", **filled),
        instance="/api/v1/listings",
        code=kind.code,
        errors=errors,
        request_id="5f0c6f3e8d1b4a0f9f3d6f0c1a2b3c4d",
    )
