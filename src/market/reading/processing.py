"""Words around the name of goods that make other goods of it: mứt sầu riêng is no durian, ổi sấy no guava."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from market.reading.everyday_words import (
    DRIED,
    DRIED_OF,
    DRYING,
    ENGLISH_AFTER,
    ENGLISH_BEFORE,
    ENGLISH_DRYING,
    FISH,
    LEADING_HEADS,
    PROCESSED_HEADS,
    PROCESSED_TAILS,
)
from market.reading.names import MEAT, Entry
from market.reading.segments import Segment
from market.reading.vocabulary import Vocabulary
from market.reference.records import Concept
from market.vietnamese.text import Token, fold, words

PERISHABLE = frozenset({"fruit", "vegetable", "aquatic", "meat_livestock", "flower_ornamental"})
"""Categories whose goods become others when they are dried; spices, nuts and grain are dried anyway."""

KEPT = frozenset({"herb_spice", "medicinal", "nut", "cereal_rice"})
"""Categories whose goods become others when they are pickled or cooked; tea, coffee and sauces never do."""


_ENGLISH_LEADS = dict.fromkeys(KEPT, ENGLISH_BEFORE) | dict.fromkeys(PERISHABLE, ENGLISH_BEFORE | ENGLISH_DRYING)
"""English words before goods of a category that make others of them."""


class _Phrases:
    """Runs of words, as they are written and without their marks."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self.exact = {tuple(words(phrase)) for phrase in phrases}
        self.folded = {tuple(fold(word) for word in phrase): phrase for phrase in sorted(self.exact)}

    def holds(self, tokens: Sequence[Token], places: range) -> bool:
        """Whether some words are one of the phrases; words without marks only where nobody typed any."""
        typed = tuple([tokens[index].text for index in places])
        if typed in self.exact:
            return True
        return typed in self.folded and not any(token.marked for token in tokens)

    def meant(self, tokens: Sequence[Token], places: range) -> tuple[str, ...] | None:
        """The phrase that some words are, with its marks; None when they are none."""
        if not self.holds(tokens, places):
            return None
        typed = tuple([tokens[index].text for index in places])
        return typed if typed in self.exact else self.folded[typed]


_HEADS, _TAILS, _LEADING = _Phrases(PROCESSED_HEADS), _Phrases(PROCESSED_TAILS), _Phrases(LEADING_HEADS)
_STRONG_TAILS = _Phrases(frozenset(PROCESSED_TAILS) - frozenset(DRYING))
_NO_TAILS = _Phrases(())
_LONGEST = 2
_MOST_BETWEEN = 2
"""Words that may stand between what leads a title and what it is made of."""
FOR = "cho"
"""May stand between what is made and what it is for: phân bón cho sầu riêng."""


def is_processed(tokens: Sequence[Token], part: Segment, parts: Sequence[Segment], vocabulary: Vocabulary) -> bool:
    """Whether the words around a name of goods make other goods of it.

    Args:
        tokens: words of a query or title.
        part: the segment that names the goods.
        parts: all segments.
        vocabulary: for the category of the goods.
    """
    category = vocabulary.catalogue.concept(part.entries[0].keys[0]).category
    others = [
        other for other in parts if other is not part and other.kind != "word" and not is_tail(tokens, other, parts)
    ]
    taken = {index for other in others for index in range(other.first, other.last)}
    tails = _TAILS if category in PERISHABLE else _STRONG_TAILS if category in KEPT else _NO_TAILS
    start = part.first
    if start and tokens[start - 1].text == FOR:
        start -= 1
    for length in range(_LONGEST, 0, -1):
        before = range(start - length, start)
        if before.start >= 0 and not taken.intersection(before) and _HEADS.holds(tokens, before):
            beside = _side_by_side(tokens, range(before.start, part.first + 1))
            return beside and not _are_a_name_of_it(tokens, before.start, part, vocabulary)
        after = range(part.last, part.last + length)
        if after.stop <= len(tokens) and not taken.intersection(after) and tails.holds(tokens, after):
            return _side_by_side(tokens, range(part.last - 1, after.stop))
    if _english_words(tokens, part, taken, category):
        return True
    return _is_led(tokens, part, taken) or (category in PERISHABLE and _dried_later(tokens, part, taken))


