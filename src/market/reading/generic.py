"""Words that ask for goods without saying which: "bí" is every squash, "rau" every vegetable, "đặc sản" anything.

They count only in a query that says nothing else of the goods: beside other words they are a part of some name.
"""

from __future__ import annotations

from collections.abc import Sequence

from market.reading.everyday_words import WHOLE_CATEGORIES
from market.reading.goods import Goods
from market.reading.language import language
from market.reading.making import is_way_of_cooking
from market.reading.names import ANYTHING, LONGEST_HEAD, Entry, is_classifier
from market.reading.segments import Segment
from market.reading.vocabulary import MatchedBy, Vocabulary
from market.vietnamese.text import Token, fold

_SAYING = frozenset({"concept", "word"})
"""Kinds of segments that say something of the goods."""


def with_a_head(tokens: Sequence[Token], parts: Sequence[Segment], vocabulary: Vocabulary) -> Sequence[Segment]:
    """The segments; with all goods whose names begin so, when all that a query says of goods begins names of them.

    That may hold the name of others: the star anise in cá hồi. How they are cooked may follow: cá bống kho tộ.
    """
    said = [part for part in parts if part.kind in _SAYING]
    if len(parts) == 1 and parts[0].kind == "concept" and parts[0].last - parts[0].first == len(tokens):
        return parts
    if any(part.kind == "producer" for part in parts):
        return parts
    others = {index for part in parts if part not in said for index in range(part.first, part.last)}
    left = [index for index in range(len(tokens)) if index not in others]
    for length in range(LONGEST_HEAD, 0, -1):
        if len(left) > length and is_way_of_cooking(tokens, left[length], vocabulary):
            said = [part for part in said if part.first < left[length]]
            left = left[:length]
            break
    counted = tokens[left.pop(0)].text if len(left) > 1 and is_classifier(tokens[left[0]].text) else None
    if not left or left[-1] - left[0] != len(left) - 1 or len(left) > LONGEST_HEAD:
        return parts
    if any(part.kind == "concept" and part.first == left[0] for part in said) or (len(left) == 1 and said):
        return parts
    words = tuple([tokens[index].text for index in left])
    headed = [
        entry
        for entry in vocabulary.heads.get(" ".join([tokens[index].folded for index in left]), ())
        if all(typed in (word, fold(word)) for typed, word in zip(words, entry.words, strict=True))
        and _may_be_counted(counted, entry, vocabulary)
    ]
    if not headed:
        return parts
    by: MatchedBy = "marks" if any(words == entry.words for entry in headed) else "letters"
    kept = [part for part in parts if part not in said and part.first != left[0]]
    return sorted([*kept, Segment(left[0], left[-1] + 1, "concept", by, tuple(headed))], key=lambda part: part.first)


def _may_be_counted(classifier: str | None, entry: Entry, vocabulary: Vocabulary) -> bool:
    """Whether goods are counted by a word: củ ấu asks for a root, never for ấu trùng, the larvae."""
    counted: dict[str, list[str]] = language("queries")["counted"]
    if classifier is None or classifier not in counted:
        return True
    line = vocabulary.catalogue.category_line(vocabulary.catalogue.concept(entry.keys[0]).category)
    return not set(counted[classifier]).isdisjoint(line)


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
