"""Anchors as files: one signed head a day, and beside it the links that were new since the head before.

`2026-11-28.json` says how many links there were and the hash of the newest, signed. `2026-11-28.links` has a line for
each link since the anchor before (place, number of the log entry, what it is about, digest of the entry); the anchor
names its SHA-256. With it an audit can say which entry was rewritten, and not only that one was.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.agreements.anchors.signing import is_signed, public_key_of

FORMAT = "market-anchor/1"


class UnreadableAnchor(Exception):
    """A file that should be an anchor is none; the message is for a person."""


class Head(msgspec.Struct, frozen=True):
    """How long the chain was, and the hash of its newest link."""

    links: int
    hash: str


class AnchorBody(msgspec.Struct, frozen=True, kw_only=True):
    """What is signed."""

    format: str
    market: str
    """Where people reach the market it is of."""
    date: str
    """The business date in Vietnam that names its files."""
    at: str
    """RFC 3339, UTC."""
    head: Head
    previous: Head
    """Of the anchor before; no links at the first."""
    previous_date: str | None
    """Of the anchor before, so that none can be left out."""
    links_sha256: str
    """Of the file of links beside it."""


class Anchor(msgspec.Struct, frozen=True, kw_only=True):
    """A signed head."""

    anchor: AnchorBody
    public_key: str
    signature: str

    @property
    def holds(self) -> bool:
        """Whether its signature is that of its key on what it says."""
        return is_signed(signed_bytes(self.anchor), signature=self.signature, public_key=self.public_key)


class LinkLine(msgspec.Struct, frozen=True, array_like=True):
    """A link as an anchor remembers it."""

    seq: int
    change_id: int
    entity: str
    entity_id: str
    payload_sha256: str

    def __str__(self) -> str:
        return f"{self.seq} {self.change_id} {self.entity} {self.entity_id} {self.payload_sha256}"


def signed_bytes(body: AnchorBody) -> bytes:
    """The bytes that are signed: JSON with sorted names and no blanks."""
    return msgspec.json.encode(body, order="sorted")


def anchor_name(date: str) -> str:
    return f"{date}.json"


def links_file(anchor_file: Path) -> Path:
    """The links beside an anchor."""
    return anchor_file.with_suffix(".links")


def write_anchor(directory: Path, body: AnchorBody, links: bytes, key: Ed25519PrivateKey) -> Path:
    """Sign a head and write it with its links; what is there is never written over.

    Raises:
        FileExistsError: the day has its anchor.
    """
    directory.mkdir(mode=0o755, parents=True, exist_ok=True)
    place = directory / anchor_name(body.date)
    anchor = Anchor(anchor=body, public_key=public_key_of(key), signature=key.sign(signed_bytes(body)).hex())
    # An anchor counts from the moment its own file is there, so its links come first.
    if place.exists():
        raise FileExistsError(place)
    links_file(place).write_bytes(links)
    draft = place.with_name(f".{place.name}.{os.getpid()}")
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(anchor), indent=2) + b"\n")
    draft.chmod(0o444)
    try:
        os.link(draft, place)
    finally:
        draft.unlink()
    return place


def read_anchor(file: Path) -> Anchor:
    """An anchor; whether it holds is another question.

    Raises:
        UnreadableAnchor: there is none.
    """
    try:
        anchor = msgspec.json.decode(file.read_bytes(), type=Anchor)
    except (OSError, msgspec.MsgspecError) as error:
        raise UnreadableAnchor(f"{file} is no anchor: {error}") from error
    if anchor.anchor.format != FORMAT:
        raise UnreadableAnchor(f"{file} has the format {anchor.anchor.format}, not {FORMAT}")
    return anchor


def anchor_files(place: Path) -> Sequence[Path]:
    """The anchors of a directory, oldest first, or the one file.

    Raises:
        UnreadableAnchor: there is none.
    """
    files = sorted(place.glob("????-??-??.json")) if place.is_dir() else [place]
    if not files:
        raise UnreadableAnchor(f"{place} holds no anchor")
    return files


def remembered_links(file: Path, anchor: Anchor) -> Iterator[LinkLine]:
    """The links beside an anchor; none when the file is gone or is not the one that the anchor names."""
    try:
        content = links_file(file).read_bytes()
    except OSError:
        return
    if hashlib.sha256(content).hexdigest() != anchor.anchor.links_sha256:
        return
    for line in content.decode().splitlines():
        seq, change_id, entity, entity_id, payload = line.split(" ")
        yield LinkLine(int(seq), int(change_id), entity, entity_id, payload)
