"""Names that were meant although they were typed otherwise: slips of the keys, wrong marks, and what sounds the same.

Only asked about words that nothing else explains. A word that is itself the name of goods is never a slip.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from market.reading.everyday_words import PROCESSED_TAILS
from market.reading.names import Entry
from market.reading.vocabulary import SHORTEST_SLIPPED_WORD, Match, Vocabulary
from market.vietnamese.slips import one_slip_apart
from market.vietnamese.sounds import sound_of
from market.vietnamese.syllables import is_syllable, may_have_lost_its_marks, split_onset, split_tone
from market.vietnamese.text import Token, fold

SHORTEST_SLIPPED_NAME = 6
SHORTEST_MARK_SLIP = 5
LONG_NAME = 7
SHORTEST_SOUND = 4
SHORTEST_TYPED_SOUND = 5
"""Keys of one word with marks, each mark a key more: gừn is typed in five."""
MOST_UNLIKE = 2
"""Wrong words in a name of two, when one differs only in its marks and the other only in how it is spelled."""
SHORTEST_TWICE_SLIPPED = 8
SHORTEST_SYLLABLE = 3
SHORTEST_SECOND = 4
SHORTEST_NUMBER = 3
"""Shorter ones (loại 1, ST 25) may be what a slip put in or left of a name."""
LENGTH_OF_A_PAIR = 2
MOST_SLIPS = 3
"""Wrong words in one name, of which two may be slips of the keys."""
MOST_KEY_SLIPS = 2
_MADE_SO = frozenset(PROCESSED_TAILS)
"""Words that say how goods are made (tôm rim), so that they are no slips."""


SHORTEST_JOINED_SLIP = 7
KEPT_RUNS = 16384
"""Runs of words whose reading is kept: the titles of a list, and what is asked for, repeat theirs."""


def misspelled(vocabulary: Vocabulary, tokens: Sequence[Token], first: int, last: int) -> Match | None:
    """The one name that a run of words is, but for what people get wrong; None when there is none or several."""
    words = tuple([(token.text, token.folded) for token in tokens[first:last]])
    meant = _meant(vocabulary, words)
    return Match(first, last, "slip", meant) if meant else None


@lru_cache(maxsize=KEPT_RUNS)
def _meant(vocabulary: Vocabulary, words: tuple[tuple[str, str], ...]) -> tuple[Entry, ...]:
    """The entries of the one name that a run of words is, but for slips; empty when there is none or several."""
    window = [Token(text, folded, 0, 0) for text, folded in words]
    joined = "".join([token.folded for token in window])
    if (len(joined) < SHORTEST_SOUND and not window[0].marked) or joined.isdigit():
        return ()
    near = [*_of_another_mark(vocabulary, window), *_of_the_same_sound(vocabulary, window)]
    if len({entry.words for entry in near}) > 1:
        # Chanh giây is chanh dây, as everybody calls it, before it is chanh giấy, as few do.
        near = [max(near, key=lambda entry: entry.weight)]
    near = near or _of_a_strange_sound(vocabulary, window) or _of_marks_and_sound(vocabulary, window)
    if near and len({entry.words for entry in near}) == 1:
        return tuple(near)
    slipped = _of_one_slip(vocabulary, window, joined) or _of_several_slips(vocabulary, window, joined)
    if len(window) == 1 and len(joined) < SHORTEST_JOINED_SLIP:
        # A short word that no name has is no run of several words without their blanks: table is no tật lê.
        slipped = [entry for entry in slipped if len(entry.words) == 1]
    goods = {entry.keys for entry in near or slipped}
    return tuple(near or slipped) if len(goods) == 1 else ()


def is_foreign_number(vocabulary: Vocabulary, word: str) -> bool:
    """Whether a word is a number that no name of goods has, not even all its digits but the one that a slip takes."""
    return len(word) >= SHORTEST_NUMBER and word.isdigit() and _is_foreign(vocabulary, word)


@lru_cache(maxsize=4096)
def _is_foreign(vocabulary: Vocabulary, number: str) -> bool:
    known = [digits for digits in _numbers(vocabulary) if len(digits) >= len(number) - 1]
    return all(_shared(number, digits) < len(number) - 1 for digits in known)


def _shared(number: str, digits: str) -> int:
    return sum([min(number.count(digit), digits.count(digit)) for digit in set(digits)])


@lru_cache(maxsize=2)
def _numbers(vocabulary: Vocabulary) -> list[str]:
    """The digits of each name of goods that has some: few have."""
    names = (name for name, entries in vocabulary.by_joined.items() if any(e.kind == "concept" for e in entries))
    found = ("".join(filter(str.isdigit, name)) for name in names)
    return [digits for digits in dict.fromkeys(found) if digits]


def _of_another_mark(vocabulary: Vocabulary, window: Sequence[Token]) -> list[Entry]:
    """Names of several words with the same letters but for the marks of one word."""
    folded = " ".join([token.folded for token in window])
    return [
        entry
        for entry in vocabulary.by_letters.get(folded, ())
        if entry.kind == "concept" and _one_mark_wrong(vocabulary, window, entry)
    ]


def _one_mark_wrong(vocabulary: Vocabulary, window: Sequence[Token], entry: Entry) -> bool:
    wrong = [token for token, word in zip(window, entry.words, strict=True) if not _same(token, word)]
    letters = len(entry.folded) - len(entry.words) + 1
    if len(window) == 1 or letters < SHORTEST_MARK_SLIP or len(wrong) != 1:
        return False
    # In a short name a word that other names have (Bắc Hà) is more likely that word.
    known = wrong[0].text in vocabulary.syllables if letters < LONG_NAME else _names_goods(vocabulary, wrong[0].text)
    return not known


def _of_the_same_sound(vocabulary: Vocabulary, window: Sequence[Token]) -> list[Entry]:
    """Names that sound like the words: alone only as everybody hears it, with an exact word beside it as some do."""
    if len(window) == 1 and window[0].marked and window[0].text in vocabulary.syllables:
        # A word of other names is itself: the cái of Cái Bè is no cáy.
        return []
    key = " ".join([sound_of(token.folded, loose=True) for token in window])
    found = []
    for entry in vocabulary.by_sound.get(key, ()):
        wrong = [(token, word) for token, word in zip(window, entry.words, strict=True) if not _same(token, word)]
        loose = 0 < len(wrong) < len(window)
        alike = all(_sounds_like(token, word, loose=loose) for token, word in wrong)
        if wrong and alike and not any(_names_goods(vocabulary, token.text) for token, _ in wrong):
            found.append(entry)
    return found


def _of_a_strange_sound(vocabulary: Vocabulary, window: Sequence[Token]) -> list[Entry]:
    """Names of one word that sound, to some, like a word whose end no word of any name has: gừn is gừng."""
    word = window[0]
    keys = len(word.folded) + _marks_of(word.text)
    if len(window) > 1 or keys < SHORTEST_TYPED_SOUND or not word.marked or _rime(word.text) in _rimes(vocabulary):
        return []
    found = vocabulary.by_sound.get(sound_of(word.folded, loose=True), ())
    return [entry for entry in found if len(entry.words) == 1 and _sounds_like(word, entry.words[0], loose=True)]


def _of_marks_and_sound(vocabulary: Vocabulary, window: Sequence[Token]) -> list[Entry]:
    """Names of two words, one with other marks and one spelled as some say it: mãng cục is măng cụt."""
    if len(window) != MOST_UNLIKE or not all(token.marked for token in window):
        return []
    key = " ".join([sound_of(token.folded, loose=True) for token in window])
    if any(_names_goods(vocabulary, token.text) for token in window):
        return []
    found = []
    for entry in vocabulary.by_sound.get(key, ()):
        pairs = list(zip(window, entry.words, strict=True))
        remarked = [token.folded == fold(word) and token.text != word for token, word in pairs]
        respelled = [token.folded != fold(word) and _sounds_like(token, word, loose=True) for token, word in pairs]
        if len(entry.folded) > LONG_NAME and sorted([*remarked, *respelled]) == [False, False, True, True]:
            found.append(entry)
    return [entry for entry in found if len(entry.words) == MOST_UNLIKE]


def _rime(word: str) -> str:
    parts = split_onset(split_tone(word)[0])
    return parts[1] if parts else ""


@lru_cache(maxsize=2)
def _rimes(vocabulary: Vocabulary) -> frozenset[str]:
    """The rimes of all words of names, and that of no syllable."""
    return frozenset([_rime(word) for word in vocabulary.syllables]) | {""}


def _marks_of(word: str) -> int:
    """How many keys the marks of a word take."""
    letters, tone = split_tone(word)
    return sum(letter in "ăâđêôơư" for letter in letters) + bool(tone)


def _sounds_like(token: Token, word: str, *, loose: bool) -> bool:
    meant = fold(word) if token.text.isascii() else word
    return sound_of(token.text, loose=loose) == sound_of(meant, loose=loose)


def _of_one_slip(vocabulary: Vocabulary, window: Sequence[Token], joined: str) -> list[Entry]:
    """Names from which one slip of the keys leads to the words."""
    # Beside a word with its marks (the hồ of "hồ tiu") one without them more likely lacks a letter, too.
    half_marked = len({token.marked for token in window}) > 1
    shortest = SHORTEST_SLIPPED_WORD if len(window) == 1 or half_marked else SHORTEST_SLIPPED_NAME
    if len(joined) < shortest or (len(window) == 1 and _may_be_a_word(window[0].text)):
        return []
    near = (name for name in vocabulary.slipped.near(joined) if len(name) >= shortest)
    return [e for name in near for e in vocabulary.by_joined[name] if _key_slip(vocabulary, window, e)]


def _may_be_a_word(word: str) -> bool:
    """Whether a word is a possible syllable, or what is left of one without its marks (tieng is tiếng, not riềng)."""
    return is_syllable(word) or (word.isascii() and may_have_lost_its_marks(word))


def _key_slip(vocabulary: Vocabulary, window: Sequence[Token], entry: Entry) -> bool:
    """Whether one slip makes the name of the words: in one of them, or across blanks put elsewhere."""
    if len(window) != len(entry.words):
        typed = "".join([token.text for token in window])
        return not _any_goods(vocabulary, window) and _slipped(typed, "".join(entry.words))
    wrong = [place for place, token in enumerate(window) if not _same(token, entry.words[place])]
    odd = [window[place] for place in wrong]
    if not wrong or wrong[-1] - wrong[0] > 1 or _any_goods(vocabulary, odd):
        return False
    if (wrong[0] == len(window) - 1 >= LENGTH_OF_A_PAIR or not wrong[0]) and _may_name_goods(vocabulary, odd[0]):
        return False
    if len(wrong) == 1:
        return _slipped(odd[0].text, entry.words[wrong[0]]) and _may_be_a_slip(vocabulary, window, wrong[0], entry)
    typed, meant = "".join([token.text for token in odd]), "".join([entry.words[place] for place in wrong])
    return typed == (fold(meant) if typed.isascii() else meant) or _slipped(typed, meant)


def _may_be_a_slip(vocabulary: Vocabulary, window: Sequence[Token], place: int, entry: Entry) -> bool:
    """Whether an odd word may be a slip at all.

    In a name of two words a possible syllable is more likely a word of its own: when it was typed with marks (căn is
    not canh), when it is short (tơ vàng), or when it comes before a short word (Chu Đậu).
    """
    odd = window[place]
    if odd.text in _MADE_SO:
        return False
    if place and len(window) == LENGTH_OF_A_PAIR and _goes_on_otherwise(vocabulary, window):
        return False
    if not is_syllable(odd.text) or len(window) > LENGTH_OF_A_PAIR:
        return True
    if len(odd.text) < SHORTEST_SYLLABLE:
        return False
    if place == 0:
        return not odd.marked and len(window[1].text) >= SHORTEST_SECOND
    return not odd.marked or odd.folded[0] == fold(entry.words[place])[0]


def _goes_on_otherwise(vocabulary: Vocabulary, window: Sequence[Token]) -> bool:
    """Whether the first word is goods by itself and the second, as typed, goes on some longer name of such goods.

    Gạo nàng ... is a rice of its own, like gạo nàng thơm, and no slip of gạo ngang.
    """
    begun = f"{window[0].folded} {window[1].folded} "
    first = window[0]
    goods = _names_goods(vocabulary, first.text) or _may_name_goods(vocabulary, first)
    return begun in vocabulary.beginnings and goods


def _of_several_slips(vocabulary: Vocabulary, window: Sequence[Token], joined: str) -> list[Entry]:
    """Long names with up to three wrong words; one of them must be no possible word, or the name have three."""
    if len(window) < LENGTH_OF_A_PAIR or len(joined) < SHORTEST_TWICE_SLIPPED:
        return []
    *before, last = [_near_words(vocabulary, token.folded) for token in window]
    spelled = [""]
    for near in before:
        longer = [f"{beginning}{word} " for beginning in spelled for word in near]
        spelled = [beginning for beginning in longer if beginning in vocabulary.beginnings]
    names = [f"{beginning}{word}" for beginning in spelled for word in last]
    return [
        entry
        for name in names
        for entry in vocabulary.by_letters.get(name, ())
        if entry.kind == "concept" and _few_slips(vocabulary, window, entry)
    ]


@lru_cache(maxsize=4096)
def _near_words(vocabulary: Vocabulary, word: str) -> tuple[str, ...]:
    """The word, if any name has it, and the words of names that one slip makes of it."""
    near = {known for known in vocabulary.slipped_words.near(word) if one_slip_apart(word, known)}
    return (*([word] if word in vocabulary.letters else []), *sorted(near))


def _few_slips(vocabulary: Vocabulary, window: Sequence[Token], entry: Entry) -> bool:
    wrong = [(token, word) for token, word in zip(window, entry.words, strict=True) if not _same(token, word)]
    keys = [(token, word) for token, word in wrong if token.folded != fold(word)]
    if not wrong or len(wrong) > MOST_SLIPS or len(keys) > MOST_KEY_SLIPS:
        return False
    if any(_names_goods(vocabulary, token.text) for token, _ in wrong):
        return False
    if not all(_slipped(token.text, word) for token, word in keys):
        return False
    if len(wrong) == len(window) and _twice_the_same(wrong):
        return True
    impossible = any(not is_syllable(t.text) and not may_have_lost_its_marks(t.text) for t, _ in wrong)
    return impossible or (not keys and LENGTH_OF_A_PAIR < len(window) > len(wrong))


def _twice_the_same(wrong: Sequence[tuple[Token, str]]) -> bool:
    """Whether one slip was made in a word that is said twice: chôn chôn for chôm chôm."""
    return len(wrong) > 1 and len({(token.text, word) for token, word in wrong}) == 1


def _any_goods(vocabulary: Vocabulary, window: Iterable[Token]) -> bool:
    return any(_names_goods(vocabulary, token.text) for token in window)


def _names_goods(vocabulary: Vocabulary, word: str) -> bool:
    return any(e.kind == "concept" and e.words == (word,) for e in vocabulary.by_letters.get(fold(word), ()))


def _may_name_goods(vocabulary: Vocabulary, token: Token) -> bool:
    """Whether a word is goods once it has its marks, as the dua of "banh da dua" is."""
    named = vocabulary.by_letters.get(token.folded, ())
    return token.text.isascii() and any(e.kind == "concept" and len(e.words) == 1 for e in named)


def _same(token: Token, word: str) -> bool:
    return token.text == word or (token.text.isascii() and token.text == fold(word))


def _slipped(typed: str, word: str) -> bool:
    return one_slip_apart(typed, fold(word) if typed.isascii() else word)
