"""All that an agreement says, as one value: kept whole at every version, with its digest in the change log.

The log itself holds no value, price or person. Its entry names the digest of the whole content, so that content
that was altered afterwards shows, and a version can be rebuilt from its history.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.columns import columns_of
from market.agreements.consent.hands import note_hands
from market.agreements.consent.standing import consent_of
from market.agreements.ledger.course import note_course
from market.agreements.models import (
    Agreement,
    AgreementContent,
    AgreementLine,
    AgreementParty,
    Delivery,
    DeliveryConfirmation,
    DeliveryDispute,
)
from market.core.access import Actor
from market.core.changes import record_changes
from market.core.errors import MarketError, NotFound
from market.core.language import Message

Content = dict[str, Any]
SORTED = msgspec.json.Encoder(order="sorted")

TERMS = columns_of(Agreement, part="terms")
COURSE = columns_of(Agreement, part="course")
PARTY = columns_of(AgreementParty, part="terms")
LOGGED_PARTY = columns_of(AgreementParty, part="terms", logged=True)
LINE = columns_of(AgreementLine, part="terms")
LOGGED_LINE = columns_of(AgreementLine, part="terms", logged=True)
KINDS = (Agreement, AgreementParty, AgreementLine, Delivery)
LATER = frozenset(name for kind in KINDS for name in columns_of(kind, later=True))
"""Columns that came later: left out while they are empty, so that contents written before them stay as they are."""
ASIDE = frozenset(name for kind in (Agreement, AgreementParty) for name in columns_of(kind, aside=True))
CONSENT = columns_of(Agreement, part="consent")
PARTY_CONSENT = columns_of(AgreementParty, part="consent")
DELIVERY = columns_of(Delivery, part="terms")
CONFIRMATION = columns_of(DeliveryConfirmation, part="terms")
DISPUTE = columns_of(DeliveryDispute, part="terms")


def _decimal(value: Decimal) -> str:
    return format(value.normalize(), "f")


_SPELLERS: dict[type[Any], Callable[[Any], Any]] = {}


def _speller(kind: type[Any]) -> Callable[[Any], Any]:
    """How values of a type stand in a content; drivers have types of their own for some."""
    known = _SPELLERS.get(kind)
    if known is None:
        known = _SPELLERS[kind] = _speller_of(kind)
    return known


def _speller_of(kind: type[Any]) -> Callable[[Any], Any]:
    if issubclass(kind, UUID):
        return str
    if issubclass(kind, Decimal):
        return _decimal
    # datetime is a date too.
    return kind.isoformat if issubclass(kind, date) else _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _plain(value: Any) -> Any:
    return _speller(type(value))(value)


@cache
def _reader(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """The values of these columns of a row, at once: an audit reads millions."""
    read: Callable[[Any], tuple[Any, ...]] = attrgetter(*names)
    return read


def fields_of(row: Any, names: tuple[str, ...]) -> Content:
    """These columns of a row as they stand in a content."""
    values = zip(names, _reader(names)(row), strict=True)
    return {
        name: value if value is None else _speller(value.__class__)(value)
        for name, value in values
        if value is not None or name not in LATER
    }


def terms_of(agreement: Agreement) -> Content:
    """What was agreed, apart from what became of it."""
    return _terms(agreement, agreement.parties, agreement.lines)


def _terms(agreement: Any, parties: Sequence[Any], lines: Sequence[Any]) -> Content:
    return {
        **fields_of(agreement, TERMS),
        "parties": [fields_of(party, PARTY) for party in parties],
        "lines": [fields_of(line, LINE) for line in lines],
    }


def agreed_of(agreement: Agreement) -> Content:
    """What parties confirm: the terms without who is to be called and without notes.

    A paper logged before it had clauses prints its note, which is agreed with the rest.
    """
    terms = terms_of(agreement)
    aside = ASIDE if agreement.clauses is not None else ASIDE - {"note"}
    parties = [{name: value for name, value in party.items() if name not in aside} for party in terms["parties"]]
    return {name: value for name, value in terms.items() if name not in aside} | {"parties": parties}


def content_of(agreement: Agreement) -> Content:
    """The terms, the state and who confirmed; without ids of rows, so that it is known before it is stored."""
    return content_of_rows(agreement, agreement.parties, agreement.lines)


def content_of_rows(agreement: Any, parties: Sequence[Any], lines: Sequence[Any]) -> Content:
    """As `content_of`, from rows of the three tables in their order."""
    content: Content = {
        "terms": _terms(agreement, parties, lines),
        "course": fields_of(agreement, COURSE),
        "confirmations": [_plain(party.confirmed_at) for party in parties],
    }
    consent = consent_in_content(agreement, parties)
    return content | {"consent": consent} if consent else content


def consent_in_content(agreement: Any, parties: Sequence[Any]) -> Content:
    """Who vouched, by what mandates others spoke, and who contests; empty while there is nothing of it.

    Paper logged before it had clauses carries what a migration knew of who vouched, which is not in its contents.
    """
    own = CONSENT if agreement.clauses is not None else ()
    said = {name: _plain(value) for name in own if (value := getattr(agreement, name))}
    beside = tuple(name for name in PARTY_CONSENT if name != "confirmed_at")
    told = [{name: _plain(value) for name in beside if (value := getattr(party, name))} for party in parties]
    return said | ({"parties": told} if any(told) else {})


def content_of_delivery(delivery: Any) -> Content:
    """All that an entry of the ledger says."""
    said = fields_of(delivery, DELIVERY)
    if delivery.counts_on == date.min:
        # Recorded before deliveries had such a day: its digest knows of none.
        del said["counts_on"]
    return said


def content_of_confirmation(confirmation: Any) -> Content:
    """All that a receiver's confirmation says."""
    return fields_of(confirmation, CONFIRMATION)


