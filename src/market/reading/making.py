"""Words around the name of goods that say how they come: mứt sầu riêng is no durian, lá chanh no lime."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from market.reading.denials import denied_forms
from market.reading.facets import MOST_WORDS, Facet, facet_words
from market.reading.segments import Segment
from market.reading.stock import names_a_variety
from market.reading.vocabulary import Vocabulary
from market.reference.catalogue import Catalogue
from market.vietnamese.text import Token, words

MOST_BETWEEN = 2
"""Words that may stand between a form that leads a query and what it is made of."""
MOST_MEANINGS = 4
"""Of more goods a word is the beginning of their names: of ốc khô no one snail is meant, and all come before dried."""
FOR = "cho"
"""May stand between what is made and what it is for: phân bón cho sầu riêng."""
ACROSS = frozenset({"province", "region", "macro_region", "locality", "scheme", "filler", "word"})
"""Kinds of segments over which a form after goods still belongs to them: khóm Cầu Đúc sấy dẻo."""


@dataclass(frozen=True, slots=True)
class Made:
    """What goods become by words around them, and the places of those words."""

    concept_id: str
    words: tuple[int, ...]


def made_goods(tokens: Sequence[Token], part: Segment, parts: Sequence[Segment], vocabulary: Vocabulary) -> Made | None:
    """The goods in the form and part that words beside their name say; None when nothing says any.

    Args:
        tokens: words of a query.
        part: the segment that names the goods.
        parts: all segments.
        vocabulary: for the words of forms and parts.
    """
    if len(part.entries) > MOST_MEANINGS:
        return None
    catalogue = vocabulary.catalogue
    concept = part.entries[0].keys[0]
    before = tuple(_before(tokens, part, parts, vocabulary))
    # What has been cut or made already stays so, however it is kept: a frozen fillet is a fillet.
    comes = catalogue.goods(concept).form is not None
    after = [] if comes else [(facet,) for facet in _after(tokens, part, parts, vocabulary)]
    for chosen in (*((*before, *one) for one in after), before, *after):
        if chosen and all(_fits(facet, concept, catalogue) for facet in chosen):
            made = _paired(chosen, concept, catalogue)
            if made != concept:
                return Made(made, tuple(index for facet in chosen for index in range(facet.first, facet.last)))
    return None


def _paired(chosen: Sequence[Facet], concept: str, catalogue: Catalogue) -> str:
    form = next((facet.word.id for facet in chosen if facet.word.kind == "form"), None)
    part = next((facet.word.id for facet in reversed(chosen) if facet.word.kind == "part"), None)
    known = catalogue.find_form(form) if form is not None else None
    if known is not None and known.vetoes and (generic := catalogue.generic(known.id)) is not None:
        return generic
    return catalogue.pair(concept, form=form, part=part)


def _fits(facet: Facet, concept_id: str, catalogue: Catalogue) -> bool:
    of = facet.word.of
    return of is None or not set(of).isdisjoint(catalogue.category_line(catalogue.concept(concept_id).category))


def _taken(parts: Sequence[Segment], part: Segment) -> set[int]:
    """Places of other names, which are no words for forms; a word for goods may be one (khô, mì)."""
    kept = (o for o in parts if o is not part and o.kind not in {"word", "filler", "concept"})
    return {index for other in kept for index in range(other.first, other.last)}


def _before(
    tokens: Sequence[Token], part: Segment, parts: Sequence[Segment], vocabulary: Vocabulary
) -> Iterator[Facet]:
    """Words before the name, the outermost first: mứt and vỏ of mứt vỏ bưởi."""
    taken, end = _taken(parts, part), part.first
    if end and tokens[end - 1].text == FOR:
        end -= 1
    found: list[Facet] = []
    while end > 0:
        facet = _ending_at(end, tokens, vocabulary)
        if facet is None or not taken.isdisjoint(range(facet.first, facet.last)):
            break
        if _is_a_name(facet, part, parts, vocabulary.catalogue) or _belongs_to_the_name(
            tokens, facet, part, vocabulary
        ):
            break
        if not side_by_side(tokens, range(facet.first, part.first + 1)):
            break
        found.append(facet)
        end = facet.first
    yield from reversed(found) if found else _leading(tokens, part, parts, vocabulary)


def _ending_at(end: int, tokens: Sequence[Token], vocabulary: Vocabulary) -> Facet | None:
    """The longest word for a form or part that ends before a place."""
    heads = facet_words(vocabulary.catalogue)
    found = (facet for first in range(max(0, end - MOST_WORDS), end) for facet in heads.heads_at(tokens, first))
    return next((facet for facet in found if facet.last == end), None)


def _is_a_name(facet: Facet, part: Segment, parts: Sequence[Segment], catalogue: Catalogue) -> bool:
    """Whether other goods are named there: longer (the bột of bột nghệ) or wider (the cà phê of cà phê robusta)."""
    concept = part.entries[0].keys[0]
    for other in parts:
        if other.kind != "concept" or other is part or not other.first <= facet.first < other.last:
            continue
        wider = any(catalogue.is_same_or_narrower(concept, than=entry.keys[0]) for entry in other.entries)
        if wider or other.last - other.first > facet.last - facet.first:
            return True
    return False


def _belongs_to_the_name(tokens: Sequence[Token], facet: Facet, part: Segment, vocabulary: Vocabulary) -> bool:
    """Whether the words before belong to another name of the same goods: the hạt of hạt tiêu Phú Quốc."""
    goods = {entry.keys for entry in part.entries}
    return any(
        match.last > part.first and any(entry.kind == "concept" and entry.keys in goods for entry in match.entries)
        for match in vocabulary.matches_at(tokens, facet.first)
    )


def _leading(
    tokens: Sequence[Token], part: Segment, parts: Sequence[Segment], vocabulary: Vocabulary
) -> Iterator[Facet]:
    """A form that leads the query, with words between that nothing explains: bánh đa dừa."""
    taken = {index for other in parts if other is not part for index in range(other.first, other.last)}
    for facet in facet_words(vocabulary.catalogue).heads_at(tokens, 0):
        apart = facet.word.kind == "form" and facet.last < part.first <= facet.last + MOST_BETWEEN
        if apart and not taken.intersection(range(part.first)) and side_by_side(tokens, range(part.first + 1)):
            yield facet
            return


def _after(tokens: Sequence[Token], part: Segment, parts: Sequence[Segment], vocabulary: Vocabulary) -> Iterator[Facet]:
    """Words after the name, also behind a place: xoài Yên Châu sấy."""
    owners = {index: other for other in parts for index in range(other.first, other.last)}
    goods = part.entries[0].keys[0]
    denied = denied_forms(tokens, vocabulary).words
    for index in range(part.last, len(tokens)):
        if not side_by_side(tokens, range(index - 1, index + 1)):
            return
        other = owners.get(index)
        for facet in facet_words(vocabulary.catalogue).tails_at(tokens, index):
            follows = facet.last < len(tokens) and facet.last not in owners and tokens[facet.last].text.isalpha()
            variety = names_a_variety(facet.word.id, goods, vocabulary.catalogue, unknown_follows=follows)
            if variety or _is_a_name(facet, part, parts, vocabulary.catalogue):
                continue
            if facet.first in denied:
                continue
            if other is None or facet.last >= other.last or other.kind in {"word", "filler"}:
                yield facet
        if other is not None and other.kind not in ACROSS:
            return


def is_tail(tokens: Sequence[Token], part: Segment, parts: Sequence[Segment], vocabulary: Vocabulary) -> bool:
    """Whether a name is no goods here but a word like khô (dried fish in the South) after other words."""
    before = part.first - 1
    if part.kind != "concept" or before < 0:
        return False
    tails = facet_words(vocabulary.catalogue).tails_at(tokens, part.first)
    if not any(facet.last == part.last and not facet.word.english for facet in tails):
        return False
    return not any(other.first <= before < other.last and other.kind != "concept" for other in parts)


def makes_others(tokens: Sequence[Token], part: Segment, parts: Sequence[Segment], vocabulary: Vocabulary) -> bool:
    """Whether a name that is a regional word for fresh goods makes others here: mì is cassava, mì chùm ngây noodles."""
    heads = facet_words(vocabulary.catalogue).heads_at(tokens, part.first)
    leads = any(facet.last == part.last and facet.word.kind == "form" for facet in heads)
    if part.last != part.first + 1 or part.last >= len(tokens) or not leads:
        return False
    after = next((other for other in parts if other.first == part.last), None)
    if after is not None and after.kind not in {"concept", "word"}:
        return False
    if not side_by_side(tokens, range(part.first, part.last + 1)):
        return False
    catalogue = vocabulary.catalogue
    goods = [(entry, catalogue.concept(entry.keys[0])) for entry in part.entries]
    return all(catalogue.is_perishable(c.category) and list(entry.words) != words(c.name_vi) for entry, c in goods)


def is_way_of_cooking(tokens: Sequence[Token], index: int, vocabulary: Vocabulary) -> bool:
    """Whether words from one on say how what comes before them is cooked or kept: kho, nướng, đóng hộp."""
    return next(facet_words(vocabulary.catalogue).tails_at(tokens, index), None) is not None


def side_by_side(tokens: Sequence[Token], places: range) -> bool:
    """Whether only blanks stand between the words."""
    return all(tokens[index].end + 1 == tokens[index + 1].start for index in places[:-1])
