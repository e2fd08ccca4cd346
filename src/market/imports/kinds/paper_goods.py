"""The goods of a row of a list of papers: one line each, and never one of several that stand in one cell."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from market.core.errors import FieldError
from market.core.language import Message
from market.imports.goods import goods_named
from market.imports.kinds.kind import Setting, amount_of
from market.imports.named_cells import Amount
from market.imports.tables.asking import Choice, Question
from market.imports.tables.lines import Line
from market.reference.catalogue import Catalogue

_SEVERAL = re.compile(r"\s*(?:[,;+&/\n]|\svà\s)\s*", re.IGNORECASE)
SEVERAL_GOODS = "several-goods"
APART, REFUSE = "apart", "refuse"
ONE_AMOUNT = Message(
    vi="Một ô nêu nhiều mặt hàng ({goods}) với một số lượng ({amount}): hãy ghi mỗi mặt hàng một dòng.",
    en="One cell names several goods ({goods}) with one quantity ({amount}): write a row for each of them.",
)
WHAT_OF_THEM = Message(
    vi="Có dòng nêu nhiều mặt hàng với một số lượng, như {goods}: {amount}. Làm gì với các dòng này?",
    en="Some rows name several goods with one quantity, as {goods}: {amount}. What shall become of them?",
)
EACH_OPEN = Message(
    vi="Mỗi mặt hàng một dòng, để trống số lượng (ghi số chung vào mô tả)",
    en="A line for each, without a quantity (the common one stays in words)",
)
NOT_THESE = Message(vi="Không nhập các dòng này", en="Do not import these rows")


@dataclass(slots=True)
class RowGoods:
    """The lines that a row gives its paper, what is wrong with it, and what must be asked."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    errors: list[FieldError] = field(default_factory=list)
    asks: list[Question] = field(default_factory=list)


def goods_of(line: Line, setting: Setting) -> RowGoods:
    """The lines of a paper that a row stands for."""
    name = str(line.values.get("goods") or "")
    amount: Amount = line.values.get("quantity_words") or Amount()
    several = goods_in(name, setting.catalogue)
    if len(several) < 2:
        made = _line(line, name, None if _SEVERAL.search(name) and not several else setting.catalogue, amount)
        return RowGoods([made] if made else [])
    if amount.quantity is None:
        return RowGoods([_open(goods, amount.words) for goods in several])
    said = amount.words or " ".join(filter(None, (amount.quantity, amount.unit and _unit(amount, setting))))
    if setting.answers.get(SEVERAL_GOODS) == APART:
        return RowGoods([_open(goods, f"chung {said}") for goods in several])
    about = {"goods": "; ".join(several), "amount": said}
    choices = (Choice(APART, EACH_OPEN), Choice(REFUSE, NOT_THESE))
    question = Question(SEVERAL_GOODS, WHAT_OF_THEM, about, choices)
    return RowGoods([], [FieldError("/lines", SEVERAL_GOODS, ONE_AMOUNT, about)], [question])


def goods_in(name: str, catalogue: Catalogue) -> list[str]:
    """The parts of a cell that each name goods of their own; fewer than two where it is one name with signs in it."""
    parts = [part for part in _SEVERAL.split(name) if part]
    known = {goods_named(part, catalogue) for part in parts}
    return parts if len(parts) > 1 and None not in known and len(known) == len(parts) else []


def _unit(amount: Amount, setting: Setting) -> str:
    known = setting.catalogue.find_unit(amount.unit or "")
    return known.name_vi if known else amount.unit or ""


def _open(goods: str, words: str | None) -> dict[str, Any]:
    return {"description": f"{goods} – {words}"[:200] if words else goods[:200]}


def _line(line: Line, name: str, catalogue: Catalogue | None, amount: Amount) -> dict[str, Any] | None:
    """One line.

    Args:
        catalogue: what goods are known; None where the words of the cell are to stay words.
    """
    concept = goods_named(name, catalogue) if name and catalogue is not None else None
    unit = amount.unit or line.values.get("unit")
    words = [name] if name else []
    quantified = amount.quantity is not None and unit is not None
    if amount.words or (amount.quantity and not quantified):
        words.append(amount.words or str(amount.quantity))
    made: dict[str, Any] = {"description": " – ".join(words)[:200]} if words else {}
    if concept:
        made["concept"] = concept
    if quantified:
        made |= {"quantity": amount.quantity, "unit": unit, "per": amount.per}
        if amount.at_least:
            made["binding"] = "minimum"
    if "price_vnd" in line.values:
        made |= {"price_vnd": amount_of(line.values["price_vnd"]), "price_kind": "fixed"}
    return made or None
