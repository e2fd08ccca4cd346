"""Words around the name of goods that make other goods of it: mứt sầu riêng is no durian, ổi sấy no guava."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from market.search.everyday_words import DRIED, DRIED_OF, DRYING, FISH, LEADING_HEADS, PROCESSED_HEADS, PROCESSED_TAILS
from market.search.names import MEAT, Entry
from market.search.segments import Segment
from market.search.text import Token, fold, words
from market.search.vocabulary import Vocabulary

PERISHABLE = frozenset({"fruit", "vegetable", "aquatic", "meat_livestock", "flower_ornamental"})
"""Categories whose goods become others when they are dried; spices, nuts and grain are dried anyway."""

KEPT = frozenset({"herb_spice", "medicinal", "nut", "cereal_rice"})
"""Categories whose goods become others when they are pickled or cooked; tea, coffee and sauces never do."""


class _Phrases:
    """Runs of words, as they are written and without their marks."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self.exact = {tuple(words(phrase)) for phrase in phrases}
        self.folded = {tuple(fold(word) for word in phrase) for phrase in self.exact}

    def holds(self, tokens: Sequence[Token], places: range) -> bool:
        """Whether some words are one of the phrases; words without marks only where nobody typed any."""
        typed = tuple([tokens[index].text for index in places])
        if typed in self.exact:
            return True
        return typed in self.folded and not any(token.marked for token in tokens)


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
    return _is_led(tokens, part, taken) or (category in PERISHABLE and _dried_later(tokens, part, taken))


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


def dried_goods(tokens: Sequence[Token], part: Segment, vocabulary: Vocabulary) -> Entry | None:
    """What goods become by the drying that a title names after them, when the catalogue has it; else None.

    Found by name: mango with sấy is xoài sấy, which the catalogue knows, though the title says "xoài cát Hòa Lộc sấy
    dẻo"; thịt trâu with gác bếp is trâu gác bếp. Fruit and fish without such a name are dried fruit and dried fish.
    """
    concept = vocabulary.catalogue.concept(part.entries[0].keys[0])
    if concept.category not in PERISHABLE:
        return None
    tails = [
        tuple(token.text for token in tokens[index : index + length])
        for length in range(_LONGEST, 0, -1)
        for index in range(part.last, len(tokens) - length + 1)
        if _side_by_side(tokens, range(part.last - 1, index + length))
    ]
    drying = [tail for tail in tails if tail in _DRIES]
    wider = [vocabulary.catalogue.concept(id_) for id_ in vocabulary.catalogue.ancestors(concept.id)]
    raw = [
        tuple(words(name)) for known in (concept, *wider) for name in (known.name_vi, *(n.name for n in known.names))
    ]
    raw += [name[1:] for name in raw if name[0] == MEAT and len(name) > 1]
    for tail in drying:
        for name in raw:
            found = _named(vocabulary, (*name, *tail))
            if found is not None:
                return found
    generic = DRIED_OF.get(concept.category) if drying else None
    if generic is None or (concept.category == "aquatic" and tokens[part.first].text != FISH):
        return None
    return _named(vocabulary, tuple(words(vocabulary.catalogue.concept(generic).name_vi)))


def _named(vocabulary: Vocabulary, name: tuple[str, ...]) -> Entry | None:
    entries = vocabulary.by_letters.get(" ".join(fold(word) for word in name), ())
    return next((entry for entry in entries if entry.kind == "concept" and entry.words == name), None)


_DRIES = {tuple(words(tail)) for tail in (*DRYING, "sấy dẻo", "sấy giòn", "gác bếp")}
