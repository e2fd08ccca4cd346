"""Files by the hash of their content: in a directory, or in any store that speaks S3.

The same content is kept once. A key never changes its content, so writing again is harmless, and a file that a
rolled-back request left behind belongs to nobody and takes nobody's name.

The store is asked in threads of ours, never by its own asynchronous calls: their threads still hold objects of Python
when an answer has come, and a process that ends in that moment is ended by SIGABRT, whatever it has done well.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, S3Store

from market.core.errors import MarketError, Unavailable

BlobStore = LocalStore | S3Store
PAGE = 1000
THREADS = 16
"""Of a process, for its store: what waits for a store must not take the threads of others."""
Answer = TypeVar("Answer")


class BlobDamaged(MarketError):
    """What the store gives is not what was put there, or is not there any more."""

    code = "blob-damaged"


@cache
def open_blobs(url: str | None, directory: Path) -> BlobStore:
    """The store that the settings name; opened once a process.

    Args:
        url: `s3://bucket/prefix?endpoint=https://host&region=name`; the credentials are those of the environment
            (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY). None (or nothing) keeps the files in `directory`.

    Raises:
        ValueError: the URL is not of that form.
    """
    if not url:
        return LocalStore(directory, mkdir=True)
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc:
        raise ValueError("MARKET_BLOB_URL must be s3://bucket, with ?endpoint= where it is not Amazon's")
    given = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    bucket, prefix, region = parts.netloc, parts.path.strip("/") or None, given.get("region", "us-east-1")
    if (endpoint := given.get("endpoint")) is None:
        return S3Store(bucket, prefix=prefix, region=region)
    plain_http = endpoint.startswith("http://")
    return S3Store(bucket, prefix=prefix, region=region, endpoint=endpoint, client_options={"allow_http": plain_http})


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="blobs")


async def _asked(question: Callable[[], Answer]) -> Answer:
    """What the store answers.

    Raises:
        Unavailable: it does not.
        FileNotFoundError: it has no such content.
    """
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads(), question)
    except (NotFoundError, FileNotFoundError) as error:
        raise FileNotFoundError from error
    except (BaseError, OSError) as error:
        raise Unavailable from error


def _key(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def lock_of(sha256: str) -> int:
    """The number of the advisory lock of a content: shared by who stores it, held alone by who sweeps it away."""
    return int.from_bytes(hashlib.sha256(f"blob {sha256}".encode()).digest()[:8], signed=True)


async def digest_of(body: bytes) -> str:
    """SHA-256 in hexadecimal, without holding up others."""
    return await asyncio.to_thread(lambda: hashlib.sha256(body).hexdigest())


async def put_blob(store: BlobStore, body: bytes, *, sha256: str | None = None) -> str:
    """Keep `body`; it is there as a whole or not at all. The answer is its SHA-256 in hexadecimal.

    Args:
        sha256: of the body, where the caller knows it already.

    Raises:
        Unavailable: the store does not take it.
    """
    sha256 = sha256 or await digest_of(body)
    try:
        await _asked(lambda: store.put(_key(sha256), body))
    except FileNotFoundError as error:
        raise Unavailable from error
    return sha256


async def get_blob(store: BlobStore, sha256: str) -> bytes:
    """The content with this hash, checked against it.

    Raises:
        BlobDamaged: it is gone, or is something else.
        Unavailable: the store does not answer.
    """
    try:
        body = await _asked(lambda: bytes(store.get(_key(sha256)).bytes()))
    except FileNotFoundError:
        raise BlobDamaged from None
    if await digest_of(body) != sha256:
        raise BlobDamaged
    return body


@dataclass(frozen=True, slots=True)
class KeptBlob:
    """What the store says of a content."""

    sha256: str
    modified_at: datetime
    """When it was written last; writing the same content again counts."""


async def blobs_in(store: BlobStore) -> AsyncIterator[Sequence[KeptBlob]]:
    """Everything in the store, a page at a time; what was not put there by `put_blob` is left out.

    Raises:
        Unavailable: the store does not answer.
    """
    pages = store.list(chunk_size=PAGE)
    while True:
        page = await _asked(lambda: next(pages, None))
        if page is None:
            return
        names = [(meta["path"].rpartition("/")[2], meta) for meta in page]
        yield [KeptBlob(name, meta["last_modified"]) for name, meta in names if meta["path"] == _key(name)]


async def delete_blob(store: BlobStore, sha256: str) -> None:
    """Take a content away; what is not there is no error.

    Raises:
        Unavailable: the store does not answer.
    """
    with contextlib.suppress(FileNotFoundError):
        await _asked(lambda: store.delete(_key(sha256)))
