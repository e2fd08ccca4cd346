"""A query cut into what its words name: the cut that explains most words with the fewest names wins.

So "nếp Bắc Giang" is sticky rice of Bắc Giang although "nếp bắc" is a name too, and "chanh dây" is never lime.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import msgspec
from msgspec import structs

from market.reading.amounts import Amount, AmountReader, may_hold_amounts
from market.reading.everyday_words import PREPOSITIONS
from market.reading.facets import facet_words
from market.reading.language import is_state
from market.reading.misspelling import is_foreign_number, misspelled
from market.reading.names import Entry, EntryKind, is_classifier
from market.reading.vocabulary import LONGEST_WINDOW, Match, MatchedBy, Vocabulary
from market.vietnamese.syllables import is_syllable
from market.vietnamese.text import Token

WORTH: dict[MatchedBy, int] = {"marks": 100, "letters": 98, "blanks": 95, "slip": 80}
"""What each explained word counts, by how its name was found."""
AMOUNT_WORTH = 101
DOUBTED_WORTH = 70
COST_OF_A_NAME = 20
SHORTEST_BRAND = 2

_KINDS: tuple[EntryKind, ...] = (
    "word", "filler", "separator", "producer", "certificate_word", "concept", "province", "scheme", "region",
    "macro_region", "tet", "season", "locality",
)  # fmt: skip
_PRECEDENCE = {kind: rank for rank, kind in enumerate(_KINDS)}
_WORDS = frozenset({"word", "locality"})
"""What stays text to look for."""
_PLAIN = frozenset({"filler", "certificate_word", "producer"})
_MAY_NOT_FIT = _PLAIN | {"separator"}
_MAY_BE_SLIPPED = frozenset({"concept", "word"})
_NEEDS_PLAIN_BEFORE = frozenset({"province", "region", "macro_region", "scheme"})


class Segment(msgspec.Struct, frozen=True):
    """A run of words that names one thing: tokens `first` up to but not including `last`."""

    first: int
    last: int
    kind: EntryKind | None
    by: MatchedBy
    entries: tuple[Entry, ...] = ()
    amount: Amount | None = None
    doubted: bool = False
    concept_instead: tuple[Entry, ...] = ()
    """Goods that a plain word also names (giá), for a query that names no others."""

    @property
    def worth(self) -> int:
        """How good an explanation this is."""
        each = AMOUNT_WORTH if self.amount else DOUBTED_WORTH if self.doubted else WORTH[self.by]
        return each * (self.last - self.first) - COST_OF_A_NAME


def segment(text: str, tokens: Sequence[Token], vocabulary: Vocabulary) -> list[Segment]:
    """The segments of a query in order; words in none of them are unexplained.

    Args:
        text: the clean text that the tokens were cut from.
        tokens: its words.
        vocabulary: the names known.
    """
    reader = _amount_reader(text, tokens, vocabulary) if may_hold_amounts(text, tokens) else None
    found: list[list[Segment]] = [[] for _ in tokens]
    for first in range(len(tokens)):
        amount = reader.read_at(first) if reader else None
        if amount is not None:
            found[first].append(Segment(first, amount.last, None, "marks", amount=amount))
        matches = vocabulary.matches_at(tokens, first)
        longest = matches[0].length if matches else 0
        matches += [match for match in vocabulary.joined_at(tokens, first) if match.length > longest or not matches]
        for match in matches:
            chosen = _segment_of(text, match, tokens, vocabulary)
            if chosen is not None:
                found[first].append(chosen)
    if reader and any(part.amount for segments in found for part in segments[:1]):
        _drop_parts_of_places(found)
    if sum(token.marked for token in tokens) * 2 >= len(tokens):
        _doubt_lost_marks(found)
    best = _best(found)
    best = _with_whole_names(best, found)
    if len(tokens) > sum([part.last - part.first for part in best]) and _add_slips(
        text, found, best, tokens, vocabulary
    ):
        best = _with_whole_names(_best(found), found)
    best = _without_classifiers(best, found, tokens)
    if len(tokens) > sum([part.last - part.first for part in best if part.kind not in _WORDS]):
        best = _with_other_names(best, found, vocabulary)
    best = _without_parts_of_producers(tokens, _without_parts_of_brands(text, tokens, best))
    return _goods_for_plain_words(best)


def _amount_reader(text: str, tokens: Sequence[Token], vocabulary: Vocabulary) -> AmountReader:
    catalogue = vocabulary.catalogue

    def is_counted(first: int) -> bool:
        named = vocabulary.matches_at(tokens, first)[:1] if first < len(tokens) else []
        goods = [entry.keys[0] for match in named for entry in match.entries if entry.kind == "concept"]
        line = [catalogue.concept(known) for id_ in goods for known in (id_, *catalogue.ancestors(id_))]
        return any(catalogue.unit(concept.units[0]).dimension == "count" for concept in line if concept.units)

    return AmountReader(text, tokens, vocabulary.units, is_counted=is_counted)


def _doubt_lost_marks(found: Sequence[list[Segment]]) -> None:
    """Where somebody types marks, a name that lacks them counts less than one as it is written: bột ca cao, bột cá."""
    for segments in found:
        segments[:] = [
            structs.replace(part, doubted=True) if part.kind == "concept" and part.by == "letters" else part
            for part in segments
        ]


def _drop_parts_of_places(found: Sequence[list[Segment]]) -> None:
    """Drop amounts whose unit begins the name of a place: loại 1 Đồng Nai costs no đồng."""
    for segments in found:
        segments[:] = [
            part
            for part in segments
            if not (part.amount and any(o.kind == "province" and o.last > part.last for o in found[part.last - 1]))
        ]


def _segment_of(text: str, match: Match, tokens: Sequence[Token], vocabulary: Vocabulary) -> Segment | None:
    kind = match.entries[0].kind
    if kind not in _MAY_NOT_FIT and (len(match.entries) == 1 or all(entry.kind == kind for entry in match.entries)):
        return Segment(match.first, match.last, kind, match.by, match.entries)
    names_goods = any(entry.kind == "concept" for entry in match.entries)
    entries = [
        entry
        for entry in match.entries
        if (entry.kind not in _PLAIN and not (entry.kind == "separator" and not text.isascii()))
        or names_goods
        or _plain_fits(text, entry, tokens[match.first])
    ]
    if len(entries) < len(match.entries) and not entries and _leads_to_a_place(match, tokens, vocabulary):
        entries = list(match.entries)
    if not entries:
        return None
    first_kind = min((entry.kind for entry in entries), key=lambda kind: _PRECEDENCE[kind])
    goods = tuple([entry for entry in entries if entry.kind == "concept"])
    kept = tuple([entry for entry in entries if entry.kind == first_kind])
    instead = goods if first_kind in _PLAIN else ()
    return Segment(match.first, match.last, first_kind, match.by, kept, concept_instead=instead)


def _plain_fits(text: str, entry: Entry, token: Token) -> bool:
    """A single plain word counts only as written ("cua" is a crab, not "của") and not as a part of a name (Từ Sơn)."""
    return len(entry.words) > 1 or (token.text == entry.words[0] and (not token.start or not _is_title(text, token)))


def _leads_to_a_place(match: Match, tokens: Sequence[Token], vocabulary: Vocabulary) -> bool:
    if match.first == 0 or match.last >= len(tokens):
        return False
    after = vocabulary.matches_at(tokens, match.last)
    return bool(after) and any(entry.kind in _NEEDS_PLAIN_BEFORE for entry in after[0].entries)


def _best(found: Sequence[Sequence[Segment]]) -> list[Segment]:
    size = len(found)
    score = [0] * (size + 1)
    choice: list[Segment | None] = [None] * size
    for first in range(size - 1, -1, -1):
        score[first] = score[first + 1]
        for candidate in found[first]:
            total = candidate.worth + score[candidate.last]
            before = choice[first]
            if total > score[first] or (total == score[first] and (before is None or candidate.last > before.last)):
                score[first], choice[first] = total, candidate
    parts, at = [], 0
    while at < size:
        chosen = choice[at]
        if chosen is None:
            at += 1
        else:
            parts.append(chosen)
            at = chosen.last
    return parts


def _with_whole_names(parts: list[Segment], found: Sequence[Sequence[Segment]]) -> list[Segment]:
    """Two names side by side give way to a longer one that begins the first and ends within the second.

    "Rượu sim Phú Quốc" is rose myrtle wine, although rượu and sim Phú Quốc are names too.
    """
    for number, (part, after) in enumerate(pairwise(parts)):
        if part.kind != "concept" or after.kind != "concept" or part.last != after.first:
            continue
        for longer in found[part.first]:
            if longer.kind == "concept" and longer.by != "slip" and part.last < longer.last < after.last:
                return [*parts[:number], longer, *_best_after(longer.last, found)]
    return parts


def _without_classifiers(
    parts: list[Segment], found: Sequence[Sequence[Segment]], tokens: Sequence[Token]
) -> list[Segment]:
    """A name with its classifier gives way to a longer one without: trái dừa xiêm is dừa xiêm, not trái dừa.

    After other goods a place is one, too: đậu phộng củ Nghệ An names no củ nghệ.
    """
    for number, part in enumerate(parts):
        if part.kind != "concept" or not is_classifier(tokens[part.first].text):
            continue
        counts_others = number > 0 and parts[number - 1].kind == "concept" and parts[number - 1].last == part.first
        kinds = {"concept", "province"} if counts_others else {"concept"}
        for longer in found[part.first + 1] if part.first + 1 < len(found) else ():
            if longer.kind in kinds and longer.by != "slip" and longer.last > part.last:
                return [*parts[:number], longer, *_best_after(longer.last, found)]
    return parts


def _with_other_names(
    parts: list[Segment], found: Sequence[Sequence[Segment]], vocabulary: Vocabulary
) -> list[Segment]:
    """Unexplained words beside goods belong to them when they end, or begin, another name of the same goods.

    Hạt tiêu Phú Quốc is hạt tiêu and tiêu Phú Quốc; hạt điều W320 is a kind of hạt điều, by its other name điều W320.
    """
    taken = {index for part in parts if part.kind not in _WORDS for index in range(part.first, part.last)}
    widened = [
        _begun_before(_ended_later(part, found, taken, vocabulary), found, taken, vocabulary)
        if part.kind == "concept" and part.by != "slip"
        else part
        for part in parts
    ]
    named = {index for part in widened if part.kind == "concept" for index in range(part.first, part.last)}
    return [part for part in widened if part.kind not in _WORDS or named.isdisjoint(range(part.first, part.last))]


def _ended_later(part: Segment, found: Sequence[Sequence[Segment]], taken: set[int], vocabulary: Vocabulary) -> Segment:
    for first in range(part.first + 1, part.last):
        for other in found[first]:
            if other.last > part.last and taken.isdisjoint(range(part.last, other.last)):
                same = [entry for entry in _names(other) if _is_of(entry, part.entries, vocabulary)]
                if same:
                    return Segment(part.first, other.last, "concept", other.by, tuple(same))
    return part


def _begun_before(
    part: Segment, found: Sequence[Sequence[Segment]], taken: set[int], vocabulary: Vocabulary
) -> Segment:
    for first in range(max(part.first - LONGEST_WINDOW, 0), part.first):
        for other in found[first]:
            if part.first < other.last <= part.last and taken.isdisjoint(range(first, part.first)):
                names = _names(other)
                same = [entry for entry in part.entries if names and _is_of(entry, names, vocabulary)]
                if same:
                    return Segment(first, part.last, "concept", part.by, tuple(same))
    return part


def _names(part: Segment) -> Sequence[Entry]:
    return part.entries if part.kind == "concept" and part.by != "slip" else ()


def _is_of(entry: Entry, wider: Sequence[Entry], vocabulary: Vocabulary) -> bool:
    """Whether the goods of an entry are those of others, or a kind of them."""
    line = (entry.keys[0], *vocabulary.catalogue.ancestors(entry.keys[0]))
    return any(other.keys[0] in line for other in wider)


def _best_after(first: int, found: Sequence[Sequence[Segment]]) -> list[Segment]:
    return _best([*([] for _ in range(first)), *found[first:]])


def _add_slips(
    text: str, found: list[list[Segment]], best: Sequence[Segment], tokens: Sequence[Token], vocabulary: Vocabulary
) -> bool:
    """Add names one slip away for runs that hold an unexplained word; whether any was added."""
    explained = [False] * len(tokens)
    closed = [False] * len(tokens)
    for part in best:
        for index in range(part.first, part.last):
            explained[index] = True
            closed[index] = part.kind not in _MAY_BE_SLIPPED and not _has_lost_marks(part)
    kept = _ways_of_keeping(tokens, vocabulary) | _states_of(best, tokens)
    for index, token in enumerate(tokens):
        closed[index] = closed[index] or index in kept or is_foreign_number(vocabulary, token.folded)
    # A possible syllable written like a proper name is no slip: Mai Linh, Yên Thế.
    proper = [_is_title(text, token) and is_syllable(token.text) for token in tokens]
    added = False
    for first in range(len(tokens)):
        for last in range(first + 1, min(first + LONGEST_WINDOW, len(tokens)) + 1):
            if any(closed[first:last]):
                break
            if all(explained[first:last]) or all(proper[first:last]):
                continue
            match = misspelled(vocabulary, tokens, first, last)
            slip = Segment(first, last, "concept", "slip", match.entries) if match is not None else None
            if slip is not None and not _only_adds_a_word(slip, found):
                found[first].append(slip)
                added = True
    return added


def _only_adds_a_word(slip: Segment, found: Sequence[Sequence[Segment]]) -> bool:
    """Whether a slip is a name spelled right and a word more: the G of thịt ba chỉ G Kitchen."""
    meant = {entry.keys for entry in slip.entries}
    inside = (
        part
        for first in (slip.first, slip.first + 1)
        for part in (found[first] if first < slip.last else ())
        if part.kind == "concept" and part.by != "slip" and part.last - part.first == slip.last - slip.first - 1
    )
    return any(part.last <= slip.last and not meant.isdisjoint(e.keys for e in part.entries) for part in inside)


def _ways_of_keeping(tokens: Sequence[Token], vocabulary: Vocabulary) -> set[int]:
    """Places of several words that say how goods come, so that none is a slip: cá lóc đông lạnh is no cá lóc bông."""
    words = facet_words(vocabulary.catalogue)
    found = (facet for first in range(1, len(tokens)) for facet in words.tails_at(tokens, first))
    return {index for facet in found if facet.last > facet.first + 1 for index in range(facet.first, facet.last)}


def _states_of(parts: Sequence[Segment], tokens: Sequence[Token]) -> set[int]:
    """Places of words after goods that say how they are, so that none is a slip: ca loc song is a cá lóc, and alive."""
    ends = {part.last for part in parts if part.kind == "concept"}
    return {index for index in ends if index < len(tokens) and is_state(tokens[index])}


def _has_lost_marks(part: Segment) -> bool:
    """Whether a plain word is one only if its marks were left out: the lan of "khoai lan" need not be "lẫn"."""
    return part.kind in {"separator", "filler"} and part.by == "letters" and part.last == part.first + 1


def _without_parts_of_producers(tokens: Sequence[Token], parts: list[Segment]) -> list[Segment]:
    """Without a preposition right after a kind of producer: where nobody typed marks, it has lost those of a name."""
    after = {part.last for part in parts if part.kind == "producer"}
    if not after or any(token.marked for token in tokens):
        return parts
    return [p for p in parts if p.kind != "filler" or p.first not in after or tokens[p.first].text not in PREPOSITIONS]


def _without_parts_of_brands(text: str, tokens: Sequence[Token], parts: list[Segment]) -> list[Segment]:
    """Without schemes that are words of a name: in "Ban Mai Organic" every word is written like one."""
    if any(part.kind == "concept" for part in parts):
        return parts
    explained = {index for part in parts for index in range(part.first, part.last)}
    unexplained = [index for index in range(len(tokens)) if index not in explained]
    if len(unexplained) < SHORTEST_BRAND or not all(_is_title(text, tokens[index]) for index in unexplained):
        return parts
    return [part for part in parts if part.kind != "scheme" or not _is_title(text, tokens[part.first])]


def _is_title(text: str, token: Token) -> bool:
    return text[token.start : token.end].istitle()


def _goods_for_plain_words(parts: list[Segment]) -> list[Segment]:
    if any(part.kind == "concept" for part in parts):
        return parts
    return [
        Segment(part.first, part.last, "concept", part.by, part.concept_instead) if part.concept_instead else part
        for part in parts
    ]
