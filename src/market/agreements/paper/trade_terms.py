"""Coded trade terms as sentences of a Vietnamese paper. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from market.agreements.paper.wording import in_figures
from market.quotes.terms import CODES


def trade_terms_in_words(terms: Mapping[str, Any]) -> list[str]:
    """A paragraph for each term that was agreed, in the order in which they matter to a buyer.

    Args:
        terms: a `quotes.schemas.Terms` as JSON; empty where none were agreed.
    """
    return [f"{name}: {said}." for name, said in _said(terms)]


def _said(terms: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if discount := Decimal(terms.get("discount_pct") or 0):
        yield "Chiết khấu", f"{in_figures(discount)}%, đã trừ vào đơn giá (làm tròn đến đồng)"
    place = [_named("delivery_point", terms.get("delivery_point")), terms.get("delivery_place") or ""]
    if where := "; ".join(part for part in place if part):
        yield "Nơi giao hàng", where
    packaging = [_named("packaging", terms.get("packaging")), terms.get("packaging_note") or ""]
    if packed := "; ".join(part for part in packaging if part):
        yield "Bao bì, quy cách", packed
    if tests := [_named("tests", test) for test in terms.get("tests") or ()]:
        yield "Kiểm nghiệm", "; ".join(tests)
    if returns := _named("returns", terms.get("returns")):
        yield "Đổi trả", returns
    payment = [_named("payment_method", terms.get("payment_method"))]
    if days := terms.get("credit_days"):
        payment.append(f"trong vòng {days} ngày kể từ ngày giao hàng")
    if paid := "; ".join(part for part in payment if part):
        yield "Thanh toán", paid[:1].upper() + paid[1:]


def _named(field: str, code: str | None) -> str:
    return CODES[field][code].vi if code else ""
