"""What people were told, and how they want to be told."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.service import user_id_of
from market.core.access import Access, Actor
from market.core.language import Language, preferred_language
from market.core.pagination import paginate
from market.core.query import query_of
from market.core.representation import plain, trimmed_page
from market.notifications import queries, service, texts
from market.notifications.models import Notification
from market.notifications.news import link_of
from market.notifications.schemas import (
    MarkedRead,
    NotificationOut,
    NotificationPage,
    NotificationQuery,
    PreferenceOut,
    PreferenceUpdate,
)
from market.notifications.table import notice_of

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]

COLUMNS = tuple(name for name in NotificationOut.model_fields if name not in ("text", "next", "link"))


def _language(request: AnyRequest) -> Language:
    return preferred_language(request.headers.get("accept-language"))


def _notification(notification: Notification, *, language: Language) -> NotificationOut:
    return NotificationOut.model_construct(
        **{name: getattr(notification, name) for name in COLUMNS},
        text=texts.said(language, vi=notification.text_vi, en=notification.text_en),
        next=notice_of(notification.kind).next.text(language),
        link=link_of(notification.entity, notification.entity_id),
    )


@get(
    "/notifications",
    operation_id="listNotifications",
    access=Access.SIGNED_IN,
    dependencies={"params": query_of(NotificationQuery)},
    summary="What I was told, newest first",
)
async def list_notifications(
    params: NamedDependency[NotificationQuery], session: Session, actor: Who, request: AnyRequest
) -> Response[NotificationPage]:
    """Of the person who asks, with what each is about and what to do next; `unread` leaves out the others."""
    rows = queries.visible_notifications(actor)
    if params.unread:
        rows = rows.where(Notification.read_at.is_(None))
    found = await paginate(session, rows, key=Notification.id, query=params)
    page = found.to_page(partial(_notification, language=_language(request)))
    unread = await queries.count_unread(session, actor)
    shown = NotificationPage(items=page.items, next_cursor=page.next_cursor, unread=unread)
    return trimmed_page(request, shown, NotificationOut)


@post(
    "/notifications/{notification_id:uuid}/read",
    operation_id="readNotification",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="I have read this",
)
async def read_notification(
    notification_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[NotificationOut]:
    """The first time counts; reading it again changes nothing."""
    notification = await queries.get_notification(session, actor, notification_id)
    return plain(_notification(await service.mark_read(session, notification), language=_language(request)))


@post(
    "/notifications/read-all",
    operation_id="readAllNotifications",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="I have read everything",
)
async def read_all_notifications(session: Session, actor: Who) -> Response[MarkedRead]:
    """Answers how many were unread."""
    return plain(MarkedRead(read=await service.mark_all_read(session, actor)))


@get(
    "/notifications/preferences",
    operation_id="getNotificationPreferences",
    access=Access.SIGNED_IN,
    summary="How I am told of news",
)
async def get_preferences(session: Session, actor: Who) -> Response[PreferenceOut]:
    """Mail, language, messenger and quiet hours of the person who asks."""
    preference = await queries.preference_of(session, user_id_of(actor))
    return plain(PreferenceOut.model_validate(preference or service.usual_preference(user_id_of(actor))))


@patch(
    "/notifications/preferences",
    operation_id="editNotificationPreferences",
    access=Access.SIGNED_IN,
    summary="Change how I am told of news",
)
async def edit_preferences(data: JSONBody[PreferenceUpdate], session: Session, actor: Who) -> Response[PreferenceOut]:
    """Only what is sent changes. Quiet hours hold back what rings, not what stands in the application; kinds in
    `quiet_kinds` stay there alone.
    """
    return plain(PreferenceOut.model_validate(await service.prefer(session, actor, data)))


routes = [list_notifications, read_notification, read_all_notifications, get_preferences, edit_preferences]
