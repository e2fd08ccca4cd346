"""What the parties of a paper are told of it: once for each entry of the log, with what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.models import Agreement, AgreementParty, AgreementProposal
from market.agreements.states import CAUSES, STATES
from market.agreements.telling import SEE_THERE, doer, names_of
from market.core.changes import Change
from market.core.language import Message
from market.notifications.kinds import Kind, OfPaper, OfReasonedPaper, Spoken
from market.notifications.news import News, news_of


@dataclass(frozen=True, slots=True)
class Told:
    """What an entry of the log is to the parties."""

    kind: Kind
    variant: str = ""


TOLD: Mapping[tuple[str, str], Told] = MappingProxyType(
    {
        ("agreement", "create"): Told(Kind.PAPER_NAMED),
        ("agreement", "sign"): Told(Kind.PAPER_SIGNED),
        ("agreement", "confirm"): Told(Kind.PAPER_CONFIRMED),
        ("agreement", "make_effective"): Told(Kind.PAPER_IN_FORCE),
        ("agreement", "edit"): Told(Kind.PAPER_TO_CONFIRM, "changed"),
        ("agreement", "supersede"): Told(Kind.PAPER_AMENDED),
        ("agreement", "contest"): Told(Kind.PAPER_CONTESTED),
        **{("agreement", verb): Told(Kind.PAPER_ENDED) for verb in ("fulfil", "close", "lapse", "terminate")},
        ("agreement_proposal", "create"): Told(Kind.PROPOSAL_MADE),
        ("agreement_proposal", "accept"): Told(Kind.PROPOSAL_ACCEPTED),
        ("agreement_proposal", "decline"): Told(Kind.PROPOSAL_DECLINED),
        ("agreement_proposal", "withdraw"): Told(Kind.PROPOSAL_WITHDRAWN),
    }
)
"""By entity and verb; what depends on more stands in `_told`."""
ONE_DEED = (
    Kind.PAPER_NAMED,
    Kind.PAPER_CONFIRMED,
    Kind.PAPER_TO_SIGN,
    Kind.PAPER_SIGNED,
    Kind.PAPER_TO_CONFIRM,
    Kind.PAPER_IN_FORCE,
    Kind.PAPER_AMENDED,
    Kind.PAPER_ENDED,
)
"""What one request may cause at once with one paper: of these only the last in this order is told."""
REASONED = frozenset({Kind.PAPER_CONTESTED, Kind.PAPER_ENDED, Kind.PROPOSAL_DECLINED})


async def agreement_news(session: AsyncSession, changes: Sequence[Change]) -> list[tuple[UUID, News]]:
    """What parties are to be told of a batch of the log; three statements however many papers."""
    entries = [change for change in changes if (change.entity, change.verb) in TOLD]
    if not entries:
        return []
    names = await names_of(session, entries)
    proposals = await _proposals(session, {one.entity_id for one in entries if one.entity == "agreement_proposal"})
    about = {one.entity_id for one in entries if one.entity == "agreement"}
    papers = await _papers(session, about | {row.agreement_id for row in proposals.values()})
    news: dict[Any, tuple[UUID, News]] = {}
    for change in entries:
        proposal = proposals.get(change.entity_id)
        paper = papers.get(proposal.agreement_id if proposal else change.entity_id)
        if paper is None:
            continue
        for organization in sorted(_recipients(change, paper, proposal)):
            told = _told(change, paper, proposal, organization)
            if told is None or organization == change.organization_id:
                continue
            binding = proposal is not None or _is_bound(paper, organization)
            item = _news(change, paper, told, by=doer(change, names), binding=binding)
            deed = _deed(change, paper, told, organization)
            if deed not in news or ONE_DEED.index(told.kind) > ONE_DEED.index(news[deed][1].kind):
                news[deed] = (organization, item)
    return list(news.values())


def _deed(change: Change, paper: Any, told: Told, organization: UUID) -> tuple[Any, ...]:
    """What is told as one: the last who accepts an amendment confirms, signs, brings into force and supersedes."""
    if told.kind not in ONE_DEED or change.request_id is None:
        return (change.id, organization)
    return (change.request_id, organization, paper.id if change.verb == "supersede" else paper.amends_id or paper.id)


def _recipients(change: Change, paper: Any, proposal: Any) -> set[UUID]:
    if proposal is not None and change.verb in ("create", "withdraw"):
        return set(proposal.asked)
    return set(paper.organizations or ()) | ({paper.logged_by_id} if paper.logged_by_id else set())


def _is_bound(paper: Any, organization: UUID) -> bool:
    """Whether it has agreed to the paper, or to what it follows from; what else names it is its logger's note."""
    follows = paper.amends_id or paper.quote_id or paper.converted_from_id
    return bool(follows or paper.vouched) or organization not in (paper.waiting or ())


