"""Verbs of scans: take them, and say which paper one is of. Nothing is dropped, and nothing is attached twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.consent.rights import require_right
from market.agreements.models import Agreement
from market.attachments.models import Attachment, Subject
from market.attachments.queries import attachments_of
from market.attachments.service import (
    AlreadyAttached,
    AttachmentStorageFull,
    TooManyAttachments,
    attach,
    carry_over,
)
from market.core.access import Actor
from market.core.blobs import BlobStore, digest_of
from market.core.changes import record_change
from market.core.duplicates import one_at_a_time
from market.core.errors import Conflict, MarketError, NotAllowed, ValidationFailed
from market.core.ids import new_id
from market.core.language import Message
from market.core.uploads import Upload
from market.events.models import Event
from market.hall.papers import for_the_event
from market.hall.scans.matching import CAUSES, Cause, Match, Numbers, match
from market.hall.scans.models import EventScan
from market.hall.scans.queries import agreements_by_id, papers_here, scans_by_content
from market.hall.scans.schemas import Became


class ScanAttached(Conflict):
    code = "scan-attached"
    detail = Message(
        vi="Bản quét này đã gắn với một văn bản; hãy rút nó ở đó trước.",
        en="This scan is attached to a paper; withdraw it there first.",
    )


@dataclass(frozen=True, slots=True)
class SentScan:
    """A file that was sent, and what stands in it."""

    upload: Upload
    said: Numbers


@dataclass(frozen=True, slots=True)
class TakenScan:
    """What became of a file: its scan, or why it is not kept."""

    became: Became
    scan: EventScan | None = None
    refusal: MarketError | None = None


async def take_scans(
    session: AsyncSession, actor: Actor, event: Event, sent: Sequence[SentScan], *, store: BlobStore
) -> list[TakenScan]:
    """Keep what was sent: with its paper where that is told, waiting for a person where not.

    Raises:
        Unavailable: the blob store does not take it; nothing was kept.
    """
    # Of two who send the same at once the second sees the first.
    await one_at_a_time(session, "scans", event.id)
    digests = [await digest_of(one.upload.body) for one in sent]
    known = await scans_by_content(session, event, digests)
    papers = await papers_here(session, event)
    matches = [match(one.said, papers) for one in sent]
    agreements = await agreements_by_id(session, {found.paper for found in matches if found.paper is not None})
    taking = _Taking(session, for_the_event(actor, event), event, store, agreements)
    taken = []
    for one, sha256, found in zip(sent, digests, matches, strict=True):
        if (before := known.get(sha256)) is not None:
            if before.state == "waiting":
                await taking.again(before, found)
            taken.append(TakenScan("known", before))
            continue
        answer = await taking.take(one, sha256, found)
        taken.append(answer)
        if answer.scan is not None:
            known[sha256] = answer.scan
    return taken


@dataclass(frozen=True, slots=True)
class _Taking:
    """One sending of scans."""

    session: AsyncSession
    actor: Actor
    event: Event
    store: BlobStore
    agreements: Mapping[UUID, Agreement]

    async def take(self, sent: SentScan, sha256: str, found: Match) -> TakenScan:
        scan_id = new_id()
        agreement, cause = self._agreement(found)
        try:
            attachment = await self._with_paper(sent.upload, sha256, agreement) if agreement else None
            if attachment is None:
                agreement, cause = None, cause or "paper-full"
                attachment = await self._keep(sent.upload, "scan", scan_id)
        except AttachmentStorageFull as refusal:
            return TakenScan("refused", refusal=refusal)
        scan = EventScan(
            id=scan_id,
            event_id=self.event.id,
            sha256=sha256,
            attachment=attachment,
            attachment_id=attachment.id,
            state="attached" if agreement else "waiting",
            agreement_id=agreement.id if agreement else None,
            matched_by=found.by if agreement else None,
            version_printed=found.version,
            cause=cause,
            said=asdict(sent.said),
        )
        await record_change(self.session, self.actor, scan, verb="create")
        return TakenScan("attached" if agreement else "waiting", scan)

    async def again(self, scan: EventScan, found: Match) -> None:
        """A scan that waits is sent once more: its paper may have been logged since."""
        agreement, cause = self._agreement(found)
        if agreement is None:
            scan.cause = cause
            return
        await attach_to(self.session, self.actor, scan, agreement)
        scan.matched_by, scan.version_printed = found.by, found.version
        await record_change(self.session, self.actor, scan, verb="assign")

    def _agreement(self, found: Match) -> tuple[Agreement | None, Cause | None]:
        """The paper to attach to, or why it is left to a person."""
        agreement = self.agreements.get(found.paper) if found.paper else None
        if agreement is None:
            return None, found.cause
        try:
            require_right(self.actor, agreement, "attach")
        except NotAllowed:
            return None, "not-yours"
        return agreement, None

    async def _with_paper(self, upload: Upload, sha256: str, agreement: Agreement) -> Attachment | None:
        """The file with its paper, the one that is there already where somebody was faster; none where it is full."""
        try:
            return await self._keep(upload, "agreement", agreement.id)
        except TooManyAttachments:
            return None
        except AlreadyAttached:
            return await _same_content(self.session, agreement, sha256)

    async def _keep(self, upload: Upload, subject: Subject, subject_id: UUID) -> Attachment:
        kept: dict[str, Any] = {"subject": subject, "subject_id": subject_id, "kind": "scan"}
        return await attach(self.session, self.actor, upload, store=self.store, **kept)


async def _same_content(session: AsyncSession, agreement: Agreement, sha256: str) -> Attachment:
    there = await attachments_of(session, "agreement", agreement.id)
    return next(one for one in there if one.sha256 == sha256)


async def attach_to(session: AsyncSession, actor: Actor, scan: EventScan, agreement: Agreement) -> None:
    """Let the file of a scan belong to a paper; the caller records the change.

    Raises:
        TooManyAttachments: the paper has as many as it may have.
    """
    try:
        scan.attachment = await carry_over(
            session, actor, scan.attachment, subject="agreement", subject_id=agreement.id
        )
    except AlreadyAttached:
        scan.attachment = await _same_content(session, agreement, scan.sha256)
    scan.attachment_id, scan.agreement_id, scan.state, scan.cause = scan.attachment.id, agreement.id, "attached", None


async def assign(session: AsyncSession, actor: Actor, event: Event, scan: EventScan, *, number: str) -> EventScan:
    """Say which paper a scan is of: one that waits, was set aside, or was taken back from another paper.

    Args:
        scan: locked.

    Raises:
        ValidationFailed: the event has no paper of this number.
        ScanAttached: it stands with a paper.
        NotAllowed: others logged the paper.
        TooManyAttachments: the paper has as many files as it may have.
    """
    require_unattached(scan)
    paper = (await papers_here(session, event)).by_number.get(number)
    if paper is None:
        raise ValidationFailed.single("/number", "unknown-number", CAUSES["unknown-number"])
    agreement = (await agreements_by_id(session, [paper.id]))[paper.id]
    acting = for_the_event(actor, event)
    require_right(acting, agreement, "attach")
    await attach_to(session, acting, scan, agreement)
    scan.matched_by = "person"
    await record_change(session, actor, scan, verb="assign")
    return scan


async def set_aside(session: AsyncSession, actor: Actor, scan: EventScan) -> EventScan:
    """Say that a file is the scan of no paper; it is kept, and may still be assigned.

    Args:
        scan: locked.

    Raises:
        ScanAttached: it stands with a paper.
    """
    require_unattached(scan)
    scan.state, scan.agreement_id, scan.matched_by, scan.cause = "set_aside", None, None, None
    await record_change(session, actor, scan, verb="set_aside")
    return scan


def is_attached(scan: EventScan) -> bool:
    """Whether a scan stands with a paper, from which nobody has taken it back."""
    return scan.state == "attached" and scan.attachment.withdrawn_at is None


def require_unattached(scan: EventScan) -> None:
    """
    Raises:
        ScanAttached: it stands with a paper.
    """
    if is_attached(scan):
        raise ScanAttached
