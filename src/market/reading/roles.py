"""Which of several names of goods is asked for, which only describes it, and what the words around make of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from market.reading.making import Made, made_goods
from market.reading.segments import Segment
from market.reading.vocabulary import Vocabulary
from market.vietnamese.text import Token, words

Role = Literal["goods", "modifier"]

FRESH_CATEGORIES = frozenset(
    {
        "fruit",
        "vegetable",
        "aquatic",
        "meat_livestock",
        "herb_spice",
        "medicinal",
        "flower_ornamental",
        "nut",
        "cereal_rice",
    }
)
"""Two names of one of these side by side are a list (cam quýt); after processed goods a name is an ingredient."""


APART = frozenset({"province", "locality", "region", "macro_region", "scheme"})
"""What separates two names of goods without saying that both are asked for."""


def roles_of(
    query: str,
    tokens: Sequence[Token],
    parts: Sequence[Segment],
    owned: tuple[int, int] | None,
    vocabulary: Vocabulary,
) -> tuple[dict[int, Role], dict[int, Made]]:
    """By its first word: whether each name of goods is asked for or only describes, and what it is made into.

    Args:
        query: the text the tokens were cut from.
        tokens: its words.
        parts: its segments.
        owned: the words of the name of a producer, whose goods only describe it.
        vocabulary: the names known.
    """
    roles: dict[int, Role] = {}
    made: dict[int, Made] = {}
    previous: Segment | None = None
    apart = False
    starts = {part.first for part in parts}
    for part in parts:
        if part.kind != "concept":
            previous = None if part.kind == "separator" or part.amount else previous
            apart = apart or part.kind in APART
            continue
        inside = owned is not None and owned[0] <= part.first < owned[1]
        describes = previous is not None and _describes(
            query,
            tokens,
            previous,
            part,
            vocabulary,
            apart=apart,
            followed=part.last < len(tokens) and part.last not in starts,
            described=roles[previous.first] == "modifier",
        )
        if describes and previous is not None and _ends_a_compound(previous, part, vocabulary):
            roles[previous.first], describes = "modifier", False
        into = None if inside or describes else made_goods(tokens, part, parts, vocabulary)
        if describes and previous is not None and (pair := _made_of(previous, part, vocabulary)) is not None:
            roles[previous.first], into = "modifier", pair
        if into is not None:
            made[part.first] = into
        roles[part.first] = "modifier" if inside or describes or into is not None else "goods"
        previous, apart = part, False
    return roles, made


def _made_of(previous: Segment, part: Segment, vocabulary: Vocabulary) -> Made | None:
    """What goods named by their form alone are when what they are made of follows: tinh dầu tía tô, nước ép dưa hấu."""
    catalogue = vocabulary.catalogue
    head, of = catalogue.concept(previous.entries[0].keys[0]), catalogue.concept(part.entries[0].keys[0])
    general = head.of is None or head.of in catalogue.ancestors(of.id)
    if head.form is None or head.part is not None or not general or previous.last != part.first or of.form is not None:
        return None
    made = catalogue.pair(of.id, form=head.form)
    return Made(made, tuple(range(previous.first, previous.last))) if made != of.id else None


def _both_english(previous: Segment, part: Segment) -> bool:
    """Whether two names stand side by side in English."""
    english = all(any(entry.english for entry in each.entries) for each in (previous, part))
    return english and previous.last == part.first


def _ends_a_compound(previous: Segment, part: Segment, vocabulary: Vocabulary) -> bool:
    """Whether a name is the last of an English compound, which says what it is: ginger tea is trà gừng."""
    here = vocabulary.catalogue.concept(part.entries[0].keys[0]).category
    return here not in FRESH_CATEGORIES and _both_english(previous, part)


def _describes(
    query: str,
    tokens: Sequence[Token],
    previous: Segment,
    part: Segment,
    vocabulary: Vocabulary,
    *,
    apart: bool,
    followed: bool,
    described: bool,
) -> bool:
    """Whether a name only describes the one before it: no separator stands between, and they are no list.

    Args:
        apart: a place or certificate stands between them, as in "xoài Đồng Tháp nhãn Hưng Yên".
        followed: an unexplained word comes next, so that one syllable may begin another name (Cam Lộ).
        described: the one before only describes, too.
    """
    if any(c in query[tokens[previous.last - 1].end : tokens[part.first].start] for c in ",;+/&"):
        return False
    here = vocabulary.catalogue.concept(part.entries[0].keys[0])
    typed = [token.text for token in tokens[part.first : part.last]]
    primary = words(here.name_vi) == typed
    if apart:
        return not primary or (part.last == part.first + 1 and followed)
    if described or part.first > previous.last:
        return True
    head = vocabulary.catalogue.concept(previous.entries[0].keys[0])
    named_plainly = primary or _both_english(previous, part)
    return not (named_plainly and head.category == here.category and here.category in FRESH_CATEGORIES)
