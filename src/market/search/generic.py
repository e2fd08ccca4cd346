"""Words that ask for goods without saying which: "bí" is every squash, "rau" every vegetable, "đặc sản" anything.

They count only in a query that says nothing else of the goods: beside other words they are a part of some name.
"""

from __future__ import annotations

from collections.abc import Sequence

from market.search.everyday_words import WHOLE_CATEGORIES
from market.search.goods import Goods
from market.search.names import ANYTHING, is_classifier
from market.search.segments import Segment
from market.search.text import Token
from market.search.vocabulary import MatchedBy, Vocabulary


def with_a_head(tokens: Sequence[Token], parts: Sequence[Segment], vocabulary: Vocabulary) -> Sequence[Segment]:
    """The segments; with all goods whose names begin so when one word is left that begins names, and no goods."""
    if any(part.kind in {"concept", "producer", "word"} for part in parts):
        return parts
    explained = {index for part in parts for index in range(part.first, part.last)}
    left = [index for index in range(len(tokens)) if index not in explained]
    if len(left) == 2 and left[0] + 1 == left[1] and is_classifier(tokens[left[0]].text):
        left.pop(0)
    if len(left) != 1:
        return parts
    place = left[0]
    token = tokens[place]
    headed = [
        entry
        for entry in vocabulary.heads.get(token.folded, ())
        if token.text == entry.words[0] or token.text.isascii()
    ]
    if not headed:
        return parts
    by: MatchedBy = "marks" if any(token.text == entry.words[0] for entry in headed) else "letters"
    return sorted([*parts, Segment(place, place + 1, "concept", by, tuple(headed))], key=lambda part: part.first)


def category_of(parts: Sequence[Segment], goods: Goods, *, unknown_words: int) -> str | None:
    """The one category that a query asks for, when it names no other goods."""
    if goods.organization is not None:
        return None
    named: set[str | None]
    if goods.readings:
        named = {WHOLE_CATEGORIES.get(reading.id) if reading.role == "goods" else None for reading in goods.readings}
    elif unknown_words:
        return None
    else:
        named = {key for part in parts if part.kind == "word" for key in part.entries[0].keys or (None,)}
        named.discard(ANYTHING)
    return named.pop() if len(named) == 1 else None


def spent_on(parts: Sequence[Segment], category: str | None, *, conditions: bool) -> frozenset[int]:
    """Words that name a category or anything: no text is sought for them.

    Args:
        parts: the segments of the query.
        category: what was read.
        conditions: whether the query also says where from, certified how, or the like.
    """
    spent = {category} | ({ANYTHING} if conditions or category else set())
    return frozenset(
        index
        for part in parts
        if part.kind == "word" and spent.intersection(part.entries[0].keys)
        for index in range(part.first, part.last)
    )
