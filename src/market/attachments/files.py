"""Where the files of this process lie, as its settings say."""

from __future__ import annotations

from market.config import Settings
from market.core.blobs import BlobStore, open_blobs


def blobs_of(settings: Settings) -> BlobStore:
    """The blob store of the settings."""
    return open_blobs(settings.blob_url, (settings.data_dir / "blobs").resolve())
