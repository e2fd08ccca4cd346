"""What the routes of push take and give."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from pydantic import AfterValidator, ConfigDict, Field

from market.core.schemas import Answer, Instant, Schema
from market.core.validation import refusal

AUTH_BYTES = 16
EXAMPLE_KEY = "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM"


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return b""


def _point(text: str) -> str:
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), _decoded(text))
    except ValueError:
        raise refusal("not_a_key", "Không phải khóa công khai P-256.", "This is no public key of P-256.") from None
    return text


def _secret(text: str) -> str:
    if len(_decoded(text)) != AUTH_BYTES:
        raise refusal("not_a_key", "Phải là 16 byte viết bằng base64url.", "This must be 16 bytes in base64url.")
    return text


class PushKeys(Schema):
    """Of the browser, as `PushSubscription.toJSON()` has them."""

    p256dh: Annotated[str, AfterValidator(_point)] = Field(max_length=200, description="Its public key, base64url")
    auth: Annotated[str, AfterValidator(_secret)] = Field(max_length=64, description="Its secret, base64url")


class PushSubscribe(Schema):
    """What `PushSubscription.toJSON()` gives in a browser."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "endpoint": "https://push.example/send/abc",
                    "keys": {
                        "p256dh": EXAMPLE_KEY,
                        "auth": "tBHItJI5svbpez7KI4CCXg",
                    },
                }
            ]
        }
    )

    endpoint: str = Field(max_length=2000, description="https only, on the public internet")
    expiration_time: float | None = Field(default=None, alias="expirationTime", description="Not used")
    keys: PushKeys


class PushKeyOut(Answer):
    public_key: str = Field(description="`applicationServerKey` of `pushManager.subscribe`; base64url")


class PushSubscriptionOut(Answer):
    id: UUID
    created_at: Instant


class PushSubscriptions(Answer):
    items: list[PushSubscriptionOut]
