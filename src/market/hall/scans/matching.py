"""Which paper of an event a scan is of: by its code, the number in its text, or the number in its file's name. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from types import MappingProxyType
from typing import Any, Literal
from uuid import UUID

from market.agreements.paper.code import PaperCode, read_paper_code
from market.core.language import Message
from market.hall.scans.order import ScanRead
from market.vietnamese.text import fold

MatchedBy = Literal["code", "text", "name", "person"]
Cause = Literal["no-number", "unknown-number", "several-papers", "not-yours", "paper-full", "unread"]
Why = Literal["number-read", "number-in-name", "party-in-name", "no-scan-yet"]

OUR_NUMBER = re.compile(r"\d{4}-[A-Z][A-Z0-9]{1,11}-\d{4,}(?:-PL\d+)?")
MOST_SUGGESTIONS = 5
SHORTEST_NAME = 4
"""Letters of a party's name, below which it tells nothing in a file's name."""
COMMON_WORDS = frozenset(
    {"hop", "tac", "xa", "htx", "cong", "ty", "tnhh", "co", "phan", "cp", "nong", "nghiep", "san", "xuat"}
    | {"sieu", "thi", "thuong", "mai", "dich", "vu"}
)
"""Words of organizations' names that many share."""

CAUSES: Mapping[Cause, Message] = MappingProxyType(
    {
        "no-number": Message(vi="Không thấy mã hay số văn bản.", en="Neither a code nor a number was found."),
        "unknown-number": Message(
            vi="Sự kiện không có văn bản mang số này.", en="The event has no paper of this number."
        ),
        "several-papers": Message(vi="Tệp nêu nhiều văn bản.", en="The file names several papers."),
        "not-yours": Message(
            vi="Văn bản này do bên khác ghi; bên ấy hoặc cán bộ gắn bản quét.",
            en="Others logged this paper; they or an officer attach its scan.",
        ),
        "paper-full": Message(vi="Văn bản này đã đủ số tệp.", en="This paper has as many files as it may have."),
        "unread": Message(
            vi="Không đọc được hết tệp: hỏng, quá lớn hoặc quá nhiều trang.",
            en="Not all of the file could be read: it is damaged, too large, or has too many pages.",
        ),
    }
)
"""Why a scan waits for a person."""


@dataclass(frozen=True, slots=True)
class PaperHere:
    """A paper of the event, as far as scans are told by it."""

    id: UUID
    number: str
    paper_number: str | None
    parties: Sequence[str]
    scans: int = 0
    """How many it has already."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers that a scan and its file's name say, and the version that was printed."""

    codes: Sequence[PaperCode] = ()
    text: Sequence[str] = ()
    name: str = ""
    """The file's name without its extension."""
    whole: bool = True

    @classmethod
    def of(cls, read: ScanRead | None, file_name: str) -> Numbers:
        """Of what was read, or of the name alone where nothing could be."""
        name = PurePath(file_name).stem
        if read is None:
            return cls(name=name, whole=False)
        codes = [code for text in read.codes if (code := read_paper_code(text)) is not None]
        return cls(codes, list(dict.fromkeys(OUR_NUMBER.findall(read.text))), name, read.whole)

    @classmethod
    def from_plain(cls, said: Mapping[str, Any]) -> Numbers:
        """As `dataclasses.asdict` left them."""
        return cls([PaperCode(*code) for code in said["codes"]], said["text"], said["name"], said["whole"])


@dataclass(frozen=True, slots=True)
class Match:
    """The paper, or why there is none."""

    paper: UUID | None
    by: MatchedBy | None = None
    version: int | None = None
    """As printed, where a code says it."""
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class Suggested:
    """A paper that a person may mean, and why."""

    paper: PaperHere
    why: Why


class Papers:
    """The papers of an event by what names them."""

    def __init__(self, papers: Sequence[PaperHere]) -> None:
        self.all = papers
        self.by_id = {paper.id: paper for paper in papers}
        self.by_number = {paper.number: paper for paper in papers}

    @cached_property
    def by_printed(self) -> Mapping[str, Sequence[PaperHere]]:
        """By the number that the parties gave it, without what no file is called."""
        found: dict[str, list[PaperHere]] = defaultdict(list)
        for paper in self.all:
            if paper.paper_number and any(letter.isdigit() for letter in paper.paper_number):
                found[_plain(paper.paper_number)].append(paper)
        return found

    @cached_property
    def by_party(self) -> Sequence[tuple[frozenset[str], PaperHere]]:
        """With the words that tell a party from others."""
        told = [(frozenset(fold(party).split()) - COMMON_WORDS, paper) for paper in self.all for party in paper.parties]
        return [(words, paper) for words, paper in told if sum(map(len, words)) >= SHORTEST_NAME]


def match(said: Numbers, papers: Papers) -> Match:
    """The paper that a scan is of: what stands on it goes before how its file is called."""
    if said.codes:
        versions = {code.number: code.version for code in said.codes}
        found = _only("code", versions, papers)
        number = next(iter(versions))
        return Match(found.paper, found.by, versions[number], found.cause)
    evidence: tuple[tuple[MatchedBy, Sequence[str]], ...] = (("text", said.text), ("name", _numbers_in(said.name)))
    for by, numbers in evidence:
        if numbers:
            return _only(by, numbers, papers)
    printed = papers.by_printed.get(_plain(said.name), [])
    if len(printed) == 1:
        return Match(printed[0].id, "name")
    if printed:
        return Match(None, cause="several-papers")
    return Match(None, cause="no-number" if said.whole else "unread")


def _only(by: MatchedBy, numbers: Iterable[str], papers: Papers) -> Match:
    wanted = list(dict.fromkeys(numbers))
    if len(wanted) > 1:
        return Match(None, cause="several-papers")
    paper = papers.by_number.get(wanted[0])
    return Match(paper.id, by) if paper else Match(None, cause="unknown-number")


def _numbers_in(name: str) -> list[str]:
    return list(dict.fromkeys(OUR_NUMBER.findall(name.upper().replace("_", "-").replace(" ", "-"))))


def _plain(text: str) -> str:
    """As numbers are compared: 12/HĐ-MB is called 12-HD-MB as a file."""
    return "".join(letter for letter in fold(text) if letter.isalnum())


def suggestions(said: Numbers, papers: Papers) -> list[Suggested]:
    """Papers that a person may mean, the likeliest first; those without a scan when nothing points anywhere."""
    read = {code.number for code in said.codes} | set(said.text) | set(_numbers_in(said.name))
    digits = {int(part) for part in re.findall(r"\d{1,6}", said.name)}
    words = set(fold(said.name).replace("-", " ").replace("_", " ").split())
    found: dict[UUID, Suggested] = {}
    tests: Sequence[tuple[Why, Sequence[PaperHere]]] = (
        ("number-read", [paper for paper in papers.all if paper.number in read]),
        ("party-in-name", [paper for own, paper in papers.by_party if own <= words]),
        ("number-in-name", [paper for paper in papers.all if _count(paper.number) in digits]),
    )
    for why, of in tests:
        for paper in of:
            found.setdefault(paper.id, Suggested(paper, why))
    if not found:
        found = {paper.id: Suggested(paper, "no-scan-yet") for paper in papers.all if not paper.scans}
    return list(found.values())[:MOST_SUGGESTIONS]


def _count(number: str) -> int:
    """Which of its event's papers of the year it is."""
    return int(number.split("-")[2])