def _news(change: Change, paper: Any, told: Told, *, by: Spoken, binding: bool) -> News:
    about: dict[str, Any] = {
        "id": paper.id,
        "version": paper.version,
        "key": f"{change.entity}:{change.entity_id}@{change.version}",
        "caused_by": change.organization_id,
        "binding": binding,
        "variant": told.variant,
        "paper": f"{paper.number} {paper.title}",
        "by": by,
    }
    if told.kind in REASONED:
        return news_of(told.kind, OfReasonedPaper(**about, reason=_reason(change, paper, told.kind)))
    return news_of(told.kind, OfPaper(**about))


def _reason(change: Change, paper: Any, kind: Kind) -> Message:
    if kind is not Kind.PAPER_ENDED:
        return SEE_THERE
    if change.verb == "fulfil":
        return Message(vi=STATES["fulfilled"].vi.lower(), en=STATES["fulfilled"].en.lower())
    return CAUSES.get(paper.cause, SEE_THERE)


def _told(change: Change, paper: Any, proposal: Any, organization: UUID) -> Told | None:
    """What an entry is to one of the parties; None for what another entry tells already."""
    told = TOLD[change.entity, change.verb]
    match change.entity, change.verb:
        case "agreement", "sign":
            return _signing(change, paper, organization)
        case "agreement", "create":
            amends, quote, mou = (change.diff.get(name) for name in ("amends_id", "quote_id", "converted_from_id"))
            # A proposal is told as one; a paper drawn up from a quote is told with the quote.
            return None if amends or (quote and not mou) else told
        case "agreement_proposal", "create" if proposal.verb != "amend":
            return Told(told.kind, "end")
        case "agreement_proposal", "accept" if proposal.status != "open":
            return None
    return told


def _signing(change: Change, paper: Any, organization: UUID) -> Told | None:
    """A principal's own signature leaves a draft a draft until the others have signed it too."""
    confirmed = _confirmed(change, paper)
    waits = not confirmed.get(organization, True)
    if "status" in change.diff:
        return Told(Kind.PAPER_TO_CONFIRM if waits else Kind.PAPER_SIGNED)
    if waits:
        return Told(Kind.PAPER_TO_SIGN)
    return Told(Kind.PAPER_SIGNED) if not all(confirmed.values()) else None


def _confirmed(change: Change, paper: Any) -> Mapping[UUID, bool]:
    """Which organizations had confirmed by the entry; where it says nothing of parties, which have by now."""
    said = change.diff.get("parties")
    if said is None:
        return dict.fromkeys(paper.organizations or (), True) | dict.fromkeys(paper.waiting or (), False)
    return {UUID(party["organization_id"]): party["confirmed"] for party in said[1] if party["organization_id"]}


async def _proposals(session: AsyncSession, ids: set[UUID]) -> Mapping[UUID, Any]:
    if not ids:
        return {}
    rows = select(
        AgreementProposal.id,
        AgreementProposal.agreement_id,
        AgreementProposal.verb,
        AgreementProposal.status,
        AgreementProposal.asked,
    ).where(AgreementProposal.id.in_(ids))
    return {row.id: row for row in await session.execute(rows)}


async def _papers(session: AsyncSession, ids: set[UUID]) -> Mapping[UUID, Any]:
    """Each paper with the organizations that are its parties, and those of them that have not confirmed."""
    named = func.array_agg(AgreementParty.organization_id).filter(AgreementParty.organization_id.is_not(None))
    waiting = func.array_agg(AgreementParty.organization_id).filter(
        AgreementParty.organization_id.is_not(None), AgreementParty.confirmed_at.is_(None)
    )
    rows = (
        select(
            Agreement.id,
            Agreement.version,
            Agreement.number,
            Agreement.title,
            Agreement.cause,
            Agreement.amends_id,
            Agreement.quote_id,
            Agreement.converted_from_id,
            Agreement.vouched,
            Agreement.logged_by_id,
            named.label("organizations"),
            waiting.label("waiting"),
        )
        .outerjoin(AgreementParty, AgreementParty.agreement_id == Agreement.id)
        .where(Agreement.id.in_(ids))
        .group_by(Agreement.id)
    )
    return {row.id: row for row in await session.execute(rows)}