def _english_words(
    tokens: Sequence[Token], part: Segment, taken: set[int], category: str
) -> tuple[int, tuple[str, ...]] | None:
    """The place of an English word before or after goods that makes others of them, and how Vietnamese puts it."""
    before, after = part.first - 1, part.last
    leads = _ENGLISH_LEADS.get(category, {})
    patterns = None
    if after < len(tokens):
        patterns = ENGLISH_AFTER.get(tokens[after].text) or leads.get(tokens[after].text)
    if patterns and after not in taken and _side_by_side(tokens, range(after - 1, after + 1)):
        return after, patterns
    patterns = leads.get(tokens[before].text) if before >= 0 else None
    if patterns and before not in taken and _side_by_side(tokens, range(before, part.first + 1)):
        return before, patterns
    return None


def _is_led(tokens: Sequence[Token], part: Segment, taken: set[int]) -> bool:
    """Whether what the first words name is made of the goods, with words between that nothing explains."""
    for length in range(1, _LONGEST + 1):
        if length < part.first <= length + _MOST_BETWEEN and _LEADING.holds(tokens, range(length)):
            return not taken.intersection(range(part.first)) and _side_by_side(tokens, range(part.first + 1))
    return False


def _are_a_name_of_it(tokens: Sequence[Token], first: int, part: Segment, vocabulary: Vocabulary) -> bool:
    """Whether the words before belong to another name of the same goods: the hạt of hạt tiêu Phú Quốc."""
    goods = {entry.keys for entry in part.entries}
    return any(
        match.last > part.first and any(entry.kind == "concept" and entry.keys in goods for entry in match.entries)
        for match in vocabulary.matches_at(tokens, first)
    )


def is_tail(tokens: Sequence[Token], part: Segment, parts: Sequence[Segment]) -> bool:
    """Whether a name is no goods here but a word like khô (dried fish in the South) after other words."""
    if part.kind != "concept" or not _TAILS.holds(tokens, range(part.first, part.last)):
        return False
    before = part.first - 1
    led = any(other.first <= before < other.last and other.kind != "concept" for other in parts)
    return before >= 0 and not led


def makes_others(tokens: Sequence[Token], part: Segment, parts: Sequence[Segment], vocabulary: Vocabulary) -> bool:
    """Whether a name that is a regional word for fresh goods makes others here: mì is cassava, mì chùm ngây noodles."""
    if (
        part.last != part.first + 1
        or part.last >= len(tokens)
        or not _HEADS.holds(tokens, range(part.first, part.last))
    ):
        return False
    after = next((other for other in parts if other.first == part.last), None)
    if (after is not None and after.kind not in {"concept", "word"}) or not _side_by_side(
        tokens, range(part.first, part.last + 1)
    ):
        return False
    goods = [(entry, vocabulary.catalogue.concept(entry.keys[0])) for entry in part.entries]
    return all(c.category in PERISHABLE and list(entry.words) != words(c.name_vi) for entry, c in goods)


def is_way_of_cooking(tokens: Sequence[Token], index: int) -> bool:
    """Whether words from one on say how what comes before them is cooked or kept: kho, nướng, đóng hộp."""
    ends = range(index + 1, min(index + _LONGEST, len(tokens)) + 1)
    return any(_TAILS.holds(tokens, range(index, end)) for end in ends)


def _dried_later(tokens: Sequence[Token], part: Segment, taken: set[int]) -> bool:
    for index in range(part.last, len(tokens)):
        if not _side_by_side(tokens, range(index - 1, index + 1)):
            return False
        if tokens[index].text == DRIED and index not in taken:
            return True
    return False


def _side_by_side(tokens: Sequence[Token], places: range) -> bool:
    """Whether only blanks stand between the words."""
    return all(tokens[index].end + 1 == tokens[index + 1].start for index in places[:-1])


@dataclass(frozen=True, slots=True)
class Made:
    """What goods become by words around them.

    `words` are the places of those words; `named` is whether the name of the thing made says of what it is: mít sấy
    does, trái cây sấy does not.
    """

    entry: Entry
    words: tuple[int, ...]
    named: bool


