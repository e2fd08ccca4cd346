"""Threads of two organizations over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.attachments.files import blobs_of
from market.attachments.queries import get_attachment, get_readable
from market.attachments.schemas import AttachmentOut, WithdrawRequest
from market.attachments.service import withdraw
from market.core.access import Access, Actor
from market.core.blobs import get_blob
from market.core.downloads import download
from market.core.file_types import MEDIA_TYPES
from market.core.pagination import Page, PageQuery, paginate
from market.core.query import query_of
from market.core.representation import plain, single, trimmed_page
from market.core.uploads import MAX_UPLOAD_BODY_BYTES, read_upload
from market.organizations.answers import organization_mark
from market.organizations.personal import note_looks
from market.quotes import block_routes, threads
from market.quotes.handling import AnyRequest, Session, Who
from market.quotes.models import Thread, ThreadMessage
from market.quotes.thread_schemas import (
    MessageCreate,
    MessageOut,
    ReadRequest,
    ThreadCreate,
    ThreadOut,
    ThreadQuery,
)


def message_out(message: ThreadMessage) -> MessageOut:
    """One message, with what is known of the file it brings."""
    return MessageOut.model_construct(
        id=message.id,
        organization=message.organization_id,
        written_at=message.written_at,
        text=message.text,
        attachment=AttachmentOut.model_validate(message.attachment) if message.attachment else None,
    )


async def threads_out(session: AsyncSession, actor: Actor, rows: Sequence[Thread]) -> list[ThreadOut]:
    """Threads with their newest message and what is unread: two statements for any number."""
    unread = await threads.unread_counts(session, actor, rows)
    newest = await threads.last_messages(session, rows)
    return [
        ThreadOut.model_construct(
            id=thread.id,
            organizations=[organization_mark(thread.first), organization_mark(thread.second)],
            need=thread.need_id,
            listing=thread.listing_id,
            quote=thread.quote_id,
            last_message=message_out(newest[thread.id]),
            unread=unread.get(thread.id, 0),
            created_at=thread.created_at,
            version=thread.version,
        )
        for thread in rows
    ]


async def _answer(
    request: AnyRequest, session: AsyncSession, actor: Actor, thread: Thread, *, status: int = 200
) -> Response[ThreadOut]:
    (model,) = await threads_out(session, actor, [thread])
    location = f"/api/v1/threads/{thread.id}" if status == 201 else None
    return single(request, model, version=thread.version, status=status, location=location)


@get(
    "/threads",
    operation_id="listThreads",
    access=Access.SIGNED_IN,
    dependencies={"params": query_of(ThreadQuery)},
    summary="Threads, the one written to last first, with unread counts",
)
async def list_threads(
    params: NamedDependency[ThreadQuery], session: Session, actor: Who, request: AnyRequest
) -> Response[Page[ThreadOut]]:
    """With the other side, what it is about, the last message and how many are unread."""
    found = await paginate(session, threads.threads_like(actor, params), key=Thread.last_message_id, query=params)
    await _note(session, actor, found.rows, what="threads")
    items = await threads_out(session, actor, found.rows)
    page = Page[ThreadOut].model_construct(items=items, next_cursor=found.next_cursor)
    return trimmed_page(request, page, ThreadOut)


@post(
    "/threads",
    operation_id="startThread",
    access=Access.MEMBER,
    responses={200: ResponseSpec(ThreadOut, description="The thread about this that the two have already")},
    summary="Write to another organization; 200 where the two have a thread about this already",
)
async def start_thread(
    data: JSONBody[ThreadCreate], session: Session, actor: Who, request: AnyRequest
) -> Response[ThreadOut]:
    """For members of an organization; about a listing, need, quote or agreement, or nothing. The unverified may
    write first to a few a day.
    """
    most = request.app.state.bounds.first_contacts_a_day
    thread, is_new = await threads.start_thread(session, actor, data, first_contacts_a_day=most)
    return await _answer(request, session, actor, thread, status=201 if is_new else 200)


@get("/threads/{thread_id:uuid}", operation_id="getThread", access=Access.SIGNED_IN, summary="One thread")
async def get_thread(
    thread_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[ThreadOut]:
    """For its two sides and officers, whose looks are written down; with the last message and how many are unread."""
    thread = await threads.get_thread(session, actor, thread_id)
    await _note(session, actor, [thread], what="thread")
    return await _answer(request, session, actor, thread)


async def _note(session: AsyncSession, actor: Actor, rows: Sequence[Thread], *, what: str) -> None:
    """Both sides see which officer read along."""
    sides = [side for row in rows for side in (row.first_organization_id, row.second_organization_id)]
    await note_looks(session, actor, sides, what=what)


@get(
    "/threads/{thread_id:uuid}/messages",
    operation_id="listMessages",
    access=Access.SIGNED_IN,
    dependencies={"params": query_of(PageQuery)},
    summary="Messages of a thread, newest first",
)
async def list_messages(
    thread_id: FromPath[UUID], params: NamedDependency[PageQuery], session: Session, actor: Who, request: AnyRequest
) -> Response[Page[MessageOut]]:
    """For its two sides and officers, whose looks are written down; files come as messages."""
    thread = await threads.get_thread(session, actor, thread_id)
    found = await paginate(session, threads.messages_of(thread), key=ThreadMessage.id, query=params)
    await _note(session, actor, [thread], what="messages")
    return trimmed_page(request, found.to_page(message_out), MessageOut)


def _listed(thread_id: UUID) -> dict[str, str]:
    """A message has no address of its own: it is found in the list."""
    return {"Location": f"/api/v1/threads/{thread_id}/messages"}


@post("/threads/{thread_id:uuid}/messages", operation_id="postMessage", access=Access.MEMBER, summary="Write a message")
async def post_message(
    thread_id: FromPath[UUID], data: JSONBody[MessageCreate], session: Session, actor: Who
) -> Response[MessageOut]:
    """For members of either organization. The other side is told, unless it has blocked this one."""
    thread = await threads.get_thread(session, actor, thread_id, lock=True)
    message = await threads.post_message(session, actor, thread, data.text)
    return plain(message_out(message), status=201, headers=_listed(thread_id))


@post(
    "/threads/{thread_id:uuid}/files",
    operation_id="postFile",
    access=Access.MEMBER,
    request_max_body_size=MAX_UPLOAD_BODY_BYTES,
    form={},
    summary="Send a file: a multipart form with file; it comes as a message",
)
async def post_file(
    thread_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[MessageOut]:
    """For members of either organization. The type is told by the content."""
    settings = request.app.state.settings
    threads.require_writer(actor, await threads.get_thread(session, actor, thread_id))
    upload = await read_upload(request, max_bytes=settings.max_attachment_bytes)
    # Locked only now: an upload may be slow, and the log's followers wait for whoever holds a lock.
    thread = await threads.get_thread(session, actor, thread_id, lock=True)
    message = await threads.post_file(session, actor, thread, upload, store=blobs_of(settings))
    return plain(message_out(message), status=201, headers=_listed(thread_id))


@get(
    "/threads/{thread_id:uuid}/files/{file_id:uuid}",
    operation_id="downloadFile",
    access=Access.SIGNED_IN,
    answers=MEDIA_TYPES,
    summary="A file that was sent, by the id of the attachment",
)
async def download_file(
    thread_id: FromPath[UUID], file_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[bytes]:
    """The file as it was sent, for the two sides of the thread and officers."""
    thread = await threads.get_thread(session, actor, thread_id)
    found = await get_readable(session, actor, file_id, subject="thread", subject_id=thread.id)
    await _note(session, actor, [thread], what="file")
    body = await get_blob(blobs_of(request.app.state.settings), found.sha256)
    return download(request, body, name=found.file_name, media_type=found.content_type, sha256=found.sha256)


@post(
    "/threads/{thread_id:uuid}/files/{file_id:uuid}/withdraw",
    operation_id="withdrawFile",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="Take back a wrong file: by who sent it, or an officer; that it was sent stays in the thread",
)
async def withdraw_file(
    thread_id: FromPath[UUID],
    file_id: FromPath[UUID],
    session: Session,
    actor: Who,
    data: JSONBody[WithdrawRequest | None] = None,
) -> Response[AttachmentOut]:
    """The file is read no more; the message stays and says so."""
    thread = await threads.get_thread(session, actor, thread_id)
    found = await get_attachment(session, file_id, subject="thread", subject_id=thread.id, lock=True)
    await withdraw(session, actor, found, data.reason if data else None)
    return plain(AttachmentOut.model_validate(found))


@post(
    "/threads/{thread_id:uuid}/read",
    operation_id="markThreadRead",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="Note how far the caller has read",
)
async def mark_read(
    thread_id: FromPath[UUID],
    session: Session,
    actor: Who,
    request: AnyRequest,
    data: JSONBody[ReadRequest | None] = None,
) -> Response[ThreadOut]:
    """Up to the message that is named, or all of it; the unread counts of the caller's lists follow."""
    thread = await threads.get_thread(session, actor, thread_id)
    await threads.read_thread(session, actor, thread, message_id=data.message if data is not None else None)
    return await _answer(request, session, actor, thread)


routes = [
    *block_routes.routes,
    list_threads,
    start_thread,
    get_thread,
    list_messages,
    post_message,
    post_file,
    download_file,
    withdraw_file,
    mark_read,
]
