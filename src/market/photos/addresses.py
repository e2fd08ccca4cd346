"""Where pictures are: by the hash of their content. Public ones for ever, others signed for an hour or two.

An address is signed with a key of its own photo, so that whoever answers needs no secret of the market.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from market.core import clock
from market.photos.models import Photo
from market.photos.schemas import PhotoMark

PATH = "/api/v1/photos"
STEP_SECONDS = 3600
"""Signed addresses change once in so long, and hold for at least as long: an answer stays the same within it."""


def cover_of(photo: Photo | None) -> dict[str, Any] | None:
    """What a subject's row keeps of its first photo."""
    if photo is None:
        return None
    return {
        "small": photo.small_sha256,
        "large": photo.large_sha256,
        "thumbhash": photo.thumbhash,
        "alt": photo.alt,
        "key": photo.signing_key,
    }


def photo_mark(cover: Mapping[str, Any] | None, *, public: bool) -> PhotoMark | None:
    """The photo on a card.

    Args:
        cover: as `cover_of` made it.
        public: whether everybody may see what it is of.
    """
    if cover is None:
        return None
    small, large = (address(cover[width], key=None if public else cover["key"]) for width in ("small", "large"))
    return PhotoMark.model_construct(small=small, large=large, thumbhash=cover["thumbhash"], alt=cover["alt"])


def address(sha256: str, *, key: str | None) -> str:
    """Where a picture is; signed where there is a key."""
    if key is None:
        return f"{PATH}/{sha256}"
    expires = (signed_step() + 2) * STEP_SECONDS
    return f"{PATH}/{sha256}?expires={expires}&signature={signature(sha256, expires, key=key)}"


def signed_step() -> int:
    """Which step it is now: within one, signed addresses stay the same."""
    return int(clock.now().timestamp()) // STEP_SECONDS


def signature(sha256: str, expires: int, *, key: str) -> str:
    """What only the market can have put on an address."""
    return hmac.new(key.encode(), f"{sha256} {expires}".encode(), hashlib.sha256).hexdigest()[:32]
