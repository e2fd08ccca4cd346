"""Scans of the papers of an event over HTTP: many at once, and those that wait for a person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.attachments.files import blobs_of
from market.core.access import Access, Actor
from market.core.blobs import get_blob
from market.core.downloads import download
from market.core.file_types import JPEG, PDF, PNG
from market.core.language import preferred_language
from market.core.query import query_of
from market.core.representation import plain
from market.core.uploads import Upload, read_uploads
from market.events.models import Event
from market.events.policy import require_at_desk
from market.events.queries import get_event
from market.hall.scans import service
from market.hall.scans.answers import scan_out, scans_taken
from market.hall.scans.models import EventScan
from market.hall.scans.queries import get_scan, papers_here, scans_of
from market.hall.scans.reading import numbers_of, scan_type
from market.hall.scans.schemas import ScanAssign, ScanOut, Scans, ScansQuery, ScansTaken

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]
MOST_FILES = 30
MOST_BYTES = 48 * 1024 * 1024
"""Of all files of one request: they are held in memory until each is kept."""


async def _event(session: AsyncSession, actor: Actor, event_id: UUID) -> Event:
    event = await get_event(session, actor, event_id)
    require_at_desk(actor, event)
    return event


async def _answer(request: AnyRequest, session: AsyncSession, event: Event, scan: EventScan) -> Response[ScanOut]:
    language = preferred_language(request.headers.get("accept-language"))
    return plain(scan_out(scan, await papers_here(session, event), language))


@post(
    "/events/{event_id:uuid}/scans",
    operation_id="takeScans",
    access=Access.DESK,
    status_code=200,
    request_max_body_size=MOST_BYTES + 1024 * 1024,
    form={"files": f"PDF, JPEG or PNG; at most {MOST_FILES} and 48 MB at once"},
    summary="Scans of signed papers, each attached to the paper whose code or number it bears, or kept for a person",
)
async def take_scans(
    event_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[ScansTaken]:
    """For the desk and those who run the event. A paper is told by the code on its printed draft, the number in the
    text, or the number in the file's name. What is told by none waits; the same file again changes nothing.
    """
    state = request.app.state
    event = await _event(session, actor, event_id)
    bounds = {"max_bytes": state.settings.max_attachment_bytes, "max_form_bytes": MOST_BYTES, "most": MOST_FILES}
    files = await read_uploads(request, check=scan_type, **bounds)
    pixels = state.settings.max_photo_pixels
    sent = [
        service.SentScan(file, await numbers_of(state.scan_reader, file, most_pixels=pixels))
        for file in files
        if isinstance(file, Upload)
    ]
    taken = await service.take_scans(session, actor, event, sent, store=blobs_of(state.settings))
    language = preferred_language(request.headers.get("accept-language"))
    return plain(scans_taken(files, taken, await papers_here(session, event), language))


@get(
    "/events/{event_id:uuid}/scans",
    operation_id="listScans",
    access=Access.DESK,
    dependencies={"params": query_of(ScansQuery)},
    summary="The scans of an event: attached to papers, waiting for a person with suggestions, or set aside",
)
async def list_scans(
    event_id: FromPath[UUID],
    params: NamedDependency[ScansQuery],
    session: Session,
    actor: Who,
    request: AnyRequest,
) -> Response[Scans]:
    """For the desk and those who run the event, oldest first. All of them at once, without `limit`: there are about
    as many as papers, and those that wait are few.
    """
    event = await _event(session, actor, event_id)
    papers = await papers_here(session, event)
    language = preferred_language(request.headers.get("accept-language"))
    found = await scans_of(session, event, state=params.state)
    return plain(Scans(items=[scan_out(scan, papers, language) for scan in found]))


@get(
    "/events/{event_id:uuid}/scans/{scan_id:uuid}",
    operation_id="downloadScan",
    access=Access.DESK,
    answers=(PDF.media_type, JPEG.media_type, PNG.media_type),
    summary="The file of a scan that waits or was set aside, to look at",
)
async def download_scan(
    event_id: FromPath[UUID], scan_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[bytes]:
    """For the desk and those who run the event, as long as it stands with no paper; then it is read there."""
    event = await _event(session, actor, event_id)
    scan = await get_scan(session, event, scan_id)
    service.require_unattached(scan)
    file = scan.attachment
    body = await get_blob(blobs_of(request.app.state.settings), file.sha256)
    return download(request, body, name=file.file_name, media_type=file.content_type, sha256=file.sha256)


@post(
    "/events/{event_id:uuid}/scans/{scan_id:uuid}/assign",
    operation_id="assignScan",
    access=Access.DESK,
    status_code=200,
    summary="It is the scan of this paper; it is attached to it",
)
async def assign_scan(
    event_id: FromPath[UUID],
    scan_id: FromPath[UUID],
    data: JSONBody[ScanAssign],
    session: Session,
    actor: Who,
    request: AnyRequest,
) -> Response[ScanOut]:
    """For the desk and those who run the event, who may attach files to the paper. A scan at the wrong paper is
    withdrawn there first.
    """
    event = await _event(session, actor, event_id)
    scan = await get_scan(session, event, scan_id, lock=True)
    await service.assign(session, actor, event, scan, number=data.number)
    return await _answer(request, session, event, scan)


@post(
    "/events/{event_id:uuid}/scans/{scan_id:uuid}/set-aside",
    operation_id="setScanAside",
    access=Access.DESK,
    status_code=200,
    summary="It is the scan of no paper; it is kept, and may still be assigned",
)
async def set_scan_aside(
    event_id: FromPath[UUID], scan_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[ScanOut]:
    """For the desk and those who run the event."""
    event = await _event(session, actor, event_id)
    scan = await get_scan(session, event, scan_id, lock=True)
    await service.set_aside(session, actor, scan)
    return await _answer(request, session, event, scan)


routes = [take_scans, list_scans, download_scan, assign_scan, set_scan_aside]