def made_goods(tokens: Sequence[Token], part: Segment, vocabulary: Vocabulary) -> Made | None:
    """What goods become by the words around them, when the catalogue has it; else None.

    Found by name: mango with sấy is xoài sấy, which the catalogue knows, though somebody writes "xoài cát Hòa Lộc sấy
    dẻo"; thịt trâu with gác bếp is trâu gác bếp; sữa with đậu tương is sữa đậu nành, for those are one; dried jackfruit
    is mít sấy. Fruit and fish without such a name are dried fruit and dried fish.
    """
    concept = vocabulary.catalogue.concept(part.entries[0].keys[0])
    own = [tuple([token.text for token in tokens[part.first : part.last]]), *_raw_names([concept])]
    wider = _raw_names([vocabulary.catalogue.concept(id_) for id_ in vocabulary.catalogue.ancestors(concept.id)])
    ways = list(_ways_of_making(tokens, part, concept.category))
    for places, patterns in ways:
        for name in (*own, *wider):
            for pattern in patterns:
                found = _named(vocabulary, tuple(pattern.format(" ".join(name)).split()))
                if found is not None and found.keys[0] != concept.id:
                    return Made(found, places, named=name in own)
    return _generic(tokens, part, concept, ways, vocabulary)


def _generic(
    tokens: Sequence[Token],
    part: Segment,
    concept: Concept,
    ways: Sequence[tuple[tuple[int, ...], tuple[str, ...]]],
    vocabulary: Vocabulary,
) -> Made | None:
    """Dried fruit or dried fish, for goods that have no name of their own once they are dried."""
    generic = DRIED_OF.get(concept.category)
    dried = next((places for places, patterns in ways if not _DRIES.isdisjoint(patterns)), None)
    if generic is None or dried is None or (concept.category == "aquatic" and tokens[part.first].folded != fold(FISH)):
        return None
    found = _named(vocabulary, tuple(words(vocabulary.catalogue.concept(generic).name_vi)))
    return None if found is None else Made(found, dried, named=False)


def _raw_names(concepts: Iterable[Concept]) -> list[tuple[str, ...]]:
    """Every name of goods, of meat also without the word for it."""
    names = [tuple(words(name)) for one in concepts for name in (one.name_vi, *(n.name for n in one.names))]
    return names + [name[1:] for name in names if name[0] == MEAT and len(name) > 1]


def _ways_of_making(
    tokens: Sequence[Token], part: Segment, category: str
) -> Iterator[tuple[tuple[int, ...], tuple[str, ...]]]:
    """Words around goods that make others of them: their places, and patterns of the names of what is made."""
    for length in range(_LONGEST, 0, -1):
        before = range(part.first - length, part.first)
        if before.start >= 0 and (head := _HEADS.meant(tokens, before)) is not None:
            yield tuple(before), (" ".join((*head, "{}")),)
    english = _english_words(tokens, part, set(), category)
    if english is not None:
        yield (english[0],), (f"{tokens[english[0]].text} {{}}", *english[1])
    if category not in PERISHABLE:
        return
    for length in range(_LONGEST, 0, -1):
        for first in range(part.last, len(tokens) - length + 1):
            places = range(first, first + length)
            tail = _DRYING.meant(tokens, places)
            if (
                tail is not None
                and not _begins_another_tail(tokens, places)
                and _side_by_side(tokens, range(part.last - 1, first + length))
            ):
                dried = " ".join(tail)
                yield tuple(places), (f"{{}} {dried}", f"{dried} {{}}")


def _begins_another_tail(tokens: Sequence[Token], places: range) -> bool:
    """Whether the words go on to something else than drying: the unmarked kho of kho tộ need not be khô."""
    longer = range(places.start, places.stop + 1)
    return longer.stop <= len(tokens) and _TAILS.holds(tokens, longer) and not _DRYING.holds(tokens, longer)


def _named(vocabulary: Vocabulary, name: tuple[str, ...]) -> Entry | None:
    entries = vocabulary.by_letters.get(" ".join(fold(word) for word in name), ())
    return next((entry for entry in entries if entry.kind == "concept" and entry.words == name), None)


_DRYING = _Phrases((*DRYING, "sấy dẻo", "sấy giòn", "gác bếp"))
_DRIES = frozenset(f"{{}} {' '.join(tail)}" for tail in _DRYING.exact)
