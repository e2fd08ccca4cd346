"""Made-up files as offices keep them, and imports over HTTP carried to their end."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import xlsxwriter

from market.attachments.files import blobs_of
from market.imports.tasks import work_on
from tests.people import Client


@dataclass
class Drawn:
    """A sheet as it is drawn: rows of cells, what is merged, which rows are hidden."""

    rows: Sequence[Sequence[Any]]
    name: str = "Trang 1"
    merged: Sequence[tuple[str, Any]] = ()
    hidden: Sequence[int] = ()
    formulas: Mapping[str, tuple[str, Any]] | None = None
    visible: bool = True


def workbook(*sheets: Drawn | Sequence[Any]) -> bytes:
    """An XLSX file."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for number, drawn in enumerate(sheets, start=1):
        one = drawn if isinstance(drawn, Drawn) else Drawn(drawn, f"Trang {number}")
        sheet = book.add_worksheet(one.name)
        for row, cells in enumerate(one.rows):
            for column, cell in enumerate(cells):
                if hasattr(cell, "year"):
                    sheet.write_datetime(row, column, cell, day)
                elif cell is not None:
                    sheet.write(row, column, cell)
        for place, value in one.merged:
            sheet.merge_range(place, value)
        for row in one.hidden:
            sheet.set_row(row, None, None, {"hidden": True})
        for place, (formula, value) in (one.formulas or {}).items():
            sheet.write_formula(place, formula, None, value)
        if not one.visible:
            sheet.hide()
    book.close()
    return file.getvalue()


async def sent(who: Client, body: bytes, kind: str, name: str = "tep.xlsx", **options: Any) -> httpx.Response:
    """The answer to a file."""
    data = {"kind": kind, "options": json.dumps(options)}
    return await who.post("/imports", files={"file": (name, body)}, data=data)


async def brought(who: Client, body: bytes, kind: str, name: str = "tep.xlsx", **options: Any) -> dict[str, Any]:
    """An import, looked at and tried."""
    answer = await sent(who, body, kind, name, **options)
    assert answer.status_code == 202, answer.text
    return await tried(who, answer.json()["id"])


async def worked(who: Client, import_id: str, *, run: bool) -> None:
    """What the worker would do."""
    await work_on(who.app.state.sessions, blobs_of(who.app.state.settings), UUID(import_id), run=run)


async def tried(who: Client, import_id: str) -> dict[str, Any]:
    """The import after its trial."""
    await worked(who, import_id, run=False)
    return await read(who, import_id)


async def answered(who: Client, task: Mapping[str, Any], **change: Any) -> dict[str, Any]:
    """The import after its questions were answered, and another trial."""
    answer = await who.patch(f"/imports/{task['id']}", change)
    assert answer.status_code == 200, answer.text
    return await tried(who, str(task["id"]))


async def run(who: Client, task: Mapping[str, Any]) -> dict[str, Any]:
    """The import after it was run."""
    answer = await who.post(f"/imports/{task['id']}/run")
    assert answer.status_code == 202, answer.text
    await worked(who, str(task["id"]), run=True)
    return await read(who, str(task["id"]))


async def read(who: Client, import_id: str) -> dict[str, Any]:
    answer = await who.get(f"/imports/{import_id}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def imported(who: Client, body: bytes, kind: str, name: str = "tep.xlsx", **options: Any) -> dict[str, Any]:
    """A file without questions, imported."""
    task = await brought(who, body, kind, name, **options)
    assert task["state"] == "ready", (task["questions"], task["problem"], task["preview"])
    return await run(who, task)
