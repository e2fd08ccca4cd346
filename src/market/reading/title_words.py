"""Words of titles that introduce goods, that only describe them, and names too weak to stand before unknown words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from market.reading.language import language
from market.reading.phrase import Phrase
from market.reading.segments import Segment
from market.vietnamese.text import fold, words

WEAK_BEFORE_UNKNOWN = 0.4
SHORT_BEFORE_UNKNOWN = 0.75
LONG_BEFORE_UNKNOWN = 0.85


def sureness(phrase: Phrase, part: Segment) -> float:
    """How sure a name is that an unknown word follows directly: sương sâm is no ginseng, xoài tứ quý still a mango."""
    index = part.last
    if index >= len(phrase.tokens) or phrase.broken(index - 1, index):
        return 1.0
    name = " ".join(token.text for token in phrase.tokens[part.first : part.last])
    weak = name in _weak() or name in _weak_folded()
    written_small = phrase.written(index, index + 1).islower()
    if is_harmless(phrase, index) or (phrase.looks_like_a_name(index) and not (weak and written_small)):
        return 1.0
    own = part.last - part.first - (phrase.tokens[part.first].text in _classes())
    return WEAK_BEFORE_UNKNOWN if weak else _before_unknown(own)


def sureness_before(phrase: Phrase, index: int, length: int) -> float:
    """How sure a word for a thing is, by its length, that what follows is no unknown word that makes it another."""
    if index >= len(phrase.tokens) or phrase.broken(index - 1, index):
        return 1.0
    known = is_harmless(phrase, index) or phrase.looks_like_a_name(index)
    return 1.0 if known else _before_unknown(length)


def _before_unknown(length: int) -> float:
    return SHORT_BEFORE_UNKNOWN if length <= 1 else LONG_BEFORE_UNKNOWN


def is_harmless(phrase: Phrase, index: int) -> bool:
    """Whether a word is explained, or only describes."""
    if phrase.part_at(index) is not None or phrase.tokens[index].text[:1].isdigit():
        return True
    if next(phrase.facets.tails_at(phrase.tokens, index), None) is not None:
        return True
    return only_describes(phrase, index)


def changes_nothing(phrase: Phrase, index: int) -> bool:
    """Whether a word is harmless and names no goods."""
    part = phrase.part_at(index)
    return is_harmless(phrase, index) and (part is None or part.kind != "concept")


def only_describes(phrase: Phrase, index: int) -> bool:
    return any(
        run_of(phrase, start, length) in _describing()
        for length in _DESCRIBING_LENGTHS
        for start in range(max(0, index - length + 1), index + 1)
        if start + length <= len(phrase.tokens)
    )


def ends_a_description(phrase: Phrase, index: int) -> bool:
    """Whether a word is a later one of several that only describe: nuôi hầm is raised in a pond, not stewed."""
    return any(
        run_of(phrase, start, length) in _describing()
        for length in _DESCRIBING_LENGTHS[:-1]
        for start in range(max(0, index - length + 1), index)
        if start + length <= len(phrase.tokens)
    )


def run_of(phrase: Phrase, first: int, length: int) -> str:
    return " ".join([token.text for token in phrase.tokens[first : first + length]])


@cache
def _listed(name: str) -> frozenset[str]:
    listed: Sequence[str] = language("titles")[name]
    return frozenset(" ".join(words(word)) for word in listed)


@cache
def leading_words() -> frozenset[str]:
    return _with_letters(_listed("leading"))


@cache
def _describing() -> frozenset[str]:
    return _with_letters(_listed("describing"))


@cache
def makers_words() -> frozenset[str]:
    """Words by which the name of a maker is known: bà, vườn, farm."""
    return _with_letters(_listed("makers"))


@cache
def named_last() -> frozenset[str]:
    """Services that follow the name of who offers them: homestay."""
    return _listed("named last")


@cache
def either_way() -> frozenset[str]:
    """Words after goods that say how they come, or what they are for."""
    return _listed("either way")


@cache
def purposes() -> frozenset[str]:
    """Words that after fresh or dried goods only say what these are for."""
    return _listed("purposes")


@cache
def counting_words() -> frozenset[str]:
    """Words that count things, and may be goods by themselves."""
    return _listed("counting")


@cache
def _classes() -> frozenset[str]:
    """Nouns for whole classes, which begin the names of many: the hồng of cây hồng is as short as alone."""
    return _listed("classes")


@cache
def _weak() -> frozenset[str]:
    return _listed("weak")


@cache
def _weak_folded() -> frozenset[str]:
    return frozenset(fold(word) for word in _weak())


def _with_letters(listed: frozenset[str]) -> frozenset[str]:
    return listed | {fold(word) for word in listed}


LEADING_LENGTHS = (3, 2, 1)
_DESCRIBING_LENGTHS = (4, 3, 2, 1)
