"""Words for whole classes of goods: gia vị, hải sản, rau ăn lá, bánh; alone in a query they ask for all of them.

Beside other words they are a part of some name, and say nothing here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from market.reading.language import language
from market.reading.segments import Segment
from market.reference.catalogue import Catalogue
from market.reference.records import Category
from market.vietnamese.text import Token, fold, words

SAYING = frozenset({"concept", "word", "locality"})
"""Kinds of segments that may say something of the goods."""


class ClassOfGoods(msgspec.Struct, frozen=True):
    """What a word for many goods asks for.

    `category` is where they are; `members` are the goods themselves, and without any it is all of the category but
    what is `apart`: goods and categories below it. `is_noun`: the word begins their names, and may name goods itself.
    """

    category: str
    members: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    is_noun: bool = False
    called: str = ""
    """What goods of any category are called that are of the class, too: quà, in hộp quà biếu."""

    @property
    def is_whole(self) -> bool:
        """Whether the category is asked for, and not only some goods of it."""
        return not self.members and not self.is_noun


@dataclass(frozen=True, slots=True)
class _Classes:
    """Every such word of a catalogue, with its marks, and without."""

    spelled: dict[str, ClassOfGoods]
    folded: dict[str, tuple[ClassOfGoods, ...]]


def class_of(tokens: Sequence[Token], parts: Sequence[Segment], catalogue: Catalogue) -> ClassOfGoods | None:
    """The class that all words of a query ask for which say something of goods; None when they name anything else.

    Args:
        tokens: words of the query.
        parts: its segments.
        catalogue: for the words of classes.
    """
    others = {index for part in parts if part.kind not in SAYING for index in range(part.first, part.last)}
    said = [token for index, token in enumerate(tokens) if index not in others]
    known = _classes(catalogue)
    for run in _bare(said):
        typed = " ".join([token.text for token in run])
        found = known.spelled.get(typed)
        if found is None and not any(token.marked for token in said):
            found = next(iter(known.folded.get(typed, ())), None)
        if found is not None:
            return found if _may_be_meant(found, parts, catalogue) else None
    return None


def _may_be_meant(found: ClassOfGoods, parts: Sequence[Segment], catalogue: Catalogue) -> bool:
    """Whether goods that the words name, too, are of the class: vải is a fruit before it is cloth."""
    named = [entry.keys[0] for part in parts if part.kind == "concept" for entry in part.entries]
    within = [_is_within(found.category, id_, catalogue) for id_ in named]
    return not named or (all(within) if found.is_noun else any(within))


def _is_within(category: str, concept: str, catalogue: Catalogue) -> bool:
    return category in catalogue.category_line(catalogue.concept(concept).category)


def _bare(said: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The words, without those before them that say any goods (đồ, hàng) and those after that praise them (sạch)."""
    yield said
    lists = language("queries")
    before = [tuple(word.split()) for word in lists["any goods"]]
    after = [tuple(word.split()) for word in lists["praise"]]
    starts = [0, *(len(lead) for lead in before if _says(said[: len(lead)], lead))]
    ends = [len(said), *(len(said) - len(tail) for tail in after if _says(said[len(said) - len(tail) :], tail))]
    for first in starts:
        for last in ends:
            if first < last and (first, last) != (0, len(said)):
                yield said[first:last]


def _says(run: Sequence[Token], spelled: Sequence[str]) -> bool:
    return len(run) == len(spelled) and all(
        token.text == word or (not token.marked and token.text == fold(word))
        for token, word in zip(run, spelled, strict=True)
    )


@lru_cache(maxsize=2)
def _classes(catalogue: Catalogue) -> _Classes:
    spelled: dict[str, ClassOfGoods] = {}
    for word, found in (*_listed(), *_whole_categories(catalogue.categories), *_nouns(catalogue)):
        spelled.setdefault(" ".join(words(word)), found)
    folded: defaultdict[str, tuple[ClassOfGoods, ...]] = defaultdict(tuple)
    for word, found in spelled.items():
        folded[fold(word)] += (found,)
    return _Classes(spelled, dict(folded))


def _listed() -> Iterator[tuple[str, ClassOfGoods]]:
    """Classes that are less than a category: sea fish and freshwater fish are both aquatic."""
    for row in language("queries")["classes"]:
        found = ClassOfGoods(
            row["category"], tuple(row.get("members", ())), tuple(row.get("apart", ())), called=row.get("called", "")
        )
        for word in row["words"]:
            yield word, found


def _whole_categories(categories: Iterable[Category]) -> Iterator[tuple[str, ClassOfGoods]]:
    for category in categories:
        for word in (*category.words, category.name_vi, category.name_en):
            yield word, ClassOfGoods(category.id)


def _nouns(catalogue: Catalogue) -> Iterator[tuple[str, ClassOfGoods]]:
    """Nouns that begin the names of many goods, most of them of one category: bánh, đường, cá, but not dưa."""
    begun: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for concept in catalogue.concepts:
        spelled = tuple(words(concept.name_vi))
        for length in range(1, len(spelled)):
            begun[spelled[:length]].append(concept.id)
    for category in catalogue.categories:
        for head in category.heads:
            named = begun.get(tuple(words(head)), ())
            members = [id_ for id_ in named if _is_within(category.id, id_, catalogue)]
            if len(members) * 2 > len(named):
                yield head, ClassOfGoods(category.id, tuple(members), is_noun=True)
