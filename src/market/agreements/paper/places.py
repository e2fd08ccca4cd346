"""What the paper of an agreement says: a pure function of one version's content, so it can be written again.

Every value is text that a template only has to place. Whoever edits a template finds the names here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from market.agreements.gate import public_name
from market.agreements.history.contents import LINE, Content
from market.agreements.ledger.quantities import line_value_vnd
from market.agreements.models import AgreementLine
from market.agreements.paper.code import paper_code
from market.agreements.paper.trade_terms import trade_terms_in_words
from market.agreements.paper.wording import amount_in_words, date_and_time, in_figures, long_date, short_date
from market.agreements.states import CAUSES, INSTRUMENTS, STATES, Cause, Instrument
from market.reference.catalogue import Catalogue

ROLES = {"seller": "Bên bán", "buyer": "Bên mua", "authority": "Cơ quan", "witness": "Bên chứng kiến"}
PER = {
    "total": "",
    "season": "mỗi mùa vụ",
    "day": "mỗi ngày",
    "week": "mỗi tuần",
    "month": "mỗi tháng",
    "year": "mỗi năm",
}
BINDING = {"all": "toàn bộ sản lượng", "fixed": "", "minimum": "tối thiểu"}
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class KnownOrganization:
    """An organization as it was called when the version was made."""

    name: str
    tax_code: str | None
    address: str | None


@dataclass(frozen=True, slots=True)
class PaperParty:
    """A side or witness; what is not known is empty text."""

    label: str
    role: str
    name: str
    tax_code: str
    address: str
    representative: str
    representative_title: str
    responsible: str
    responsible_phone: str
    confirmed: str
    """When it confirmed this content on the market."""
    is_witness: bool


@dataclass(frozen=True, slots=True)
class PaperLine:
    """Goods in a row of the table; what is not agreed is empty text."""

    number: int
    goods: str
    quantity: str
    unit: str
    period: str
    plan: str
    price: str
    amount: str


@dataclass(frozen=True, slots=True)
class Paper:
    """All that a template may place."""

    heading: str
    """The instrument in capitals, with "Phụ lục" for an amendment."""
    title: str
    number: str
    """As on the paper; ours where it has none."""
    our_number: str
    amends: str
    """For an amendment, why."""
    signed: str
    """Where and when, as the sentence before the parties goes on."""
    parties: list[PaperParty]
    signatories: list[list[PaperParty]]
    """Two to a row."""
    lines: list[PaperLine]
    planned: list[PaperLine]
    """Those of the lines that say when goods come."""
    value: str
    value_in_words: str
    validity: str
    note: list[str]
    """Paragraphs: the trade terms, then the clauses."""
    copies: str
    is_draft: bool
    status: str
    version: str
    sha256: str
    """Digest of the content, as the history has it."""
    made: str
    """When this version was made."""
    qr: str
    """What the QR code of the version says; templates place it as a picture."""

    def as_values(self) -> dict[str, Any]:
        """Plain values by name, as templates take them."""
        return asdict(self)


def paper_of(
    content: Content,
    *,
    version: int,
    sha256: str,
    made_at: datetime,
    organizations: Mapping[str, KnownOrganization],
    catalogue: Catalogue,
) -> Paper:
    """The paper of one version.

    Args:
        content: as `contents.content_of` gives it.
        made_at: when the version was made.
        organizations: by id, as they were then; the parties known here.
    """
    terms, course = content["terms"], content["course"]
    parties = _parties(terms["parties"], content["confirmations"], organizations)
    signing = [party for party in parties if not party.is_witness] + [party for party in parties if party.is_witness]
    lines = [_line(line, number, catalogue) for number, line in enumerate(terms["lines"], start=1)]
    value: int | None = terms["value_vnd"]
    return Paper(
        heading=_heading(terms),
        title=terms["title"],
        number=terms["paper_number"] or terms["number"],
        our_number=terms["number"],
        amends=_amends(terms),
        signed=_signed(terms),
        parties=parties,
        signatories=[signing[place : place + 2] for place in range(0, len(signing), 2)],
        lines=lines,
        planned=[line for line in lines if line.period or line.plan],
        value="" if value is None else f"{in_figures(value)} đồng",
        value_in_words="" if value is None else amount_in_words(value),
        validity=_span(terms["valid_from"], terms["valid_until"]),
        note=_note(terms),
        copies=f"{max(2, len(signing)):02d}",
        is_draft=course["status"] == "draft",
        status=STATES[course["status"]].vi,
        version=str(version),
        sha256=sha256,
        made=date_and_time(made_at),
        qr=paper_code(terms["number"], version),
    )


def _note(terms: Content) -> list[str]:
    # Paper logged before it had clauses printed its note.
    words = terms["clauses"] if "clauses" in terms else terms["note"]
    noted = [part.strip() for part in (words or "").split("\n") if part.strip()]
    return [*trade_terms_in_words(terms.get("trade_terms") or {}), *noted]


def _heading(terms: Content) -> str:
    instrument = INSTRUMENTS[cast("Instrument", terms["instrument"])].vi.upper()
    amendment = terms["amendment_number"]
    return f"PHỤ LỤC {amendment:02d} {instrument}" if amendment else instrument


def _amends(terms: Content) -> str:
    cause = terms["amendment_cause"]
    if cause is None:
        return ""
    note = f" ({terms['amendment_note']})" if terms["amendment_note"] else ""
    return CAUSES[cast("Cause", cause)].vi + note


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _signed(terms: Content) -> str:
    day = _day(terms["signed_on"])
    when = long_date(day) if day else "ngày …… tháng …… năm ………"
    return f"{when}, tại {terms['signing_place'] or '…………………………'}"


def _span(first: str | None, last: str | None) -> str:
    begins, ends = _day(first), _day(last)
    parts = [f"từ ngày {short_date(begins)}"] if begins else []
    parts += [f"đến ngày {short_date(ends)}"] if ends else []
    return " ".join(parts)


def _parties(
    parties: Sequence[Content], confirmations: Sequence[str | None], known: Mapping[str, KnownOrganization]
) -> list[PaperParty]:
    rows: list[PaperParty] = []
    bound = 0
    for party, confirmed in zip(parties, confirmations, strict=True):
        is_witness = party["role"] == "witness"
        bound += not is_witness
        organization = known.get(party["organization_id"] or "") or KnownOrganization(
            public_name(party["name_only"] or ""), None, None
        )
        letter = LETTERS[bound - 1] if 0 < bound <= len(LETTERS) else str(bound)
        rows.append(
            PaperParty(
                label="BÊN CHỨNG KIẾN" if is_witness else f"BÊN {letter}",
                role=ROLES[party["role"]],
                name=organization.name,
                tax_code=organization.tax_code or "",
                address=organization.address or "",
                representative=party["representative_name"] or "",
                representative_title=party["representative_title"] or "",
                responsible=party["responsible_name"] or "",
                responsible_phone=party["responsible_phone"] or "",
                confirmed=date_and_time(datetime.fromisoformat(confirmed)) if confirmed else "",
                is_witness=is_witness,
            )
        )
    return rows


def _row(line: Content) -> AgreementLine:
    values: dict[str, Any] = {name: line.get(name) for name in LINE}
    for name in ("quantity", "tolerance_pct"):
        values[name] = None if values[name] is None else Decimal(values[name])
    for name in ("period_from", "period_until"):
        values[name] = _day(values[name])
    return AgreementLine(**values)


def _line(content: Content, number: int, catalogue: Catalogue) -> PaperLine:
    line = _row(content)
    named = [catalogue.concept(line.concept_id).name_vi] if line.concept_id else []
    amount = line_value_vnd(line)
    return PaperLine(
        number=number,
        goods=_as_a_beginning(", ".join([*named, *([line.description] if line.description else [])])),
        quantity=_quantity(line),
        unit=catalogue.unit(line.unit_code).name_vi if line.unit_code else "",
        period=_span(content["period_from"], content["period_until"]),
        plan=_plan(line.delivery_plan),
        price=_price(line),
        amount="" if amount is None else in_figures(amount),
    )


def _as_a_beginning(text: str) -> str:
    return text[:1].upper() + text[1:]


def _quantity(line: AgreementLine) -> str:
    if line.quantity is None:
        return BINDING[line.binding] if line.binding == "all" else ""
    tolerance = f"(± {in_figures(line.tolerance_pct)}%)" if line.tolerance_pct else ""
    words = (BINDING[line.binding], in_figures(line.quantity), PER[line.per], tolerance)
    return " ".join(word for word in words if word)


def _price(line: AgreementLine) -> str:
    if line.price_vnd is None:
        return "theo giá thị trường" if line.price_kind == "market" else ""
    return f"giá sàn {in_figures(line.price_vnd)}" if line.price_kind == "floor" else in_figures(line.price_vnd)


def _plan(plan: Mapping[str, Any] | None) -> str:
    if plan is None:
        return ""
    parts: list[str] = []
    if days := plan["weekdays"]:
        parts.append("mỗi ngày" if len(days) == 7 else ", ".join(WEEKDAYS[day - 1] for day in days) + " hằng tuần")
    if deliveries := plan["deliveries"]:
        parts.append(
            ", ".join(f"{short_date(date.fromisoformat(d['on']))}: {_exact(d['quantity'])}" for d in deliveries)
        )
    if plan["cadence"]:
        parts.append(plan["cadence"])
    if plan["deliver_before"]:
        parts.append(f"giao trước {plan['deliver_before']}")
    return "; ".join(parts)


def _exact(quantity: str) -> str:
    return in_figures(Decimal(quantity))
