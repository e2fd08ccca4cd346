"""Browsers that show a person's news although no page is open."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import PEOPLE, Access, Actor
from market.core.representation import plain
from market.notifications.models import PushSubscription
from market.notifications.push import service
from market.notifications.push.keys import public_push_key
from market.notifications.push.schemas import PushKeyOut, PushSubscribe, PushSubscriptionOut, PushSubscriptions

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]


def _key(request: AnyRequest) -> str:
    return str(request.app.state.token_policy.secret)


@get(
    "/notifications/push/key", operation_id="getPushKey", access=Access.ANYONE, summary="What a browser subscribes with"
)
async def get_push_key(request: AnyRequest) -> Response[PushKeyOut]:
    """The market's public key for Web Push (VAPID). It changes only with the market's secret: subscribe anew then."""
    return plain(
        PushKeyOut(public_key=public_push_key(_key(request))), headers={"Cache-Control": "public, max-age=3600"}
    )


@get(
    "/notifications/push",
    operation_id="listPushSubscriptions",
    access=Access.SIGNED_IN,
    scope=PEOPLE,
    summary="Browsers that news are pushed to",
)
async def list_subscriptions(session: Session, actor: Who) -> Response[PushSubscriptions]:
    """All of them at once, without `limit`, newest first: a person has twenty at most."""
    rows = service.own_subscriptions(actor).order_by(PushSubscription.id.desc())
    items = [PushSubscriptionOut.model_validate(row) for row in await session.scalars(rows)]
    return plain(PushSubscriptions(items=items))


@post(
    "/notifications/push",
    operation_id="subscribePush",
    access=Access.SIGNED_IN,
    scope=PEOPLE,
    summary="Push news to this browser",
)
async def subscribe(
    data: JSONBody[PushSubscribe], session: Session, actor: Who, request: AnyRequest
) -> Response[PushSubscriptionOut]:
    """Send what `pushManager.subscribe` gives. News come while the sign-in that asked lasts, outside of quiet hours, as
    JSON with `text`, `link` and `tag`, encrypted for this browser. Asking again with the same endpoint renews it."""
    loopback = bool(request.app.state.settings.webhooks_to_loopback)
    row = await service.subscribe(session, actor, data, key=_key(request), loopback=loopback)
    headers = {"Location": f"/api/v1/notifications/push/{row.id}"}
    return plain(PushSubscriptionOut.model_validate(row), status=201, headers=headers)


@delete(
    "/notifications/push/{push_subscription_id:uuid}",
    operation_id="unsubscribePush",
    access=Access.SIGNED_IN,
    scope=PEOPLE,
    summary="Push nothing more to a browser",
)
async def unsubscribe(push_subscription_id: FromPath[UUID], session: Session, actor: Who) -> None:
    """For the person whose browser it is; news stay in the application."""
    await service.unsubscribe(session, actor, push_subscription_id)


routes = [get_push_key, list_subscriptions, subscribe, unsubscribe]
