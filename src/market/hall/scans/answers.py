"""What the API says about scans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from market.core.language import Language
from market.core.uploads import RefusedUpload, Upload
from market.hall.papers import told
from market.hall.scans.matching import CAUSES, Numbers, Papers, Suggested, suggestions
from market.hall.scans.models import EventScan
from market.hall.scans.schemas import ScanOut, ScansTaken, ScanTaken, ShownState, SuggestedPaper
from market.hall.scans.service import TakenScan, is_attached


def scan_out(scan: EventScan, papers: Papers, language: Language) -> ScanOut:
    """A scan with its paper, or with those that may be meant."""
    attached = is_attached(scan)
    state: ShownState = "withdrawn" if scan.state == "attached" and not attached else scan.state
    paper = papers.by_id.get(scan.agreement_id) if scan.agreement_id else None
    meant = [] if attached or state == "set_aside" else suggestions(Numbers.from_plain(scan.said), papers)
    file = scan.attachment
    return ScanOut(
        id=scan.id,
        state=state,
        file_name=file.file_name,
        content_type=file.content_type,
        size=file.size,
        sha256=scan.sha256,
        agreement=scan.agreement_id,
        number=paper.number if paper else None,
        document=file.id if attached else None,
        matched_by=scan.matched_by,
        version_printed=scan.version_printed,
        cause=scan.cause,
        cause_text=CAUSES[scan.cause].text(language) if scan.cause else None,
        suggestions=[_suggested(one) for one in meant],
        created_at=scan.created_at,
    )


def _suggested(one: Suggested) -> SuggestedPaper:
    paper = one.paper
    return SuggestedPaper(agreement=paper.id, number=paper.number, parties=list(paper.parties), why=one.why)


def scans_taken(
    files: Sequence[Upload | RefusedUpload], taken: Sequence[TakenScan], papers: Papers, language: Language
) -> ScansTaken:
    """What became of each file, in the order in which they were sent.

    Args:
        taken: of those files that were not refused at once, in their order.
    """
    rest = iter(taken)
    items = [
        _refused(file, language) if isinstance(file, RefusedUpload) else _taken(file, next(rest), papers, language)
        for file in files
    ]
    count = Counter(item.became for item in items)
    return ScansTaken(
        attached=count["attached"],
        waiting=count["waiting"],
        known=count["known"],
        refused=count["refused"],
        items=items,
    )


def _refused(file: RefusedUpload, language: Language) -> ScanTaken:
    errors = [said for error in file.errors for said in told(error, language)]
    return ScanTaken(file_name=file.file_name, became="refused", scan=None, errors=errors)


def _taken(file: Upload, taken: TakenScan, papers: Papers, language: Language) -> ScanTaken:
    return ScanTaken(
        file_name=file.file_name,
        became=taken.became,
        scan=scan_out(taken.scan, papers, language) if taken.scan else None,
        errors=told(taken.refusal, language) if taken.refusal else [],
    )
