"""Grades, sizes and packings as they were sent, held against those of their goods."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from market.core.errors import FieldError
from market.core.language import Message
from market.core.values.numbers import spelled
from market.core.values.refusal import Unreadable
from market.reading.nearest import nearest, offered
from market.reference.catalogue import Catalogue
from market.reference.records import Specification, SpecificationKind
from market.reference.specifications import Stated, called, examples
from market.vietnamese.spelling import folded

FIELDS: Mapping[str, SpecificationKind] = {"grade": "grade", "size": "size", "packaging": "packing"}
"""Fields of listings and lines, and the kind of specification that each takes."""
NOT_OF_THESE_GOODS = Message(
    vi="“{text}” không dùng cho {vi_goods}.{vi_near}", en='"{text}" is not said of {en_goods}.{en_near}'
)
NEARLY = Message(
    vi="Không rõ “{text}” là gì của {vi_goods}.{vi_near}",
    en='It is not clear what "{text}" means of {en_goods}.{en_near}',
)
_SLIP = 0.8
"""How near a word must be to a known one to be a slip of it, rather than a word of its own."""
_MOST = 5


def specification_errors(
    catalogue: Catalogue, sent: Mapping[str, str | None], *, concept: str | None, category: str, pointer: str = ""
) -> list[FieldError]:
    """What is wrong with a grade, size and packing of goods; words that nobody has listed stay words.

    Args:
        catalogue: which goods have which.
        sent: the fields of `FIELDS` that were sent.
        concept: of the goods, unless nobody has placed their name yet.
        category: of the goods.
        pointer: of what holds the fields.
    """
    written = [(name, kind, text) for name, kind in FIELDS.items() if (text := sent.get(name))]
    found = (
        _error(catalogue, kind, text, concept=concept, category=category, pointer=f"{pointer}/{name}")
        for name, kind, text in written
    )
    return [error for error in found if error is not None]


def specification_facets(
    catalogue: Catalogue, sent: Mapping[str, Any], *, concept: str | None, category: str
) -> dict[str, list[str]]:
    """What results are counted by: grade, size and packing of goods as ids, on a scale with the range behind it
    (`gram-each:300-400`); what nothing is read from is left out."""
    found: dict[str, list[str]] = {}
    for name, kind in FIELDS.items():
        if not (text := sent.get(name)):
            continue
        try:
            stated = catalogue.specifications.read(kind, text, concept=concept, category=category)
        except Unreadable:
            continue
        if stated:
            found[kind] = list(dict.fromkeys(map(_facet, stated)))
    return found


def _facet(stated: Stated) -> str:
    if stated.low is None and stated.high is None:
        return stated.term.id
    ends = ["" if end is None else spelled(end) for end in (stated.low, stated.high)]
    return f"{stated.term.id}:{ends[0] if ends[0] == ends[1] else '-'.join(ends)}"


def _error(
    catalogue: Catalogue, kind: SpecificationKind, text: str, *, concept: str | None, category: str, pointer: str
) -> FieldError | None:
    known = catalogue.specifications
    try:
        if known.read(kind, text, concept=concept, category=category):
            return None
        elsewhere = kind != "packing" and known.is_of_other_goods(kind, text)
    except Unreadable as refused:
        return refused.at(pointer)
    terms = known.of(kind, concept=concept, category=category)
    if not terms or not (elsewhere or _is_slip(text, terms)):
        return None
    near = _nearest(text, terms)
    goods = catalogue.concept(concept) if concept else catalogue.find_category(category)
    vi, en = (goods.name_vi, goods.name_en) if goods else ("", "")
    told = {"text": text, "vi_goods": vi, "en_goods": en, **offered(near)}
    code, message = ("not-of-these-goods", NOT_OF_THESE_GOODS) if elsewhere else (f"unknown-{kind}", NEARLY)
    return FieldError(pointer, code, message, told, near)


def _is_slip(text: str, terms: Sequence[Specification]) -> bool:
    names = [folded(name) for term in terms if term.measure is None for name in called(term)]
    return bool(get_close_matches(folded(text), names, n=1, cutoff=_SLIP))


def _nearest(text: str, terms: Sequence[Specification]) -> tuple[str, ...]:
    pairs = [(name, term.example or term.name_vi) for term in terms for name in called(term)]
    return nearest(text, pairs, most=_MOST) or tuple(examples(terms))[:_MOST]


_GRADE_IN_WORDS = re.compile(r"(?<!\w)(?:loại|hạng)\s+[\w]+(?!\w)", re.IGNORECASE)
_SIZE_IN_WORDS = re.compile(
    r"(?<!\w)(?:(?:trái|quả|con|cỡ|size)\s+)?\d[\d.,]*\s*(?:-|–|đến)\s*\d[\d.,]*\s*(?:kg|g|gr|gam|ký|con/kg|trái/kg|quả/kg)"
    r"(?:\s*/\s*(?:trái|quả|con))?(?!\w)",
    re.IGNORECASE,
)


def specifications_in_words(catalogue: Catalogue, words: str, *, concept: str | None, category: str) -> dict[str, str]:
    """The grade and the size that the words for goods name, as they may be sent: "Ri6 loại 1, trái 2-3kg"."""
    found: dict[str, str] = {}
    kinds: tuple[tuple[str, SpecificationKind, re.Pattern[str]], ...] = (
        ("grade", "grade", _GRADE_IN_WORDS),
        ("size", "size", _SIZE_IN_WORDS),
    )
    for name, kind, pattern in kinds:
        said = {match[0] for match in pattern.finditer(words)}
        if len(said) != 1:
            continue
        text = said.pop()
        try:
            if catalogue.specifications.read(kind, text, concept=concept, category=category):
                found[name] = text
        except Unreadable:
            continue
    return found
