"""What words after the name of goods in a title say of how these come."""

from __future__ import annotations

from market.reading.denials import denial_before
from market.reading.facets import Facet
from market.reading.phrase import Phrase
from market.reading.segments import Segment
from market.reading.stock import names_a_variety
from market.reading.title_heads import CRAFTS
from market.reading.title_words import changes_nothing, either_way, ends_a_description, is_harmless, purposes, run_of
from market.reference.catalogue import Catalogue
from market.reference.goods import DRIED, FRESH

PREPARED = "prepared-raw"
"""What is only cleaned and cut; how it is kept says more."""
THINGS = frozenset({CRAFTS, "inputs"})
"""What things of a craft may still be made into."""
EITHER_WAY = 0.75
"""Of goods with words that may say what they are for: ba kích ngâm rượu is a liquor, or the root for one."""


def as_it_comes(phrase: Phrase, concept_id: str, part: Segment) -> tuple[str, int]:
    """The concept in the form that words after it say, and where those end: khóm Cầu Đúc sấy dẻo.

    Other goods, or a form or part that begins there, end what belongs to it: bánh pía trứng muối is not salted.
    """
    catalogue = phrase.vocabulary.catalogue
    if catalogue.goods(concept_id).form is not None or catalogue.is_finished(catalogue.concept(concept_id).category):
        return _named_with_a_tail(phrase, part) or _made_again(phrase, concept_id, part) or (concept_id, part.last)
    prepared = concept_id, part.last
    kept = _is_dried(phrase, part.last - 1)
    for index in range(part.last, len(phrase.tokens)):
        if phrase.broken(index - 1, index) or (kept and run_of(phrase, index, 2) in purposes()):
            break
        facet = None if _ends_a_name(phrase, index) else next(phrase.facets.tails_at(phrase.tokens, index), None)
        if facet is not None and not _leads_on(phrase, facet) and not _names_a_variety(phrase, facet, concept_id):
            form, inner = facets_of(facet)
            made = catalogue.pair(concept_id, form=form, part=inner)
            made = _called_so(phrase, part, facet, made) or made
            if made != concept_id and form not in catalogue.forms_below(PREPARED):
                return made, facet.last
            prepared = (made, facet.last) if prepared[0] == concept_id else prepared
            kept = kept or form == FRESH or form in catalogue.forms_below(DRIED)
            continue
        later = phrase.part_at(index)
        if later is not None and later.kind == "concept":
            break
        if any(facet.word.kind == "part" for facet in phrase.facets.heads_at(phrase.tokens, index)):
            break
    return prepared


def _called_so(phrase: Phrase, part: Segment, facet: Facet, made: str) -> str | None:
    """Goods that a name and a later word call together, only described between: dừa ta khô is the ripe nut, dừa khô."""
    catalogue = phrase.vocabulary.catalogue
    name, tail = (run_of(phrase, one.first, one.last - one.first) for one in (part, facet))
    named = catalogue.concepts_named(f"{name} {tail}") if facet.first > part.last else ()
    base = catalogue.goods(made).commodity
    own = [one.id for one in named if one.of is None and catalogue.is_same_or_narrower(one.id, than=base)]
    return own[0] if len(own) == 1 else None


def sureness_of_tails(phrase: Phrase, first: int, last: int) -> float:
    """How sure it is that words after goods say how they come, not what they are for."""
    return EITHER_WAY if any(_says_either(phrase, index) for index in range(first, last)) else 1.0


def facets_of(facet: Facet) -> tuple[str | None, str | None]:
    """The form and the part that a word says; one of them is None."""
    return (facet.word.id, None) if facet.word.kind == "form" else (None, facet.word.id)


def _says_either(phrase: Phrase, index: int) -> bool:
    return run_of(phrase, index, 2) in either_way()


def _is_dried(phrase: Phrase, index: int) -> bool:
    """Whether the last word of a name says that the goods are dried."""
    kinds = phrase.vocabulary.catalogue.forms_below(DRIED)
    return any(
        facet.last == index + 1 and facet.word.id in kinds for facet in phrase.facets.tails_at(phrase.tokens, index)
    )


def _names_a_variety(phrase: Phrase, facet: Facet, concept_id: str) -> bool:
    after = facet.last
    follows = after < len(phrase.tokens) and not phrase.broken(after - 1, after) and not is_harmless(phrase, after)
    return names_a_variety(facet.word.id, concept_id, phrase.vocabulary.catalogue, unknown_follows=follows)


def _named_with_a_tail(phrase: Phrase, part: Segment) -> tuple[str, int] | None:
    """Goods called by a name and a later word for how they come, only described between: bún trắng khô is bún khô."""
    name = " ".join(token.text for token in phrase.tokens[part.first : part.last])
    for index in range(part.last + 1, len(phrase.tokens)):
        if phrase.broken(index - 1, index) or not changes_nothing(phrase, index - 1):
            return None
        facet = next(phrase.facets.tails_at(phrase.tokens, index), None)
        if facet is not None:
            tail = " ".join(token.text for token in phrase.tokens[facet.first : facet.last])
            named = phrase.vocabulary.catalogue.concepts_named(f"{name} {tail}")
            return (named[0].id, facet.last) if len(named) == 1 else None
    return None


def _made_again(phrase: Phrase, concept_id: str, part: Segment) -> tuple[str, int] | None:
    """What a later word for a thing makes of goods that are made already: bánh xèo bột pha sẵn is the flour for it."""
    catalogue = phrase.vocabulary.catalogue
    for index in range(part.last, len(phrase.tokens)):
        if phrase.broken(index - 1, index):
            return None
        for facet in phrase.facets.tails_at(phrase.tokens, index):
            form = catalogue.find_form(facet.word.id) if facet.word.kind == "form" else None
            if form is None or not form.vetoes or denial_before(phrase.tokens, index) is not None:
                continue
            made = catalogue.pair(concept_id, form=form.id)
            if _becomes_another(concept_id, made, catalogue):
                return made, facet.last
    return None


def _becomes_another(concept_id: str, made: str, catalogue: Catalogue) -> bool:
    """Whether goods can be made into others still: a basket stays one though plants grow in it."""
    before, after = catalogue.concept(concept_id).category, catalogue.concept(made).category
    known = catalogue.find_form(catalogue.goods(concept_id).form or "")
    if before == after or (known is not None and known.vetoes):
        return False
    return CRAFTS not in catalogue.category_line(before) or not THINGS.isdisjoint(catalogue.category_line(after))


def _leads_on(phrase: Phrase, facet: Facet) -> bool:
    """Whether a word begins another name with an unknown word after it: the bột lọc of hủ tiếu bột lọc is no powder."""
    if facet.last >= len(phrase.tokens) or phrase.broken(facet.last - 1, facet.last):
        return False
    heads = any(head.last == facet.last for head in phrase.facets.heads_at(phrase.tokens, facet.first))
    return heads and not is_harmless(phrase, facet.last) and not phrase.looks_like_a_name(facet.last)


def _ends_a_name(phrase: Phrase, index: int) -> bool:
    """Whether a word stands inside a place, a name or a description: the khói of Hòn Khói, the hầm of nuôi hầm."""
    part = phrase.part_at(index)
    if (part is not None and part.kind in {"locality", "province"}) or ends_a_description(phrase, index):
        return True
    if denial_before(phrase.tokens, index) is not None:
        return True
    return phrase.looks_like_a_name(index) and phrase.looks_like_a_name(index - 1)
