"""The organizer's list of signed papers, several lines a paper, as it comes home from an event."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from market.core.errors import FieldError, MarketError
from market.core.language import Message
from market.imports.goods import goods_named
from market.imports.kinds import papers
from market.imports.kinds.kind import (
    Keeping,
    Kind,
    Outcome,
    Outcomes,
    Prepared,
    Setting,
    already_there,
    amount_of,
    as_it_is,
)
from market.imports.named_cells import Amount
from market.imports.rows import Row
from market.imports.tables.lines import Line
from market.organizations.models import Organization
from market.reference.catalogue import Catalogue
from market.vietnamese.spelling import folded

INSTRUMENTS = {
    "mou": "Biên bản ghi nhớ", "framework": "Hợp đồng nguyên tắc", "sale": "Hợp đồng mua bán",
    "offtake": "Hợp đồng bao tiêu", "agency": "Hợp đồng đại lý", "cooperation": "Thỏa thuận hợp tác",
}  # fmt: skip
_SEVERAL = re.compile(r"[,;+&]|\svà\s")
_BETWEEN_PARTIES = re.compile(r"\s+[-–—]\s+|\s*[–—;\n]\s*|\s+(?:với|và|&)\s+")
OF_A_PAPER = ("number", "paper_number", "seller", "buyer", "parties")
NOT_TWO = Message(
    vi="“{text}” không phải hai bên cách nhau bằng dấu “ - ”: hãy tách thành cột bên bán và cột bên mua.",
    en='"{text}" is not two parties parted by " - ": give seller and buyer a column each.',
)
NOT_SIGNED = Message(
    vi="Lưu thành dự thảo, chưa ghi nhận đã ký: {why}", en="Kept as a draft, not recorded as signed: {why}"
)
TWICE = Message(
    vi="Có vẻ trùng với văn bản ở dòng {line} (cùng các bên, mặt hàng, ngày ký).",
    en="It seems to be the paper of row {line} again (same parties, goods and day).",
)
NO_INSTRUMENT = Message(vi="Thiếu loại văn bản.", en="Which kind of paper is it?")


def assemble(lines: Iterable[Line], setting: Setting) -> Iterator[Row]:
    """A paper for the lines that belong together; one that seems to be there twice is said."""
    seen: dict[tuple[str, ...], int] = {}
    times: Counter[tuple[str, ...]] = Counter()
    for own in _papers(lines):
        row = _paper(own, setting)
        same = fingerprint(row.body)
        first = seen.setdefault(same, row.line)
        times[same] += 1
        if first != row.line and not row.errors:
            wish = setting.answers.get("duplicates")
            if wish is None:
                row.errors.append(FieldError("", "probable-duplicate", TWICE, {"line": first}))
            elif wish == "skip":
                row.key["skip"] = True
            else:
                row.key["nth"] = times[same]
            row.remarks.append(FieldError("", "probable-duplicate", TWICE, {"line": first}))
        yield row


def _papers(lines: Iterable[Line]) -> Iterator[list[Line]]:
    paper: list[Line] = []
    for line in lines:
        if paper and not _continues(paper, line):
            yield paper
            paper = []
        paper.append(line)
    if paper:
        yield paper


def _continues(paper: Sequence[Line], line: Line) -> bool:
    """Whether a row is a further line of the paper above: it names no paper of its own, or the same again with
    other goods."""
    own = {name: line.values[name] for name in OF_A_PAPER if name in line.values}
    above = paper[0].values
    if any(above.get(name) != value for name, value in own.items()):
        return False
    if own and "instrument" in line.values and "number" not in own and "paper_number" not in own:
        return False
    goods = {folded(str(other.values.get("goods", ""))) for other in paper}
    return folded(str(line.values.get("goods", ""))) not in goods or not own


def _paper(own: Sequence[Line], setting: Setting) -> Row:
    first = own[0]
    values: dict[str, Any] = {}
    for line in own:
        for name, value in line.values.items():
            values.setdefault(name, value)
    errors = [*_part_parties(values), *(error for line in own for error in line.errors)]
    body: dict[str, Any] = {"parties": list(_parties(values))}
    lines = [_line(line, setting.catalogue) for line in own if line.values.keys() & {"goods", "quantity_words"}]
    body["lines"] = [line for line in lines if line]
    for name in ("instrument", "paper_number", "signed_on", "valid_from", "valid_until", "signing_place", "value_vnd"):
        if name in values:
            body[name] = amount_of(values[name]) if name == "value_vnd" else values[name]
    notes = dict.fromkeys(str(line.values["note"]) for line in own if "note" in line.values)
    if notes:
        body["note"] = "\n".join(notes)
    if setting.options.event is not None:
        body["event"] = str(setting.options.event)
    names = ", ".join(dict.fromkeys(str(line.values["goods"]) for line in own if "goods" in line.values))
    if "instrument" not in values and not any(error.pointer == "/instrument" for error in errors):
        if default := setting.default("instrument"):
            body["instrument"] = default
        else:
            errors.append(FieldError("/instrument", "missing", NO_INSTRUMENT))
    kind = INSTRUMENTS.get(body.get("instrument", ""), "Văn bản")
    body["title"] = f"{kind}: {names}"[:200] if names else kind
    remarks = [remark for line in own for remark in line.remarks]
    key = {"number": str(values["number"])} if "number" in values else {}
    return Row(first.line, None, body, errors=errors, remarks=remarks, key=key, lines=own)


def _part_parties(values: dict[str, Any]) -> Iterator[FieldError]:
    """Put the two names of one cell, "HTX A - Công ty B", into seller and buyer; anything else is refused."""
    if "parties" not in values or values.keys() & {"seller", "buyer"}:
        return
    names = _BETWEEN_PARTIES.split(str(values["parties"]))
    if len(names) == 2:
        values["seller"], values["buyer"] = names
    else:
        yield FieldError("/parties", "not-two-parties", NOT_TWO, {"text": str(values["parties"])})


def _parties(values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for role in ("seller", "buyer", "witness"):
        if role in values:
            party: dict[str, Any] = {"role": role, "name": values[role]}
            if person := values.get(f"{role}_representative"):
                party["representative"] = {"name": person}
            yield party


def _line(line: Line, catalogue: Catalogue) -> dict[str, Any] | None:
    name = line.values.get("goods")
    amount: Amount = line.values.get("quantity_words") or Amount()
    # A cell that lists several goods is none of them; its words stay.
    concept = goods_named(str(name), catalogue) if name and not _SEVERAL.search(str(name)) else None
    unit = amount.unit or line.values.get("unit")
    words = [str(name)] if name else []
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


def fingerprint(body: dict[str, Any]) -> tuple[str, ...]:
    """What makes two papers the same to whoever reads a list: kind, parties, goods, day."""
    parties = [f"{party['role']}:{folded(party['name'])}" for party in body["parties"]]
    goods = [folded(str(line.get("description", ""))) for line in body["lines"]]
    return (str(body.get("instrument")), str(body.get("signed_on")), *sorted(parties), *sorted(goods))


async def keep(keeping: Keeping, rows: Sequence[Prepared], _organization: Organization | None) -> Outcomes:
    """Log each paper, and record it as signed where it has a day and the actor may say so."""
    if (signing := await papers.signing_at(keeping.session, keeping.actor, keeping.options.event)) is not None:
        rows = [(row, signing.dated(paper)) for row, paper in rows]
    names = {party.name for _, paper in rows for party in paper.parties if party.name}
    organizations = await papers.organizations_named(keeping.session, keeping.actor, names)
    there = await papers.logged_before(keeping.session, keeping.actor, [paper for _, paper in rows])
    outcomes: Outcomes = []
    for row, paper in rows:
        if row.key.get("skip"):
            outcomes.append(Outcome("skipped"))
            continue
        alike = there.get(papers.likeness(paper), ())
        wish = keeping.answers.get("existing")
        # Of a paper that is meant to stand in the file twice, the first is no reason against the second.
        if len(alike) >= row.key.get("nth", 1) and wish != "add":
            outcomes.append(Outcome("skipped", alike[-1]) if wish == "skip" else already_there(alike[-1]))
            continue
        try:
            meant = paper.model_copy(update={"another": paper.another or wish == "add" or row.key.get("nth", 1) > 1})
            found = papers.with_organizations(signing.linked(meant) if signing else meant, organizations)
            outcomes.append(await _logged(keeping, row, found))
        except MarketError as error:
            outcomes.append(Outcome.refused_by(error))
    return outcomes


async def _logged(keeping: Keeping, row: Row, paper: papers.Paper) -> Outcome:
    async with keeping.session.begin_nested():
        made = await papers.log_paper(keeping.session, keeping.actor, paper)
        await keeping.session.flush()
        made_id = made.id
    if paper.signed_on is not None and keeping.options.sign:
        try:
            async with keeping.session.begin_nested():
                await papers.record_signed(keeping.session, keeping.actor, made, mandate=keeping.options.mandate)
                await keeping.session.flush()
        except MarketError as error:
            why = error.errors[0] if error.errors else None
            said = why.message.text("vi", **why.parameters) if why else error.detail.text("vi", **error.parameters)
            row.remarks.append(FieldError("/signed_on", "not-signed", NOT_SIGNED, {"why": said}))
    return Outcome("created", made_id)


AGREEMENTS = Kind("agreements", papers.Paper, assemble, as_it_is, keep, owned=False)
