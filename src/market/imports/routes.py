"""Imports over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any, get_args
from uuid import UUID

import msgspec
from litestar import Request, Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from market.attachments.files import blobs_of
from market.core.access import Access, Actor
from market.core.blobs import get_blob
from market.core.downloads import download
from market.core.errors import NotFound, ValidationFailed
from market.core.language import Message, preferred_language
from market.core.pagination import Page, paginate
from market.core.query import query_of
from market.core.representation import require_match, single, trimmed_page
from market.core.uploads import MAX_UPLOAD_BODY_BYTES, read_upload
from market.core.validation import field_errors
from market.imports import queries, service
from market.imports.answers import import_out
from market.imports.ledgers import progress_of
from market.imports.models import ImportTask
from market.imports.results import CSV_TYPE, XLSX_TYPE, result_of
from market.imports.schemas import (
    ImportChange,
    ImportOptions,
    ImportOut,
    ImportQuery,
    KindName,
    ResultQuery,
    TemplateQuery,
)
from market.imports.templates import template_of
from market.imports.uploads import table_type
from market.reference.catalogue import Catalogue

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
Reference = NamedDependency[Catalogue]
AnyRequest = Request[Any, Any, Any]

KINDS = get_args(KindName)
UNKNOWN_KIND = Message(vi="Loại: {known}.", en="The kind is one of: {known}.")
BAD_OPTIONS = Message(vi="options phải là một đối tượng JSON.", en="options must be a JSON object.")


def _kind(sent: str | None) -> str:
    if sent in KINDS:
        return str(sent)
    raise ValidationFailed.single("/kind", "unknown-kind", UNKNOWN_KIND, known=", ".join(KINDS))


def _options(sent: str) -> ImportOptions:
    try:
        return ImportOptions.model_validate(msgspec.json.decode(sent or "{}"))
    except msgspec.DecodeError:
        raise ValidationFailed.single("/options", "not-json", BAD_OPTIONS) from None
    except ValidationError as error:
        errors = field_errors(error.errors(include_input=False), prefix="/options")
        raise ValidationFailed(errors=errors) from None


async def _answer(
    request: AnyRequest, session: AsyncSession, task: ImportTask, *, status: int = 200
) -> Response[ImportOut]:
    progress = (await progress_of(session, [task.id])).get(task.id)
    model = import_out(task, progress, language=preferred_language(request.headers.get("accept-language")))
    location = f"/api/v1/imports/{task.id}" if status == 202 else None
    return single(request, model, version=task.version, status=status, location=location)


@post(
    "/imports",
    operation_id="importFile",
    access=Access.SIGNED_IN,
    status_code=202,
    request_max_body_size=MAX_UPLOAD_BODY_BYTES,
    form={
        "file": "XLSX, XLS, ODS, CSV or TSV in whatever encoding, told by its content",
        "kind": f"{', '.join(KINDS[:-1])} or {KINDS[-1]}",
        "options": f"JSON: {', '.join(ImportOptions.model_fields)}",
    },
    summary="Bring a spreadsheet: it is looked at and tried, and nothing is kept before it is run",
)
async def import_file(session: Session, actor: Who, catalogue: Reference, request: AnyRequest) -> Response[ImportOut]:
    """Answers at once (202); ask for it again until it is `ready`, or `asking` what only a person knows. `run` keeps
    the rows.
    """
    settings = request.app.state.settings
    upload = await read_upload(
        request,
        max_bytes=settings.max_attachment_bytes,
        fields=frozenset({"kind", "options"}),
        check=table_type,
    )
    kind, options = _kind(upload.fields.get("kind")), _options(upload.fields.get("options", ""))
    task = await service.bring_file(
        session, actor, upload, kind=kind, options=options, store=blobs_of(settings), catalogue=catalogue
    )
    return await _answer(request, session, task, status=202)


@get(
    "/imports",
    operation_id="listImports",
    access=Access.SIGNED_IN,
    dependencies={"params": query_of(ImportQuery)},
    summary="Files that were brought, newest first",
)
async def list_imports(
    params: NamedDependency[ImportQuery], session: Session, actor: Who, request: AnyRequest
) -> Response[Page[ImportOut]]:
    """Of the person who asks or of their organization, with how far each is."""
    rows = queries.visible_imports(actor)
    rows = rows.where(ImportTask.kind == params.kind) if params.kind else rows
    found = await paginate(session, rows, key=ImportTask.id, query=params)
    progress = await progress_of(session, [task.id for task in found.rows])
    language = preferred_language(request.headers.get("accept-language"))
    page = found.to_page(lambda task: import_out(task, progress.get(task.id), language=language))
    return trimmed_page(request, page, ImportOut)


@get("/imports/{import_id:uuid}", operation_id="getImport", access=Access.SIGNED_IN, summary="One import")
async def get_import(
    import_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[ImportOut]:
    """What its columns are read as, what is asked, and how many rows are right, wrong or done; ask again while it is
    being tried or run.
    """
    return await _answer(request, session, await queries.get_import(session, actor, import_id))


@patch(
    "/imports/{import_id:uuid}",
    operation_id="changeImport",
    access=Access.SIGNED_IN,
    summary="Say what columns are, and answer what is asked",
)
async def change_import(
    import_id: FromPath[UUID],
    data: JSONBody[ImportChange],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
) -> Response[ImportOut]:
    """For who brought it, before it is run. The file is tried anew with what was said."""
    task = await queries.get_import(session, actor, import_id, lock=True)
    require_match(request, task.version)
    body = await get_blob(blobs_of(request.app.state.settings), task.sha256)
    await service.change_import(session, actor, task, data, body=body, catalogue=catalogue)
    return await _answer(request, session, task)


@post(
    "/imports/{import_id:uuid}/run",
    operation_id="runImport",
    access=Access.SIGNED_IN,
    status_code=202,
    summary="Import the file; run again, it goes on where it was broken off",
)
async def run_import(
    import_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[ImportOut]:
    """For who brought it, once it is `ready`. Answers at once (202); good rows stay, others say why not in the
    result.
    """
    task = await queries.get_import(session, actor, import_id, lock=True)
    await service.run_import(session, actor, task)
    return await _answer(request, session, task, status=202)


@get(
    "/imports/{import_id:uuid}/result",
    operation_id="downloadImportResult",
    access=Access.SIGNED_IN,
    answers=(XLSX_TYPE, CSV_TYPE),
    dependencies={"params": query_of(ResultQuery)},
    summary="The same workbook, with a column that says what became of each row and why",
)
async def download_result(
    import_id: FromPath[UUID],
    params: NamedDependency[ResultQuery],
    session: Session,
    actor: Who,
    request: AnyRequest,
) -> Response[bytes]:
    """For who brought it, after it was tried or run; correct the rows that were refused and bring it again."""
    task = await queries.get_import(session, actor, import_id)
    body = await get_blob(blobs_of(request.app.state.settings), task.sha256)
    rows = await queries.rows_of(session, task.id)
    language = preferred_language(request.headers.get("accept-language"))
    file = await asyncio.to_thread(result_of, task, body, rows, format_=params.format, language=language)
    return download(request, file.body, name=file.name, media_type=file.media_type)


@get(
    "/imports/templates/{kind:str}",
    operation_id="downloadImportTemplate",
    access=Access.ANYONE,
    answers=(XLSX_TYPE,),
    dependencies={"params": query_of(TemplateQuery)},
    summary="A workbook to fill in, with lists to choose from",
)
async def download_template(
    kind: FromPath[str], params: NamedDependency[TemplateQuery], catalogue: Reference, request: AnyRequest
) -> Response[bytes]:
    """Its headings are read back as they are; columns that take codes offer them."""
    if kind not in KINDS:
        raise NotFound
    body = await asyncio.to_thread(template_of, kind, catalogue, category=params.category)
    return download(request, body, name=f"mau-{kind}.xlsx", media_type=XLSX_TYPE)


routes = [import_file, list_imports, get_import, change_import, run_import, download_result, download_template]
