"""From when to when a paper of a list holds, and which of its sides is an authority."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from market.core.errors import FieldError
from market.core.language import Message
from market.imports.cells import plain
from market.imports.tables.lines import Line
from market.imports.tables.terms import Term, told_span
from market.vietnamese.spelling import folded

NO_DAY_SAID = "none"
FROM_SIGNING = Message(
    vi="Thời hạn tính từ ngày ký: {first} đến {last}.", en="The term runs from the day of signing: {first} to {last}."
)
NO_START = Message(
    vi="Có thời hạn nhưng không có ngày ký: chưa rõ từ ngày nào đến ngày nào, để trống thời hạn.",
    en="It says for how long but has no day of signing: the term is left open.",
)
NO_PERIOD = Message(
    vi="Số lượng ghi theo kỳ nhưng không ghi thời hạn từ ngày nào đến ngày nào: để trống thời hạn.",
    en="The quantity is of a stretch of time, but no term is written: it is left open.",
)
AUTHORITY = Message(
    vi="“{name}” là cơ quan nhà nước: ghi là cơ quan, không phải bên bán hay bên mua.",
    en='"{name}" is an authority: recorded as one, not as seller or buyer.',
)
_AUTHORITY = re.compile(
    r"(?:ubnd|uy ban nhan dan|uy ban|hdnd|so (?:nn|nong nghiep|cong thuong|nong)|phong (?:nong nghiep|kinh te|nn)"
    r"|cuc|chi cuc|bo (?:nong nghiep|cong thuong)|trung tam (?:khuyen nong|xuc tien))\b"
)
_SPAN_IN = ("valid_until", "quantity_words", "goods", "note")


def settle_terms(body: dict[str, Any], own: Sequence[Line]) -> Iterator[FieldError]:
    """Put from when to when a paper and its lines hold, and say how that was understood."""
    term = next((line.values["valid_until"] for line in own if "valid_until" in line.values), None)
    term = term if isinstance(term, Term) else _told_elsewhere(own)
    signed_on = body.get("signed_on")
    if term is None:
        if any(line.get("per", "total") != "total" for line in body["lines"]) and "valid_from" not in body:
            yield FieldError("/lines", "no-period", NO_PERIOD)
        return
    if term.until is not None:
        since, until = term.since, term.until
    elif signed_on is None:
        yield FieldError("/valid_until", "no-period", NO_START)
        return
    else:
        since, until = term.from_day(date.fromisoformat(body.get("valid_from") or signed_on))
        yield FieldError("/valid_until", "term", FROM_SIGNING, {"first": since, "last": until})
    body["valid_until"] = until
    if since is not None:
        body.setdefault("valid_from", since)
        for line in body["lines"]:
            line.update(period_from=body["valid_from"], period_until=until)


def _told_elsewhere(own: Sequence[Line]) -> Term | None:
    """A span of months that stands beside the goods or the quantity."""
    texts = (plain(line.raw[name]) for line in own for name in _SPAN_IN if name in line.raw)
    return next((span for text in texts if (span := told_span(text))), None)


def settle_sides(body: dict[str, Any]) -> Iterator[FieldError]:
    """Tell authorities from sellers and buyers; what has no two sides that trade is no trade."""
    for party in body["parties"]:
        if party["role"] in ("seller", "buyer") and _AUTHORITY.match(folded(str(party["name"]))):
            party["role"] = "authority"
            yield FieldError("/parties", "authority", AUTHORITY, {"name": party["name"]})
    roles = {party["role"] for party in body["parties"]}
    if "authority" in roles and not {"seller", "buyer"} <= roles:
        body["domain"] = "other"
