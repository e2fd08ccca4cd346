"""Files as answers: named, told apart by their content, never guessed at by a browser."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import quote

from litestar import Request, Response

from market.core.representation import is_named


def download(
    request: Request[Any, Any, Any], body: bytes, *, name: str, media_type: str, sha256: str | None = None
) -> Response[bytes]:
    """Answer a file; 304 when If-None-Match names its content.

    Args:
        name: what the file is called when saved; any text.
        sha256: digest of `body` where it is known already; it is the ETag.
    """
    tag = f'"{sha256 or hashlib.sha256(body).hexdigest()}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "Vary": "Authorization",
        "X-Content-Type-Options": "nosniff",
        # What others uploaded must not run in our name, should a browser show it.
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Content-Disposition": _disposition(name),
    }
    if is_named(request.headers.get("if-none-match"), tag):
        return Response(b"", status_code=304, headers=headers, media_type=media_type)
    return Response(body, headers=headers, media_type=media_type)


def _disposition(name: str) -> str:
    """RFC 6266: the name in UTF-8, and in ASCII for those who do not read it."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
