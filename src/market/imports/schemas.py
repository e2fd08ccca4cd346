"""What the import routes take and give."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from market.agreements.schemas import Mandate
from market.core.pagination import PageQuery
from market.core.schemas import Answer, Flag, Instant, Line, Schema, Whole
from market.imports.models import ImportState

KindName = Literal["listings", "needs", "registrations", "delegates", "agreements", "prices", "lots"]


class ColumnChoice(Schema):
    """What a column is."""

    position: Annotated[Whole, Field(ge=1, le=500)] = Field(description="Of the column in the file, from 1")
    field: Annotated[str, Field(max_length=100)] | None = Field(description="null: not used")


Answers = Annotated[
    dict[Annotated[str, Field(max_length=100)], Annotated[str, Field(max_length=300)]], Field(max_length=100)
]


class ImportOptions(Schema):
    """What an import is asked for beside its file."""

    event: UUID | None = Field(default=None, description="Of registrations and papers; needed for registrations")
    publish: Flag = Field(default=False, description="What is created is visible at once, rather than a draft")
    sign: Flag = Field(default=True, description="Papers with a day of signing are recorded as signed, where you may")
    stock_days: Annotated[Whole, Field(ge=1, le=365)] = Field(default=30, description="How long stock is offered")
    mandate: Mandate | None = None
    columns: Annotated[list[ColumnChoice], Field(max_length=500)] = Field(default_factory=list)
    answers: Answers = Field(default_factory=dict)


class ImportChange(Schema):
    """What is left out stays as it is; columns and answers are added to those that were given."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"columns": [{"position": 6, "field": "price_vnd"}], "answers": {}}]}
    )

    columns: Annotated[list[ColumnChoice], Field(max_length=500)] = Field(default_factory=list)
    answers: Answers = Field(default_factory=dict, description="By the id of the question")
    publish: Flag | None = None
    sign: Flag | None = None
    stock_days: Annotated[Whole, Field(ge=1, le=365)] | None = None


class ColumnOut(Answer):
    """One column, and what it is taken for."""

    position: int
    heading: str
    field: str | None = Field(description="null: not used")
    chosen: bool = Field(description="By a person")
    candidates: list[str]
    samples: list[str]
    filled: int


class ChoiceOut(Answer):
    value: str
    label: str


class QuestionOut(Answer):
    """Something that only a person knows; answered by PATCH."""

    id: str
    text: str
    choices: list[ChoiceOut] = Field(description="Empty: any text, number or day")
    required: bool = Field(description="Nothing is imported before it is answered")
    takes: str = Field(description="choice, day, number or text")


class RemarkOut(Answer):
    code: str
    message: str


class RowRemark(Answer):
    pointer: str
    code: str
    message: str


class PreviewRow(Answer):
    """One row as it was read."""

    line: int
    given: dict[str, str]
    values: dict[str, Any]
    errors: list[RowRemark]
    remarks: list[RowRemark]


class PreviewThing(Answer):
    """One thing as it would be kept, of one row or several."""

    lines: list[int]
    body: dict[str, Any]


class ImportCounts(Answer):
    """Of a trial before it is run, of the run afterwards; several rows may make one thing."""

    total: int = Field(description="Rows below the heading")
    done_to_line: int = Field(description="Every row up to this line was dealt with")
    created: int
    updated: int
    unchanged: int
    skipped: int
    refused: int
    codes: dict[str, int] = Field(description="How often rows were refused for what")
    trial: bool = Field(description="Nothing was kept yet")


class ImportOut(Answer):
    id: UUID
    kind: KindName
    state: ImportState
    file_name: str
    size: int
    format: str | None
    encoding: str | None
    organization: UUID | None
    event: UUID | None
    sheets: list[str]
    heading_row: int | None
    columns: list[ColumnOut]
    fields: list[str] = Field(description="What a column may be")
    questions: list[QuestionOut]
    answers: dict[str, str]
    remarks: list[RemarkOut] = Field(description="What to know of the file")
    preview: list[PreviewRow]
    things: list[PreviewThing]
    counts: ImportCounts | None
    progress: float | None = Field(description="0 to 1, of what is under way")
    problem: RemarkOut | None = Field(description="Why the file was refused as a whole")
    created_at: Instant
    updated_at: Instant
    finished_at: Instant | None
    version: int


class ImportQuery(PageQuery):
    kind: KindName | None = None


class ResultQuery(Schema):
    format: Literal["xlsx", "csv"] = "xlsx"


class TemplateQuery(Schema):
    category: Line | None = Field(default=None, description="A group of goods; its names come in the drop-down list")
