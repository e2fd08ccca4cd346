"""Where the market begins: a page for people, links for programs."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import msgspec

from market.core.language import Language, Message
from market.web.page import HOME, page

LINKS: Mapping[str, tuple[str, Message]] = {
    "service-desc": (
        "/schema/openapi.json",
        Message(vi="Mô tả API (OpenAPI 3.1)", en="The API's description (OpenAPI 3.1)"),
    ),
    "service-doc": ("/schema", Message(vi="Xem và thử API", en="Browse and try the API")),
    "help": ("/docs", Message(vi="Hướng dẫn cho người tích hợp", en="The guide for integrators")),
    "problems": ("/problems", Message(vi="Các mã lỗi và ý nghĩa", en="Error codes and what they mean")),
    "status": ("/health/ready", Message(vi="Tình trạng hệ thống", en="Is it ready")),
    "listings": ("/api/v1/listings", Message(vi="Hàng đang chào bán", en="What is offered")),
    "needs": ("/api/v1/needs", Message(vi="Nhu cầu mua", en="What is wanted")),
    "changes": ("/api/v1/changes", Message(vi="Thay đổi từ lần đồng bộ trước", en="What changed since the last sync")),
}
"""By relation (RFC 8631 where it has one): the address and what is there."""

LINK_HEADER = ", ".join(
    f'<{path}>; rel="{name}"'
    for name, (path, _) in LINKS.items()
    if name in {"service-desc", "service-doc", "help", "status"}
)
ABOUT = Message(
    vi="Nơi hợp tác xã, doanh nghiệp và siêu thị tìm thấy nhau, và theo dõi thỏa thuận đến khi giao hàng. "
    "Phần mềm và điện thoại dùng cùng một API.",
    en="Where cooperatives, companies and supermarkets find each other, and follow agreements until goods are "
    "delivered. Phones and scripts use the same API.",
)


def links() -> bytes:
    """The links, as JSON."""
    told = {name: {"href": path, "title": about.en} for name, (path, about) in LINKS.items()}
    return msgspec.json.encode({"name": "Market", "links": told})


def beginning_page(language: Language) -> bytes:
    """The links, as a page."""
    listed = "".join(f'<li><a href="{path}">{escape(about.text(language))}</a></li>' for path, about in LINKS.values())
    return page(HOME.text(language), f"<p>{escape(ABOUT.text(language))}</p><ul>{listed}</ul>", language=language)
