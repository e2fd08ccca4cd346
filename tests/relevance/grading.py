"""Judged queries over what people list: grades follow by rule from what a query asks and what a title means.

A line of `search/judgements/listed/*.jsonl` says the goods asked for as `listed/*.txt` says goods, and the conditions.
2: what was asked, all conditions met. 1: near it: the same in another form, another or a wider kind, or what was asked
with one condition lacking. 0: anything else. The reader of the market has no part in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from market.reference.catalogue import Catalogue
from market.vietnamese.text import fold
from tests.relevance.judgements import CLASSES
from tests.relevance.listed import Fact, Titled, fact_of

LISTED_CLASSES = (*CLASSES, "forms", "open-names", "nothing-exact", "places")

Nearness = Literal["exact", "near", "none"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One judged query."""

    id: str
    query_class: str
    query: str
    region: str | None
    goods: Fact | None
    """None when only its conditions say what is meant."""
    province: str | None
    certificate: str | None
    title: str | None
    """Words of the title, folded."""


def load_asked(path: Path, catalogue: Catalogue) -> list[Asked]:
    """The queries of a file."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Asked(
            id=row["id"],
            query_class=row["class"],
            query=row["query"],
            region=row.get("region"),
            goods=fact_of(row["goods"], catalogue) if "goods" in row else None,
            province=row.get("province"),
            certificate=row.get("certificate"),
            title=fold(row["title"]) if "title" in row else None,
        )
        for row in rows
    ]


def grade_titles(asked: Asked, given: Sequence[Titled], catalogue: Catalogue) -> list[int]:
    """The grade of every title, in order."""
    near: dict[Fact, Nearness] = {}
    grades = []
    for one in given:
        if one.fact not in near:
            near[one.fact] = "exact" if asked.goods is None else nearness(asked.goods, one.fact, catalogue)
        lacking = 0 if near[one.fact] == "none" else sum(not met for met in _conditions(asked, one))
        grades.append(_grade(near[one.fact], lacking, alone=asked.goods is None))
    return grades


def _grade(near: Nearness, lacking: int, *, alone: bool) -> int:
    if near == "none" or (alone and lacking):
        return 0
    return max(0, (2 if near == "exact" else 1) - lacking)


def _conditions(asked: Asked, one: Titled) -> Iterator[bool]:
    if asked.province is not None:
        yield one.province == asked.province
    if asked.certificate is not None:
        yield any(_certifies(text, asked.certificate) for text in one.certificates)
    if asked.title is not None:
        yield asked.title in fold(one.title)


def _certifies(text: str, wanted: str) -> bool:
    scheme, level = (text[:-1], text[-1]) if text[-1].isdigit() else (text, None)
    return wanted in {scheme, f"{scheme}-{level}"}


def nearness(asked: Fact, offered: Fact, catalogue: Catalogue) -> Nearness:
    """How what a title offers stands to what was asked."""
    if not asked.concepts or not offered.concepts:
        return "exact" if asked.goods == offered.goods else "none"
    wanted = set(asked.concepts)
    if any(not wanted.isdisjoint((one, *catalogue.ancestors(one))) for one in offered.concepts):
        return "exact"
    pairs = ((one, other) for one in asked.concepts for other in offered.concepts)
    return "near" if any(_is_near(one, other, catalogue) for one, other in pairs) else "none"


def _is_near(asked: str, offered: str, catalogue: Catalogue) -> bool:
    if offered in catalogue.ancestors(asked):
        return True
    one, other = catalogue.goods(asked), catalogue.goods(offered)
    kinds = {other.commodity, *catalogue.ancestors(other.commodity)}
    if one.commodity in kinds or other.commodity in catalogue.ancestors(one.commodity):
        return True
    family = _family(one.commodity, catalogue)
    return family is not None and family in kinds and one.form == other.form


def _family(commodity: str, catalogue: Catalogue) -> str | None:
    """The goods that this is a variety of, as its name says: the pomelo of bưởi da xanh, not the fish of cá lóc."""
    name = catalogue.concept(commodity).name_vi
    return next(
        (id_ for id_ in catalogue.ancestors(commodity) if name.startswith(f"{catalogue.concept(id_).name_vi} ")), None
    )
