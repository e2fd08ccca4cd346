"""Endpoints of the organization acted for, and the messages that were sent there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.pagination import Page, PageQuery, paginate
from market.core.query import query_of
from market.core.representation import plain, require_match, single, trimmed_page
from market.integrations.webhooks import service
from market.integrations.webhooks.models import Webhook, WebhookDelivery
from market.integrations.webhooks.schemas import (
    Replayed,
    ReplayIn,
    WebhookCreate,
    WebhookDeliveryOut,
    WebhookDeliveryQuery,
    WebhookMade,
    WebhookOut,
    WebhookUpdate,
)

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]
NOT_KEPT = {"Cache-Control": "no-store"}


def _loopback(request: AnyRequest) -> bool:
    return bool(request.app.state.settings.webhooks_to_loopback)


def _key(request: AnyRequest) -> str:
    return str(request.app.state.token_policy.secret)


def _made(webhook: Webhook, secret: str) -> WebhookMade:
    return WebhookMade(**WebhookOut.model_validate(webhook).model_dump(), secret=secret)


def delivery_out(row: WebhookDelivery) -> WebhookDeliveryOut:
    """A message as the API tells of it."""
    fields = {
        name: getattr(row, name) for name in WebhookDeliveryOut.model_fields if name not in {"body", "next_attempt_at"}
    }
    waiting = row.next_attempt_at if row.status == "waiting" else None
    return WebhookDeliveryOut(**fields, body=msgspec.json.decode(row.body), next_attempt_at=waiting)


@post("/webhooks", operation_id="createWebhook", access=Access.MEMBER, summary="Be told of changes at an address")
async def create_webhook(
    data: JSONBody[WebhookCreate], session: Session, actor: Who, request: AnyRequest
) -> Response[WebhookMade]:
    """The secret that signs the messages is shown in this answer only."""
    loopback, key = _loopback(request), _key(request)
    webhook, secret = await service.create_webhook(session, actor, data, loopback=loopback, key=key)
    headers = {"Location": f"/api/v1/webhooks/{webhook.id}", **NOT_KEPT}
    return plain(_made(webhook, secret), status=201, headers=headers)


@get(
    "/webhooks",
    operation_id="listWebhooks",
    access=Access.MEMBER,
    dependencies={"params": query_of(PageQuery)},
    summary="Where the organization is told, newest first",
)
async def list_webhooks(
    params: NamedDependency[PageQuery], session: Session, actor: Who, request: AnyRequest
) -> Response[Page[WebhookOut]]:
    """For owners and managers: the state of each, what it is told of, and why it was disabled where it was."""
    found = await paginate(session, service.webhooks_of(actor), key=Webhook.id, query=params)
    return trimmed_page(request, found.to_page(WebhookOut.model_validate), WebhookOut)


@get("/webhooks/{webhook_id:uuid}", operation_id="getWebhook", access=Access.MEMBER, summary="One endpoint")
async def get_webhook(
    webhook_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[WebhookOut]:
    """For owners and managers: its address, what it is told of and its state; the secret is never shown again."""
    webhook = await service.get_webhook(session, actor, webhook_id)
    return single(request, WebhookOut.model_validate(webhook), version=webhook.version)


@patch("/webhooks/{webhook_id:uuid}", operation_id="editWebhook", access=Access.MEMBER, summary="Edit an endpoint")
async def edit_webhook(
    webhook_id: FromPath[UUID], data: JSONBody[WebhookUpdate], session: Session, actor: Who, request: AnyRequest
) -> Response[WebhookOut]:
    """`status: active` brings back an endpoint that was paused or disabled; what waited is sent."""
    webhook = await service.get_webhook(session, actor, webhook_id, lock=True)
    require_match(request, webhook.version)
    await service.edit_webhook(session, actor, webhook, edited=data, loopback=_loopback(request))
    return single(request, WebhookOut.model_validate(webhook), version=webhook.version)


@delete("/webhooks/{webhook_id:uuid}", operation_id="deleteWebhook", access=Access.MEMBER, summary="Stop being told")
async def delete_webhook(webhook_id: FromPath[UUID], session: Session, actor: Who) -> None:
    """For owners and managers; what waited is not sent any more."""
    await service.delete_webhook(session, actor, await service.get_webhook(session, actor, webhook_id, lock=True))


@post(
    "/webhooks/{webhook_id:uuid}/rotate-secret",
    operation_id="rotateWebhookSecret",
    access=Access.MEMBER,
    status_code=200,
    summary="A new secret; for a day messages are signed with both",
)
async def rotate_secret(
    webhook_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[WebhookMade]:
    """For owners and managers. The new secret is shown in this answer only; put it in place within the day."""
    webhook = await service.get_webhook(session, actor, webhook_id, lock=True)
    require_match(request, webhook.version)
    secret = await service.rotate_secret(session, actor, webhook, key=_key(request))
    return plain(_made(webhook, secret), headers=NOT_KEPT)


@post(
    "/webhooks/{webhook_id:uuid}/test",
    operation_id="testWebhook",
    access=Access.MEMBER,
    status_code=202,
    summary="Send a message that says nothing",
)
async def send_test(webhook_id: FromPath[UUID], session: Session, actor: Who) -> Response[WebhookDeliveryOut]:
    """For owners and managers. A `webhook.test` event, signed as all others; read in the deliveries what became of
    it.
    """
    webhook = await service.get_webhook(session, actor, webhook_id)
    return plain(delivery_out(await service.send_test(session, webhook)), status=202)


@get(
    "/webhooks/{webhook_id:uuid}/deliveries",
    operation_id="listWebhookDeliveries",
    access=Access.MEMBER,
    dependencies={"params": query_of(WebhookDeliveryQuery)},
    summary="The messages for an endpoint and what became of them, newest first",
)
async def list_deliveries(
    webhook_id: FromPath[UUID],
    params: NamedDependency[WebhookDeliveryQuery],
    session: Session,
    actor: Who,
    request: AnyRequest,
) -> Response[Page[WebhookDeliveryOut]]:
    """For owners and managers, by state; each with its tries, what the endpoint answered, and when it is tried next."""
    webhook = await service.get_webhook(session, actor, webhook_id)
    rows = service.deliveries_of(webhook, status=params.status)
    found = await paginate(session, rows, key=WebhookDelivery.id, query=params)
    return trimmed_page(request, found.to_page(delivery_out), WebhookDeliveryOut)


@post(
    "/webhooks/{webhook_id:uuid}/deliveries/{webhook_delivery_id:uuid}/replay",
    operation_id="replayWebhookDelivery",
    access=Access.MEMBER,
    status_code=202,
    summary="Send a message again",
)
async def replay_delivery(
    webhook_id: FromPath[UUID], webhook_delivery_id: FromPath[UUID], session: Session, actor: Who
) -> Response[WebhookDeliveryOut]:
    """For owners and managers, with the id that it had, by which receivers know that they have seen it."""
    webhook = await service.get_webhook(session, actor, webhook_id)
    delivery = await service.get_delivery(session, webhook, webhook_delivery_id)
    await service.replay_one(session, webhook, delivery)
    return plain(delivery_out(delivery), status=202)


@post(
    "/webhooks/{webhook_id:uuid}/replay",
    operation_id="replayWebhook",
    access=Access.MEMBER,
    status_code=202,
    summary="Send all messages of a state again",
)
async def replay_webhook(
    webhook_id: FromPath[UUID], data: JSONBody[ReplayIn], session: Session, actor: Who
) -> Response[Replayed]:
    """For owners and managers, after an outage: all of that state again, with the ids they had. Answers how many."""
    webhook = await service.get_webhook(session, actor, webhook_id)
    queued = await service.replay_many(session, webhook, status=data.status, since=data.since)
    return plain(Replayed(queued=queued), status=202)


routes = [
    create_webhook,
    list_webhooks,
    get_webhook,
    edit_webhook,
    delete_webhook,
    rotate_secret,
    send_test,
    list_deliveries,
    replay_delivery,
    replay_webhook,
]
