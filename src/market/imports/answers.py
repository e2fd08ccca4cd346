"""From an import to what the API says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from market.core.language import Language
from market.imports.models import ImportProgress, ImportTask
from market.imports.schemas import (
    ChoiceOut,
    ColumnOut,
    ImportCounts,
    ImportOut,
    PreviewRow,
    PreviewThing,
    QuestionOut,
    RemarkOut,
    RowRemark,
)
from market.imports.tables.fields import known_fields


def import_out(task: ImportTask, progress: ImportProgress | None, *, language: Language) -> ImportOut:
    """An import in full."""
    found = task.found
    return ImportOut(
        id=task.id,
        kind=task.kind,
        state=task.state,
        file_name=task.file_name,
        size=task.size,
        format=found.get("format"),
        encoding=found.get("encoding"),
        organization=task.organization_id,
        event=task.options.get("event"),
        sheets=found.get("sheets", []),
        heading_row=found.get("heading_row"),
        columns=[ColumnOut.model_validate(column) for column in found.get("columns", [])],
        fields=known_fields(task.kind),
        questions=[_question(one, language) for one in _open_questions(task)],
        answers={key: str(value) for key, value in task.answers.items()},
        remarks=[RemarkOut(code=one["code"], message=one[language]) for one in found.get("remarks", [])],
        preview=[_preview(row, language) for row in found.get("preview", [])],
        things=[PreviewThing.model_validate(thing) for thing in found.get("things", [])],
        counts=_counts(progress) if progress else None,
        progress=_share(task, progress),
        problem=RemarkOut(code=task.problem["code"], message=task.problem[language]) if task.problem else None,
        created_at=task.created_at,
        updated_at=task.updated_at,
        finished_at=task.finished_at,
        version=task.version,
    )


def _open_questions(task: ImportTask) -> list[Mapping[str, Any]]:
    """What is still asked; of what was answered, that whose answer did not settle it."""
    asked: list[Mapping[str, Any]] = task.found.get("questions", [])
    return [one for one in asked if one["id"] not in task.answers or (task.state == "asking" and one["required"])]


def _question(one: Mapping[str, Any], language: Language) -> QuestionOut:
    choices = [ChoiceOut(value=choice["value"], label=choice[language]) for choice in one["choices"]]
    return QuestionOut(id=one["id"], text=one[language], choices=choices, required=one["required"], takes=one["takes"])


def remarks_out(kept: list[dict[str, Any]], language: Language) -> list[RowRemark]:
    """Errors or remarks as they are kept, in one language."""
    return [RowRemark(pointer=one["pointer"], code=one["code"], message=one[language]) for one in kept]


def _preview(row: Mapping[str, Any], language: Language) -> PreviewRow:
    return PreviewRow(
        line=row["line"],
        given=row["given"],
        values=row["values"],
        errors=remarks_out(row["errors"], language),
        remarks=remarks_out(row["remarks"], language),
    )


def _counts(progress: ImportProgress) -> ImportCounts:
    return ImportCounts(
        total=progress.total,
        done_to_line=progress.next_line - 1,
        created=progress.created,
        updated=progress.updated,
        unchanged=progress.unchanged,
        skipped=progress.skipped,
        refused=progress.refused,
        codes={code: int(times) for code, times in progress.codes.items()},
        trial=progress.trial,
    )


def _share(task: ImportTask, progress: ImportProgress | None) -> float | None:
    if task.state in ("ready", "done"):
        return 1.0
    if progress is None or task.state not in ("checking", "running") or not progress.total:
        return 0.0 if task.state in ("checking", "running") else None
    last = (task.found.get("heading_row") or 1) + progress.total
    return round(min(progress.next_line / last, 0.99), 3)
