"""How surely titles are read: certain, guessed or open, and how many of the certain ones are wrong by the facts."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from market.reading.titles import goods_told
from market.reading.vocabulary import build_vocabulary
from market.reference.catalogue import Catalogue
from tests.relevance.listed import Fact, titles

CERTAINTIES = ("certain", "guessed", "open")

Verdict = Literal["right", "wide", "other form", "wrong", "missed", "open"]


def verdict(concept_id: str | None, fact: Fact, catalogue: Catalogue) -> Verdict:
    """How what was read stands to what is meant.

    right: the goods or a kind of them; wide: a wider concept; other form: the right commodity in another form or part;
    wrong: other goods; missed: left open although the catalogue knows them; open: left open, and rightly.
    """
    if concept_id is None:
        return "missed" if fact.concepts else "open"
    if not fact.concepts:
        return "right" if _says_only_its_kind(concept_id, fact, catalogue) else "wrong"
    line = {concept_id, *catalogue.ancestors(concept_id)}
    if not line.isdisjoint(fact.concepts):
        return "right"
    if any(_is_wider(concept_id, meant, catalogue) for meant in fact.concepts):
        return "wide"
    meant_of = {catalogue.goods(meant).commodity for meant in fact.concepts}
    read_of = catalogue.goods(concept_id).commodity
    kin = {read_of, *catalogue.ancestors(read_of)}
    above = {wider for meant in meant_of for wider in (meant, *catalogue.ancestors(meant))}
    return "wrong" if kin.isdisjoint(meant_of) and read_of not in above else "other form"


def _is_wider(concept_id: str, meant: str, catalogue: Catalogue) -> bool:
    """Whether goods are above others, or only the form in which those come."""
    if concept_id in catalogue.ancestors(meant):
        return True
    alone = catalogue.find_form(concept_id) is not None
    return alone and catalogue.concept(concept_id).category == catalogue.concept(meant).category


def _says_only_its_kind(concept_id: str, fact: Fact, catalogue: Catalogue) -> bool:
    """Whether what was read of an unknown name is a word of the name itself, said of its whole class: a cake."""
    concept = catalogue.concept(concept_id)
    form = catalogue.find_form(concept.form) if concept.form is not None and concept.of is None else None
    heads = [head.word for head in form.heads] if form is not None else []
    names = (concept.name_vi, *(name.name for name in concept.names), *heads)
    return any(f"{fact.goods} ".casefold().startswith(f"{name} ".casefold()) for name in names)


def count_of_names(catalogue: Catalogue) -> str:
    """In words, of all listed titles: how many are certain, guessed and open, and how many certain ones are wrong."""
    vocabulary = build_vocabulary(catalogue)
    counts: Counter[tuple[str, Verdict]] = Counter()
    for one in titles(catalogue):
        told = goods_told(one.title, vocabulary, region=None)
        counts[told.certainty, verdict(told.concept_id, one.fact, catalogue)] += 1
    sure = {name: sum(n for (certainty, _), n in counts.items() if certainty == name) for name in CERTAINTIES}
    wrong = counts["certain", "wrong"]
    return (
        f"{counts.total()} names: "
        + ", ".join(f"{n} {name}" for name, n in sure.items())
        + f"; of the certain ones {wrong} are wrong ({100 * wrong / max(1, sure['certain']):.1f} %),"
        f" {counts['certain', 'wide']} too wide, {counts['certain', 'other form']} in another form;"
        f" {counts['open', 'missed']} known goods were left open"
    )
