"""The pictures themselves, by the hash of their content."""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import Access
from market.core.blobs import get_blob
from market.core.errors import NotFound
from market.core.query import query_of
from market.core.representation import is_named
from market.core.schemas import Schema
from market.photos import upload_routes
from market.photos.addresses import signature
from market.photos.handling import subjects_of
from market.photos.making import photo_blobs
from market.photos.models import Photo
from market.photos.queries import is_public, photos_with

WEBP = "image/webp"
FOR_EVER = "public, max-age=31536000, immutable"
SHA256 = re.compile(r"[0-9a-f]{64}")


class PhotoQuery(Schema):
    """What stands behind the address of a picture that not everybody may see."""

    expires: int | None = Field(default=None, ge=0, le=10**11, description="Until when it holds, in seconds of Unix")
    signature: str | None = Field(default=None, max_length=64, description="As it stands in the address given")


@get(
    "/photos/{sha256:str}",
    operation_id="getPhotoContent",
    access=Access.ANYONE,
    answers=(WEBP,),
    dependencies={"params": query_of(PhotoQuery)},
    summary="A picture, as WebP; public ones never change, others have a signed address that expires",
)
async def get_content(
    sha256: FromPath[str],
    params: NamedDependency[PhotoQuery],
    session: NamedDependency[AsyncSession],
    request: Request[Any, Any, Any],
) -> Response[bytes]:
    """By the hash that photos name, in the width that is asked for; browsers may keep it for good."""
    if not SHA256.fullmatch(sha256):
        raise NotFound
    photos = await photos_with(session, sha256)
    if params.signature is None:
        if not await is_public(session, photos, subjects_of(request)):
            raise NotFound
        caching = FOR_EVER
    else:
        caching = f"private, max-age={_seconds_left(photos, sha256, params)}"
    headers = {
        "ETag": f'"{sha256}"',
        "Cache-Control": caching,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if is_named(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(b"", status_code=304, headers=headers, media_type=WEBP)
    body = await get_blob(photo_blobs(request.app.state.settings), sha256)
    return Response(body, headers=headers, media_type=WEBP)


def _seconds_left(photos: Sequence[Photo], sha256: str, params: PhotoQuery) -> int:
    """How long a signed address holds.

    Raises:
        NotFound: it has expired, or is none of ours.
    """
    expires = params.expires or 0
    left = expires - int(clock.now().timestamp())
    sent = (params.signature or "").encode()
    genuine = [
        hmac.compare_digest(signature(sha256, expires, key=photo.signing_key).encode(), sent) for photo in photos
    ]
    if left <= 0 or not any(genuine):
        raise NotFound
    return left


routes = [get_content, *upload_routes.routes]
