"""The organizer's list of signed papers, several lines a paper, as it comes home from an event."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from market.core.duplicates import ProbableDuplicate
from market.core.errors import FieldError, MarketError
from market.core.language import Message
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
from market.imports.kinds.paper_goods import goods_of
from market.imports.kinds.paper_terms import NO_DAY_SAID, settle_sides, settle_terms
from market.imports.kinds.parties_found import Finder
from market.imports.rows import Row
from market.imports.tables.lines import Line
from market.organizations.models import Organization
from market.vietnamese.spelling import folded

INSTRUMENTS = {
    "mou": "Biên bản ghi nhớ", "framework": "Hợp đồng nguyên tắc", "sale": "Hợp đồng mua bán",
    "offtake": "Hợp đồng bao tiêu", "agency": "Hợp đồng đại lý", "cooperation": "Thỏa thuận hợp tác",
}  # fmt: skip
_BETWEEN_PARTIES = re.compile(r"\s+[-–—]\s+|\s*[–—;\n]\s*|\s+(?:với|và|&)\s+")
OF_A_PAPER = ("number", "paper_number", "seller", "buyer", "parties")
NOT_TWO = Message(
    vi="“{text}” không phải hai bên cách nhau bằng dấu “ - ”: hãy tách thành cột bên bán và cột bên mua.",
    en='"{text}" is not two parties parted by " - ": give seller and buyer a column each.',
)
NOT_SIGNED = Message(
    vi="Lưu thành dự thảo, chưa ghi nhận đã ký: {why}", en="Kept as a draft, not recorded as signed: {why}"
)
NO_DAY = Message(
    vi="Lưu thành dự thảo, chưa được tính: không có ngày ký.",
    en="Kept as a draft that does not count: there is no day of signing.",
)
NOT_ASKED = Message(
    vi="Lưu thành dự thảo, chưa được tính: tệp được nhập với sign = false.",
    en="Kept as a draft that does not count: the file was brought with sign = false.",
)
TWICE = Message(
    vi="Có vẻ trùng với văn bản ở dòng {line} (cùng các bên, mặt hàng, số lượng, ngày ký).",
    en="It seems to be the paper of row {line} again (same parties, goods, quantity and day).",
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
    goods = [goods_of(line, setting) for line in own if line.values.keys() & {"goods", "quantity_words"}]
    body["lines"] = [line for one in goods for line in one.lines]
    errors += [error for one in goods for error in one.errors]
    asks = [question for one in goods for question in one.asks]
    for name in ("instrument", "paper_number", "signed_on", "valid_from", "signing_place", "value_vnd"):
        if name in values:
            body[name] = amount_of(values[name]) if name == "value_vnd" else values[name]
    if "signed_on" not in body and (day := setting.default("signed_on")) and day != NO_DAY_SAID:
        body["signed_on"] = day
    remarks = [remark for line in own for remark in line.remarks]
    remarks += [*settle_terms(body, own), *settle_sides(body)]
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
    key = {"number": str(values["number"])} if "number" in values else {}
    return Row(first.line, None, body, errors=errors, remarks=remarks, key=key, asks=asks, lines=own)


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


def fingerprint(body: dict[str, Any]) -> tuple[str, ...]:
    """What makes two papers the same to whoever reads a list: kind, day, value, parties, goods and how much of them."""
    parties = [f"{party['role']}:{folded(party['name'])}" for party in body["parties"]]
    told = ("description", "quantity", "unit", "per")
    goods = [folded(" ".join(str(line.get(name, "")) for name in told)) for line in body["lines"]]
    own = [str(body.get(name)) for name in ("instrument", "signed_on", "value_vnd")]
    return (*own, *sorted(parties), *sorted(goods))


async def keep(keeping: Keeping, rows: Sequence[Prepared], _organization: Organization | None) -> Outcomes:
    """Log each paper, and record it as signed where it has a day and the actor may say so."""
    signing = await papers.signing_at(keeping.session, keeping.actor, keeping.options.event)
    if signing is not None:
        rows = [(row, signing.dated(paper)) for row, paper in rows]
    finder = await Finder.of(
        keeping.session,
        keeping.actor,
        [paper for _, paper in rows],
        people=signing.people if signing else None,
        answers=keeping.answers,
    )
    there = await papers.logged_before(keeping.session, keeping.actor, [paper for _, paper in rows])
    return [await _kept(keeping, row, paper, finder, there.get(papers.likeness(paper), ())) for row, paper in rows]


async def _kept(keeping: Keeping, row: Row, paper: papers.Paper, finder: Finder, alike: Sequence[UUID]) -> Outcome:
    """What becomes of one paper.

    Args:
        alike: papers like it that are logged already.
    """
    if row.key.get("skip"):
        return Outcome("skipped")
    wish, nth = keeping.answers.get("existing"), row.key.get("nth", 1)
    # Of a paper that is meant to stand in the file twice, the first is no reason against the second.
    if len(alike) >= nth and wish != "add":
        return Outcome("skipped", alike[-1]) if wish == "skip" else already_there(alike[-1])
    found = finder.find(paper.model_copy(update={"another": paper.another or wish == "add" or nth > 1}))
    _say(row, *found.remarks)
    row.asks += found.asks
    try:
        return await _logged(keeping, row, found.paper)
    except ProbableDuplicate as error:
        return Outcome("skipped", error.other.id) if wish == "skip" else Outcome.refused(error.other.error)
    except MarketError as error:
        return Outcome.refused_by(error)


def _say(row: Row, *remarks: FieldError) -> None:
    """Remark something of a row, once however often it is tried."""
    row.remarks += [remark for remark in remarks if remark not in row.remarks]


async def _logged(keeping: Keeping, row: Row, paper: papers.Paper) -> Outcome:
    async with keeping.session.begin_nested():
        made = await papers.log_paper(keeping.session, keeping.actor, paper)
        await keeping.session.flush()
        made_id = made.id
    if paper.signed_on is None or not keeping.options.sign:
        _say(row, FieldError("/signed_on", "kept-as-draft", NO_DAY if paper.signed_on is None else NOT_ASKED))
        return Outcome("created", made_id)
    try:
        async with keeping.session.begin_nested():
            await papers.record_signed(
                keeping.session,
                keeping.actor,
                made,
                mandate=keeping.options.mandate if keeping.actor.is_officer else None,
            )
            await keeping.session.flush()
    except MarketError as error:
        why = error.errors[0] if error.errors else None
        said = why.message.text("vi", **why.parameters) if why else error.detail.text("vi", **error.parameters)
        _say(row, FieldError("/signed_on", "not-signed", NOT_SIGNED, {"why": said}))
    return Outcome("created", made_id)


AGREEMENTS = Kind("agreements", papers.Paper, assemble, as_it_is, keep, owned=False)