def content_of_dispute(dispute: Any) -> Content:
    """All that a receiver's dispute says."""
    return fields_of(dispute, DISPUTE)


def document(content: Mapping[str, Any]) -> bytes:
    """The content as JSON with sorted keys: the bytes whose digest is kept."""
    return SORTED.encode(content)


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of the content as JSON with sorted keys."""
    return hashlib.sha256(document(content)).hexdigest()


class AlteredContent(MarketError):
    code = "altered-content"
    detail = Message(
        vi="Nội dung phiên bản {version} không còn như khi được ghi.",
        en="The content of version {version} is not what was recorded.",
    )


async def rebuild(session: AsyncSession, agreement_id: UUID, version: int) -> bytes:
    """What the agreement said at a version, byte for byte as it was digested then.

    Raises:
        NotFound: there is no such version.
        AlteredContent: what is kept does not have the digest that was recorded.
    """
    kept = await session.get(AgreementContent, (agreement_id, version))
    if kept is None:
        raise NotFound
    rebuilt = document(kept.content)
    if hashlib.sha256(rebuilt).hexdigest() != kept.sha256:
        raise AlteredContent(version=version)
    return rebuilt


def _logged(content: Content) -> Content:
    terms = content["terms"]
    confirmed = [instant is not None for instant in content["confirmations"]]
    return {
        "parties": [
            {name: party[name] for name in LOGGED_PARTY} | {"confirmed": done}
            for party, done in zip(terms["parties"], confirmed, strict=True)
        ],
        "lines": [{name: line[name] for name in LOGGED_LINE if name in line} for line in terms["lines"]],
    }


def details_for_log(before: Content | None, after: Content) -> dict[str, list[Any]]:
    """What the log tells of a new version beside the columns of its agreement; the new digest is the last of all."""
    old, new = _logged(before) if before else {}, _logged(after)
    details: dict[str, list[Any]] = {name: [old.get(name), new[name]] for name in new if old.get(name) != new[name]}
    details["content_sha256"] = [digest(before) if before else None, digest(after)]
    return details


async def record(
    session: AsyncSession, actor: Actor, agreement: Agreement, *, verb: str, before: Content | None
) -> None:
    """Flush the agreement as its next version, log the change and keep the whole content.

    Args:
        before: the content as it was before the change; None for a new agreement.
    """
    await record_all(session, actor, [agreement], verb=verb, before=[before])


async def record_all(
    session: AsyncSession,
    actor: Actor,
    agreements: Sequence[Agreement],
    *,
    verb: str,
    before: Sequence[Content | None],
) -> None:
    """As `record` for many agreements of one verb: as few statements however many there are."""
    await note_hands(session, agreements)
    for agreement in agreements:
        agreement.consent = consent_of(agreement, agreement.parties)
    contents = [content_of(agreement) for agreement in agreements]
    details = [details_for_log(old, new) for old, new in zip(before, contents, strict=True)]
    await record_changes(session, actor, agreements, verb=verb, details=details)
    for agreement, content, said, old in zip(agreements, contents, details, before, strict=True):
        kept = {"version": agreement.version, "content": content, "sha256": said["content_sha256"][1]}
        session.add(AgreementContent(agreement_id=agreement.id, **kept))
        # What was a draft has never been counted, and is never a draft again.
        await note_course(session, agreement, counted_before=old is not None and old["course"]["status"] != "draft")
    await session.flush()
