"""From rows to what the API says about them."""

from __future__ import annotations

from collections.abc import Sequence

from market.photos.addresses import address
from market.photos.models import Photo
from market.photos.schemas import PhotoOut, Photos

PLAIN = ("id", "place", "thumbhash", "alt", "width", "height", "created_at", "version")


def photo_out(photo: Photo, *, public: bool) -> PhotoOut:
    """One photo; its addresses are signed unless everybody may see what it is of."""
    key = None if public else photo.signing_key
    return PhotoOut.model_construct(
        **{name: getattr(photo, name) for name in PLAIN},
        small=address(photo.small_sha256, key=key),
        large=address(photo.large_sha256, key=key),
    )


def photos_out(photos: Sequence[Photo], *, public: bool) -> Photos:
    """All photos of one thing."""
    return Photos.model_construct(items=[photo_out(photo, public=public) for photo in photos])
