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
from market.core.changes import Change
from market.core.language import Message
from market.matching.alerts.news import News
from market.matching.alerts.texts import filled

NAMED = Message(
    vi="Tổ chức của bạn được nêu trong dự thảo {number} “{title}”. Hãy xem, sửa hoặc xác nhận.",
    en="Your organization is named in the draft {number} “{title}”. Read it, edit or confirm it.",
)
ASKED_TO_SIGN = Message(
    vi="Văn bản {number} “{title}” chờ bạn ký. Hãy xem rồi ký (sign) hoặc xác nhận.",
    en="{number} “{title}” waits for your signature. Read it, then sign or confirm it.",
)
SIGNED = Message(
    vi="Văn bản {number} “{title}” được ghi nhận là đã ký. Hãy xác nhận, hoặc báo nếu không phải bạn ký (contest).",
    en="{number} “{title}” was recorded as signed. Confirm it, or contest it if you did not sign it.",
)
CONFIRMED = Message(vi="Một bên đã xác nhận văn bản {number} “{title}”.", en="A party confirmed {number} “{title}”.")
IN_FORCE = Message(
    vi="Văn bản {number} “{title}” đã có hiệu lực. Hãy ghi từng lần giao hàng.",
    en="{number} “{title}” is in force. Record each delivery.",
)
CHANGED = Message(
    vi="Nội dung văn bản {number} “{title}” đã được sửa. Hãy xem và xác nhận lại.",
    en="The content of {number} “{title}” was changed. Read it and confirm it anew.",
)
CHANGE_PROPOSED = Message(
    vi="Có đề nghị sửa đổi văn bản {number} “{title}”. Hãy chấp nhận hoặc từ chối.",
    en="A change of {number} “{title}” is proposed. Accept or decline it.",
)
END_PROPOSED = Message(
    vi="Có đề nghị kết thúc văn bản {number} “{title}”. Hãy chấp nhận hoặc từ chối.",
    en="An end of {number} “{title}” is proposed. Accept or decline it.",
)
DECLINED = Message(
    vi="Đề nghị về văn bản {number} “{title}” không được chấp nhận. Văn bản giữ nguyên.",
    en="The proposal on {number} “{title}” was declined. It stays as it is.",
)
AMENDED = Message(
    vi="Văn bản {number} “{title}” đã được thay bằng phiên bản mới.", en="A new version replaced {number} “{title}”."
)
CONTESTED = Message(
    vi="Một bên không thừa nhận văn bản {number} “{title}”. Hãy xem lý do và sửa, hoặc liên hệ bên đó.",
    en="A party contests {number} “{title}”. Read why, then correct it or talk to that party.",
)
ENDED = Message(
    vi="Văn bản {number} “{title}” đã kết thúc. Hãy xem lý do.", en="{number} “{title}” has ended. See why."
)


@dataclass(frozen=True, slots=True)
class Told:
    """What an entry of the log is to the parties."""

    kind: str
    text: Message


TOLD: Mapping[tuple[str, str], Told] = MappingProxyType(
    {
        ("agreement", "create"): Told("agreement_named", NAMED),
        ("agreement", "sign"): Told("agreement_signed", SIGNED),
        ("agreement", "confirm"): Told("agreement_confirmed", CONFIRMED),
        ("agreement", "make_effective"): Told("agreement_in_force", IN_FORCE),
        ("agreement", "edit"): Told("agreement_changed", CHANGED),
        ("agreement", "supersede"): Told("agreement_amended", AMENDED),
        ("agreement", "contest"): Told("agreement_contested", CONTESTED),
        **{("agreement", verb): Told("agreement_ended", ENDED) for verb in ("fulfil", "close", "lapse", "terminate")},
        ("agreement_proposal", "create"): Told("agreement_proposal", CHANGE_PROPOSED),
        ("agreement_proposal", "decline"): Told("agreement_proposal_declined", DECLINED),
    }
)
"""By entity and verb; what depends on more stands in `_told`."""
TO_SIGN = Told("agreement_to_sign", ASKED_TO_SIGN)


async def agreement_news(session: AsyncSession, changes: Sequence[Change]) -> list[tuple[UUID, News]]:
    """What parties are to be told of a batch of the log; two statements however many papers."""
    entries = [change for change in changes if (change.entity, change.verb) in TOLD]
    if not entries:
        return []
    proposals = await _proposals(session, {one.entity_id for one in entries if one.entity == "agreement_proposal"})
    about = {one.entity_id for one in entries if one.entity == "agreement"}
    papers = await _papers(session, about | {row.agreement_id for row in proposals.values()})
    news: list[tuple[UUID, News]] = []
    for change in entries:
        proposal = proposals.get(change.entity_id)
        paper = papers.get(proposal.agreement_id if proposal else change.entity_id)
        told = _told(change, proposal)
        if paper is None or told is None:
            continue
        item = News(
            kind=told.kind,
            entity="agreement",
            entity_id=paper.id,
            entity_version=paper.version,
            text=filled(told.text, number=paper.number, title=paper.title),
            key=f"{change.entity}:{change.entity_id}@{change.version}",
        )
        parties = set(paper.organizations or ()) | ({paper.logged_by_id} if paper.logged_by_id else set())
        wanted = set(proposal.asked) if proposal and change.verb == "create" else parties
        news += [(organization, item) for organization in sorted(wanted) if organization != change.organization_id]
    return news


def _told(change: Change, proposal: Any) -> Told | None:
    """What an entry is; None for what another entry tells already."""
    told = TOLD[change.entity, change.verb]
    if change.entity == "agreement" and change.verb == "sign":
        # A principal's own signature leaves a draft a draft until the others have signed it too.
        return told if "status" in change.diff else TO_SIGN
    if change.entity == "agreement" and change.verb == "create":
        amends, quote, mou = (change.diff.get(name) for name in ("amends_id", "quote_id", "converted_from_id"))
        # A proposal is told as one; a paper drawn up from a quote is told with the quote.
        return None if amends or (quote and not mou) else told
    if proposal is not None and proposal.verb != "amend" and change.verb == "create":
        return Told(told.kind, END_PROPOSED)
    return told


async def _proposals(session: AsyncSession, ids: set[UUID]) -> Mapping[UUID, Any]:
    if not ids:
        return {}
    columns = (AgreementProposal.id, AgreementProposal.agreement_id, AgreementProposal.verb, AgreementProposal.asked)
    return {row.id: row for row in await session.execute(select(*columns).where(AgreementProposal.id.in_(ids)))}


async def _papers(session: AsyncSession, ids: set[UUID]) -> Mapping[UUID, Any]:
    """Each paper with the organizations that are its parties."""
    named = func.array_agg(AgreementParty.organization_id).filter(AgreementParty.organization_id.is_not(None))
    rows = (
        select(
            Agreement.id,
            Agreement.version,
            Agreement.number,
            Agreement.title,
            Agreement.logged_by_id,
            named.label("organizations"),
        )
        .outerjoin(AgreementParty, AgreementParty.agreement_id == Agreement.id)
        .where(Agreement.id.in_(ids))
        .group_by(Agreement.id)
    )
    return {row.id: row for row in await session.execute(rows)}
