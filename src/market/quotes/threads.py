"""Threads of two organizations: who sees them, what is unread, and the verbs that write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from market.attachments.models import Attachment
from market.attachments.service import attach
from market.core import clock
from market.core.access import Actor
from market.core.blobs import BlobStore
from market.core.changes import record_change
from market.core.errors import FieldError, NotAllowed, NotFound, ValidationFailed
from market.core.ids import new_id
from market.core.language import Message
from market.core.uploads import Upload
from market.listings.queries import get_listing
from market.needs.queries import get_need
from market.organizations.blocks.service import require_taken
from market.organizations.policy import acting_organization
from market.organizations.queries import get_organization
from market.quotes import reports
from market.quotes.models import Thread, ThreadMessage, ThreadReading
from market.quotes.queries import get_quote
from market.quotes.thread_schemas import ThreadCreate, ThreadQuery

WITH_FILE = joinedload(ThreadMessage.attachment)

NOT_FOUND = Message(vi="Không có mục này, hoặc bạn không được xem.", en="There is no such thing, or it is hidden.")
NOT_BETWEEN = Message(vi="Nội dung này không thuộc hai bên.", en="This belongs to neither side of the thread.")
TO_OURSELVES = Message(vi="Không gửi cho chính mình.", en="A thread needs two organizations.")
NO_COUNTERPART = Message(vi="Hãy nêu tổ chức nhận.", en="Say to which organization it goes.")


def visible_threads(actor: Actor) -> Select[Thread]:
    """Threads are for the two organizations and officers."""
    rows = select(Thread).options(joinedload(Thread.first, innerjoin=True), joinedload(Thread.second, innerjoin=True))
    if actor.is_officer:
        return rows
    own = actor.organization_ids
    return rows.where(or_(Thread.first_organization_id.in_(own), Thread.second_organization_id.in_(own)))


async def get_thread(session: AsyncSession, actor: Actor, thread_id: UUID, *, lock: bool = False) -> Thread:
    """One visible thread.

    Raises:
        NotFound: it does not exist or may not be seen.
    """
    rows = visible_threads(actor).where(Thread.id == thread_id)
    if lock:
        # What was read before the lock, such as the version, may be old by now.
        rows = rows.with_for_update(of=Thread).execution_options(populate_existing=True)
    thread = await session.scalar(rows)
    if thread is None:
        raise NotFound
    return thread


def threads_like(actor: Actor, query: ThreadQuery) -> Select[Thread]:
    """Visible threads that answer every filter given."""
    rows = visible_threads(actor)
    for column, wanted in (
        (Thread.need_id, query.need),
        (Thread.listing_id, query.listing),
        (Thread.quote_id, query.quote),
    ):
        if wanted is not None:
            rows = rows.where(column == wanted)
    return rows.where(Thread.id.in_(_unread(actor))) if query.unread else rows


def _unread(actor: Actor) -> Select[UUID]:
    """Threads by the messages of the other side that the person has not read, one row for each message."""
    reading = and_(ThreadReading.thread_id == ThreadMessage.thread_id, ThreadReading.user_id == actor.user_id)
    own = actor.organization_ids
    return (
        select(ThreadMessage.thread_id)
        .join(Thread, Thread.id == ThreadMessage.thread_id)
        .outerjoin(ThreadReading, reading)
        .where(
            or_(Thread.first_organization_id.in_(own), Thread.second_organization_id.in_(own)),
            ThreadMessage.organization_id.not_in(own),
            or_(ThreadReading.message_id.is_(None), ThreadMessage.id > ThreadReading.message_id),
        )
    )


async def unread_counts(session: AsyncSession, actor: Actor, threads: Sequence[Thread]) -> Mapping[UUID, int]:
    """How many messages of these threads the person has not read; threads without any are left out."""
    rows = _unread(actor).where(ThreadMessage.thread_id.in_([thread.id for thread in threads]))
    counted = rows.add_columns(func.count().label("unread")).group_by(ThreadMessage.thread_id)
    return {row.thread_id: row.unread for row in await session.execute(counted)}


async def last_messages(session: AsyncSession, threads: Sequence[Thread]) -> Mapping[UUID, ThreadMessage]:
    """The newest message of each of these threads."""
    newest = [thread.last_message_id for thread in threads]
    rows = select(ThreadMessage).where(ThreadMessage.id.in_(newest)).options(WITH_FILE)
    return {message.thread_id: message for message in await session.scalars(rows)}


def messages_of(thread: Thread) -> Select[ThreadMessage]:
    """The messages of a thread."""
    return select(ThreadMessage).where(ThreadMessage.thread_id == thread.id).options(WITH_FILE)


async def start_thread(
    session: AsyncSession, actor: Actor, thread_in: ThreadCreate, *, first_contacts_a_day: int
) -> tuple[Thread, bool]:
    """Write to another organization; where the two have a thread about this already, the message goes there.

    Args:
        first_contacts_a_day: how many threads an unverified organization may begin; 0: as many as it likes.

    Returns:
        The thread, and whether it is new.

    Raises:
        ValidationFailed: the subject or the organization cannot be seen, or does not belong to the two.
        Blocked, BlockedByUs: one of the two takes no messages from the other.
        TooManyFirstContacts: an unverified organization has begun its threads of the day.
        IntegrityError: the other side began the same thread at this moment (the API answers 409).
    """
    sender_id = acting_organization(actor)
    counterpart_id = await _counterpart(session, actor, thread_in, sender_id=sender_id)
    await require_taken(session, sender_id, counterpart_id)
    first, second = sorted((sender_id, counterpart_id))
    rows = visible_threads(actor).where(
        Thread.first_organization_id == first,
        Thread.second_organization_id == second,
        Thread.need_id.is_not_distinct_from(thread_in.need),
        Thread.listing_id.is_not_distinct_from(thread_in.listing),
        Thread.quote_id.is_not_distinct_from(thread_in.quote),
    )
    thread = await session.scalar(rows.with_for_update(of=Thread))
    is_new = thread is None
    if thread is None:
        # Who quotes is in contact already.
        if thread_in.quote is None:
            await reports.require_first_contact(session, actor, sender_id, most=first_contacts_a_day)
        thread = Thread(
            id=new_id(),
            first_organization_id=first,
            second_organization_id=second,
            first=await get_organization(session, actor, first),
            second=await get_organization(session, actor, second),
            need_id=thread_in.need,
            listing_id=thread_in.listing,
            quote_id=thread_in.quote,
        )
    await _write(session, actor, thread, thread_in.text, sender_id=sender_id, verb="create" if is_new else "post")
    return thread, is_new


async def _counterpart(session: AsyncSession, actor: Actor, thread_in: ThreadCreate, *, sender_id: UUID) -> UUID:
    """To whom a thread goes: as named, or as its subject says."""
    try:
        involved = await _involved(session, actor, thread_in)
    except NotFound:
        field = next(name for name in ("need", "listing", "quote") if getattr(thread_in, name) is not None)
        raise ValidationFailed.single(f"/{field}", "not-found", NOT_FOUND) from None
    others = involved - {sender_id}
    if thread_in.organization is None:
        if len(others) != 1:
            raise ValidationFailed.single("/organization", "nobody-addressed", NO_COUNTERPART)
        return others.pop()
    if thread_in.organization == sender_id:
        raise ValidationFailed.single("/organization", "to-ourselves", TO_OURSELVES)
    if thread_in.quote is not None and {sender_id, thread_in.organization} != involved:
        raise ValidationFailed.single("/quote", "not-between", NOT_BETWEEN)
    if involved and not involved & {sender_id, thread_in.organization}:
        raise ValidationFailed.single("/organization", "not-between", NOT_BETWEEN)
    try:
        return (await get_organization(session, actor, thread_in.organization)).id
    except NotFound:
        raise ValidationFailed(errors=[FieldError("/organization", "not-found", NOT_FOUND)]) from None


async def _involved(session: AsyncSession, actor: Actor, thread_in: ThreadCreate) -> set[UUID]:
    """Whose the subject is; both sides of a quote."""
    if thread_in.need is not None:
        return {(await get_need(session, actor, thread_in.need)).organization_id}
    if thread_in.listing is not None:
        return {(await get_listing(session, actor, thread_in.listing)).organization_id}
    if thread_in.quote is not None:
        quote = await get_quote(session, actor, thread_in.quote)
        return {quote.organization_id, quote.need.organization_id}
    return set()


async def post_message(session: AsyncSession, actor: Actor, thread: Thread, text: str) -> ThreadMessage:
    """Add a message for the side that the actor acts for.

    Raises:
        NotAllowed: the actor acts for neither side.
    """
    return await _write(session, actor, thread, text, sender_id=require_writer(actor, thread), verb="post")


def require_writer(actor: Actor, thread: Thread) -> UUID:
    """The side that the actor acts for.

    Raises:
        NotAllowed: the actor acts for neither side.
    """
    sender_id = acting_organization(actor)
    if sender_id not in (thread.first_organization_id, thread.second_organization_id):
        raise NotAllowed
    return sender_id


def other_side(thread: Thread, organization_id: UUID) -> UUID:
    """To whom one side of a thread writes."""
    if organization_id == thread.first_organization_id:
        return thread.second_organization_id
    return thread.first_organization_id


async def post_file(
    session: AsyncSession, actor: Actor, thread: Thread, upload: Upload, *, store: BlobStore
) -> ThreadMessage:
    """Add a message that brings a file.

    Raises:
        NotAllowed: the actor acts for neither side.
        AlreadyAttached, TooManyAttachments: the thread has this file already; there is no room.
        Unavailable: the blob store does not take it.
    """
    sender_id = require_writer(actor, thread)
    attachment = await attach(
        session, actor, upload, store=store, subject="thread", subject_id=thread.id, kind="enclosure"
    )
    return await _write(
        session, actor, thread, upload.file_name, sender_id=sender_id, verb="post", attachment=attachment
    )


async def _write(
    session: AsyncSession,
    actor: Actor,
    thread: Thread,
    text: str,
    *,
    sender_id: UUID,
    verb: str,
    attachment: Attachment | None = None,
) -> ThreadMessage:
    if verb == "post":
        await require_taken(session, sender_id, other_side(thread, sender_id))
    message = ThreadMessage(
        id=new_id(),
        thread_id=thread.id,
        organization_id=sender_id,
        author_id=actor.user_id,
        written_at=clock.now(),
        text=text,
        attachment=attachment,
    )
    thread.last_message_id = message.id
    await record_change(session, actor, thread, verb=verb)
    session.add(message)
    await session.flush()
    await mark_read(session, actor, thread, message_id=message.id)
    return message


async def read_thread(session: AsyncSession, actor: Actor, thread: Thread, *, message_id: UUID | None) -> None:
    """Note that the person has read a thread up to one of its messages, or to its end.

    Raises:
        ValidationFailed: the thread has no such message.
    """
    known = messages_of(thread).where(ThreadMessage.id == message_id)
    if message_id is not None and await session.scalar(known) is None:
        raise ValidationFailed.single("/message", "not-found", NOT_FOUND)
    await mark_read(session, actor, thread, message_id=message_id or thread.last_message_id)


async def mark_read(session: AsyncSession, actor: Actor, thread: Thread, *, message_id: UUID) -> None:
    """Note that the person has read a thread up to a message; what was read stays read."""
    if actor.user_id is None:
        return
    row = insert(ThreadReading).values(thread_id=thread.id, user_id=actor.user_id, message_id=message_id)
    newer = ThreadReading.message_id < row.excluded.message_id
    keys = [ThreadReading.thread_id, ThreadReading.user_id]
    await session.execute(
        row.on_conflict_do_update(index_elements=keys, set_={"message_id": row.excluded.message_id}, where=newer)
    )
