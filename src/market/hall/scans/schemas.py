"""What the routes of scans take and give."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from market.core.batches import ItemError
from market.core.schemas import Answer, Instant, Schema
from market.hall.scans.matching import Cause, MatchedBy, Why
from market.hall.scans.models import ScanState

Became = Literal["attached", "waiting", "known", "refused"]
ShownState = Literal["attached", "waiting", "set_aside", "withdrawn"]


class SuggestedPaper(Answer):
    agreement: UUID
    number: str
    parties: list[str]
    why: Why = Field(description="What points to it; no-scan-yet where nothing does")


class ScanOut(Answer):
    id: UUID
    state: ShownState = Field(description="withdrawn: it was attached, and taken back from that paper")
    file_name: str
    content_type: str
    size: int = Field(description="In bytes")
    sha256: str
    agreement: UUID | None
    number: str | None = Field(description="Of the agreement")
    document: UUID | None = Field(description="Its id among the documents of the agreement")
    matched_by: MatchedBy | None
    version_printed: int | None = Field(description="Of the agreement's versions, where the code on the paper says it")
    cause: Cause | None = Field(description="Why it waits")
    cause_text: str | None = Field(description="The same in words")
    suggestions: list[SuggestedPaper] = Field(
        description="For what waits: papers that may be meant, the likeliest first"
    )
    created_at: Instant


class ScanTaken(Answer):
    """What became of one file of those that were sent."""

    file_name: str
    became: Became = Field(description="known: the same file was sent before; nothing is attached twice")
    scan: ScanOut | None
    errors: list[ItemError]


class ScansTaken(Answer):
    attached: int
    waiting: int
    known: int
    refused: int
    items: list[ScanTaken]


class Scans(Answer):
    items: list[ScanOut]


class ScansQuery(Schema):
    state: ScanState | None = Field(default=None, description="All of them when left out")


class ScanAssign(Schema):
    """Which paper a scan is of, as a person says."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"number": "2026-NT01-0007"}]})

    number: Annotated[str, Field(min_length=1, max_length=64)] = Field(description="Of an agreement of the event")
