"""Goods against goods: commodity, form, part and variety one by one, and open names by their words."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

from market.core.language import Message
from market.matching.facts import Demand, Offer
from market.reference.catalogue import Catalogue
from market.reference.goods import FRESH, UNCLASSIFIED
from market.reference.goods_catalogue import concept_names
from market.reference.records import Goods
from market.vietnamese.text import fold, words

Difference = Literal["concept", "form", "part", "variety"]
Differences = frozenset[Difference]

SAME: Differences = frozenset()
OTHER_GOODS: Differences = frozenset({"concept"})


def differences(offer: Offer, demand: Demand, *, catalogue: Catalogue) -> Differences:
    """In what the goods of an offer differ from those of a line; empty when they will do.

    A line that accepts several forms is compared with each; the nearest counts. An open name on either side is
    compared by its words: what passes so is still to be confirmed.
    """
    if is_to_be_confirmed(offer, demand):
        return SAME if _may_be_the_same(offer, demand, catalogue) else OTHER_GOODS
    return _nearest(offer.concept, demand.accepted or (demand.concept,), catalogue)


def is_to_be_confirmed(offer: Offer, demand: Demand) -> bool:
    """Whether one of the names is open, so that only a person can say that they mean the same."""
    return not offer.concept or not demand.concept


@lru_cache(maxsize=65536)
def _nearest(offered: str, accepted: tuple[str, ...], catalogue: Catalogue) -> Differences:
    return min((_between(offered, wanted, catalogue) for wanted in accepted), key=len)


def _between(offered: str, wanted: str, catalogue: Catalogue) -> Differences:
    if catalogue.is_same_or_narrower(offered, than=wanted):
        return SAME
    here, there = catalogue.goods(offered), catalogue.goods(wanted)
    found: set[Difference] = set()
    if not catalogue.is_same_or_narrower(here.commodity, than=there.commodity):
        found.add("variety" if _are_kin(here, there, catalogue) else "concept")
    if here.form != there.form and not _is_kind_of_form(here, there, catalogue):
        found.add("form")
    if here.part != there.part:
        found.add("part")
    return frozenset(found) or OTHER_GOODS


def _is_kind_of_form(here: Goods, there: Goods, catalogue: Catalogue) -> bool:
    return here.form is not None and there.form is not None and here.form in catalogue.forms_below(there.form)


def _are_kin(here: Goods, there: Goods, catalogue: Catalogue) -> bool:
    """Whether one is a wider name of the other, or both are kinds of the same."""
    ours, theirs = catalogue.ancestors(here.commodity), catalogue.ancestors(there.commodity)
    return here.commodity in theirs or (bool(ours) and bool(theirs) and ours[0] == theirs[0])


def _may_be_the_same(offer: Offer, demand: Demand, catalogue: Catalogue) -> bool:
    accepted = demand.accepted or ((demand.concept,) if demand.concept else ())
    if any(catalogue.is_same_or_narrower(guess, than=wanted) for guess in offer.may_be for wanted in accepted):
        return True
    if not _categories_agree(offer.category, demand.category, catalogue):
        return False
    title = _words(offer.title)
    names = [demand.name] if demand.name else []
    names += [name for id_ in accepted for name in concept_names(catalogue.concept(id_))]
    return any(_words(name) <= title for name in names if name)


def _categories_agree(one: str, other: str, catalogue: Catalogue) -> bool:
    if UNCLASSIFIED in (one, other) or not one or not other:
        return True
    return one in catalogue.category_line(other) or other in catalogue.category_line(one)


@lru_cache(maxsize=8192)
def _words(text: str) -> frozenset[str]:
    return frozenset(fold(word) for word in words(text))


def facet_names(goods: Goods, kind: Difference, *, catalogue: Catalogue) -> tuple[str, str]:
    """What one facet of goods is called, in Vietnamese and English."""
    if kind == "form":
        form = catalogue.find_form(goods.form or FRESH)
        return (form.name_vi, form.name_en) if form is not None else ("", "")
    if kind == "part":
        part = catalogue.find_part(goods.part) if goods.part else None
        return (part.name_vi, part.name_en) if part is not None else ("phần thường dùng", "the usual part")
    concept = catalogue.concept(goods.commodity)
    return (concept.name_vi, concept.name_en)


def sentence(offer: Offer, demand: Demand, kind: Difference, *, passed: bool, catalogue: Catalogue) -> Message:
    """Why a facet passes or holds the offer back."""
    if is_to_be_confirmed(offer, demand):
        return TO_BE_CONFIRMED if passed else Message("Không phải mặt hàng cần", "Not the goods asked for")
    offered = facet_names(catalogue.goods(offer.concept), kind, catalogue=catalogue)
    wanted = _all_names(demand, kind, catalogue)
    called = {"form": ("Dạng", "Form"), "part": ("Bộ phận", "Part"), "variety": ("Giống, loại", "Variety")}[kind]
    if passed:
        return Message(f"{called[0]}: {offered[0]}, đúng yêu cầu", f"{called[1]}: {offered[1]}, as asked for")
    return Message(f"{called[0]}: {offered[0]}, không phải {wanted[0]}", f"{called[1]}: {offered[1]}, not {wanted[1]}")


def _all_names(demand: Demand, kind: Difference, catalogue: Catalogue) -> tuple[str, str]:
    named: Iterable[tuple[str, str]] = dict.fromkeys(
        facet_names(catalogue.goods(id_), kind, catalogue=catalogue) for id_ in demand.accepted or (demand.concept,)
    )
    vi, en = zip(*named, strict=True)
    return " hoặc ".join(vi), " or ".join(en)


TO_BE_CONFIRMED = Message(
    "Tên hàng chưa được xếp loại; cần hai bên xác nhận đúng mặt hàng",
    "A name that nobody has placed yet; both sides are to confirm that it is these goods",
)
