"""Keys of the engine, one for each process that asks it: each may do what its process does, and nothing else.

The engine derives a key from its master key and the key's id, so that a key is known before the engine runs.
Needs the standard library only: `market up` makes the keys, and stays small.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from dataclasses import dataclass

SECONDS = 30


class KeysNotMade(Exception):
    """The engine did not take the keys; the message is for a person."""


@dataclass(frozen=True, slots=True)
class KeyKind:
    """A key as the engine should have it."""

    uid: str
    name: str
    actions: tuple[str, ...]

    def value(self, master_key: str) -> str:
        """The key itself: HMAC-SHA256 of its id under the master key, 64 hexadecimal digits."""
        return hmac.new(master_key.encode(), self.uid.encode(), hashlib.sha256).hexdigest()


SEARCH = KeyKind(
    "6d61726b-6574-4000-8000-6c6f6f6b7570",
    "market API: searches, and whether an index has moved",
    ("search", "indexes.get"),
)
WORK = KeyKind(
    "6d61726b-6574-4000-8000-776f726b6572",
    "market worker: documents and settings",
    ("search", "documents.*", "indexes.*", "settings.*", "tasks.get", "stats.get", "version"),
)


def ensure_keys(url: str, master_key: str) -> None:
    """Make both keys in an engine that lacks them.

    Raises:
        KeysNotMade
    """
    for kind in (SEARCH, WORK):
        wanted = {"uid": kind.uid, "name": kind.name, "actions": kind.actions, "indexes": ["*"], "expiresAt": None}
        request = urllib.request.Request(  # noqa: S310  (the address of our own engine)
            f"{url.rstrip('/')}/keys",
            data=json.dumps(wanted).encode(),
            headers={"Authorization": f"Bearer {master_key}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS):  # noqa: S310
                pass
        except urllib.error.HTTPError as error:
            if error.code != 409 and b"api_key_already_exists" not in (said := error.read()):
                raise KeysNotMade(f"the search engine refused a key: {said.decode(errors='replace')}") from error
        except OSError as error:
            raise KeysNotMade(f"the search engine does not answer: {error}") from error
